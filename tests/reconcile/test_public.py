"""Publics matched by the labels of the scheme."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier.reconcile.public import Matcher
from laurier.vocabulary import PREFIXES, Vocabulary

VOCABULARY = Vocabulary()
MATCHER = Matcher(VOCABULARY)


def found(wording: str) -> list[str]:
    return [match.iri.removeprefix(PREFIXES["pub"]) for match in MATCHER.match(wording)]


@pytest.mark.parametrize(
    ("wording", "publics"),
    [
        ("Jeunes sans qualification", ["jeunes", "peu-qualifies"]),
        ("REFUGIES STATUTAIRES", ["refugies"]),
        ("une réfugiée", ["refugies"]),
        ("350 BPI", ["protection-internationale"]),
        ("bénéficiaires d'une protection internationale", ["protection-internationale"]),
        ("bénéficiaires de la Protection Subsidiaire", ["protection-subsidiaire"]),
        ("publics non mobilisées dans les dispositifs de droit commun", ["non-accompagnes"]),
        ("habitantes des zones rurales et des QPV", ["ruraux", "qpv"]),
        ("sans emploi ni formation", ["sans-emploi-ni-formation"]),
        ("personnes sans emploi", ["sans-emploi"]),
        ("allocataires du RSA", ["rsa"]),
        ("« NEETS »", ["neet"]),
        ("personnes reconnues TH", ["th"]),
    ],
)
def test_the_longest_label_whatever_its_inflection(wording: str, publics: list[str]) -> None:
    assert found(wording) == publics


@pytest.mark.parametrize(
    "wording",
    [
        "public",
        "bénéficiaires attendus",
        "the th",
        "hors demandeurs d'asile",
        "à l'exception des jeunes",
        "sauf les personnes détenues",
        "apprentissage",
        "",
    ],
)
def test_nothing_rather_than_a_guess(wording: str) -> None:
    assert found(wording) == []


def test_every_preferred_label_finds_its_own_concept() -> None:
    skos = PREFIXES["skos"]
    for concept in VOCABULARY.in_scheme("https://w3id.org/laurier/publics"):
        for label in VOCABULARY.texts(concept, f"{skos}prefLabel")["fr"]:
            assert concept in {match.iri for match in MATCHER.match(label)}, label


@settings(deadline=None)
@given(st.text(max_size=200))
def test_what_matches_is_in_the_wording(wording: str) -> None:
    last = 0
    for match in MATCHER.match(wording):
        assert wording[match.start : match.end] == match.text
        assert match.start >= last
        last = match.end
