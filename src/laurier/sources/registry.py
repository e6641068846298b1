"""The readers of source documents, by the suffix of the file: to add a format, add a module and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from laurier.errors import SourceError
from laurier.readings import Reading
from laurier.sources import docx, markdown, markup, pdf, text
from laurier.sources.manifest import FILE_NAME, Received, receive
from laurier.sources.tables import csvfile, jsonfile, opendocument, workbook

Reader = Callable[[Received], Reading]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".txt": text.read,
        ".md": markdown.read,
        ".html": markup.read,
        ".htm": markup.read,
        ".xhtml": markup.read,
        ".docx": docx.read,
        ".pdf": pdf.read,
        ".csv": csvfile.read,
        ".tsv": csvfile.read,
        ".tab": csvfile.read,
        ".xlsx": workbook.read,
        ".xlsm": workbook.read,
        ".ods": opendocument.read,
        ".json": jsonfile.read,
        ".geojson": jsonfile.read,
        ".jsonl": jsonfile.read,
        ".ndjson": jsonfile.read,
    }
)


def folders(data: Path) -> list[Path]:
    """The folders of sources, in the order of their names.

    Raises:
        SourceError: there are none.
    """
    sources = data / "sources"
    found = (
        sorted(p for p in sources.iterdir() if p.is_dir() and not p.name.startswith(".")) if sources.is_dir() else []
    )
    linked = next((folder for folder in found if folder.is_symlink()), None)
    if linked is not None:
        raise SourceError(
            f"{linked} is a link, and nothing outside {sources} is read: put the folder itself there.",
            f"{linked} est un lien, et rien n'est lu hors de {sources} : placez-y le dossier même.",
            path=str(linked),
        )
    if not found:
        raise SourceError(
            f"There is no source in {sources}: add a folder with a document and its source.toml (`laurier init`).",
            f"Il n'y a pas de source dans {sources} : ajoutez un dossier avec un document et son source.toml "
            "(`laurier init`).",
            path=str(sources),
        )
    return found


def read(folder: Path) -> Reading:
    """Reads the source of a folder: its `source.toml`, then its document.

    Raises:
        SourceError: the folder, its `source.toml` or its document cannot be read.
    """
    received = receive(folder)
    suffix = received.path.suffix.lower()
    if suffix not in READERS:
        known = ", ".join(READERS)
        raise SourceError(
            f"{received.path}: files {suffix or 'without suffix'} are not read; give one of {known}.",
            f"{received.path} : les fichiers {suffix or 'sans suffixe'} ne sont pas lus ; donnez l'un de {known}.",
            path=str(received.path),
        )
    try:
        return READERS[suffix](received)
    except SourceError as error:
        if error.path is not None:
            raise
        # What is wrong is in source.toml, which readers are given without its path.
        path = folder / FILE_NAME
        raise SourceError(f"{path}: {error.en}", f"{path} : {error.fr}", path=str(path)) from error
