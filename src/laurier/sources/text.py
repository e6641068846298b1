"""Plain text and Markdown documents."""

from __future__ import annotations

from dataclasses import replace

from laurier.errors import SourceError
from laurier.readings import Diagnostic, Reading
from laurier.sources import brochure, layout
from laurier.sources.decoding import decode
from laurier.sources.lines import SourceText
from laurier.sources.manifest import Received

DEFAULT_LAYOUT = "pic"
_LARGEST = 32 << 20
_LONGEST_LINE = 200_000


def read(received: Received) -> Reading:
    """Reads a text.

    Raises:
        SourceError: it is not text, or not a document of lines.
    """
    decoded = decode(content(received), str(received.path), received.encoding)
    return reading(received, SourceText(decoded.text), "text/plain", decoded.diagnostics)


def content(received: Received, largest: int = _LARGEST) -> bytes:
    """The bytes of a document that is read whole.

    Raises:
        SourceError: there are too many of them.
    """
    size = received.path.stat().st_size
    if size > largest:
        raise SourceError(
            f"{received.path} is {size >> 20} MB; a document of this kind may have {largest >> 20}: "
            "give a long list as CSV.",
            f"{received.path} pèse {size >> 20} Mo ; un document de cette sorte peut en peser {largest >> 20} : "
            "donnez une longue liste en CSV.",
            path=str(received.path),
        )
    return received.path.read_bytes()


def reading(
    received: Received, source: SourceText, media_type: str, diagnostics: tuple[Diagnostic, ...] = ()
) -> Reading:
    """The reading of a document that was rendered as lines of text.

    Raises:
        SourceError: a line is longer than any line of print.
    """
    for number, start, end in source.extents():
        if end - start > _LONGEST_LINE:
            raise SourceError(
                f"{received.path}: line {number} has {end - start} characters: this is not a document of lines.",
                f"{received.path} : la ligne {number} compte {end - start} caractères : "
                "ce n'est pas un document en lignes.",
                path=str(received.path),
                line=number,
            )
    chosen = received.document.layout or DEFAULT_LAYOUT
    found = brochure.read(source, layout.load(chosen, received.words), received.known, received.call.get("title", ""))
    return Reading(
        document=replace(received.document, media_type=media_type, layout=chosen),
        awards=found.awards,
        load_text=lambda: source.text,
        calls=list(found.calls),
        diagnostics=[*diagnostics, *found.diagnostics],
        coverage=found.coverage,
    )
