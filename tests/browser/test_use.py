"""The site used: by keyboard, without scripts, with the editor; and the validity of its HTML."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from test_accessibility import KINDS


def test_by_keyboard_without_scripts_then_the_editor(site: str, chromium: str, tools: Path) -> None:
    config = json.dumps({"base": site, "chromium": chromium})
    done = subprocess.run(
        ["node", "walk.mjs"], cwd=tools, input=config, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert (told["skip"], told["skipped"]) == ("Aller au contenu", "#contenu")
    assert told["steps"][:2] == ["/fr/publics", "/fr/doc/public/refugies"]
    assert told["steps"][2].startswith("/fr/doc/laureat/pic-100-inclusion/")
    assert "CUISINE MODE D’EMPLOI" in told["heading"]
    assert told["sentence"] == told["passage"] == "réfugiés statutaires"
    assert told["filtered"].startswith("4 lauréats")
    assert told["query"] == "?public=exiles"
    # The term was completed, and its prefix declared.
    prefix = "PREFIX lau: <https://w3id.org/laurier/ns#>"
    assert told["sent"].replace("\r", "") == f"{prefix}\nSELECT * WHERE {{ ?s a lau:Laureate }}"
    assert told["rows"] == 16
    assert told["errors"] == []


def test_html_is_valid(site: str, tools: Path, tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("no Java for the validator: `apt-get install default-jre-headless`")
    names = {}
    for language in ("fr", "en"):
        for number, kind in enumerate(KINDS):
            path = tmp_path / f"{language}-{number}.html"
            path.write_bytes(httpx.get(f"{site}/{language}/{kind}", headers={"Accept": "text/html"}).content)
            names[path.as_uri()] = f"/{language}/{kind}"
    jar = tools / "node_modules/vnu-jar/build/dist/vnu.jar"
    command = ["java", "-jar", str(jar), "--format", "json", "--exit-zero-always", *map(str, tmp_path.glob("*.html"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    messages = json.loads(done.stderr)["messages"]
    wrong = [f"{names[m['url']]}: {m['message']} ({m.get('extract', '')[:120]})" for m in messages]
    assert not wrong, "\n".join(wrong)


def test_a_laureate_page_is_light(site: str) -> None:
    """With all that it needs, a page of a laureate takes less than 50 KB of the network."""
    with httpx.Client(base_url=site, headers={"Accept": "text/html", "Accept-Encoding": "gzip"}) as client:
        first, body = sent(client, "/fr/doc/laureat/pic-ipr/media-formation-pare-76")
        beside = re.findall(r'(?:href|src)="(/static/[^"]+)"', body)
        total = first + sum(sent(client, path)[0] for path in beside)
    assert len(beside) == 2
    assert 5_000 < total < 50_000


def sent(client: httpx.Client, path: str) -> tuple[int, str]:
    """The bytes that came over the network for an address, and its text."""
    with client.stream("GET", path) as answer:
        assert answer.status_code == 200, path
        answer.read()
        return answer.num_bytes_downloaded, answer.text
