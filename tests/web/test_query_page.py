"""The SPARQL page: every example answers, and answers are shown as they are."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from lxml import html

from laurier.errors import QueryTimeout
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot
from laurier.vocabulary import Vocabulary
from laurier.web.pages.queries import SHOWN_ROWS, Queries
from laurier.web.pages.site import Pages


@pytest.fixture(scope="module")
def pages(release: Snapshot) -> Pages:
    return Pages(release, Settings(publisher="DREETS d'exemple"), Vocabulary())


@pytest.fixture(scope="module")
def store(release: Snapshot) -> ox.Store:
    return ox.Store.read_only(str(release.file("store")))


EXAMPLES = Queries.read_examples()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_every_example_answers(pages: Pages, store: ox.Store, example) -> None:  # type: ignore[no-untyped-def]
    assert set(example.titles) == {"fr", "en"}
    found = store.query(example.text)
    graph = isinstance(found, ox.QueryTriples)
    form = ox.RdfFormat.TURTLE if graph else ox.QueryResultsFormat.JSON
    answer = found.serialize(format=form)
    page = pages.sparql("fr", example.text, answer)
    tree = html.document_fromstring(page.body)
    if graph:
        assert "lau" in tree.findtext(".//pre") or "laurier" in tree.findtext(".//pre")
        return
    rows = tree.findall(".//div[@class='scroll']//tbody/tr")
    # The brochure leaves at most a few territories unresolved, perhaps none.
    assert rows or "territoires" in example.name
    assert example.titles["fr"] in tree.findtext("head/title")


def test_the_example_of_the_site_finds_its_two_projects(pages: Pages, store: ox.Store) -> None:
    example = next(e for e in EXAMPLES if e.name == "02-public-territoire")
    titles = {str(s["titre"].value) for s in store.query(example.text)}
    assert titles == {"PARE 76", "CUISINE MODE D'EMPLOI"}


def test_terms_are_shown_as_they_are(pages: Pages) -> None:
    answer = b"""{"head":{"vars":["a","b","c"]},"results":{"bindings":[
      {"a":{"type":"uri","value":"https://w3id.org/laurier/ns#Laureate"},
       "b":{"type":"literal","value":"<b>x</b>","xml:lang":"de"}},
      {"a":{"type":"uri","value":"javascript:alert(1)"},"c":{"type":"bnode","value":"n1"}},
      {"a":{"type":"triple","value":{"subject":{"type":"uri","value":"urn:s"},
        "predicate":{"type":"uri","value":"urn:p"},"object":{"type":"literal","value":"o"}}}}]}}"""
    tree = html.document_fromstring(pages.sparql("en", "SELECT * {}", answer).body)
    cells = [[td.text_content().strip() for td in tr] for tr in tree.findall(".//div[@class='scroll']//tbody/tr")]
    assert cells == [
        ["lau:Laureate", "<b>x</b> de", "empty"],
        ["javascript:alert(1)", "empty", "_:n1"],
        ["<< urn:s urn:p o >>", "empty", "empty"],
    ]
    assert tree.xpath("//td//span[@lang='de']")
    assert not [a for a in tree.iter("a") if a.get("href", "").startswith("javascript")]


def test_a_long_answer_is_cut_and_says_so(pages: Pages) -> None:
    rows = ",".join(f'{{"n":{{"type":"literal","value":"{n}"}}}}' for n in range(SHOWN_ROWS + 20))
    answer = f'{{"head":{{"vars":["n"]}},"results":{{"bindings":[{rows}]}}}}'.encode()
    tree = html.document_fromstring(pages.sparql("fr", "SELECT ?n {}", answer).body)
    assert len(tree.findall(".//div[@class='scroll']//tbody/tr")) == SHOWN_ROWS
    told = " ".join(tree.xpath("//p[@role='status']")[0].text_content().split())
    assert str(SHOWN_ROWS + 20) in told
    assert "affichées" in told


def test_yes_no_errors_and_citation(pages: Pages, release: Snapshot) -> None:
    assert "Réponse\u00a0: oui" in pages.sparql("fr", "ASK {}", b'{"head":{},"boolean":true}').body
    told = pages.sparql("fr", "SELECT", QueryTimeout("It took <too> long.", "C'est <trop> long.")).body
    assert "&lt;trop&gt; long" in told
    assert "Citer ce résultat" not in told
    cited = pages.sparql("fr", "ASK {}", b'{"head":{},"boolean":false}').body
    assert release.hash in cited
    assert "https://data.example.org/fr/sparql?query=ASK+%7B%7D" in cited
    assert "DREETS d’exemple" in cited or "DREETS d&#39;exemple" in cited
