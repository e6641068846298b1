"""A real server: the command line in a process of its own, on a free port of this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import httpx
import pytest

from laurier.pipeline.build import build
from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings
from laurier.snapshot.opened import Snapshot, current

LAURIER = (sys.executable, "-c", "from laurier.cli import main; main()")
LAUREATE = "laureat/pic-100-inclusion/pas-de-quartier-pour-l-echec-cuisine-mode-d-emploi"


@dataclass
class Server:
    """A server under test.

    Attributes:
        url: where it listens, without a final slash.
        base: base IRI of what it serves.
        process: that runs it.
    """

    url: str
    base: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def workers(self) -> list[int]:
        """Process ids of its children."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def wait(self, path: str, status: int, seconds: float = 20) -> httpx.Response:
        """Asks for an address until it answers with a status."""
        until = time.monotonic() + seconds
        while True:
            response = httpx.get(self.url + path)
            if response.status_code == status or time.monotonic() > until:
                return response
            time.sleep(0.05)


Start = Callable[..., contextlib.AbstractContextManager[Server]]


@contextlib.contextmanager
def running(
    *arguments: str,
    base: str = "https://data.example.org/",
    log: Path | None = None,
    command: Sequence[str] = LAURIER,
) -> Iterator[Server]:
    """Starts `laurier serve` on a free port and stops it at the end."""
    opened: IO[str] | int = log.open("w") if log is not None else subprocess.DEVNULL
    process = subprocess.Popen(
        [*command, "serve", "--port", "0", "--base", base, *arguments],
        stdout=subprocess.PIPE,
        stderr=opened,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        while line and not line.startswith("http"):
            line = process.stdout.readline()
        assert line, "the server did not start"
        yield Server(line.strip().rstrip("/"), base, process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        if not isinstance(opened, int):
            opened.close()


@pytest.fixture(scope="session")
def site(built: tuple[Settings, Outcome]) -> Iterator[Server]:
    """A server of the first brochure's release."""
    with running("--releases", str(built[0].releases)) as server:
        yield server


@pytest.fixture
def client(site: Server) -> Iterator[httpx.Client]:
    """A client of that server, which follows no redirect."""
    with httpx.Client(base_url=site.url, timeout=60) as opened:
        yield opened


SOURCE = Path("sources/pic-normandie/laureats-pic-normandie.txt")
BEFORE, AFTER = "Date de démarrage : octobre 2019.", "Date de démarrage : novembre 2019."


@pytest.fixture(scope="session")
def twice(
    built: tuple[Settings, Outcome], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Settings, Snapshot]]:
    """Two releases, with a correction of the brochure between them: settings, and the second one."""
    folder = tmp_path_factory.mktemp("twice")
    for name in ("data", "releases"):
        shutil.copytree(getattr(built[0], name), folder / name, symlinks=True)
    settings = replace(built[0], data=folder / "data", releases=folder / "releases")
    path = settings.data / SOURCE
    text = path.read_text(encoding="utf-8")
    assert BEFORE in text
    path.write_text(text.replace(BEFORE, AFTER, 1), encoding="utf-8")
    build(settings, lambda *_: None)
    snapshot = current(settings.releases)
    yield settings, snapshot
    snapshot.entities.close()


DATA = """
<https://data.example.org/ville/Évreux> <http://www.w3.org/2000/01/rdf-schema#label> "Évreux"@fr <urn:g:a> .
<https://data.example.org/ville/Le%20Havre> <http://www.w3.org/2000/01/rdf-schema#label> "Le Havre"@fr <urn:g:a> .
<https://data.example.org/dossier/> <http://www.w3.org/2000/01/rdf-schema#label> "Slash" <urn:g:b> .
<https://data.example.org/fichier.ttl> <http://www.w3.org/2000/01/rdf-schema#label> "Point" <urn:g:b> .
<https://data.example.org/fichier> <http://example.org/near> <https://data.example.org/dossier/> <urn:g:b> .
<https://data.example.org/personne#moi> <http://example.org/near> <https://data.example.org/dossier/> <urn:g:b> .
<https://data.example.org/fichier> <http://example.org/p> "default graph" .
"""


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of a file of N-Quads, without a build."""
    path = tmp_path_factory.mktemp("data") / "data.nq"
    path.write_text(DATA.lstrip(), encoding="utf-8")
    with running("--data", str(path)) as server:
        yield server
