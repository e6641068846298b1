"""The search index against a plain scan of the same rows, and what people type."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sample_release
from hypothesis import given, settings
from hypothesis import strategies as st

from laurier import quads
from laurier.flat import Labelled, Place, Row
from laurier.snapshot import entity_file, search_index
from laurier.snapshot.entities import Entities
from laurier.snapshot.facets import FACETS, Names, key_of
from laurier.snapshot.rows import pack, unpack
from laurier.snapshot.search import Request, Search
from laurier.snapshot.search_index import ORDERS
from laurier.snapshot.words import expression, fold, words
from laurier.vocabulary import PREFIXES, Vocabulary

MINT = sample_release.MINT
#: Territories of the sample with what they are directly in.
PARENTS = {
    "region/28": (),
    "region/11": (),
    "departement/76": ("region/28",),
    "departement/14": ("region/28",),
    "epci/200023414": ("departement/76", "region/28"),
    "commune/76540": ("epci/200023414", "departement/76", "region/28"),
    "commune/14118": ("departement/14", "region/28"),
}
PUBLICS = {
    "jeunes": ("jeunes", "age"),
    "adultes": ("adultes", "age"),
    "refugies": ("refugies", "protection-internationale", "exiles"),
}


def built(folder: Path, rows: list[Row], lines: list[str] | None = None, **texts: Path) -> Search:
    """The index of some rows."""
    entity_file.build(quads.canonical(lines if lines is not None else territories()), folder / "e.sqlite")
    reader = Entities(folder / "e.sqlite")
    names = Names(reader, Vocabulary(), MINT)
    search_index.build(folder / "s.sqlite", rows, reader, names, texts)
    reader.close()
    return Search(folder / "s.sqlite")


def territories() -> list[str]:
    graph = f"<{MINT.graph('territories')}>"
    found = []
    for key, parents in PARENTS.items():
        iri = f"<{MINT.thing('territoire', key)}>"
        found.append(quads.statement(iri, f"<{PREFIXES['igeo']}nom>", quads.text(f"Nom de {key}"), graph))
        for parent in parents:
            above = f"<{MINT.thing('territoire', parent)}>"
            found.append(quads.statement(iri, f"<{PREFIXES['dcterms']}isPartOf>", above, graph))
    return found


def invented(count: int) -> list[Row]:
    """Rows drawn by chance, always the same ones."""
    chance = random.Random(20261124)
    rows = []
    for number in range(count):
        places = chance.sample(sorted(PARENTS), chance.randint(0, 2))
        concepts = chance.sample(sorted(PUBLICS), chance.randint(0, 2))
        start = date(chance.randint(2018, 2022), 1, 1) if chance.random() < 0.8 else None
        end = date(start.year + chance.randint(0, 3), 12, 31) if start and chance.random() < 0.5 else None
        rows.append(
            replace(
                sample_release.ROW,
                laureate=MINT.thing("laureat", f"appel/{number}"),
                title=chance.choice(["Éveil", "Atelier", "zèbre", "Ouvrage"]) + f" {number % 7}",
                places=tuple(Place(MINT.thing("territoire", k), *k.split("/"), f"Nom de {k}", "exact") for k in places),
                within=tuple(dict.fromkeys(k for p in places for k in (p, *PARENTS[p]))),
                publics=tuple(Labelled(PREFIXES["pub"] + c, c, c) for c in concepts),
                publics_within=tuple(dict.fromkeys(k for c in concepts for k in PUBLICS[c])),
                carriers=(Labelled(MINT.thing("porteur", f"p{number % 5}"), f"P{number % 5}", f"P{number % 5}"),),
                status=chance.choice(["", "en-cours", "realise"]),
                start=start,
                end=end,
                beneficiaries=chance.choice([None, 3, 12, 200]),
                quotation=chance.choice(["Un parcours pour les réfugiés.", "Formation régionale", "cuisine"]),
            )
        )
    return rows


ROWS = invented(80)


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Search:
    return built(tmp_path_factory.mktemp("search"), ROWS)


KEYS = {facet.name: sorted({key for row in ROWS for key, _ in facet.values(row, key_of(MINT))}) for facet in FACETS}
CHOICES = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from([*keys, "inconnu"]), max_size=2, unique=True).map(tuple)
                  for name, keys in KEYS.items()},
)  # fmt: skip


def matching(chosen: dict[str, tuple[str, ...]]) -> list[Row]:
    """A plain scan: one of the values chosen in each facet, every facet."""
    by_name = {facet.name: facet.values for facet in FACETS}
    kept = []
    for row in ROWS:
        own = {name: {key for key, _ in by_name[name](row, key_of(MINT))} for name in chosen}
        if all(own[name] & set(keys) for name, keys in chosen.items() if keys):
            kept.append(row)
    return kept


@settings(deadline=None, max_examples=150)
@given(chosen=CHOICES)
def test_counts_are_those_of_a_scan(search: Search, chosen: dict[str, tuple[str, ...]]) -> None:
    answer = search.ask(Request(chosen=chosen, limit=1000))
    expected = matching(chosen)
    assert answer.total == len(expected)
    assert {row.laureate for row in answer.rows} == {row.laureate for row in expected}
    for facet in FACETS:
        others = {name: keys for name, keys in chosen.items() if name != facet.name}
        for value in answer.facets[facet.name]:
            assert value.count == len(matching({**others, facet.name: (value.key,)}))
    for value in answer.relaxed:
        assert not answer.total
        rest = tuple(key for key in chosen[value.facet] if key != value.key)
        assert value.count == len(matching({**chosen, value.facet: rest})) > 0


def test_every_value_of_a_small_facet_is_offered(search: Search) -> None:
    offered = search.ask(Request()).facets
    for name in ("public", "appel", "programme", "statut", "porteur", "annee", "source"):
        assert sorted(value.key for value in offered[name]) == KEYS[name]


@pytest.mark.parametrize(
    ("order", "key"),
    [
        ("titre", lambda r: fold(r.title)),
        ("date", lambda r: (r.start is None, -(r.start.toordinal() if r.start else 0), fold(r.title))),
        ("date-croissante", lambda r: (r.start is None, r.start.toordinal() if r.start else 0, fold(r.title))),
        ("beneficiaires", lambda r: (r.beneficiaries is None, -(r.beneficiaries or 0), fold(r.title))),
    ],
)
def test_orders(search: Search, order: str, key: Callable[[Row], object]) -> None:
    expected = [row.laureate for row in sorted(ROWS, key=key)]  # type: ignore[arg-type]
    pages: list[str] = []
    for offset in range(0, len(ROWS), 7):
        pages += [row.laureate for row in search.ask(Request(order=order, offset=offset, limit=7)).rows]
    assert pages == expected
    assert [row.laureate for row in search.each(Request(order=order))] == expected


def test_a_small_answer_is_in_order_too(search: Search) -> None:
    # A sparse set is sorted by rank, a dense one by walking the order: both must agree.
    chosen = {"annee": ("2024",), "statut": ("realise",)}
    expected = sorted(matching(chosen), key=lambda row: fold(row.title))
    assert [row.title for row in search.ask(Request(chosen=chosen, order="titre", limit=99)).rows] == [
        row.title for row in expected
    ]
    assert set(ORDERS) >= {"titre", "date", "montant"}


@pytest.mark.parametrize("text", ["réfugiés", "refugie", "RÉFUGIÉE", "réfug", "les réfugiés", "« réfugiés » !"])
def test_words_are_found_whatever_their_form(search: Search, text: str) -> None:
    found = {row.laureate for row in search.ask(Request(text, limit=1000)).rows}
    assert found == {r.laureate for r in ROWS if "réfugiés" in r.quotation or "refugies" in r.publics_within} != set()


def test_every_word_must_be_found(search: Search) -> None:
    found = {row.laureate for row in search.ask(Request("parcours réfugiés", limit=1000)).rows}
    assert found == {row.laureate for row in ROWS if "parcours pour les réfugiés" in row.quotation} != set()


def test_english_words_find_what_is_linked_to_a_concept(search: Search) -> None:
    found = {row.laureate for row in search.ask(Request("refugees", limit=1000)).rows}
    assert found == {row.laureate for row in ROWS if "refugies" in row.publics_within} != set()


def test_an_irregular_plural_and_its_singular_find_each_other(search: Search) -> None:
    expected = sum("régionale" in row.quotation for row in ROWS)
    assert [search.count(Request(text)) for text in ("régionaux", "régional", "regionales")] == [expected] * 3


def test_names_of_containers_are_words(search: Search) -> None:
    within = sum("departement/76" in row.within for row in ROWS)
    assert search.count(Request("departement 76")) == within > 0


def test_words_and_facets_meet(search: Search) -> None:
    answer = search.ask(Request("cuisine", {"public": ("age",)}, limit=1000))
    # The heading of every row of the sample says CUISINE.
    assert answer.total == len(matching({"public": ("age",)}))
    empty = search.ask(Request("introuvable", {"public": ("age",)}))
    assert [(value.facet, value.count) for value in empty.relaxed] == [("q", answer.total)]


@settings(deadline=None, max_examples=200)
@given(text=st.text(max_size=60))
def test_no_text_breaks_the_search(search: Search, text: str) -> None:
    answer = search.ask(Request(text, limit=3))
    assert 0 <= answer.total <= len(ROWS)
    if text.strip() and not list(words(text)):
        assert answer.total == 0


@pytest.mark.parametrize("text", ['"', "a OR b", "NEAR(x y)", "title:x", "x*", "(", "^a", "-x", "col : x", "\x00"])
def test_operators_of_the_engine_are_words(search: Search, text: str) -> None:
    assert search.count(Request(text)) <= len(ROWS)


def test_stop_words_alone_are_kept() -> None:
    assert expression("de la") == '("de") AND ("la")'
    assert expression("le havre") == expression("havre")


def test_territories_unfold_where_something_is_chosen(search: Search) -> None:
    top = [value.key for value in search.ask(Request()).facets["territoire"]]
    assert sorted(top) == ["region/11", "region/28"]
    chosen = search.ask(Request(chosen={"territoire": ("region/28",)})).facets["territoire"]
    assert {value.key for value in chosen} == {"region/28", "region/11", "departement/76", "departement/14"}
    deep = search.ask(Request(chosen={"territoire": ("departement/76",)})).facets["territoire"]
    assert "epci/200023414" in {value.key for value in deep}
    # A commune is under its EPCI, not also under its département.
    assert search.values.value("territoire", "commune/76540").parents == ("epci/200023414",)  # type: ignore[union-attr]
    assert search.values.above("territoire", "commune/76540") == ["epci/200023414", "departement/76", "region/28"]


def test_territories_in_a_circle_end(tmp_path: Path) -> None:
    graph = "<https://data.example.org/graph/territories>"
    iris = [f"<{MINT.thing('territoire', key)}>" for key in ("region/28", "departement/76")]
    within = f"<{PREFIXES['dcterms']}isPartOf>"
    lines = [quads.statement(a, within, b, graph) for a, b in (iris, iris[::-1])]
    search = built(tmp_path, ROWS[:5], lines)
    answer = search.ask(Request(chosen={"territoire": ("region/28",)}))
    assert {value.key for value in answer.facets["territoire"]} >= {"region/28"}
    assert search.values.above("territoire", "region/28") == ["departement/76"]


def test_values_are_listed_searched_and_paged(search: Search) -> None:
    total, values = search.values.page("porteur", order="sort", limit=2)
    assert (total, [value.key for value in values]) == (5, ["p0", "p1"])
    total, values = search.values.page("territoire", kind="commune", limit=9)
    assert {value.kind for value in values} == {"commune"}
    assert total == len(values) == 2
    assert search.values.page("porteur", "!!!")[0] == 0


def test_rows_come_back_equal(search: Search) -> None:
    for row in [*ROWS[:10], *sample_release.rows()]:
        assert unpack(pack(row)) == row
    assert search.row(ROWS[3].laureate) == ROWS[3]
    assert search.row("https://data.example.org/id/laureat/none") is None


def test_no_rows_at_all(tmp_path: Path) -> None:
    search = built(tmp_path, [])
    answer = search.ask(Request("x", {"public": ("jeunes",)}))
    assert (answer.total, answer.rows, answer.relaxed) == (0, (), ())


def test_texts_keep_every_character_and_place_every_passage(tmp_path: Path) -> None:
    text = "".join(f"ligne {number} é€😀\r\n" for number in range(1, 1001)) + "sans fin"
    path = tmp_path / "t.txt"
    path.write_text(text, encoding="utf-8", newline="")
    spans = [(0, 5), (10, 9000), (len(text) - 8, len(text))]
    derived = f"<{PREFIXES['prov']}wasDerivedFrom>"
    lines = [
        quads.statement(*statement, "<g:g>")
        for passage in (f"<{MINT.thing('extrait', f'doc/{a}-{b}')}>" for a, b in spans)
        for statement in (
            ("<https://x.example/s>", derived, passage),
            (passage, f"<{PREFIXES['rdf']}type>", f"<{PREFIXES['lau']}Excerpt>"),
        )
    ]
    search = built(tmp_path, [], lines, doc=path)
    pages = list(_pages(search, "doc"))
    assert "".join(page.text for page in pages) == text
    for page in pages:
        assert text[: page.start].count("\n") + 1 == page.first_line
        assert search.texts.page_of("doc", page.start) == page.number
        for start, end in spans:
            overlaps = start < page.start + len(page.text) and end > page.start
            assert overlaps == ((start, end) in {(p.start, p.end) for p in page.passages})
    assert search.texts.page("doc", 99) is None
    assert search.texts.page_of("autre", 0) is None


def test_the_page_of_a_passage_is_found_as_fast_in_a_long_text(tmp_path: Path) -> None:
    steps = []
    for name, lines in (("short", 600), ("long", 60_000)):
        path = tmp_path / f"{name}.txt"
        path.write_text("ligne\n" * lines, encoding="utf-8")
        (tmp_path / name).mkdir()
        search = built(tmp_path / name, [], doc=path)
        taken = []
        search._reader._connection().set_progress_handler(lambda taken=taken: taken.append(1) or 0, 1)
        assert search.texts.page_of("doc", 6 * lines - 1)
        steps.append(len(taken))
    assert steps[0] == steps[1]


def _pages(search: Search, source: str) -> Iterator:  # type: ignore[type-arg]
    number = 1
    while page := search.texts.page(source, number):
        yield page
        number += 1
