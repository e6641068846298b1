"""The guide of sources does what it says."""

from __future__ import annotations

import re
from pathlib import Path

from folders import awards, codes

from laurier.sources import checks, registry, starter
from laurier.sources.tables import profile

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


def test_publish_your_list_in_ten_minutes(tmp_path: Path) -> None:
    document = tmp_path / "laureats.csv"
    document.write_text(blocks("csv")[0], encoding="utf-8")
    start = starter.init(document, tmp_path / "data")
    shown = [line for line in start.lines("en") if not line.startswith("To check")][1:]
    assert blocks("text")[0].splitlines() == shown[: len(blocks("text")[0].splitlines())]
    (start.folder / "source.toml").write_text(blocks("toml")[0], encoding="utf-8")
    reading = registry.read(start.folder)
    assert [award.title.value for award in awards(reading)] == ["Tremplin", "Graines d'avenir"]
    assert [call.title.value for call in reading.calls] == ["Appel à projets Insertion 2023"]
    assert codes(reading) == ["identifier-rounded"]


def test_every_suffix_and_field_is_in_the_guide() -> None:
    told = set(re.findall(r"`(\.\w+)`", GUIDE))
    assert told <= set(registry.READERS)
    assert {suffix for suffix in registry.READERS if suffix not in told} <= {
        ".htm",
        ".xhtml",
        ".tab",
        ".xlsm",
        ".ndjson",
    }
    for name in profile.FIELDS:
        assert f"`{name}`" in GUIDE


def test_every_error_is_in_the_guide() -> None:
    package = Path(checks.__file__).parent
    found = set()
    for path in package.rglob("*.py"):
        found |= set(re.findall(r'\(\s*"([a-z-]+)",\s*"error"', path.read_text(encoding="utf-8")))
    assert found
    for code in found:
        assert f"`{code}`" in GUIDE
