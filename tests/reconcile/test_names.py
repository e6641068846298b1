"""Folding of place names."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from laurier.reconcile import names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Saint-Étienne-du-Rouvray", "ST ETIENNE DU ROUVRAY"),
        ("Sainte-Adresse", "Ste Adresse"),
        ("L'Haÿ-les-Roses", "L HAY LES ROSES"),
        ("Œuilly", "OEUILLY"),
        ("CC des 4 rivières", "CC des Quatre Rivières"),
        ("Châlons-sur-Saône", "Châlons s/ Saône"),
        ("Vaux-sous-Aubigny", "Vaux ss/Aubigny"),
        ("Saint-Pierre-lès-Elbeuf", "Saint-Pierre-lez-Elbeuf"),
        ("Évreux", "Ã‰vreux"),
        ("Pont-l’Évêque", "Pont-l'Évêque"),
        ("Le Petit-Quevilly", "Le\u00a0Petit\u2011Quevilly"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert names.exact(names.words(one)) == names.exact(names.words(other))


@pytest.mark.parametrize(("one", "other"), [("Rouen", "Roüens"), ("Bourg", "Bourges"), ("Vernon", "Vernou")])
def test_names_that_differ_keep_different_keys(one: str, other: str) -> None:
    assert names.exact(names.words(one)) != names.exact(names.words(other))


def test_a_letter_destroyed_by_a_wrong_encoding_is_marked() -> None:
    assert names.words("D?gagnac") == ["d?gagnac"]
    assert names.words("Saint-Andr\ufffd") == ["saint", "andr?"]


def test_small_words_do_not_count_in_the_loose_key() -> None:
    assert names.loose(names.words("Le Havre")) == "havre"
    assert names.loose(["le"]) == "le"  # a name of small words only keeps them


@given(st.text(max_size=60))
def test_any_text_folds_to_plain_words(text: str) -> None:
    for word in names.words(text):
        assert word
        assert word == word.lower()
        assert not word.isspace()


@given(st.text(alphabet="abcéèçàïôœÉ-' ", max_size=30))
def test_composed_and_decomposed_letters_are_one(text: str) -> None:
    assert names.words(unicodedata.normalize("NFD", text)) == names.words(unicodedata.normalize("NFC", text))
