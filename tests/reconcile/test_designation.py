"""What a phrase announces."""

from __future__ import annotations

import pytest

from laurier.reconcile import names
from laurier.reconcile.designation import designation, without_office


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [
        ("Ville de Caen", "commune", "caen"),
        ("COMMUNE DES ANDELYS", "commune", "andelys"),
        ("MAIRIE D EU", "commune", "eu"),
        ("CC du Pays de l'Ourcq", "epci", "pays de l ourcq"),
        ("COMMUNAUTE DE COMMUNES DU PAYS DE L'OURCQ", "epci", "pays de l ourcq"),
        ("Communauté de communes (CC) du Ternois", "epci", "ternois"),
        ("COM COM DU TERNOIS", "epci", "ternois"),
        ("C.A. Seine-Eure", "epci", "seine eure"),
        ("CTE D'AGGLOMERATION SEINE EURE", "epci", "seine eure"),
        ("CCd'Arcis", "epci", "arcis"),
        ("EPT Plaine Commune", "ept", "plaine commune"),
        ("ETABLISSEMENT PUBLIC TERRITORIAL PLAINE COMMUNE", "ept", "plaine commune"),
        ("département de l'Eure", "departement", "l eure"),
        ("Conseil régional de Normandie", "region", "normandie"),
        ("commune déléguée de Beaumesnil", "commune-deleguee", "beaumesnil"),
        ("CCAS DE CAEN", "body", "caen"),
        ("SIVOM DE FECAMP", "body", "fecamp"),
        ("Communailles-en-Montagne", "", "communailles en montagne"),
        ("Rouen", "", "rouen"),
    ],
)
def test_announcements(text: str, kind: str, rest: str) -> None:
    found = designation(names.words(text))
    assert (found.kind, " ".join(found.parts)) == (kind, rest)


def test_a_contracted_article_is_kept() -> None:
    assert designation(names.words("Ville du Havre")).article == "le"
    assert designation(names.words("Commune des Andelys")).article == "les"
    assert designation(names.words("Commune de Rouen")).article == ""


def test_what_an_office_adds_after_a_name() -> None:
    assert without_office(names.words("ROUEN MAIRIE")) == ["rouen"]
    assert without_office(names.words("CAEN CEDEX 4")) == ["caen"]
    assert without_office(names.words("ROUEN")) is None
