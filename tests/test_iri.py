"""IRIs: what is minted is valid, and taken apart again."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier.iri import KINDS, Minter, slug

BASE = "https://x.example/base/"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_a_slug_is_plain_and_stable(text: str) -> None:
    found = slug(text)
    assert found
    assert len(found) <= 80
    assert found == slug(found)
    assert set(found) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@settings(deadline=None)
@given(st.sampled_from(KINDS), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_what_is_minted_is_an_iri_and_splits_again(kind: str, key: str) -> None:
    minter = Minter(BASE)
    iri = minter.thing(kind, key)
    assert ox.NamedNode(iri).value == iri
    assert minter.split(iri) == (kind, key)
    assert minter.split(f"{iri}#part") == (kind, key)
    assert minter.document(f"{iri}#part") == iri.replace("/id/", "/doc/", 1)


def test_other_iris_are_left_alone() -> None:
    minter = Minter(BASE)
    for other in (
        "https://other.example/id/projet/x",
        f"{BASE}id/unknown/x",
        f"{BASE}id/projet",
        f"{BASE}doc/projet/x",
    ):
        assert minter.split(other) is None
    assert minter.document("https://other.example/x#y") == "https://other.example/x"
