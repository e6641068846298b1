"""Source folders made for a test."""

from __future__ import annotations

import shutil
from pathlib import Path

from laurier.readings import Reading
from laurier.records import Award
from laurier.sources import registry

DOCUMENTS = Path(__file__).parent / "documents"
MANIFEST = 'title = "Essai"\n[programme]\ntitle = "Programme d\'essai"\n'


def folder(tmp_path: Path, name: str, content: bytes | str | None = None, manifest: str = MANIFEST) -> Path:
    """A folder with one document (copied from `documents` when no content is given) and its source.toml."""
    made = tmp_path / "essai"
    made.mkdir(exist_ok=True)
    if content is None:
        shutil.copy(DOCUMENTS / name, made / name)
    elif isinstance(content, str):
        (made / name).write_text(content, encoding="utf-8", newline="")
    else:
        (made / name).write_bytes(content)
    (made / "source.toml").write_text(manifest, encoding="utf-8")
    return made


def read(tmp_path: Path, name: str, content: bytes | str | None = None, manifest: str = MANIFEST) -> Reading:
    return registry.read(folder(tmp_path, name, content, manifest))


def awards(reading: Reading) -> list[Award]:
    return list(reading.awards)


def codes(reading: Reading, severity: str = "") -> list[str]:
    return [d.code for d in reading.diagnostics if not severity or d.severity == severity]
