"""Zipped documents (XLSX, ODS, DOCX): opened within bounds, their XML read without entities, links or network."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lxml import etree

from laurier.errors import SourceError
from laurier.foreign import said

#: Bounds of what a document may unpack to, in bytes, and of how much one part may grow.
MOST_UNPACKED = 1 << 30
_MOST_GROWTH = 250
_SMALL = 16 << 20
_MOST_PARTS = 20_000
_PROLOGUE = 1 << 16


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive of a document.

    Raises:
        SourceError: it is no archive, is encrypted or damaged, or would unpack to too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check(path, archive)
            yield archive
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        ValueError,
        EOFError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        etree.LxmlError,
        OSError,
    ) as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> SourceError:
    """The document cannot be read as what its suffix says."""
    told = said(error)
    return SourceError(
        f"{path} cannot be opened as a {path.suffix.lower()} document ({told.en}): save it again "
        "from the program that made it.",
        f"{path} ne peut pas être ouvert comme document {path.suffix.lower()} ({told.fr}) : enregistrez-le de nouveau "
        "depuis le logiciel qui l'a produit.",
        path=str(path),
    )


def _check(path: Path, archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    swollen = any(p.file_size > _SMALL and p.file_size > _MOST_GROWTH * max(p.compress_size, 1) for p in parts)
    if total > MOST_UNPACKED or swollen or len(parts) > _MOST_PARTS:
        raise SourceError(
            f"{path} would unpack to {total >> 20} MB: it is refused as a bomb; give a long list as CSV.",
            f"{path} se décompresserait en {total >> 20} Mo : il est refusé comme une bombe ; "
            "donnez une longue liste en CSV.",
            path=str(path),
        )
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as file:
                prologue = file.read(_PROLOGUE)
            if b"<!DOCTYPE" in prologue or b"<!ENTITY" in prologue:
                raise SourceError(
                    f"{path} declares entities in {part.filename}: such a document is refused; save it again.",
                    f"{path} déclare des entités dans {part.filename} : un tel document est refusé ; "
                    "enregistrez-le de nouveau.",
                    path=str(path),
                )


def elements(file: IO[bytes], tags: tuple[str, ...]) -> Iterator[etree._Element]:
    """The elements of these names as they end, in constant memory for the caller that clears them."""
    yield from (
        element
        for _, element in etree.iterparse(
            file, events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
    )


def forget(element: etree._Element) -> None:
    """Frees an element that was read, and those before it."""
    element.clear(keep_tail=True)
    while (before := element.getprevious()) is not None:
        before.getparent().remove(before)
