"""Hostile words in the data stay words on the page, and only web addresses become links."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sample_release
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from laurier import quads
from laurier.flat import Labelled
from laurier.settings import Settings
from laurier.snapshot import entities, entity_file, search_index
from laurier.snapshot import manifest as manifests
from laurier.snapshot.entities import Entities
from laurier.snapshot.facets import Names
from laurier.snapshot.manifest import Manifest
from laurier.snapshot.opened import Snapshot
from laurier.vocabulary import PREFIXES, Vocabulary
from laurier.web.pages.addresses import web_address
from laurier.web.pages.site import Pages

MINT = sample_release.MINT
EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}'`</textarea></title>"
GRAPH = "<https://data.example.org/graph/x>"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """A release in which every text is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    project = MINT.thing("projet", "x")
    excerpt = MINT.thing("extrait", "mal/0-30")
    source = MINT.thing("source", "mal")
    links = ("javascript:alert(1)", "data:text/html,x", "https://evil.example/'><script>", "http://x.example/?a=1&b=2")
    facts = [
        (project, "rdf", "type", f"<{PREFIXES['lau']}Project>"),
        (project, "dcterms", "title", quads.tagged(EVIL, "fr")),
        (project, "lau", "verbatim", quads.text(EVIL)),
        (project, "dcterms", "description", quads.tagged(EVIL * 5, "en")),
        (project, "dcterms", "description", quads.tagged(EVIL, "de")),
        (project, "schema", "value", quads.typed("not a number", f"{quads.XSD}decimal")),
        (project, "schema", "currency", quads.text("€€€")),
        (project, "lau", "startEarliest", quads.typed("2019-99-99", f"{quads.XSD}date")),
        (project, "lau", "plannedDuration", quads.typed("PX", f"{quads.XSD}duration")),
        (project, "prov", "wasDerivedFrom", f"<{excerpt}>"),
        (excerpt, "oa", "hasSource", f"<{source}>"),
        (excerpt, "oa", "hasSelector", f"<{excerpt}#citation>"),
        (f"{excerpt}#citation", "oa", "exact", quads.text(EVIL)),
        (f"{excerpt}#citation", "rdf", "value", quads.text("line=²,x")),
        (source, "dcterms", "title", quads.tagged(EVIL, "fr")),
        *((project, "foaf", "page", f"<{link.replace('>', '%3E').replace('<', '%3C')}>") for link in links),
    ]
    lines = [quads.statement(f"<{s}>", f"<{PREFIXES[p]}{n}>", v, GRAPH) for s, p, n, v in facts]
    entity_file.build(quads.canonical(lines), folder / entities.NAME)
    (folder / "mal.txt").write_text(EVIL * 3, encoding="utf-8")
    evil = Labelled(MINT.thing("porteur", "mal"), EVIL, EVIL)
    row = replace(
        sample_release.ROW, laureate=MINT.thing("laureat", "a/x"), title=EVIL, carriers=(evil,), source=source,
        call=replace(evil, iri=MINT.thing("appel", EVIL)), territory_text=EVIL, places=(), period_text=EVIL,
        period_edtf=EVIL, precision=EVIL, status=EVIL, source_title=EVIL,
    )  # fmt: skip
    reader = Entities(folder / entities.NAME)
    names = Names(reader, Vocabulary(), MINT)
    search_index.build(folder / search_index.NAME, [row], reader, names, {"mal": folder / "mal.txt"})
    manifest = Manifest("0" * 16, sample_release.BASE, EVIL, EVIL)
    (folder / manifests.NAME).write_bytes(manifest.to_json())
    settings_ = Settings(contact=f"{EVIL}@example.org", publisher=EVIL, publisher_iri="javascript:alert(1)")
    return Pages(Snapshot.open(folder), settings_, Vocabulary())


PATHS = ["", "laureats", "porteurs", "appels", "sources", "doc/projet/x", "texte/mal", "carte", "sparql", "qualite",
         "donnees", "a-propos", "mentions-legales", "accessibilite", "plan", "api"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_words_stay_words(pages: Pages, path: str, language: str) -> None:
    page = pages.page(language, path, [("q", EVIL)] if path in ("laureats", "porteurs") else [("query", EVIL)])  # type: ignore[arg-type]
    assert page is not None
    harmless(page.body)
    assert "49" not in page.body.partition("<main")[2].partition("</main>")[0] or path in ("api", "carte")


def harmless(body: str) -> None:
    tree = html.document_fromstring(body)
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json":  # data for search engines, which no browser runs
            assert json.loads(script.text or "")
            assert "<" not in (script.text or "")
        else:
            assert script.get("src", "").startswith("/static/")
    assert not list(tree.iter("img"))
    for element in tree.iter():
        assert not any(name.startswith("on") for name in element.attrib)
        for name in ("href", "src", "action", "formaction"):
            value = element.get(name)
            if value is not None and not value.startswith("mailto:"):
                assert value.startswith(("/", "#")) or web_address(value), value


def test_only_web_addresses_are_links(pages: Pages) -> None:
    page = pages.page("fr", "doc/projet/x")
    assert page is not None
    hrefs = {a.get("href") for a in html.document_fromstring(page.body).iter("a")}
    assert "http://x.example/?a=1&b=2" in hrefs
    assert not any(href.startswith(("javascript:", "data:")) for href in hrefs)
    assert "javascript:alert(1)" in page.body


@settings(deadline=None, max_examples=150)
@given(
    params=st.lists(
        st.tuples(st.sampled_from(["q", "public", "territoire", "tri", "page", "annee", "appel", "nature", "x"]),
                  st.text(max_size=30)), max_size=6,
    ),
    path=st.sampled_from(["laureats", "porteurs", "territoires", "publics"]),
)  # fmt: skip
def test_no_parameter_breaks_a_list(pages: Pages, params: list[tuple[str, str]], path: str) -> None:
    page = pages.page("fr", path, params)
    assert page is not None
    harmless(page.body)


@settings(deadline=None, max_examples=200)
@given(path=st.text(max_size=40))
def test_no_path_breaks_the_site(pages: Pages, path: str) -> None:
    for prefix in ("", "doc/", "doc/projet/", "texte/"):
        page = pages.page("en", prefix + path)
        assert page is None or page.status == 200


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("http://a.example/", True),
        ("HTTPS://a.example/", True),
        ("javascript:alert(1)", False),
        ("jAvascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.example/", False),
        ("http:", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_web_addresses(address: str, safe: bool) -> None:
    assert web_address(address) is safe
