"""An export of the first brochure, served by nginx, held to what the application answers."""

from __future__ import annotations

import asyncio
import html
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from laurier import files, negotiation
from laurier.catalogue.harvest.check import check_harvest
from laurier.errors import SnapshotError, UsageError
from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings
from laurier.site import export as exports
from laurier.site import rules
from laurier.site.visits import visitor
from laurier.snapshot.opened import Snapshot

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


@pytest.fixture(scope="module")
def folder(built: tuple[Settings, Outcome], tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("export") / "site"
    found = exports.export(built[0], target)
    assert found.files > 1000
    return target


@pytest.fixture(scope="module")
def again(built: tuple[Settings, Outcome], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same export once more, of a site whose queries are answered elsewhere."""
    target = tmp_path_factory.mktemp("export") / "again"
    exports.export(built[0], target, sparql="https://sparql.example.org/query", filters=False)
    return target


@pytest.fixture(scope="module")
def client(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of nginx, which answers every address as the base IRI's host would."""
    if not Path(NGINX).is_file():
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    with serving(folder, tmp_path_factory.mktemp("nginx")) as opened:
        yield opened


class serving:  # noqa: N801 - reads as a verb
    """nginx with the rules of an export, while the block runs."""

    def __init__(self, folder: Path, work: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        paths = "".join(
            f"{name}_temp_path {work / name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        # The workers of a nginx started by root would be another user, who cannot read a test's folder.
        user = "user root; " if os.geteuid() == 0 else ""
        self.config = work / "nginx.conf"
        self.config.write_text(
            f"{user}daemon off; pid {work / 'pid'}; error_log {work / 'error.log'} warn; events {{}}\n"
            f"http {{ access_log off; {paths}\n  include {folder / 'nginx' / 'maps.conf'};\n"
            f"  server {{ listen 127.0.0.1:{self.port}; root {folder / 'public'};\n"
            f"    include {folder / 'nginx' / 'site.conf'}; }} }}\n"
        )
        self.errors = work / "error.log"

    def __enter__(self) -> httpx.Client:
        self.process = subprocess.Popen([NGINX, "-c", str(self.config)], stderr=subprocess.PIPE)
        self.opened = httpx.Client(base_url=f"http://127.0.0.1:{self.port}")
        for _ in range(100):
            try:
                self.opened.get("/robots.txt")
                break
            except httpx.TransportError:
                assert self.process.poll() is None, self.process.stderr and self.process.stderr.read()
                time.sleep(0.05)
        return self.opened

    def __exit__(self, *_: object) -> None:
        self.opened.close()
        self.process.terminate()
        self.process.communicate(timeout=10)
        assert not [line for line in self.errors.read_text().splitlines() if "[warn]" in line or "[emerg]" in line]


APACHE, MODULES = Path("/usr/sbin/apache2"), Path("/usr/lib/apache2/modules")


@pytest.fixture(scope="module")
def apache(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of Apache, which reads the `.htaccess` of the export."""
    if not APACHE.is_file():
        pytest.skip("Apache is not installed (Debian: apt-get install apache2)")
    work = tmp_path_factory.mktemp("apache")
    for above in (folder, *folder.parents):  # its workers are another user than root
        if above.stat().st_uid == os.geteuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o055)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = [
        "mpm_event",
        "authz_core",
        "rewrite",
        "negotiation",
        "mime",
        "headers",
        "filter",
        "deflate",
        "setenvif",
        "dir",
    ]
    loaded = "".join(f"LoadModule {name}_module {MODULES / f'mod_{name}.so'}\n" for name in names)
    user = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""
    (work / "httpd.conf").write_text(
        f"Listen 127.0.0.1:{port}\nServerName localhost\nPidFile {work / 'pid'}\nErrorLog {work / 'log'}\n"
        f"{loaded}{user}TypesConfig /dev/null\nDocumentRoot {folder / 'public'}\n<Directory {folder / 'public'}>\n"
        "AllowOverride All\nRequire all granted\n</Directory>\n"
    )
    process = subprocess.Popen([APACHE, "-f", str(work / "httpd.conf"), "-DFOREGROUND"], stderr=subprocess.PIPE)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as opened:
            for _ in range(100):
                try:
                    opened.get("/robots.txt")
                    break
                except httpx.TransportError:
                    assert process.poll() is None, process.stderr and process.stderr.read()
                    time.sleep(0.05)
            yield opened
    finally:
        process.terminate()
        process.communicate(timeout=20)


DOCUMENT = "/doc/territoire/region/28"
elements = st.builds(
    lambda name, weight: name if weight is None else f"{name};q={weight}",
    st.sampled_from(
        ["text/turtle", "text/html", "application/ld+json", "application/n-triples", "application/rdf+xml", "text/*",
         "application/*", "*/*", "image/png", "application/xhtml+xml"]
    ),
    st.sampled_from([None, "1", "0", "0.5", "0.25", "0.9", "0.33", "1.0", ".7"]),
)  # fmt: skip


@given(accept=st.lists(elements, min_size=1, max_size=4, unique_by=lambda e: e.partition(";")[0]).map(", ".join))
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nginx_negotiates_as_the_application_does(client: httpx.Client, accept: str) -> None:
    choice = negotiation.negotiate(accept, rules.PAGE)
    response = client.get(DOCUMENT, headers={"Accept": accept})
    if choice is None:
        assert response.status_code == 406
        assert "text/turtle" in response.text
    else:
        assert response.status_code == 200, accept
        assert response.headers["content-type"].partition(";")[0] == choice.format.media_type, accept


ADDRESSES = [
    ("/id/territoire/region/28", "text/turtle"),
    ("/id/territoire/region/none", "text/turtle"),
    (DOCUMENT, "text/turtle"),
    (DOCUMENT, "application/rdf+xml"),
    (DOCUMENT, "application/ld+json"),
    (DOCUMENT, "application/n-triples"),
    (f"{DOCUMENT}.ttl", "text/html"),
    (f"{DOCUMENT}.rdf", "text/html"),
    (f"{DOCUMENT}.jsonld", "text/html"),
    (f"{DOCUMENT}.nt", "text/html"),
    ("/doc/territoire/region/none", "text/html"),
    ("/doc/public/refugies", "text/html"),
    ("/catalogue", "*/*"),
    ("/catalogue?page=1", "*/*"),
    ("/catalogue?page=99", "*/*"),
    ("/catalogue.rdf", "*/*"),
    ("/catalogue.html", "text/html"),
    ("/dataset/pic-normandie", "*/*"),
    ("/dataset/pic-normandie.html", "text/html"),
    ("/dataset/none", "*/*"),
    ("/dumps/ensemble.ttl", "*/*"),
    ("/dumps/ensemble.nq.gz", "*/*"),
    ("/dumps/none.ttl", "*/*"),
    ("/.well-known/void", "*/*"),
    ("/feed", "*/*"),
    ("/feed/1.ttl", "*/*"),
    ("/feed/99999", "*/*"),
    ("/ns", "application/rdf+xml"),
    ("/publics", "*/*"),
    ("/code", "*/*"),
    ("/robots.txt", "*/*"),
    ("/sitemap.xml", "*/*"),
    ("/sitemap-laureat-1.xml", "*/*"),
    ("/opensearch.xml", "*/*"),
    ("/", "text/html"),
    ("/", "text/turtle"),
    ("/fr", "text/html"),
    ("/fr/", "text/html"),
    ("/en/", "text/html"),
    ("/fr/laureats", "text/html"),
    ("/fr/laureats?annee=2019", "text/html"),
    ("/en/laureats?annee=2019", "text/html"),
    (f"/fr{DOCUMENT}", "text/html"),
    ("/fr/nothing", "text/html"),
    ("/laureats.csv", "*/*"),
    ("/laureats.geojson?annee=2019", "*/*"),
    ("/nothing", "*/*"),
]


@pytest.fixture(scope="module")
def expected(built: tuple[Settings, Outcome]) -> dict[tuple[str, str], tuple[int, str, str, bytes]]:
    async def asked() -> dict[tuple[str, str], tuple[int, str, str, bytes]]:
        async with visitor(built[0], None) as visits:
            found = {}
            for address, accept in ADDRESSES:
                answer = await visits.get(address, accept)
                kind = answer.headers.get("content-type", "").partition(";")[0]
                found[address, accept] = (answer.status, kind, answer.headers.get("location", ""), answer.body)
            return found

    return asyncio.run(asked())


@pytest.mark.parametrize(("address", "accept"), ADDRESSES)
def test_nginx_answers_as_the_application_does(
    client: httpx.Client,
    expected: dict[tuple[str, str], tuple[int, str, str, bytes]],
    address: str,
    accept: str,
) -> None:
    status, kind, location, body = expected[address, accept]
    missing = any(word in address for word in ("none", "nothing", "99"))
    assert (status == 404) == missing  # or both could agree on nothing
    response = client.get(address, headers={"Accept": accept})
    assert response.status_code == status
    if status < 300:
        assert response.headers["content-type"].partition(";")[0] == kind
        if not address.startswith(("/catalogue", "/.well-known")):
            assert response.content == body
    if status in (301, 303, 308):
        assert response.headers["location"] == location


@pytest.mark.parametrize(("address", "accept"), ADDRESSES)
def test_apache_answers_as_the_application_does(
    apache: httpx.Client,
    expected: dict[tuple[str, str], tuple[int, str, str, bytes]],
    address: str,
    accept: str,
) -> None:
    status, kind, location, body = expected[address, accept]
    response = apache.get(address, headers={"Accept": accept})
    if (address, accept) == ("/", "text/turtle"):
        # Apache chooses the form of the catalogue itself.
        assert (response.status_code, response.headers["location"]) == (303, str(apache.base_url.join("/catalogue")))
        return
    assert response.status_code == status
    if status < 300:
        assert response.headers["content-type"].partition(";")[0] == kind
        if not address.startswith(("/catalogue", "/.well-known")):
            assert response.content == body
    if status in (301, 303, 308):
        assert response.headers["location"].removeprefix(str(apache.base_url).rstrip("/")) == location


@pytest.mark.parametrize(
    "accept",
    [
        *(form.media_type for form in rules.PAGE),
        "*/*",
        "image/png",
        "application/rdf+xml;q=0.2, text/turtle;q=0.8",
        "application/rdf+xml;q=0.8, text/turtle;q=0.2",
        "text/turtle;q=0, application/ld+json;q=0.1",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5,*/*;q=0.1",
    ],
)
def test_apache_negotiates_as_the_application_does(apache: httpx.Client, accept: str) -> None:
    choice = negotiation.negotiate(accept, rules.PAGE)
    response = apache.get(DOCUMENT, headers={"Accept": accept})
    if choice is None:
        assert response.status_code == 406
    else:
        assert response.headers["content-type"].partition(";")[0] == choice.format.media_type
        assert "accept" in response.headers["vary"].lower()
    assert response.headers["access-control-allow-origin"] == "*"


def test_apache_refuses_what_is_no_reading(apache: httpx.Client) -> None:
    assert apache.options("/catalogue").status_code == 204
    for method in ("DELETE", "POST"):
        response = apache.request(method, "/catalogue")
        assert response.status_code == 405
        assert {"GET", "HEAD", "OPTIONS"} <= set(response.headers["allow"].split(", "))
    got = apache.get("/catalogue.ttl")
    assert apache.get("/catalogue.ttl", headers={"If-None-Match": got.headers["etag"]}).status_code == 304
    assert apache.get("/fr/laureats?annee=1850").status_code == 404


@pytest.mark.parametrize("address", ["/catalogue", DOCUMENT, "/fr/laureats", "/dumps/ensemble.ttl", "/none"])
def test_every_answer_may_be_read_from_another_site(client: httpx.Client, address: str) -> None:
    response = client.get(address)
    assert response.headers["access-control-allow-origin"] == "*"
    assert "Link" in response.headers["access-control-expose-headers"]
    assert "set-cookie" not in response.headers
    assert "default-src 'none'" in response.headers["content-security-policy"]


def test_methods(client: httpx.Client) -> None:
    options = client.options("/catalogue")
    assert options.status_code == 204
    assert options.headers["allow"] == "GET, HEAD, OPTIONS"
    for method in ("DELETE", "POST", "PUT"):
        response = client.request(method, "/catalogue")
        assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("address", ["/catalogue", f"{DOCUMENT}.ttl", "/dumps/ensemble.csv", "/fr/"])
def test_head_is_get_without_a_body_and_validators_work(client: httpx.Client, address: str) -> None:
    got, head = client.get(address), client.head(address)
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == got.headers["etag"]
    again = client.get(address, headers={"If-None-Match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = client.get(address, headers={"If-Modified-Since": got.headers["last-modified"]})
    assert since.status_code == 304


def test_no_two_forms_share_an_etag(client: httpx.Client) -> None:
    tags = [
        client.get(f"{DOCUMENT}.{form.suffix}", headers={"Accept-Encoding": "identity"}).headers["etag"]
        for form in rules.PAGE
    ]
    assert len(set(tags)) == len(tags)


def test_negotiated_answers_say_what_they_depend_on(client: httpx.Client) -> None:
    response = client.get(DOCUMENT, headers={"Accept": "application/ld+json", "Accept-Encoding": "identity"})
    assert {"Accept", "Accept-Language"} <= set(re.split(r",\s*", response.headers["vary"]))
    assert response.headers["content-location"] == f"{DOCUMENT}.jsonld"
    assert f'<{DOCUMENT}.rdf>; rel="alternate"; type="application/rdf+xml"' in response.headers["link"]


def test_the_language_follows_the_reader(client: httpx.Client) -> None:
    for language, header in (("en", "en-GB,en;q=0.9"), ("fr", "fr"), ("fr", "de")):
        response = client.get(DOCUMENT, headers={"Accept": "text/html", "Accept-Language": header})
        assert f'<html lang="{language}"' in response.text


def test_a_filtered_list_is_never_answered_by_the_whole_one(client: httpx.Client) -> None:
    assert client.get("/fr/laureats?annee=1850").status_code == 404
    assert client.get("/fr/laureats?q=x&annee=2019").status_code == 404
    assert client.get("/fr/laureats?../../../../etc/passwd").status_code == 404


def test_a_compressed_answer_holds_the_same(client: httpx.Client) -> None:
    response = client.get(f"{DOCUMENT}.ttl", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    plain = client.get(f"{DOCUMENT}.ttl", headers={"Accept-Encoding": "identity"})
    assert response.content == plain.content
    dump = client.get("/dumps/ensemble.ttl", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in dump.headers  # its length is the one in the catalogue


def test_portals_keep_the_whole_of_the_exported_catalogue(client: httpx.Client, release: Snapshot) -> None:
    inner = client

    class AsIfAtBase(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            path = request.url.raw_path.decode()
            return inner.request(request.method, path, headers={"Accept": request.headers["accept"]})

    with httpx.Client(transport=AsIfAtBase()) as asking:
        report = check_harvest(f"{release.base}catalogue", asking)
    assert [(v.subject, v.lost, v.refused) for v in report.verdicts if v.lost or v.refused] == []
    assert {v.points for v in report.of("data.europa.eu") if v.points is not None} == {405}


def test_an_export_names_no_sparql_service_unless_there_is_one(folder: Path, again: Path) -> None:
    for name in ("catalogue.ttl", ".well-known/void.ttl"):
        assert b"sparql>" not in (folder / "public" / name).read_bytes()
        assert b"sparql>" in (again / "public" / name).read_bytes()
    nowhere = (folder / "public" / "fr" / "sparql.html").read_text()
    assert "aucun serveur" in nowhere
    assert "sparql.example.org" not in nowhere
    assert 'href="https://sparql.example.org/query"' in (again / "public" / "en" / "sparql.html").read_text()
    assert "return 307 https://sparql.example.org/query" in (again / "nginx" / "site.conf").read_text()


def test_every_link_of_a_page_leads_to_a_file(folder: Path) -> None:
    public = folder / "public"
    broken = set()
    pages = [*public.glob("*/*.html"), *public.glob("doc/laureat/**/*.html"), *public.glob("doc/territoire/**/*.html")]
    for page in pages:
        for href in re.findall(r'href="(/[^"#]*)', page.read_text()):
            path, _, query = html.unescape(href).partition("?")
            if query.count("=") > 1:
                continue  # several filters: left to a server
            at = f"@{query}" if query and not path.startswith("/static/") else ""
            stem = re.sub(r"^/(fr|en)/(doc/.+)$", r"/\2.\1", unquote(path)) if "/doc/" in path else unquote(path)
            names = (f"{stem}{at}.html", f"{stem}index{at}.html", f"{stem}.fr.html", stem)
            stem, dot, suffix = stem.rpartition(".")
            names = (*names, f"{stem}{at}.{suffix}") if dot else names
            if not any((public / name[1:]).is_file() for name in names):
                broken.add((str(page.relative_to(public)), href))
    assert not broken, sorted(broken)[:20]


def test_every_dump_is_there(folder: Path, release: Snapshot) -> None:
    for entry in release.manifest.dumps:
        assert (folder / "public" / "dumps" / str(entry["name"])).stat().st_size == entry["size"]


def test_every_thing_of_the_graph_has_its_document(folder: Path, release: Snapshot) -> None:
    prefix = f"{release.base}id/"
    subjects = {
        q.subject.value.partition("#")[0]
        for q in ox.parse(path=str(release.file("data.nq")), format=ox.RdfFormat.N_QUADS)
        if q.subject.value.startswith(prefix)
    }
    assert len(subjects) > 200
    for iri in subjects:
        for suffix in ("ttl", "jsonld", "nt", "rdf", "fr.html", "en.html"):
            assert (folder / "public" / "doc" / f"{iri[len(prefix) :]}.{suffix}").is_file(), iri


def test_two_exports_hold_the_same(folder: Path, again: Path) -> None:
    first = {p.relative_to(folder): p for p in folder.rglob("*") if p.is_file()}
    second = {p.relative_to(again): p for p in again.rglob("*") if p.is_file()}
    of_the_export = re.compile(r"sparql|nginx|htaccess|/(catalogue|void)\.(ttl|rdf|nt|jsonld)")
    told = {name for name in first if of_the_export.search(str(name))}
    filtered = {name for name in first if "@" in name.name and "@page=" not in name.name}
    assert len(filtered) > 500
    told |= filtered
    assert first.keys() - told == second.keys() - told
    assert [name for name in first.keys() - told if first[name].read_bytes() != second[name].read_bytes()] == []
    pages = [name for name in first.keys() - told if name.suffix == ".ttl" and "dumps" not in name.parts]
    assert pages
    assert all(first[name].stat().st_mtime == second[name].stat().st_mtime for name in pages)


def test_an_earlier_export_is_replaced_and_nothing_else_is(
    built: tuple[Settings, Outcome], folder: Path, tmp_path: Path
) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "thesis.txt").write_text("precious")
    with pytest.raises(UsageError, match="not an earlier export"):
        exports.export(built[0], target)
    assert (target / "thesis.txt").read_text() == "precious"


def placed(folder: Path, tmp_path: Path) -> tuple[Path, Path]:
    """An earlier export, and the next one that waits beside it."""
    old = tmp_path / "old"
    old.mkdir()
    (old / "laurier-export.txt").write_text("Laurier, release 0\n")
    (old / "stale.html").write_text("x")
    return old, folder_copy(folder, tmp_path / ".old.new")


@pytest.mark.parametrize("able", [True, False])
def test_an_export_takes_the_place_of_the_one_before(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, able: bool
) -> None:
    old, new = placed(folder, tmp_path)
    if not able:  # a system that cannot exchange two folders in one step
        monkeypatch.setattr(files, "exchange", lambda *_: False)
    exports._placed(new, old)
    exports._cleared(new, old)
    assert not (old / "stale.html").exists()
    assert (old / "public").is_dir()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_where_two_renames_are_needed_a_kill_between_them_loses_no_export(folder: Path, tmp_path: Path) -> None:
    old, new = placed(folder, tmp_path)
    old.rename(tmp_path / ".old.old")
    exports._cleared(new, old)
    assert (old / "stale.html").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["old"]


def folder_copy(folder: Path, to: Path) -> Path:
    to.mkdir()
    (to / "public").mkdir()
    shutil.copy(folder / "laurier-export.txt", to)
    return to


def test_no_release_is_told_in_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="laurier build"):
        exports.export(Settings(releases=tmp_path / "none"), tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "a/../../x", "a//b", "", "a/" + "é" * 200, "a\0b", "."])
def test_no_name_leaves_the_folder(tmp_path: Path, name: str) -> None:
    assert exports._inside(tmp_path, name) is None


def test_what_was_merged_or_withdrawn_is_in_the_rules(folder: Path, tmp_path: Path) -> None:
    if not Path(NGINX).is_file():
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    other = tmp_path / "site"
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns("dumps", "fr", "en"))
    moved = [("/doc/projet/été", "/doc/projet/b"), ("/doc/projet/c", None), ("/id/projet/été", "/id/projet/b")]
    (other / "nginx" / "maps.conf").write_text(rules.maps(moved), encoding="utf-8")
    with serving(other, tmp_path) as client:
        assert client.get("/doc/projet/été").headers["location"] == "/doc/projet/b"
        assert client.get("/doc/projet/été").status_code == client.get("/id/projet/été").status_code == 301
        assert client.get("/doc/projet/c").status_code == 410
