"""A sorted file is read whole from any division into ranges, and every subject is found in it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_validation import statements, write

from laurier import quads
from laurier.errors import DataRefused
from laurier.validation import sorted_file
from laurier.validation.sorted_file import SortedFile, Statements, stream


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(statements(), tmp_path_factory.mktemp("sorted") / "data.nq")


def _pairs(node: Statements) -> list[tuple[bytes, bytes]]:
    return list(zip(node.predicates, node.objects, strict=True))


@settings(deadline=None)
@given(cuts=st.lists(st.floats(0, 1), max_size=6))
def test_ranges_divide_the_file(path: Path, cuts: list[float]) -> None:
    size = path.stat().st_size
    ends = [0, *sorted(int(cut * size) for cut in cuts), size]
    whole = [(node.subject, _pairs(node), node.offset) for node in stream(path)]
    divided = [
        (node.subject, _pairs(node), node.offset)
        for start, end in pairwise(ends)
        if start < end
        for node in stream(path, start, end)
    ]
    assert divided == whole
    assert sum(len(pairs) for _, pairs, _ in whole) == len(statements())


@pytest.mark.parametrize("block", [64, 1000, 1 << 15])
def test_every_subject_is_found_and_no_other(path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorted_file, "_BLOCK", block)
    file = SortedFile(path)
    try:
        for node in stream(path):
            found = file.find(node.subject)
            assert found is not None
            assert _pairs(found) == _pairs(node)
            assert file.at(node.offset).subject == node.subject
            for absent in (node.subject[:-1] + b"!>", node.subject[:-2] + b">", b"<a>", b"_:x", b"<z>"):
                near = file.find(absent)
                assert near is None or near.subject == absent
    finally:
        file.close()


def test_a_statement_in_two_graphs_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "two.nq"
    path.write_text(
        '<urn:s> <urn:p> "a <b> ." <urn:g1> .\n<urn:s> <urn:p> "a <b> ." <urn:g2> .\n<urn:s> <urn:p> <urn:o> .\n'
    )
    (node,) = stream(path)
    assert _pairs(node) == [(b"<urn:p>", b'"a <b> ."'), (b"<urn:p>", b"<urn:o>")]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=6), min_size=1, max_size=6), graph=st.sampled_from(["", "<urn:g> "]))
def test_texts_of_any_kind(texts: list[str], graph: str, tmp_path: Path) -> None:
    lines = sorted({f"<urn:s> <urn:p> {quads.text(text)} {graph}.\n".encode() for text in texts})
    (tmp_path / "texts.nq").write_bytes(b"".join(lines))
    (node,) = stream(tmp_path / "texts.nq")
    assert sorted(node.objects) == sorted({quads.text(text).encode() for text in texts})


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"<urn:b> <urn:p> <urn:o> .\n<urn:a> <urn:p> <urn:o> .\n", "out of order"),
        (b"<urn:b> <urn:p>\n", "not canonical"),
        (b"# a comment\n", "not canonical"),
        (b"nonsense with some spaces\n", "not canonical"),
    ],
)
def test_what_is_not_sorted_n_quads_is_refused(content: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.nq"
    path.write_bytes(content)
    with pytest.raises(DataRefused, match=word) as caught:
        list(stream(path))
    assert caught.value.fr != caught.value.en
