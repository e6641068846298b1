"""Sorting on disk: the order of code points, each line once, counted by graph, whatever the runs."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier import quads
from laurier.snapshot import sorting
from laurier.snapshot.sorting import Sorter, lines_of, write_run

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_IRI = st.sampled_from(["<http://a/x>", "<http://a/é>", "<http://a/\U0001f600>", "<http://b/y>"])
_GRAPH = st.sampled_from(["", " <http://g/1>", " <http://g/é>"])
_OBJECT = st.one_of(
    _IRI,
    _TEXT.map(quads.text),
    _TEXT.map(lambda text: quads.tagged(text, "fr")),
    st.sampled_from([' "a <b" ', ' "x> ."', '"a <b> ."^^<http://d/t>', '"<http://g/1>"@fr', '" <"']).map(str.strip),
)
_LINE = st.builds(lambda s, p, o, g: f"{s} {p} {o}{g} .", _IRI, _IRI, _OBJECT, _GRAPH)


@settings(deadline=None, max_examples=150)
@given(lines=st.lists(_LINE, max_size=40), run=st.integers(1, 50), others=st.lists(st.lists(_LINE, max_size=9)))
def test_lines_are_sorted_distinct_and_counted(tmp_path_factory, lines, run, others):
    folder = tmp_path_factory.mktemp("sorting")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "_STRIDE", 2)
        sorter = Sorter(folder, run)
        for line in lines:
            sorter.add([line])
        for number, other in enumerate(others):  # as other processes write them
            sorter.take(write_run(folder / f"other-{number}", other))
        counts, digest, repeated = sorter.write(folder / "sorted.nq")
    wanted = quads.canonical([*lines, *chain.from_iterable(others)])
    triples = [quads.split(line)[:3] for line in wanted]
    assert repeated == len(triples) - len(set(triples))
    assert list(lines_of(folder / "sorted.nq")) == wanted
    assert counts == Counter(quads.split(line)[3][1:-1] for line in wanted)
    assert digest == hashlib.sha256((folder / "sorted.nq").read_bytes()).hexdigest()
    assert [path.name for path in folder.iterdir()] == ["sorted.nq"]


@settings(deadline=None, max_examples=150)
@given(lines=st.lists(_LINE, max_size=30), end=st.sampled_from(["", "\n"]))
def test_what_is_said_of_each_subject_is_what_the_lines_say(lines, end):
    wanted = quads.canonical(lines)
    found = list(quads.by_subject(line + end for line in wanted))
    assert [(subject, *said) for subject, all_ in found for said in all_] == list(map(quads.split, wanted))
    assert len({subject for subject, _ in found}) == len(found)
