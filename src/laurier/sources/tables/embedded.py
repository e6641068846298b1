"""Tables inside a page or a document: the one that lists laureates, if there is one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from laurier.readings import Diagnostic, Reading
from laurier.sources.manifest import Received
from laurier.sources.tables import profile
from laurier.sources.tables.cells import clean
from laurier.sources.tables.grid import MOST_COLUMNS, rendered, rendition
from laurier.sources.tables.headings import HEADING_WITHIN
from laurier.sources.tables.reading import reading

Cells = Sequence[Sequence[str]]


def best_table(
    received: Received, tables: Iterable[Cells], media_type: str, given: Sequence[Diagnostic] = ()
) -> Reading | None:
    """The reading of the tables of laureates of a document; None when it holds none.

    Tables of the same heading (a list cut by pages) are one list. Of several lists the longest is read, and the others
    are told.
    """
    own = profile.declared(received.columns)
    lists: dict[tuple[str, ...], list[Sequence[str]]] = {}
    for table in tables:
        heading = _heading(table, own)
        if heading is not None:
            lists.setdefault(heading, []).extend(table)
        elif lists and table and _goes_on(table, next(reversed(lists))):
            lists[next(reversed(lists))].extend(table)
    if not lists:
        return None
    longest = max(lists.values(), key=len)
    notes = list(given)
    if len(lists) > 1:
        notes.append(
            Diagnostic(
                "several-tables",
                "warning",
                f"{received.path.name} holds {len(lists)} lists with different columns; the longest was read: "
                "give each as a document of its own.",
                f"{received.path.name} contient {len(lists)} listes aux colonnes différentes ; la plus longue "
                "a été lue : donnez chacune comme un document.",
            )
        )
    return reading(
        received,
        lambda: rendered(longest),
        media_type,
        lambda: rendition(rendered(longest)),
        notes,
    )


def _heading(table: Cells, own: dict[str, str]) -> tuple[str, ...] | None:
    for cells in table[:HEADING_WITHIN]:
        if 1 < len(cells) <= MOST_COLUMNS and profile.recognise(cells, own) is not None:
            return tuple(clean(cell) for cell in cells)
    return None


def _goes_on(table: Cells, heading: tuple[str, ...]) -> bool:
    """A table without heading and with as many columns as the one before it: the same list on the next page."""
    return all(len(cells) == len(heading) for cells in table)
