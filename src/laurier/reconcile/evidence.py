"""The evidence of a territorial link told in words, in English and in French."""

from __future__ import annotations

from collections.abc import Sequence

from laurier.reconcile.choice import Choice
from laurier.reconcile.gazetteer import Unit

#: How a name was matched, or why it was not: key -> (en, fr).
METHODS = {
    "exact": ("same name", "nom identique"),
    "article": ("same name but for articles", "nom identique aux articles près"),
    "form": ("same name but for the words of legal form", "nom identique à la forme juridique près"),
    "generic": ("same name but for generic words", "nom identique aux mots génériques près"),
    "acronym": ("acronym of the name", "sigle du nom"),
    "alias": ("another name of the unit", "autre nom de l'unité"),
    "context": ("the région of the document, not named", "la région du document, sans être nommée"),
    "seat": ("named after that member commune", "porte le nom de cette commune membre"),
    "sequence": ("names written one after the other", "noms écrits à la suite"),
    "decision": ("decided by a person", "décidé par une personne"),
    "code": ("code of the unit", "code de l'unité"),
    "cut": ("beginning of the name, cut short", "début du nom, tronqué"),
    "digit": ("same name after a stray digit", "nom identique après un chiffre parasite"),
    "approximate": ("nearly the same name, alone in the context", "nom presque identique, seul dans le contexte"),
    "suffix": ("same name without the added river or place", "nom identique sans le complément ajouté"),
    "none": ("no unit of this name", "aucune unité de ce nom"),
    "homonyms": ("several units of this name", "plusieurs unités de ce nom"),
    "near": (
        "a small commune whose name is one slip away from another",
        "petite commune dont le nom est à une faute d'un autre",
    ),
    "elsewhere": ("the units of this name lie elsewhere", "les unités de ce nom sont situées ailleurs"),
    "body": ("an organisation named after a territory", "organisme qui porte le nom d'un territoire"),
    "area": ("a customary area, not a unit", "espace d'usage, sans unité correspondante"),
}
#: What settled the choice: key -> (en, fr).
GROUNDS = {
    "unique": ("only one in France", "seule en France"),
    "departement": ("in the département given", "dans le département indiqué"),
    "neighbours": ("beside the other places named", "auprès des autres lieux cités"),
    "region": ("in the région of the document", "dans la région du document"),
    "population": ("a large city outside the région", "grande ville hors de la région"),
}


def words(choice: Choice, unit: Unit | None, others: Sequence[Unit], renamed: Unit | None = None) -> tuple[str, str]:
    """One sentence in each language: how, on what ground, in which vintage, and what the unit became."""
    english, french = METHODS[choice.method]
    if unit is None:
        if others:
            named = ", ".join(f"{other.name} ({other.code})" for other in others)
            return f"{english}: {named}", f"{french} : {named}"
        return english, french
    if choice.ground:
        english += f", {GROUNDS[choice.ground][0]}"
        french += f", {GROUNDS[choice.ground][1]}"
    english += f"; {unit.name}, vintage {unit.vintage}"
    french += f" ; {unit.name}, millésime {unit.vintage}"
    if renamed is not None:
        english += f", called {renamed.name} since {unit.end}"
        french += f", nommé {renamed.name} depuis le {unit.end}"
    if unit.became:
        heirs = ", ".join(f"{heir.name} ({heir.code})" for heir in unit.became)
        english += f", became {heirs} on {unit.became[0].by}"
        french += f", devenu {heirs} le {unit.became[0].by}"
    return english, french
