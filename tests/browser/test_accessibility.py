"""Every kind of page in a real browser: the rules of WCAG 2.2 and RGAA 4 that a program can test, in three modes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

#: One page of every kind.
KINDS = (
    "", "laureats", "laureats?q=r%C3%A9fugi%C3%A9s&public=jeunes&territoire=region/28", "laureats?annee=1900",
    "commune?q=Rouen", "commune?q=Saint-Denis", "porteurs", "territoires", "publics", "sources",
    "texte/pic-normandie", "carte", "changements", "sparql", "donnees", "qualite", "ontologie", "api", "a-propos",
    "mentions-legales", "accessibilite", "plan", "none", "doc/laureat/pic-ipr/media-formation-pare-76",
    "doc/projet/media-formation-pare-76", "doc/porteur/cibc", "doc/appel/pic-ipr", "doc/programme/pic",
    "doc/territoire/departement/76", "doc/public/refugies", "doc/source/pic-normandie",
    "doc/extrait/pic-normandie/5555-5578",
)  # fmt: skip


def looked_at(site: str, chromium: str, tools: Path, pages: list[str]) -> list[dict[str, str]]:
    """What the browser finds wrong."""
    config = json.dumps({"base": site, "chromium": chromium, "pages": pages})
    done = subprocess.run(
        ["node", "check.mjs"], cwd=tools, input=config, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def told(found: list[dict[str, str]]) -> str:
    return "\n".join(f"{f['page']} [{f['mode']}] {f['check']}: {f['what']}" for f in found)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_problem_in_any_mode(site: str, chromium: str, tools: Path, language: str) -> None:
    pages = [f"/{language}/{path}" for path in KINDS]
    found = looked_at(site, chromium, tools, pages)
    assert not found, told(found)


def test_the_checks_find_what_is_wrong(faulty: str, chromium: str, tools: Path) -> None:
    found = looked_at(faulty, chromium, tools, ["/"])
    kinds = {(f["mode"], f["check"]) for f in found}
    rules = {(f["mode"], f["what"].partition(" ")[0]) for f in found if f["check"] == "axe"}
    assert {("light", "color-contrast"), ("dark", "color-contrast"), ("light", "label"), ("narrow", "label")} <= rules
    assert {("light", "200 %"), ("light", "200 % cuts"), ("light", "focus not seen"), ("narrow", "reflow"),
            ("narrow", "text spacing"), ("any", "outside"), ("any", "console")} <= kinds, told(found)  # fmt: skip
    assert any("RGAA-" in f["what"] for f in found), "the rules are told with their RGAA numbers"
