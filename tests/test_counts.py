"""Numbers agree with their words."""

from __future__ import annotations

import pytest

from laurier.counts import counted


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [
        (0, "0 ligne est comprise", "0 lines are understood"),
        (1, "1 ligne est comprise", "1 line is understood"),
        (2, "2 lignes sont comprises", "2 lines are understood"),
    ],
)
def test_none_and_one_are_singular_in_french_and_one_alone_in_english(number: int, french: str, english: str) -> None:
    assert counted(number, "ligne(s) (est|sont) comprise(s)", "fr") == french
    assert counted(number, "line(s) (is|are) understood", "en") == english
