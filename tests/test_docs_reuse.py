"""The recipes of docs/reuse.md, run against a server of the first brochure."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pyoxigraph as ox
import pytest

from laurier.pipeline.outcome import Outcome
from laurier.settings import Settings

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "reuse.md").read_text(encoding="utf-8")
SITE = "https://data.example.org"


def blocks(kind: str) -> list[str]:
    found = re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)
    assert found
    return found


@pytest.fixture(scope="module")
def address(built: tuple[Settings, Outcome]) -> Iterator[str]:
    """Where a server of the release listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run_ = "from laurier.cli import main; main()"
    command = [sys.executable, "-c", run_, "serve", "--releases", str(built[0].releases), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(300):
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz").close()
                break
            except URLError:
                assert process.poll() is None, process.stderr and process.stderr.read()
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


def run(words: list[str], text: str) -> str:
    # A proxy of the machine has nothing to do with the loopback.
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run([*words, text], capture_output=True, text=True, env=environment, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("number", range(len(blocks("python"))))
def test_python(address: str, number: int) -> None:
    text = blocks("python")[number]
    assert run([sys.executable, "-c"], text.replace(SITE, address)).strip()


EXPECTED = ("igeo:Region", "laureat_uri,", "laureates\r\n16", "dcat:Dataset")


@pytest.mark.parametrize("number", range(len(blocks("sh"))))
def test_curl(address: str, number: int) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    found = run(["sh", "-c"], blocks("sh")[number].replace(SITE, address))
    assert EXPECTED[number].replace("\r", "") in found.replace("\r", "")


@pytest.mark.parametrize("number", range(len(blocks("sparql"))))
def test_sparql(built: tuple[Settings, Outcome], number: int) -> None:
    store = ox.Store.read_only(str((built[0].releases / "current").resolve() / "store"))
    solutions = list(store.query(blocks("sparql")[number]))  # type: ignore[arg-type]
    assert solutions


def test_the_federated_query_is_well_formed() -> None:
    (query,) = blocks("sparql-remote")
    # Evaluated without its services, whose hosts a test does not call.
    local = re.sub(r"SERVICE <[^>]*> (\{[^}]*\})", r"\1", query)
    assert list(ox.Store().query(local)) == []  # type: ignore[arg-type]


def test_every_file_that_the_table_names_is_published(built: tuple[Settings, Outcome]) -> None:
    names = {str(entry["name"]) for entry in built[1].manifest.dumps}
    told = re.findall(r"`/dumps/(ensemble\.[a-z.]+)`", TEXT)
    assert len(told) == 5
    assert set(told) <= names
