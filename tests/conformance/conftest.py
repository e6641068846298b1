"""The W3C suites and one server of all their data."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pyoxigraph as ox
import pytest
from servers import free_port

from tests.conformance.suite import BASE, Suite
from tests.web.conftest import Server, running

#: An endpoint that SERVICE may call, and where nobody listens.
DEAD = urlsplit("http://127.0.0.1:1/sparql")
FOLDER = Path(os.environ.get("LAURIER_W3C", Path(__file__).parents[2] / ".cache" / "w3c"))


@pytest.fixture(scope="session")
def suite() -> Suite:
    """Both suites."""
    if not (FOLDER / "sparql11" / "manifest-all.ttl").is_file():
        pytest.skip("the W3C suites are not here: run `make w3c`")
    return Suite(FOLDER)


@pytest.fixture(scope="session")
def everything(suite: Suite) -> ox.Store:
    """Every file of data in the graph that bears its name."""
    return suite.everything()


@pytest.fixture(scope="session")
def endpoint(everything: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of all of it; SERVICE may call this machine."""
    folder = tmp_path_factory.mktemp("w3c")
    everything.dump(folder / "all.nq", ox.RdfFormat.N_QUADS)
    settings = folder / "laurier.toml"
    port = free_port()
    settings.write_text(f'service_allow = ["127.0.0.1:{port}", "{DEAD.netloc}"]\n')
    command = [sys.executable, "-c", "from laurier.cli import main; main()", "--config", str(settings)]
    with running("--data", str(folder / "all.nq"), "--port", str(port), base=BASE, command=command) as server:
        yield server


@pytest.fixture(scope="session")
def asker(endpoint: Server) -> Iterator[httpx.Client]:
    """A client of that server."""
    with httpx.Client(base_url=endpoint.url, timeout=60) as client:
        yield client
