"""The OpenAPI description: complete, and true of what a generator of hostile requests gets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from laurier.settings import Settings
from laurier.web.app import create_app
from tests.web.conftest import Server


def test_every_route_for_programs_is_described(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.")
    operations = create_app(Settings())._handlers.values()
    assert {entry.route for entry in operations if entry.summary} == set(described["paths"])
    for path, methods in described["paths"].items():
        for method in methods.values():
            assert method["summary"], path
            assert "default" in method["responses"]


@pytest.mark.slow
def test_schemathesis_finds_nothing(site: Server, tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("schemathesis")
    done = subprocess.run(
        [
            str(command), "run", f"{site.url}/openapi.json", "--url", site.url,
            "--max-examples", "8", "--seed", "1", "--phases", "examples,coverage,fuzzing",
            # Any text fits the description of a query; few texts are queries.
            "--checks", "all", "--exclude-checks", "positive_data_acceptance",
            "--no-color", "--request-timeout", "60",
        ],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
