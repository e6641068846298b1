"""What a request says, decoded."""

from __future__ import annotations

from urllib.parse import quote_from_bytes, unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier.web.problems import Problem
from laurier.web.request import parse_parameters

PIECES = st.sampled_from(
    [b"%", b"=", b"%3D", b"%0d%0A", b"\r", b"\n", b" ", b"_", b".", b"a", b"%41", b"%c3%A9", b"%2"]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=60), st.integers(0, 2))
def test_long_values_are_decoded_as_short_ones_are(pieces: list[bytes], thousands: int) -> None:
    value = b"x" * 1000 * thousands + b"".join(pieces)
    try:
        ((name, got),) = parse_parameters(b"query=" + value)
    except Problem:
        with pytest.raises(UnicodeDecodeError):
            unquote_to_bytes(value).decode()
        return
    assert name == "query"
    assert got.encode() == unquote_to_bytes(value)


@settings(deadline=None)
@given(st.text(max_size=50))
def test_what_is_encoded_is_decoded(text: str) -> None:
    text = text.encode(errors="replace").decode() * 40
    assert parse_parameters(b"query=" + quote_from_bytes(text.encode(), safe="").encode())[0][1] == text
