"""What a phrase says that it names: "Ville de", "CC du", "département de l'", and what is left of the name.

Legal forms, their abbreviations, and the bodies that bear the name of a territory without being it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


def _set(text: str) -> frozenset[str]:
    """The words of a list kept readable."""
    return frozenset(text.split())


#: Words of an EPCI name that writers add, drop or exchange freely once they have said that it is an EPCI.
FORM_WORDS = _set(
    """
    eurometropole metropole agglomeration agglo communaute intercom interco intercommunalite communes urbaine cc ca cu
    """
)

_EPCI = (
    r"com+unaut\w*(?: (?:de|des|d))?(?: (?:com+un\w*|agg?lo\w*)| urbaines?)|com+unaut\w*"
    r"|cte (?:de |des )?communes?|cte (?:d )?agg?lo\w*|cte urbaine|cte com"
    r"|comm? (?:de |des )?comm?(?:unes?)?|comm? (?:d )?agg?lo\w*|com urb(?:aine)?|comcom|codecom"
    r"|c c|c a|c u|cc|ca|cu|cdc|cda|agg?lomerations?|agg?lo|intercommunalite|interco|intercom|epci"
    r"|eurometropole|metropole"
)
_EPT = r"etablissement public territorial|ept"
_COMMUNE = (
    r"(?:monsieur |madame |m |mme )?(?:le |la )?maire"
    r"|communes? nouvelles?|communes?|villes?|mairies?|municipalite|village|bourg|cne"
)
_DEPARTEMENT = r"departements?|conseils? departementaux|conseil departemental|conseil general|dep|dept|dpt"
_REGION = r"regions?|conseil regional"
_DELEGUEE = r"communes? deleguees?"
_ASSOCIEE = r"communes? associees?"
#: Organisations that are named after a territory, and areas that are larger or smaller than the unit they are named
#: after. A territory is never read out of them.
_BODY = (
    r"c ?c ?a ?s|c ?i ?a ?s|centre (?:inter)?communal|syndicat|sivom|sivu|sictom|smictom|sitom|siaep|sm|si|smi|sie|sde"
    r"|petr|pnr|parc naturel|caisse|office|ot|association|assoc?|amicale|comite|club|college|lycee|ecole|universite"
    r"|cci|chambre|ehpad|hopital|centre hospitalier|ch|chu|chru|oph|regie|sdis|sem|spl|sas|sarl|sa|mission locale"
    r"|foyer|maison|prefecture|sous prefecture|fondation|federation|union|ligue|paroisse|diocese|cuma|gaec|asa|asl"
    r"|etablissement public|epl|epf|cdg|centre de gestion|agence|musee|theatre|conservatoire|bibliotheque"
    r"|mediatheque|residence|institut|groupement|gip|entreprise|societe|compagnie|harmonie|us|as|es|fc"
)
_ARTICLES = {"du": "le", "des": "les", "au": "le", "aux": "les"}

_CUE = re.compile(
    r"(?:(?:la|le|les|l|un|une) )?(?:"
    rf"(?P<ept>{_EPT})|(?P<body>{_BODY})|(?P<deleguee>{_DELEGUEE})|(?P<associee>{_ASSOCIEE})|(?P<epci>{_EPCI})"
    rf"|(?P<commune>{_COMMUNE})|(?P<departement>{_DEPARTEMENT})|(?P<region>{_REGION})"
    r")(?: |\Z)"
)
_OFFICE = re.compile(r" (?:mairie|hotel de ville|cedex(?: \w+)?|budget(?: \w+)?|bp \w+)\Z")
_STUCK = re.compile(r"(cc|ca|cu)(de|du|des|d)\Z")
_KINDS = {"deleguee": "commune-deleguee", "associee": "commune-associee"}
BODY = "body"


@dataclass(frozen=True, slots=True)
class Designation:
    """A phrase split in what it announces and the name.

    Attributes:
        kind: the kind that it announces, `body` for an organisation, empty when it announces nothing.
        form: the words that announce it.
        parts: the words of the name.
        article: the article that the announcement had contracted with the preposition ("du" of "Ville du Havre").
    """

    kind: str
    form: str
    parts: tuple[str, ...]
    article: str = ""


def designation(parts: list[str]) -> Designation:
    """Reads the announcement at the start of canonical words.

    >>> designation(["ville", "du", "havre"])
    Designation(kind='commune', form='ville', parts=('havre',), article='le')
    """
    stuck = _STUCK.match(parts[0]) if parts else None
    text = " ".join([*stuck.groups(), *parts[1:]] if stuck else parts)
    found = _CUE.match(text)
    if found is None or found.lastgroup is None:
        return Designation("", "", tuple(parts))
    group = found.lastgroup
    kind = _KINDS.get(group, group)
    form = found[group]
    rest = text[found.end() :].split()
    if group == "epci" and rest:
        again = _CUE.match(" ".join(rest))  # "CC CA ...", "communaute de communes (CC) du ..."
        if again is not None and again.lastgroup in ("epci", "ept"):
            rest = " ".join(rest)[again.end() :].split()
    rest, article = _article(rest)
    return Designation(kind, form, tuple(rest), article)


def without_office(parts: Sequence[str]) -> list[str] | None:
    """The words without what an office adds after or around a name ("ROUEN MAIRIE", "CAEN CEDEX 4"); None if nothing.

    >>> without_office(["neufchatel", "en", "bray", "budget", "principal"])
    ['neufchatel', 'en', 'bray']
    """
    found = _OFFICE.search(" ".join(parts))
    return " ".join(parts)[: found.start()].split() if found and found.start() else None


def _article(rest: list[str]) -> tuple[list[str], str]:
    """What follows "de", and the article that was contracted with it."""
    article = ""
    while rest and rest[0] in ("de", "d", "du", "des"):
        article = _ARTICLES.get(rest[0], "")
        rest = rest[1:]
        if article:
            break
    return rest, article
