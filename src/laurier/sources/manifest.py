"""`source.toml`: what a person says of a source document; and the rule that nothing outside its folder is read."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from laurier.errors import SourceError
from laurier.foreign import said
from laurier.iri import slug
from laurier.readings import Document, Programme
from laurier.sources.division import Known
from laurier.vocabulary import PREFIXES, PUBLICS, Vocabulary

FILE_NAME = "source.toml"
CARRIERS = "carriers.toml"
_LARGEST_TOML = 1 << 20
_TEXTS = (
    "file",
    "title",
    "title_en",
    "publisher",
    "publisher_iri",
    "issued",
    "region",
    "licence",
    "landing_page",
    "layout",
    "encoding",
)
_TABLES = ("programme", "call", "words", "columns", "publics", "options")
_EDTF = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?\Z")
_IRI = re.compile(r"https?://[^\s<>\"{}|\\^`]+\Z")
_REGION = re.compile(r"\d{2,3}\Z")


@dataclass(frozen=True, slots=True)
class Received:
    """A source document as it lies in its folder, with what its `source.toml` says.

    Attributes:
        folder: of the source.
        path: of the document.
        document: its description.
        encoding: declared codec, empty to find out.
        call: the only call of a text, or that of the rows of a table that name none: keys `title`, `scope`.
        words: words added to the layout.
        columns: column -> field, for a table.
        options: settings of the reader.
        known: carriers listed by a person.
    """

    folder: Path
    path: Path
    document: Document
    encoding: str
    call: Mapping[str, str]
    words: Mapping[str, Any]
    columns: Mapping[str, Any]
    options: Mapping[str, Any]
    known: tuple[Known, ...]


def receive(folder: Path) -> Received:
    """Reads `source.toml` and finds the document.

    Raises:
        SourceError: it is missing, wrong, or names something outside the folder.
    """
    table = _toml(folder, FILE_NAME)
    _check_names(folder, table)
    texts = {name: _text(folder, table, name) for name in _TEXTS}
    if not texts["title"]:
        raise _wrong(
            folder, "title is missing: write the title of the document", "title manque : écrivez le titre du document"
        )
    path = inside(folder, texts["file"]) if texts["file"] else _only_document(folder)
    for name in ("publisher_iri", "landing_page", "licence"):
        if texts[name] and not _IRI.match(texts[name]):
            raise _wrong(
                folder,
                f"{name} {texts[name]!r} is not an http(s) address",
                f"{name} {texts[name]!r} n'est pas une adresse http(s)",
            )
    if texts["issued"] and not _EDTF.match(texts["issued"]):
        raise _wrong(
            folder,
            f"issued {texts['issued']!r} is not a date: write 2021, 2021-03 or 2021-03-15",
            f"issued {texts['issued']!r} n'est pas une date : écrivez 2021, 2021-03 ou 2021-03-15",
        )
    if texts["region"] and not _REGION.match(texts["region"]):
        raise _wrong(
            folder,
            f'region {texts["region"]!r} is not an INSEE code of a région, such as "28"',
            f'region {texts["region"]!r} n\'est pas un code INSEE de région, comme "28"',
        )
    tables = {name: _table(folder, table, name) for name in _TABLES}
    call = {name: _text(folder, tables["call"], name) for name in tables["call"]}
    document = Document(
        key=_key(folder),
        file=path.name,
        sha256=digest(path),
        media_type="",
        title_fr=texts["title"],
        title_en=texts["title_en"],
        publisher=texts["publisher"],
        publisher_iri=texts["publisher_iri"],
        issued=texts["issued"],
        region=texts["region"],
        landing_page=texts["landing_page"],
        programme=_programme(folder, tables["programme"]),
        layout=texts["layout"],
        options=dict(tables["options"]),
        publics=_publics(folder, tables["publics"]),
        **({"licence": texts["licence"]} if texts["licence"] else {}),
    )
    return Received(
        folder,
        path,
        document,
        texts["encoding"],
        MappingProxyType(call),
        MappingProxyType(tables["words"]),
        MappingProxyType(tables["columns"]),
        MappingProxyType(tables["options"]),
        _carriers(folder),
    )


def inside(folder: Path, name: str) -> Path:
    """The file of that name in the folder itself.

    Raises:
        SourceError: the name leads out of the folder, by its path or by a link, or is not that of a file.
    """
    try:
        path = folder / name
        plain = Path(name).name == name and name not in (".", "..") and "\x00" not in name
        fits = plain and path.resolve().parent == folder.resolve() and path.is_file()
    except (OSError, ValueError, RuntimeError):
        fits = False
    if not fits:
        raise _wrong(
            folder,
            f"{name!r} is not a file of this folder: put the document beside {FILE_NAME} and write its plain name",
            f"{name!r} n'est pas un fichier de ce dossier : placez le document à côté de {FILE_NAME} et écrivez "
            "son seul nom",
        )
    return folder / name


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read ({said(error).en}): check its permissions.",
            f"{path} ne peut pas être lu ({said(error).fr}) : vérifiez ses droits.",
            path=str(path),
        ) from error


def _key(folder: Path) -> str:
    return slug(folder.resolve().name)


def _toml(folder: Path, name: str) -> dict[str, Any]:
    if not (folder / name).exists():
        raise SourceError(
            f"{folder} has no {name}: run `laurier init {folder}` to write one.",
            f"{folder} n'a pas de {name} : lancez « laurier init {folder} » pour l'écrire.",
            path=str(folder / name),
        )
    path = inside(folder, name)
    try:
        if path.stat().st_size > _LARGEST_TOML:
            raise _wrong(folder, f"{name} is larger than 1 MB", f"{name} dépasse 1 Mo")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise _wrong(
            folder,
            f"{name} is not valid TOML ({said(error).en})",
            f"{name} n'est pas du TOML valide ({said(error).fr})",
        ) from error


def _check_names(folder: Path, table: Mapping[str, Any]) -> None:
    unknown = sorted(set(table) - {*_TEXTS, *_TABLES})
    if unknown:
        known = ", ".join((*_TEXTS, *_TABLES))
        raise _wrong(
            folder,
            f"{', '.join(unknown)} is unknown; the names are {known}",
            f"{', '.join(unknown)} est inconnu ; les noms sont {known}",
        )


def _text(folder: Path, table: Mapping[str, Any], name: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str):
        raise _wrong(folder, f"{name} must be a text in quotation marks", f"{name} doit être un texte entre guillemets")
    return value.strip()


def _table(folder: Path, table: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = table.get(name, {})
    if not isinstance(value, dict):
        raise _wrong(folder, f"[{name}] must be a table", f"[{name}] doit être une table")
    return value


def _only_document(folder: Path) -> Path:
    others = sorted(
        path.name
        for path in folder.iterdir()
        if path.suffix.lower() != ".toml" and not path.name.startswith(".") and not path.name.endswith("-metadata.json")
    )
    if len(others) != 1:
        raise _wrong(
            folder, "file is missing: write the name of the document", "file manque : écrivez le nom du document"
        )
    return inside(folder, others[0])


def programme(folder: Path) -> Programme | None:
    """The programme that the source.toml of a folder names; None when there is none to read."""
    try:
        return _programme(folder, _table(folder, _toml(folder, FILE_NAME), "programme"))
    except SourceError:
        return None


def _programme(folder: Path, table: Mapping[str, Any]) -> Programme:
    given = {name: _text(folder, table, name) for name in ("key", "title", "title_en", "acronym")}
    unknown = set(table) - set(given)
    if unknown or not given["title"]:
        raise _wrong(
            folder,
            "[programme] needs a title, and may have key, title_en and acronym, nothing else",
            "[programme] demande un title, et peut avoir key, title_en et acronym, rien d'autre",
        )
    seed = given["key"] or given["acronym"] or given["title"]
    return Programme(slug(seed), given["title"], given["title_en"], given["acronym"])


def _publics(folder: Path, table: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The publics that a person gives to wordings."""
    if not table:
        return {}
    known = {iri.removeprefix(PREFIXES["pub"]): iri for iri in Vocabulary().in_scheme(PUBLICS)}
    made: dict[str, tuple[str, ...]] = {}
    for wording, given in table.items():
        keys = [given] if isinstance(given, str) else given
        if not isinstance(keys, list) or not keys or not all(isinstance(key, str) and key in known for key in keys):
            names = ", ".join(sorted(known))
            raise _wrong(
                folder,
                f"[publics] must give « {wording} » one or several of {names}",
                f"[publics] doit donner à « {wording} » un ou plusieurs des publics {names}",
            )
        made[wording] = tuple(known[key] for key in keys)
    return made


def _carriers(folder: Path) -> tuple[Known, ...]:
    """The carriers that a person listed in `carriers.toml`."""
    if not (folder / CARRIERS).exists():
        return ()
    entries = _toml(folder, CARRIERS).get("carriers", [])
    fits = isinstance(entries, list) and all(
        isinstance(entry, dict) and isinstance(entry.get("name"), str) and entry["name"].strip() for entry in entries
    )
    if not fits:
        raise _wrong(
            folder,
            f'{CARRIERS} must be a list of [[carriers]] with name = "…"',
            f'{CARRIERS} doit être une liste de [[carriers]] avec name = "…"',
        )
    return tuple(Known(entry["name"].strip(), entry.get("doubtful") is True) for entry in entries)


def _wrong(folder: Path, en: str, fr: str) -> SourceError:
    path = folder / FILE_NAME
    return SourceError(f"{path}: {en}.", f"{path} : {fr}.", path=str(path))
