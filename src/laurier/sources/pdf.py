"""Reader of PDF documents: pages read apart with their geometry, then as lines of text, or as a table."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from laurier.errors import SourceError
from laurier.readings import Diagnostic, Reading
from laurier.sources import pdf_pages, text
from laurier.sources.lines import SourceText
from laurier.sources.manifest import Received
from laurier.sources.tables.embedded import best_table

_MEDIA = "application/pdf"
_LARGEST = 100 << 20
_ENCRYPTED = ("PDFPasswordIncorrect", "PDFEncryptionError")


def read(received: Received) -> Reading:
    """Reads a PDF document that holds text.

    Raises:
        SourceError: it is damaged, protected, scanned without text, or takes too long.
    """
    text.content(received, _LARGEST)
    found = _pages(received)
    lines = found.get("lines")
    if lines is None:
        raise _refused(received, f"it has {found.get('pages')} pages", f"il a {found.get('pages')} pages")
    if not lines:
        raise _refused(
            received,
            "it holds no text, only images: recognise its characters (OCR) first",
            "il ne contient aucun texte, seulement des images : faites d'abord reconnaître ses caractères (OCR)",
        )
    notes = _notes(received, found)
    table = best_table(received, found["tables"], _MEDIA, notes)
    if table is not None:
        return table
    return text.reading(received, _source(lines), _MEDIA, notes)


def _source(lines: list[dict[str, Any]]) -> SourceText:
    """The printed lines as a text, with a blank line where the page leaves room."""
    printed: list[str] = []
    pages: list[int] = []
    wrapped: set[int] = set()
    for line in lines:
        if line["gap"] and printed:
            printed.append("")
            pages.append(line["page"])
        printed.append(line["text"])
        pages.append(line["page"])
        if line["goes_on"]:
            wrapped.add(len(printed))
    return SourceText("".join(f"{line}\n" for line in printed), pages=tuple(pages), wrapped=frozenset(wrapped))


def _notes(received: Received, found: dict[str, Any]) -> tuple[Diagnostic, ...]:
    left_out = list(dict.fromkeys(found["left_out"]))
    if not left_out:
        return ()
    shown = ", ".join(f"« {line[:60]} »" for line in left_out[:5])
    return (
        Diagnostic(
            "page-furniture",
            "info",
            f"{received.path.name}: lines at the edge of pages were left out: {shown}.",
            f"{received.path.name} : des lignes en bord de page ont été laissées de côté : {shown}.",
        ),
    )


def _pages(received: Received) -> dict[str, Any]:
    """The pages, read by a process of its own that is stopped when it takes too much."""
    command = [sys.executable, "-m", pdf_pages.__name__, str(received.path.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=2 * pdf_pages.SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise _refused(received, "it takes too long to read", "il est trop long à lire") from error
    if done.returncode == 0:
        result = json.loads(done.stdout)
        return result if isinstance(result, dict) else {}
    last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
    if any(name in last[0] for name in _ENCRYPTED):
        raise _refused(
            received,
            "it is protected by a password: save it without one",
            "il est protégé par un mot de passe : enregistrez-le sans mot de passe",
        )
    if done.returncode < 0 or "MemoryError" in last[0]:
        raise _refused(received, "it takes too much time or memory to read", "il demande trop de temps ou de mémoire")
    raise _refused(received, "it is damaged, or no PDF", "il est endommagé, ou n'est pas un PDF")


def _refused(received: Received, en: str, fr: str) -> SourceError:
    return SourceError(
        f"{received.path} cannot be read: {en}.",
        f"{received.path} ne peut pas être lu : {fr}.",
        path=str(received.path),
    )
