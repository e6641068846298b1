"""The heading of a table: the row, wherever it stands, whose cells a profile knows best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from laurier.errors import SourceError
from laurier.sources.manifest import Received
from laurier.sources.tables import profile
from laurier.sources.tables.cells import clean
from laurier.sources.tables.grid import Row
from laurier.sources.tables.profile import Mapped

#: Rows in which the heading is looked for.
HEADING_WITHIN = 50


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a table.

    Attributes:
        row: the row that holds it.
        mapped: its columns.
    """

    row: Row
    mapped: Mapped


class UnknownHeading(SourceError):
    """A table of which no row is the heading of a list of laureates: a person can map its columns."""


def find_heading(rows: Iterable[Row], received: Received) -> Heading:
    """The heading of a table: the row, among the first, whose cells a profile knows best.

    Raises:
        SourceError: no row is a heading that names at least carriers or titles.
    """
    own = profile.declared(received.columns)
    wanted = received.document.layout if received.document.layout in profile.names() else ""
    best: Heading | None = None
    widest: Row | None = None
    for at, row in enumerate(rows):
        if at >= HEADING_WITHIN:
            break
        found = profile.recognise(row.cells, own, wanted)
        if found is not None and (best is None or found.score > best.mapped.score):
            best = Heading(row, found)
        if widest is None or _filled(row) > _filled(widest):
            widest = row
    if best is not None:
        return best
    shown = ", ".join(f"« {clean(cell)} »" for cell in widest.cells[:12] if clean(cell)) if widest else ""
    if widest is None or not shown:
        raise SourceError(
            f"{received.path} holds no row: give the file that has the list.",
            f"{received.path} ne contient aucune ligne : donnez le fichier qui contient la liste.",
            path=str(received.path),
        )
    raise UnknownHeading(
        f"{received.path}: no heading of a list of laureates was recognised (columns seen: {shown}): map at least the "
        "columns of the carrier and of the title under [columns] in source.toml.",
        f"{received.path} : aucun en-tête de liste de lauréats n'a été reconnu (colonnes vues : {shown}) : associez "
        "au moins les colonnes du porteur et du titre sous [columns] dans source.toml.",
        path=str(received.path),
        line=widest.line,
    )


def _filled(row: Row) -> int:
    return sum(bool(clean(cell)) for cell in row.cells[:200])
