"""Reader of CSV and TSV files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from laurier.errors import SourceError
from laurier.readings import Reading
from laurier.sources.decoding import CONTROLS, scan
from laurier.sources.manifest import Received
from laurier.sources.tables import csvw, delimited, profile
from laurier.sources.tables.delimited import SEPARATORS, Dialect
from laurier.sources.tables.grid import MOST_COLUMNS
from laurier.sources.tables.reading import reading

_SAMPLE = 1 << 18
_CHUNK = 1 << 20


def read(received: Received) -> Reading:
    """Reads a CSV or TSV file.

    Raises:
        SourceError: it is not text, or not a table of laureates.
    """
    metadata = csvw.beside(received.path)
    received = replace(received, columns={**metadata.columns, **received.columns})
    scanned = scan(received.path, received.encoding or metadata.encoding)
    dialect = Dialect(scanned.encoding, "", scanned.mark)
    declared = received.options.get("separator") or metadata.separator
    if declared and (not isinstance(declared, str) or len(declared) != 1):
        raise SourceError(
            f"{received.path}: the separator {declared!r} is not one character: correct it in source.toml.",
            f"{received.path} : le séparateur {declared!r} n'est pas un caractère : corrigez-le dans source.toml.",
            path=str(received.path),
        )
    dialect = replace(dialect, separator=declared or _separator(received, dialect))
    media = "text/tab-separated-values" if received.path.suffix.lower() in (".tsv", ".tab") else "text/csv"
    return reading(
        received,
        lambda: delimited.rows(received.path, dialect),
        media,
        lambda: _chunks(received, dialect),
        scanned.diagnostics,
    )


def _separator(received: Received, dialect: Dialect) -> str:
    sample = next(_chunks(received, dialect), "")[:_SAMPLE]
    own = profile.declared(received.columns)
    score = {mark: _score(delimited.sample_rows(sample, mark), own) for mark in SEPARATORS}
    return delimited.separator(sample, score)


def _score(rows: list[list[str]], own: dict[str, str]) -> int:
    found = [profile.recognise(cells[:MOST_COLUMNS], own) for cells in rows]
    return max((mapped.score for mapped in found if mapped is not None), default=0)


def _chunks(received: Received, dialect: Dialect) -> Iterator[str]:
    """The text of the file as decoded."""
    errors = "laurier-windows-1252" if dialect.encoding == "utf-8" else "strict"
    with received.path.open(encoding=dialect.encoding, errors=errors, newline="") as file:
        try:
            if dialect.mark:
                file.read(1)
            while piece := file.read(_CHUNK):
                yield CONTROLS.sub(" ", piece)
        except UnicodeDecodeError as error:
            raise SourceError(
                f"{received.path} cannot be read as {dialect.encoding}: save the file as UTF-8.",
                f"{received.path} ne peut pas être lu en {dialect.encoding} : enregistrez le fichier en UTF-8.",
                path=str(received.path),
            ) from error
