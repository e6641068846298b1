"""The site used: by keyboard, without scripts, with the editor; and the validity of its HTML."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from pathlib import Path

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
    assert told["sent"] == "SELECT * WHERE { ?s a lau:Laureate }"
    assert told["errors"] == []


def test_html_is_valid(site: str, tools: Path, tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("no Java for the validator: `apt-get install default-jre-headless`")
    names = {}
    for language in ("fr", "en"):
        for number, kind in enumerate(KINDS):
            path = tmp_path / f"{language}-{number}.html"
            with urllib.request.urlopen(f"{site}/{language}/{kind}", timeout=10) as answer:
                path.write_bytes(answer.read())
            names[path.as_uri()] = f"/{language}/{kind}"
    jar = tools / "node_modules/vnu-jar/build/dist/vnu.jar"
    command = ["java", "-jar", str(jar), "--format", "json", "--exit-zero-always", *map(str, tmp_path.glob("*.html"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    messages = json.loads(done.stderr)["messages"]
    wrong = [f"{names[m['url']]}: {m['message']} ({m.get('extract', '')[:120]})" for m in messages]
    assert not wrong, "\n".join(wrong)
