"""Documents held ready in Turtle: the statements are those of a document that is made, for any graph."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier.snapshot import documents, entities, entity_file
from laurier.snapshot.documents import LINKS_A_PAGE, Documents
from laurier.snapshot.entities import Entities
from laurier.snapshot.writers import Turtle
from laurier.vocabulary import PREFIXES

BASE = "https://x.example/id/"
A, DERIVED = f"<{PREFIXES['rdf']}type>", f"<{PREFIXES['prov']}wasDerivedFrom>"
TITLE, EXCERPT = f"<{PREFIXES['dcterms']}title>", f"<{PREFIXES['lau']}Excerpt>"


def written(folder: Path, lines: list[str]) -> tuple[Entities, Documents, int]:
    entity_file.build(sorted(set(lines)), folder / entities.NAME)
    count = documents.build(folder / entities.NAME, folder / documents.NAME)
    return Entities(folder / entities.NAME), Documents(folder / documents.NAME), count


def triples(text: bytes, format_: ox.RdfFormat) -> set[str]:
    return {str(triple) for triple in ox.parse(text, format=format_)}


names = st.sampled_from([f"{BASE}{kind}/{number}" for kind in ("a", "b") for number in range(6)])
parts = st.builds(lambda iri, part: f"{iri}{part}", names, st.sampled_from(["", "#un", "#deux"]))
nodes = parts.map(lambda iri: f"<{iri}>")
literals = st.sampled_from(['"x"', '"é \\"q\\" \\\\ \\n"@fr', f'"1"^^<{PREFIXES["xsd"]}integer>', '"a#b"', '"<a> ."'])
predicates = st.sampled_from([A, DERIVED, TITLE, f"<{PREFIXES['lau']}carrier>", "<https://other.example/p>"])
statements = st.one_of(
    st.builds("{} {} {} <https://x.example/g> .".format, nodes, predicates, st.one_of(nodes, literals)),
    st.builds(("{} " + f"{A} {EXCERPT} <https://x.example/g> .").format, nodes),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(statements, min_size=1, max_size=60))
def test_what_is_held_says_what_is_made(lines: list[str]) -> None:
    with TemporaryDirectory() as folder:
        read, held, count = written(Path(folder), lines)
        with closing(read), closing(held):
            found = 0
            for iri in read.following(BASE, limit=1000):
                text = held.turtle(iri)
                own = {line for line in lines if line.startswith(f"<{iri}> ")}
                passage = any(f"> {A} {EXCERPT} " in line for line in own)
                assert (text is None) == ("#" in iri or passage), iri
                if text is not None:
                    found += 1
                    made = documents.lines(read, iri, read.links(iri, 0, LINKS_A_PAGE))
                    expected = triples("\n".join(made).encode(), ox.RdfFormat.N_TRIPLES)
                    assert triples(Turtle.head.encode() + text, ox.RdfFormat.TURTLE) == expected
            assert found == count
            assert held.turtle(f"{BASE}none") is None


def test_many_of_a_kind_are_compressed_against_the_first(tmp_path: Path) -> None:
    """Each is read back as it was written, whatever the kind and its size."""
    lines = [
        f'<{BASE}{kind}/{number}> {TITLE} "{kind} {number} {"du texte " * (number % 7)}"@fr <urn:g> .'
        for kind, size in (("rare", 3), ("frequent", 200), ("un/autre", 40))
        for number in range(size)
    ]
    read, held, count = written(tmp_path, lines)
    assert count == 243
    for line in lines:
        iri, _, rest = line[1:].partition("> ")
        text = held.turtle(iri)
        assert text is not None
        assert rest.rpartition(" <")[0].partition(" ")[2] in text.decode()
    read.close()
    held.close()


def test_a_thing_with_more_than_a_page_of_links_is_made_when_asked_for(tmp_path: Path) -> None:
    lines = [f"<{BASE}a/{n}> {TITLE} <{BASE}hub/{h}> <https://x.example/g> ." for h in (0, 1) for n in range(100 + h)]
    lines += [f'<{BASE}hub/{h}> {TITLE} "h" <https://x.example/g> .' for h in (0, 1)]
    read, held, _ = written(tmp_path, lines)
    assert held.turtle(f"{BASE}hub/0") is not None
    assert held.turtle(f"{BASE}hub/1") is None
    read.close()
    held.close()
