"""Every page of the first brochure's release: found, linked, titled, and laid out by rules a program can check."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from lxml import html

from laurier import formats
from laurier.errors import Language, UsageError
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot
from laurier.vocabulary import Vocabulary
from laurier.web.pages import typography
from laurier.web.pages.rendering import Rendered
from laurier.web.pages.site import Pages

Crawl = dict[str, tuple[Rendered, html.HtmlElement]]
LANGUAGES = ("fr", "en")
VAGUE = {
    "ici",
    "cliquez ici",
    "lien",
    "en savoir plus",
    "lire la suite",
    "here",
    "click here",
    "link",
    "more",
    "read more",
}


@pytest.fixture(scope="session")
def pages(release: Snapshot) -> Pages:
    return Pages(release, Settings(contact="erreurs@example.org"), Vocabulary())


@pytest.fixture(scope="session")
def crawled(pages: Pages) -> Crawl:
    """Every page that links lead to from the two home pages, by address."""
    found: Crawl = {}
    waiting = ["/fr/", "/en/"]
    while waiting:
        address = waiting.pop()
        if address in found or ("?" in address and address.count("=") > 1):
            continue
        page = at(pages, address)
        assert page is not None, address
        tree = html.document_fromstring(page.body)
        found[address] = (page, tree)
        for href in inside(tree):
            waiting.append(href.partition("#")[0])
    return found


def at(pages: Pages, address: str) -> Rendered | None:
    parts = urlsplit(address)
    language, _, path = unquote(parts.path).lstrip("/").partition("/")
    return pages.page(language, path, parse_qsl(parts.query)) if language in LANGUAGES else None  # type: ignore[arg-type]


def links(tree: html.HtmlElement) -> Iterator[str]:
    for element in tree.iter("a", "link"):
        yield element.get("href")


def inside(tree: html.HtmlElement) -> list[str]:
    return [href for href in links(tree) if href and href.startswith(("/fr/", "/en/"))]


def test_every_kind_of_page_is_reached(crawled: dict[str, object]) -> None:
    paths = {urlsplit(address).path for address in crawled}
    kinds = {path.split("/")[3] for path in paths if path.startswith("/fr/doc/")}
    assert kinds >= {"laureat", "projet", "porteur", "appel", "programme", "territoire", "public", "source"}
    for path in ("", "laureats", "texte/pic-normandie", "carte", "changements", "sparql", "donnees", "qualite",
                 "ontologie", "api", "commune",
                 "a-propos", "mentions-legales", "accessibilite", "plan"):  # fmt: skip
        assert {f"/fr/{path}", f"/en/{path}"} <= paths
    assert sum("/fr/doc/laureat/" in address for address in crawled) == 16


def test_every_link_leads_somewhere(pages: Pages, release: Snapshot, crawled: Crawl) -> None:  # fmt: skip
    datasets = {f"/dataset/{entry['dataset']}" for entry in release.manifest.dumps}
    anchors = {address: {e.get("id") for e in tree.iter() if e.get("id")} for address, (_, tree) in crawled.items()}
    for address, (_, tree) in crawled.items():
        for href in links(tree):
            whole, _, fragment = href.partition("#")
            where = f"{address} -> {href}"
            if href.startswith("#"):
                assert fragment in anchors[address], where
            elif whole in crawled:
                assert not fragment or unquote(fragment) in anchors[whole], where
            elif href.startswith(("/fr/", "/en/")):
                assert at(pages, whole) is not None, where
            elif href.startswith("/static/"):
                assert pages.static(urlsplit(href).path.removeprefix("/static/")), where
            elif href.startswith("/dumps/"):
                assert release.file(unquote(href)[1:]).is_file(), where
            elif href.startswith("/doc/"):
                assert formats.by_suffix(href.rpartition(".")[2], formats.GRAPHS), where
            elif re.match(r"/\w+\.\w+", href):
                name, suffix = urlsplit(href).path[1:].split(".")
                params = parse_qsl(urlsplit(href).query)
                assert name == "openapi" or pages.export(name, suffix, params), where
            else:
                assert href in ("/catalogue", "/feed/1.ttl", *datasets) or href.startswith(
                    ("http://", "https://", "mailto:")
                ), where


def test_titles_are_unique_in_each_language(crawled: Crawl) -> None:
    seen: dict[tuple[str, str], str] = {}
    for address, (page, tree) in crawled.items():
        key = (page.language, tree.findtext("head/title") or "")
        assert key not in seen, (address, seen.get(key), key)
        seen[key] = address


def test_the_rules_that_a_program_can_check(crawled: Crawl) -> None:
    for address, (page, tree) in crawled.items():
        assert tree.get("lang") == page.language
        assert len(tree.findall(".//h1")) == 1, address
        levels = [int(e.tag[1]) for e in tree.iter("h1", "h2", "h3", "h4", "h5", "h6")]
        assert all(b - a <= 1 for a, b in pairwise(levels)), (address, levels)
        ids = [e.get("id") for e in tree.iter() if e.get("id")]
        assert len(ids) == len(set(ids)), (address, [i for i in ids if ids.count(i) > 1])
        for table in tree.iter("table"):
            assert (table.findtext("caption") or table.find("caption").text_content()).strip(), address
            assert all(th.get("scope") in ("row", "col") for th in table.iter("th")), address
            assert list(table.iter("th")), address
        for fieldset in tree.iter("fieldset"):
            assert fieldset.find("legend") is not None, address
        for svg in tree.iter("svg"):
            assert svg.get("aria-hidden") == "true" or (svg.get("role") == "img" and svg.find("title") is not None)
        for link in tree.iter("a"):
            text = " ".join(link.text_content().split())
            assert text, (address, link.get("href"))
            assert text.lower() not in VAGUE, (address, text)
            assert link.get("target") is None, (address, text)
        labelled = {label.get("for") for label in tree.iter("label")}
        for field in tree.iter("input", "select", "textarea"):
            within = any(parent.tag == "label" for parent in field.iterancestors())
            assert within or field.get("type") == "hidden" or field.get("id") in labelled, address
        for form in tree.iter("form"):
            assert form.find(".//button") is not None, address


def test_nothing_inline_nothing_foreign(crawled: Crawl) -> None:
    for address, (_, tree) in crawled.items():
        for element in tree.iter():
            assert not any(name == "style" or name.startswith("on") for name in element.attrib), address
            if (
                element.tag == "script" and element.get("type") == "application/ld+json"
            ):  # data for search engines: no browser runs it
                assert json.loads(element.text or "")["@context"] == "https://schema.org/", address
                continue
            if element.tag in ("script", "img", "link", "iframe", "source"):
                target = element.get("src") or element.get("href") or ""
                assert re.match(r"/[^/]", target), (address, target)
            if element.tag == "script":
                assert not (element.text or "").strip(), address


def test_each_page_names_its_other_language(crawled: Crawl) -> None:
    for address, (_, tree) in crawled.items():
        alternates = {e.get("hreflang"): e.get("href") for e in tree.xpath("//link[@rel='alternate'][@hreflang]")}
        assert alternates == {"fr": "/fr/" + address[4:], "en": "/en/" + address[4:]}, address


def test_french_text_on_english_pages_says_so(pages: Pages, crawled: Crawl) -> None:
    for address, (page, tree) in crawled.items():
        if page.language != "en":
            continue
        for element in tree.iter("blockquote", "q"):
            assert element.get("lang") == "fr", (address, element.text_content()[:60])


def test_pages_are_light(pages: Pages, crawled: Crawl) -> None:
    style = pages.static("site.css")
    assert style is not None
    assert len(style[0]) < 10_000
    for address, (page, _) in crawled.items():
        if "/doc/" in address:
            assert len(gzip.compress(page.body.encode())) + len(gzip.compress(style[0])) < 50_000, address


def test_the_page_of_a_laureate_is_made_in_15_milliseconds(pages: Pages, release: Snapshot) -> None:
    prefix = f"{release.base}id/laureat/"
    keys = [iri.removeprefix(prefix) for iri in release.entities.following(prefix, limit=500)]
    took = []
    for key in keys:
        begun = time.process_time()
        assert pages.page("en", f"doc/laureat/{key}") is not None
        took.append(time.process_time() - begun)
    assert len(took) == 16
    assert median(took) <= 0.015


def test_a_fact_leads_to_its_sentence_and_back(pages: Pages) -> None:
    page = pages.page("fr", "doc/laureat/pic-ipr/media-formation-pare-76")
    assert page is not None
    tree = html.document_fromstring(page.body)
    quote = next(
        q for q in tree.iter("blockquote") if q.text_content() == "159 Bénéficiaires de la Protection Internationale"
    )
    href = next(link.get("href") for link in quote.getnext().iter("a"))
    text = at(pages, href.partition("#")[0])
    assert text is not None
    mark = html.document_fromstring(text.body).get_element_by_id(href.partition("#")[2])
    assert mark.text_content() == "159 Bénéficiaires de la Protection Internationale"
    assert mark.find("a").get("href").partition("#")[0] == "/fr/doc/projet/media-formation-pare-76"


def test_three_clicks_to_refugees_in_seine_maritime(pages: Pages) -> None:
    home = html.document_fromstring(pages.home("fr").body)
    publics = next(a for a in home.iter("a") if a.text_content().strip() == "Publics")
    listed = html.document_fromstring(at(pages, publics.get("href")).body)  # type: ignore[union-attr]
    assert any(a.text_content().strip() == "Réfugiés" for a in listed.iter("a"))
    answer = pages.page("fr", "laureats", [("public", "exiles"), ("territoire", "departement/76")])
    titles = [h.text_content().strip() for h in html.document_fromstring(answer.body).iter("h3")]  # type: ignore[union-attr]
    assert titles == ["CUISINE MODE D’EMPLOI", "PARE 76"]


def test_the_quality_page_says_what_the_checks_found(pages: Pages, release: Snapshot) -> None:
    report = json.loads(release.file("report.json").read_bytes())["results"]
    review = json.loads(release.file("review.json").read_bytes())["sources"]
    assert report
    for language in ("fr", "en"):
        page = pages.page(language, "qualite")  # type: ignore[arg-type]
        told = " ".join(html.document_fromstring(page.body).text_content().split())  # type: ignore[union-attr]
        sentences = [r[language] for r in report] + [i[language] for s in review for i in s["items"]]
        for sentence in sentences:
            assert " ".join(typography.typeset(sentence, language).split()) in told


def test_a_public_that_broader_words_may_name_offers_what_is_broader(pages: Pages) -> None:
    page = pages.page("fr", "laureats", [("public", "refugies"), ("statut", "en-cours")])
    assert page is not None
    tree = html.document_fromstring(page.body)
    [wider] = [a for a in tree.iter("a") if a.text_content().startswith("Élargir")]
    assert "Bénéficiaires de la protection internationale" in wider.text_content()
    assert parse_qsl(urlsplit(wider.get("href")).query) == [
        ("public", "protection-internationale"), ("statut", "en-cours"),
    ]  # fmt: skip
    found = pages.page("fr", "laureats", parse_qsl(urlsplit(wider.get("href")).query))
    assert "CALMEC" in found.body  # type: ignore[union-attr]
    broad = pages.page("fr", "laureats", [("public", "minima-sociaux")])
    assert "Élargir" not in broad.body  # type: ignore[union-attr]


def test_which_projects_cover_my_commune(pages: Pages) -> None:
    page = pages.page("fr", "commune", [("q", "bernay")])
    assert page is not None
    tree = html.document_fromstring(page.body)
    assert tree.findtext(".//h1") == "Projets qui couvrent Bernay (Eure)"
    told = [" ".join(li.text_content().split()) for li in tree.findall(".//ol[@class='results']/li")]
    assert any("dont Bernay est membre" in text and "REPÉRER ET MOBILISER" in text for text in told)
    assert any("le département Eure, qui contient Bernay" in text for text in told)
    by_path = pages.page("fr", "territoire/27056")
    assert "Projets qui couvrent Bernay (Eure)" in by_path.body  # type: ignore[union-attr]
    export = pages.export("commune", "csv", [("unite", "commune/27056")])
    table = b"".join(export.blocks).decode()  # type: ignore[union-attr]
    assert table.startswith("laureat_uri,titre,relation")
    assert "dont Bernay est membre" in table
    by_unit = pages.page("en", "commune", [("unite", "commune/27056")])
    assert "Projects that cover Bernay (Eure)" in by_unit.body  # type: ignore[union-attr]


def test_a_name_that_several_communes_bear_is_asked_back(pages: Pages) -> None:
    page = pages.page("fr", "commune", [("q", "Saint-Denis")])
    tree = html.document_fromstring(page.body)  # type: ignore[union-attr]
    offered = [a.get("href") for a in tree.iter("a") if "/commune?unite=" in a.get("href")]
    assert {"/fr/commune?unite=commune%2F93066", "/fr/commune?unite=commune%2F97411"} <= set(offered)
    nowhere = pages.page("fr", "commune", [("q", "Xyzzy"), ("unite", "")])
    assert "Aucun lieu" in nowhere.body  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_five_digits_are_a_code_of_insee_or_a_postal_code_and_the_page_says_which(
    pages: Pages, language: Language
) -> None:
    def told(question: str) -> str:
        page = pages.page(language, "commune", [("q", question)])
        assert page is not None
        return " ".join(html.document_fromstring(page.body).text_content().split())

    both = told("76190")
    assert "Crasville-la-Rocquefort" in both
    assert ("comme le code Insee de" if language == "fr" else "as the INSEE code of") in both
    assert ("Communes dont 76190 est le code postal" if language == "fr" else "with the postal code 76190") in both
    assert "Yvetot" in both
    one = told("76000")
    assert ("comme le code postal de Rouen" if language == "fr" else "as the postal code of Rouen") in one
    assert ("code postal." if language == "fr" else "or postal code.") in told("99999")
    # A code that begins the numbers of EPCI is no name of theirs.
    assert "postal 20002" not in told("20002")


def test_a_thing_that_we_did_not_name_has_a_page(pages: Pages) -> None:
    iri = "https://w3id.org/laurier/code/exact"
    page = pages.page("fr", "chose", [("iri", iri)])
    assert page is not None
    assert iri in page.body
    assert pages.page("fr", "chose", [("iri", "https://nowhere.example/")]) is None
    assert pages.page("fr", "chose", []) is None


def test_an_error_is_reported_with_its_passage(pages: Pages, release: Snapshot) -> None:
    page = pages.page("fr", "doc/laureat/pic-ipr/media-formation-pare-76")
    assert page is not None
    hrefs = [
        a.get("href") for a in html.document_fromstring(page.body).iter("a") if a.get("href").startswith("mailto:")
    ]
    told = [dict(parse_qsl(urlsplit(href).query)) for href in hrefs]
    assert all(urlsplit(href).path == "erreurs@example.org" for href in hrefs)
    assert any("159 Bénéficiaires" in t["body"] and "/id/" in t["body"] for t in told)
    by_form = Pages(release, Settings(contact="https://forge.example.org/issues/new?type=data"), Vocabulary())
    body = by_form.page("en", "doc/porteur/cibc").body  # type: ignore[union-attr]
    assert "https://forge.example.org/issues/new?type=data&amp;title=" in body
    silent = Pages(release, Settings(), Vocabulary()).page("fr", "doc/porteur/cibc")
    assert "Signaler une erreur" not in silent.body  # type: ignore[union-attr]


def test_problem_page(pages: Pages) -> None:
    page = pages.problem(404, "Page <introuvable>", "Rien à « <b> ».", "fr")
    assert page.status == 404
    assert "<b>" not in page.body
    assert "Page &lt;introuvable&gt;" in page.body


@pytest.mark.parametrize(
    "path",
    ["doc", "doc/", "doc/laureat", "doc/laureat/", "doc/laureat/../x", "doc/x/y", "doc/graph/x", "texte/", "texte/none",
     "texte/pic-normandie/1", "texte/pic-normandie/0", "texte/pic-normandie/99", "texte/pic-normandie/²", "nothing",
     "laureats/", "static/site.css", "doc/public/", "doc/public/nobody", "doc/laureat/\x00", "doc/laureat/%00"],
)  # fmt: skip
def test_there_is_no_such_page(pages: Pages, path: str) -> None:
    assert pages.page("fr", path) is None


@pytest.mark.parametrize(
    "name", ["../pages/site.py", "..\\x.css", "/etc/passwd", "", "site", "x/../site.css", "site.css/"]
)
def test_static_files_are_those_of_the_folder(pages: Pages, name: str) -> None:
    assert pages.static(name) is None


def test_a_theme_comes_first(release: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "static").mkdir()
    (tmp_path / "static/site.css").write_text("body{color:navy}")
    (tmp_path / "templates/home.html").write_text(
        '{% extends "base.html" %}{% block main %}<h1>Bonjour</h1>{% endblock %}'
    )
    themed = Pages(release, Settings(), Vocabulary(), tmp_path)
    assert "<h1>Bonjour</h1>" in themed.home("fr").body
    assert themed.static("site.css") == (b"body{color:navy}", "text/css; charset=utf-8")
    assert themed.static("icon.svg") is not None
    assert "Lauréats" in themed.page("fr", "laureats").body  # type: ignore[union-attr]


def test_the_example_theme_works(release: Snapshot) -> None:
    folder = Path(__file__).resolve().parents[2] / "docs/example-theme"
    themed = Pages(release, Settings(), Vocabulary(), folder)
    body = themed.home("fr").body
    assert body.index("/static/site.css?v=") < body.index("/static/theme.css?v=")
    assert "Direction régionale d’exemple" in themed.page("fr", "mentions-legales").body  # type: ignore[union-attr]
    assert "Publisher" in themed.page("en", "mentions-legales").body  # type: ignore[union-attr]
    assert "theme.css" not in Pages(release, Settings(), Vocabulary()).home("fr").body


def test_a_faulty_theme_is_told(release: Snapshot, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        Pages(release, Settings(), Vocabulary(), tmp_path / "none")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/home.html").write_text("{% if %}")
    with pytest.raises(UsageError, match=r"home\.html"):
        Pages(release, Settings(), Vocabulary(), tmp_path)


def test_raised_letters_of_a_text_rendition_stand_on_the_line() -> None:
    for language in LANGUAGES:
        assert typography.typeset("2^{ème} semestre 2021", language) == "2ème semestre 2021"
        assert typography.typeset("x ^{ y^{} 2^{n+1}", language) == "x ^{ y^{} 2^{n+1}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_of_laureates_prints_raised_letters_on_the_line(pages: Pages, language: Language) -> None:
    page = pages.page(language, "territoire/76540")
    assert page is not None
    assert "2ème semestre 2021" in page.body
    assert "^{" not in page.body
