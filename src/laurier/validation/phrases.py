"""What is wrong, in a few words of French and of English, for each constraint component of SHACL."""

from __future__ import annotations

from laurier.errors import Language

Phrase = dict[Language, str]


def _phrase(fr: str, en: str) -> Phrase:
    return {"fr": fr, "en": en}


SEVERITIES: dict[str, Phrase] = {
    "Violation": _phrase("Erreur", "Error"),
    "Warning": _phrase("À vérifier", "To check"),
    "Info": _phrase("Pour information", "For information"),
}

_OUT_OF_BOUNDS = _phrase("est hors des bornes ({value})", "is out of bounds ({value})")
_LATER = _phrase("vient trop tard ou dépasse son maximum ({value})", "comes too late or is over its maximum ({value})")
_NUMBER = _phrase("n’a pas le nombre de valeurs demandé", "does not have the number of values demanded")
_INCOHERENT = _phrase("se contredit", "contradicts itself")

#: By the name of the component; the empty name stands for any other.
PROBLEMS: dict[str, Phrase] = {
    "": _phrase("", ""),
    "MinCount": _phrase("manque", "is missing"),
    "MaxCount": _phrase("a trop de valeurs", "has too many values"),
    "Datatype": _phrase("n’est pas du type demandé ({value})", "is not of the type demanded ({value})"),
    "NodeKind": _phrase("n’est pas de la nature demandée ({value})", "is not of the kind demanded ({value})"),
    "Class": _phrase("renvoie à ce qui n’est pas décrit ({value})", "refers to what is not described ({value})"),
    "Node": _phrase("n’est pas l’un de ceux admis ({value})", "is not one of those allowed ({value})"),
    "In": _phrase("n’est pas l’un de ceux admis ({value})", "is not one of those allowed ({value})"),
    "HasValue": _phrase("n’a pas la valeur attendue", "does not have the value expected"),
    "Pattern": _phrase("est mal formé ({value})", "is ill-formed ({value})"),
    "MinLength": _phrase("est vide ou trop court ({value})", "is empty or too short ({value})"),
    "MaxLength": _phrase("est trop long ({value})", "is too long ({value})"),
    "LanguageIn": _phrase("n’est pas dans une langue admise ({value})", "is not in a language allowed ({value})"),
    "UniqueLang": _phrase("est donné deux fois dans une langue", "is given twice in a language"),
    "MinInclusive": _OUT_OF_BOUNDS,
    "MinExclusive": _OUT_OF_BOUNDS,
    "MaxInclusive": _OUT_OF_BOUNDS,
    "MaxExclusive": _OUT_OF_BOUNDS,
    "LessThan": _LATER,
    "LessThanOrEquals": _LATER,
    "Equals": _phrase("ne concorde pas ({value})", "does not agree ({value})"),
    "Disjoint": _phrase("répète une autre valeur ({value})", "repeats another value ({value})"),
    "Closed": _phrase("n’est pas prévu ici ({value})", "is not expected here ({value})"),
    "QualifiedMinCount": _NUMBER,
    "QualifiedMaxCount": _NUMBER,
    "Or": _INCOHERENT,
    "And": _INCOHERENT,
    "Xone": _INCOHERENT,
    "Not": _INCOHERENT,
    "SPARQL": _phrase("est en cause ({value})", "is at fault ({value})"),
}
