"""What a CKAN portal with ckanext-dcat makes of a dataset. Facts were observed on ckanext-dcat 2.4 and CKAN 2.11."""

from __future__ import annotations

import re

import pyoxigraph as ox

from laurier.catalogue.harvest.facts import Facts, Node
from laurier.catalogue.harvest.verdict import Verdict

PORTAL = "CKAN"
_TAG = re.compile(r"[\w\-. ]{2,100}")


def dataset(facts: Facts, me: Node) -> Verdict:
    """The verdict on a dataset."""
    verdict = Verdict(PORTAL, me.value)
    if not isinstance(me, ox.NamedNode) and not facts.text(me, "dcterms:identifier"):
        verdict.refuse("guid", "it has neither an IRI nor an identifier", "il n'a ni IRI ni identifiant")
    title = facts.text(me, "dcterms:title")
    if not title:
        verdict.refuse("dcterms:title", "it has no title", "il n'a pas de titre")
    verdict.keep("guid", me.value)
    verdict.keep("title", title)
    verdict.keep("notes", facts.text(me, "dcterms:description")[:80])
    _tags(verdict, facts, me)
    for name in ("issued", "modified", "identifier", "accrualPeriodicity"):
        verdict.keep(f"extras.{name}", facts.text(me, f"dcterms:{name}"))
    publisher = next(iter(facts.nodes(me, "dcterms:publisher")), None)
    if publisher is not None:
        verdict.keep("publisher_name", facts.text(publisher, "foaf:name"))
    for distribution in facts.nodes(me, "dcat:distribution"):
        _resource(verdict, facts, distribution)
    verdict.keep("resources", str(len(facts.nodes(me, "dcat:distribution"))))
    return verdict


def _tags(verdict: Verdict, facts: Facts, me: Node) -> None:
    words = [word.value for word in facts.literals(me, "dcat:keyword")]
    bad = [word for word in words if not _TAG.fullmatch(word)]
    verdict.keep("tags", ", ".join(word for word in words if word not in bad))
    for word in bad:
        verdict.refuse(
            "dcat:keyword",
            f"the keyword '{word}' is not 2 to 100 letters, digits, spaces or - _ . and the whole dataset fails "
            "unless the portal cleans tags",
            f"le mot-clé « {word} » n'est pas fait de 2 à 100 lettres, chiffres, espaces ou - _ . et tout le jeu de "
            "données échoue, sauf si le portail nettoie les mots-clés",
        )


def _resource(verdict: Verdict, facts: Facts, me: Node) -> None:
    for value in facts.nodes(me, "dcat:mediaType"):
        if not facts.text(value, "rdfs:label"):
            verdict.lose(
                "dcat:mediaType",
                f"{me.value}: the format is shown as {value.value}; give that node the rdfs:label of its media type",
                f"{me.value} : le format s'affiche {value.value} ; donnez à ce nœud le type de média en rdfs:label",
            )
    for value in facts.nodes(me, "dcterms:license"):
        if not facts.text(value, "rdfs:label"):
            verdict.lose(
                "dcterms:license",
                f"{me.value}: the licence is shown as {value.value}; give that node an rdfs:label",
                f"{me.value} : la licence s'affiche {value.value} ; donnez un rdfs:label à ce nœud",
            )
    if not (facts.text(me, "dcat:downloadURL") or facts.text(me, "dcat:accessURL")):
        verdict.lose("dcat:accessURL", f"{me.value} has no address", f"{me.value} n'a pas d'adresse")
