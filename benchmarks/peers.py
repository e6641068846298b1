"""The sites that are asked the same things: Laurier, and its peers, each started here over the same statements.

A peer that is not installed is said absent with what installs it; `make bench` installs those of PyPI and npm.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote, urlencode

import meter
import servers
from servers import HOST, AbsentError, Running

from laurier.snapshot.opened import Snapshot
from laurier.store import sets
from laurier.store.engines import Credentials
from laurier.store.writing import Writer

TURTLE = "text/turtle"
JSON = "application/sparql-results+json, application/n-triples;q=0.9, text/turtle;q=0.8"
_TRIFID = """
server: {{listener: {{host: {host}, port: {port}}}, logLevel: error}}
globals: {{datasetBaseUrl: "{base}", endpoints: {{default: {{url: /query}}}}}}
plugins:
  entity-renderer: {{module: "@zazuko/trifid-entity-renderer", config: {{followRedirects: true}}}}
  fetch-handler:
    module: trifid-handler-fetch
    paths: /query
    config: {{url: "{data}", contentType: application/n-triples, baseIRI: "{base}", unionDefaultGraph: true}}
"""
_NGINX = """daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; user root;
events {{ worker_connections 256; }}
http {{ access_log off; types {{ text/turtle ttl; }} keepalive_requests 1000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen {host}:{port}; root {folder}/www; }} }}
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A site that runs.

    Attributes:
        name: column of the table.
        version: as it says itself.
        port: of loopback.
        pids: its processes.
        entity: the path that describes a thing, given its IRI.
        sparql: the path that answers a query; None where it answers none.
        pages: whether it has list pages, as Laurier has.
        ready: seconds by the clock, and of processor, until it answered.
    """

    name: str
    version: str
    port: int
    pids: tuple[int, ...]
    entity: Callable[[str], str]
    sparql: Callable[[str], str] | None = None
    pages: bool = False
    ready: tuple[float, float] = field(default=(0.0, 0.0))


@dataclass(frozen=True, slots=True)
class Given:
    """What every site is started over.

    Attributes:
        snapshot: the release.
        triples: its statements once each, as N-Triples.
        folder: where a site may write.
        tools: where the peers of PyPI and npm are installed.
        files: Turtle of things by IRI, as Laurier gives it, for a server of files.
        wait: seconds that a site has to start.
        engine: a Virtuoso that holds the release, where there is one.
    """

    snapshot: Snapshot
    triples: Path
    folder: Path
    tools: Path
    files: dict[str, bytes]
    wait: float
    engine: Running | None = None


def _query(path: str, query: str, **more: str) -> str:
    return f"{path}?{urlencode({**more, 'query': query})}"


@contextlib.contextmanager
def laurier(given: Given, name: str = "Laurier", *more: str, beside: tuple[int, ...] = ()) -> Iterator[Site]:
    """`laurier serve` of the release; `beside` are processes that work for it."""
    port = servers.free_port()
    base = given.snapshot.base
    command = [
        sys.executable,
        "-c",
        "from laurier.cli import main; main()",
        "serve",
        "--port",
        str(port),
        "--base",
        base,
    ]
    command += ["--releases", str(given.snapshot.folder.parent), *more]
    began = time.monotonic()
    with servers.process(command, given.folder / name, f"http://{HOST}:{port}/readyz", given.wait) as pid:
        yield Site(
            name=name,
            version=f"laurier {version('laurier')}",
            port=port,
            pids=(pid, *beside),
            entity=lambda iri: _path(iri, base).replace("/id/", "/doc/", 1),
            sparql=partial(_query, "/sparql"),
            pages=True,
            ready=(time.monotonic() - began, meter.processor(pid)),
        )


@contextlib.contextmanager
def oxigraph(given: Given) -> Iterator[Site]:
    """`oxigraph serve-read-only` over the store of the release."""
    began = time.monotonic()
    union = given.snapshot.manifest.union and not given.snapshot.manifest.merged
    store = given.folder / "oxigraph" / "store"  # a name outside the release, where nothing may be written
    store.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        store.symlink_to(given.snapshot.file("store"))
    with servers.oxigraph(store, union=union, read_only=True, wait=given.wait) as running:
        yield _engine("Oxigraph", running, "/query", time.monotonic() - began)


@contextlib.contextmanager
def virtuoso(given: Given) -> Iterator[Site]:
    """The Virtuoso that the release was pushed to, asked directly."""
    running = _filled(given)
    base = given.snapshot.base
    with Writer(running.query, Credentials(running.user, running.password)) as to:
        served = sets.registry(base, to.select(sets.reading(base))).served
    assert served is not None
    graphs = "&".join(f"default-graph-uri={quote(graph, safe='')}" for graph in served.default)
    yield _engine("Virtuoso", running, f"/sparql?{graphs}")


@contextlib.contextmanager
def on_virtuoso(given: Given) -> Iterator[Site]:
    """`laurier serve --store` before that Virtuoso; the processor is that of both."""
    running = _filled(given)
    with laurier(given, "Laurier on Virtuoso", "--store", running.query, beside=(running.process,)) as site:
        yield site


@contextlib.contextmanager
def rdflib_endpoint(given: Given) -> Iterator[Site]:
    """rdflib-endpoint over the statements, in an rdflib graph."""
    binary = given.tools / "venv" / "bin" / "rdflib-endpoint"
    if not binary.exists():
        raise AbsentError("rdflib-endpoint is not installed: make bench installs it from PyPI")
    port, began = servers.free_port(), time.monotonic()
    command = [str(binary), "serve", "--host", HOST, "--port", str(port), str(given.triples)]
    said = servers.first_line([str(binary.with_name("pip")), "show", "rdflib-endpoint"], "Version").removeprefix(
        "Version: "
    )
    with servers.process(command, given.folder / "rdflib-endpoint", _asked(port, "/"), given.wait) as pid:
        running = Running("rdflib-endpoint", said, f"http://{HOST}:{port}/", process=pid)
        yield _engine("rdflib-endpoint", running, "/", time.monotonic() - began)


@contextlib.contextmanager
def trifid(given: Given) -> Iterator[Site]:
    """Trifid with its own store in memory."""
    node, core = shutil.which("node"), given.tools / "trifid" / "node_modules" / "trifid-core"
    if node is None or not core.exists():
        raise AbsentError("Trifid is not installed: make bench installs it from npm, which needs Node.js 20 or newer")
    folder, port, base = given.folder / "trifid", servers.free_port(), given.snapshot.base
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yaml"
    config.write_text(_TRIFID.format(host=HOST, port=port, base=base, data=given.triples))
    # Its configuration is looked for below the working directory, and its plugins beside it.
    with contextlib.suppress(FileExistsError):
        (folder / "node_modules").symlink_to(given.tools / "trifid" / "node_modules")
    began = time.monotonic()
    command = [node, str(core / "server.js"), "-c", "config.yaml", "-p", str(port)]
    with servers.process(command, folder, _asked(port, "/query"), given.wait) as pid:
        said = json.loads((core / "package.json").read_text())["version"]
        yield Site(
            name="Trifid",
            version=f"trifid-core {said}",
            port=port,
            pids=(pid,),
            entity=lambda iri: _path(iri, base),
            sparql=partial(_query, "/query"),
            ready=(time.monotonic() - began, meter.processor(pid)),
        )


@contextlib.contextmanager
def nginx(given: Given) -> Iterator[Site]:
    """nginx over files with the bytes that Laurier gives."""
    binary = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if binary is None:
        raise AbsentError("nginx is not installed: apt-get install nginx-light")
    folder, port = given.folder / "nginx", servers.free_port()
    (folder / "www").mkdir(parents=True, exist_ok=True)
    names = {iri: f"{number}.ttl" for number, iri in enumerate(given.files)}
    for iri, content in given.files.items():
        (folder / "www" / names[iri]).write_bytes(content)
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, host=HOST, port=port))
    began = time.monotonic()
    command = [binary, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with servers.process(command, folder, f"http://{HOST}:{port}/0.ttl", given.wait) as pid:
        yield Site(
            name="nginx",
            version=servers.first_line([binary, "-v"]),
            port=port,
            pids=(pid,),
            entity=lambda iri: f"/{names[iri]}",
            ready=(time.monotonic() - began, meter.processor(pid)),
        )


Start = Callable[[Given], AbstractContextManager[Site]]
#: By column of the table. Laurier comes first: what it gives is what nginx serves as files.
SITES: dict[str, Start] = {
    "Laurier": laurier,
    "rdflib-endpoint": rdflib_endpoint,
    "Oxigraph": oxigraph,
    "Trifid": trifid,
    "Virtuoso": virtuoso,
    "Laurier on Virtuoso": on_virtuoso,
    "nginx": nginx,
}


def _filled(given: Given) -> Running:
    if given.engine is None:
        raise AbsentError("Virtuoso holds no release: it is not installed, or was not filled in time")
    return given.engine


def _engine(name: str, running: Running, path: str, clock: float = 0.0) -> Site:
    """A site that describes a thing by a query; without `clock`, its start was not measured."""
    joined = "&" if "?" in path else "?"
    port = int(running.query.removeprefix(f"http://{HOST}:").partition("/")[0])

    def asked(query: str) -> str:
        return f"{path}{joined}{urlencode({'query': query})}"

    return Site(
        name=name,
        version=running.version,
        port=port,
        pids=(running.process,),
        entity=lambda iri: asked(f"DESCRIBE <{iri}>"),
        sparql=asked,
        ready=(clock, meter.processor(running.process) if clock else 0.0),
    )


def _asked(port: int, path: str) -> str:
    return f"http://{HOST}:{port}{_query(path, 'ASK { ?s ?p ?o }')}"


def _path(iri: str, base: str) -> str:
    return "/" + quote(iri.removeprefix(base), safe="/%")
