"""A first `source.toml` for a document: what was understood of it, and what a person must say."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from laurier import files
from laurier.counts import counted
from laurier.errors import Language, SourceError
from laurier.iri import slug
from laurier.readings import Diagnostic, Programme, Reading
from laurier.sources import registry
from laurier.sources.lines import SourceText, words
from laurier.sources.manifest import CARRIERS, FILE_NAME, programme
from laurier.sources.tables import profile
from laurier.sources.tables.headings import UnknownHeading
from laurier.sources.tables.reading import Table

_LONGEST_TITLE = 200
_BEGINNING = 20_000
#: Laureates shown of the first extraction, and rows read of a long table to make it.
SHOWN = 3
_MOST_AWARDS = 10_000


@dataclass(frozen=True, slots=True)
class Start:
    """What `init` made.

    Attributes:
        folder: of the new source.
        manifest: the text of its source.toml.
        reading: the first extraction, None for a table whose heading is not understood.
        refusal: what is wrong with it then.
        awards: laureates found (of a very long table, among the first rows).
        shown: the first of them: carrier, title, territory.
        to_fill: what a person must look at in source.toml: name, in English, in French.
    """

    folder: Path
    manifest: str
    reading: Reading | None
    refusal: SourceError | None
    awards: int
    shown: tuple[tuple[str, str, str], ...]
    to_fill: tuple[tuple[str, str, str], ...]

    def lines(self, language: Language) -> Iterator[str]:
        """The first extraction told to a person."""
        french = language == "fr"
        yield f"{self.folder / FILE_NAME} " + ("écrit." if french else "written.")
        if self.reading is None:
            if self.refusal is not None:
                yield self.refusal.say(language)
        else:
            yield from self._extraction(self.reading, french)
        yield "À vérifier ou à compléter dans source.toml :" if french else "To check or to complete in source.toml:"
        for name, en, fr in self.to_fill:
            yield f"  {name} : {fr}" if french else f"  {name}: {en}"

    def _extraction(self, reading: Reading, french: bool) -> Iterator[str]:
        done, lines = reading.coverage.understood, reading.coverage.lines
        if french:
            told = counted(done, "ligne(s) comprise(s)", "fr")
            yield f"Mise en page : {reading.document.layout}. {told} sur {lines}."
            calls = counted(len(reading.calls), "appel(s) à projets", "fr")
            yield f"{counted(self.awards, 'lauréat(s)', 'fr')}, {calls}."
        else:
            told = counted(lines, "line(s)", "en")
            yield f"Layout: {reading.document.layout}. {done} of {told} understood."
            calls = counted(len(reading.calls), "call(s) for projects", "en")
            yield f"{counted(self.awards, 'laureate(s)', 'en')}, {calls}."
        for carrier, title, territory in self.shown:
            yield f"  {carrier or '?'} — {title}" + (f" ({territory})" if territory else "")
        if rest := self.awards - len(self.shown):
            yield f"  … et {counted(rest, 'autre(s)', 'fr')}." if french else f"  … and {rest} more."
        for found in _first_notes(reading.diagnostics):
            yield "  " + (found.fr if french else found.en)


def init(target: Path, data: Path, regions: Mapping[str, str] | None = None) -> Start:
    """Makes a source of a document: a folder in `data/sources`, a copy of the document, a first `source.toml`.

    A folder that already lies in `data/sources` gets its source.toml in place.

    Args:
        target: the document, or a folder that holds one.
        data: the folder of `sources/`.
        regions: name of each région -> its INSEE code, to guess the one the document is about.

    Raises:
        SourceError: there is no such document, it cannot be read, or the source exists already; nothing is written.
    """
    document = _document(target)
    sources = data / "sources"
    key = slug(target.stem if target.is_file() else target.resolve().name)
    folder = target if target.is_dir() and target.resolve().parent == sources.resolve() else sources / key
    if (folder / FILE_NAME).exists() or (folder.exists() and folder.resolve() != target.resolve()):
        raise SourceError(
            f"{folder} exists already: remove it, or rename the document, then run `laurier init` again.",
            f"{folder} existe déjà : retirez-le, ou renommez le document, puis relancez « laurier init ».",
            path=str(folder),
        )
    sources.mkdir(parents=True, exist_ok=True)
    beside = sources / f".{key}.{os.getpid()}.new"
    beside.mkdir()
    try:
        shutil.copyfile(document, beside / document.name)
        for extra in document.parent.glob("*-metadata.json"):
            shutil.copyfile(extra, beside / extra.name)
        others = [p for p in sources.iterdir() if p.is_dir() and not p.name.startswith(".")]
        programmes = [known for other in sorted(others) if (known := programme(other)) is not None]
        try:
            start = _start(beside, document, regions or {}, programmes)
        except SourceError as error:
            raise _named(error, beside / document.name, document) from error
        if folder.exists():
            files.write_whole(folder / FILE_NAME, start.manifest.encode())
        else:
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    refusal = _named(start.refusal, beside / document.name, folder / document.name) if start.refusal else None
    return Start(folder, start.manifest, start.reading, refusal, start.awards, start.shown, start.to_fill)


def _named(error: SourceError, copy: Path, document: Path) -> SourceError:
    """An error about the copy that was read, told of the document that the person knows."""
    en, fr = (text.replace(str(copy), str(document)) for text in (error.en, error.fr))
    return SourceError(en, fr, path=str(document), line=error.line, column=error.column)


def _document(target: Path) -> Path:
    if target.is_file():
        documents = [target]
    elif target.is_dir():
        documents = sorted(p for p in target.iterdir() if p.is_file() and p.suffix.lower() in registry.READERS)
        documents = [p for p in documents if not p.name.startswith(".") and not p.name.endswith("-metadata.json")]
    else:
        documents = []
    if len(documents) != 1:
        raise SourceError(
            f"{target} is not a document, nor a folder that holds exactly one: give the file.",
            f"{target} n'est pas un document, ni un dossier qui en contient exactement un : indiquez le fichier.",
            path=str(target),
        )
    if documents[0].suffix.lower() not in registry.READERS:
        known = ", ".join(registry.READERS)
        raise SourceError(
            f"{documents[0]}: files {documents[0].suffix or 'without suffix'} are not read; give one of {known}.",
            f"{documents[0]} : les fichiers {documents[0].suffix or 'sans suffixe'} ne sont pas lus ; "
            f"donnez l'un de {known}.",
            path=str(documents[0]),
        )
    return documents[0]


def _start(folder: Path, document: Path, regions: Mapping[str, str], programmes: Sequence[Programme]) -> Start:
    name = " ".join(re.split(r"[\s_-]+", document.stem)).strip().capitalize() or "Liste de lauréats"
    _write(folder, _manifest(document, name, "", Programme("", name), None))
    reading: Reading | None = None
    refusal: SourceError | None = None
    found: list[tuple[str, str, str]] = []
    count = 0
    try:
        reading = registry.read(folder)
        for read_as in islice(reading.awards, _MOST_AWARDS):
            count += 1
            if len(found) < SHOWN:
                carrier = " + ".join(organisation.name for organisation in read_as.carriers)
                found.append((carrier, read_as.title.value, read_as.territory.value if read_as.territory else ""))
    except UnknownHeading as error:
        refusal = error
    beginning = "".join(_beginning(reading)) if reading else ""
    title = _title(reading, beginning) or name
    region = _region(f"{title} {beginning[:2000]}", regions)
    spelt = words(f"{title} {beginning[:2000]}")
    of = next((known for known in programmes if words(known.title_fr) in spelt), Programme("", title))
    manifest = _manifest(document, title, region, of, reading)
    _write(folder, manifest)
    return Start(folder, manifest, reading, refusal, count, tuple(found), tuple(_to_fill(title, region, of, reading)))


def _write(folder: Path, manifest: str) -> None:
    files.write_whole(folder / FILE_NAME, manifest.encode())


def _beginning(reading: Reading) -> Iterator[str]:
    size = 0
    for piece in reading.chunks():
        yield piece
        size += len(piece)
        if size > _BEGINNING:
            return


def _title(reading: Reading | None, beginning: str) -> str:
    """The first line of a text, or the line over the heading of a table."""
    for piece in SourceText(beginning[:_BEGINNING]).lines():
        if not piece:
            continue
        if reading is not None and isinstance(reading.awards, Table):
            heading = reading.awards.heading.row
            if piece.line >= heading.line:
                return ""
            return piece.text.strip(" ;,|")[:_LONGEST_TITLE]
        return piece.text if len(piece.text) <= _LONGEST_TITLE else ""
    return ""


def _region(text: str, regions: Mapping[str, str]) -> str:
    """The only région that the beginning of the document names; none when it names several."""
    spelt = f" {words(text)} "
    named = {code for name, code in regions.items() if f" {words(name)} " in spelt}
    return named.pop() if len(named) == 1 else ""


def _quoted(text: str) -> str:
    return json.dumps("".join(c for c in text if c.isprintable()), ensure_ascii=False)


def _manifest(document: Path, title: str, region: str, of: Programme, reading: Reading | None) -> str:
    lines = [
        "# The source document and what is known of it. `laurier build` reads nothing outside this folder.",
        f"file = {_quoted(document.name)}",
        f"title = {_quoted(title)}",
        '# title_en = ""',
        '# publisher = ""          # the body that published it',
        '# landing_page = ""       # the address where it was published',
        '# issued = ""             # date of publication: 2021, 2021-03 or 2021-03-15',
        f"region = {_quoted(region)}" if region else '# region = "28"         # INSEE code of the région it is about',
    ]
    if reading is not None:
        lines.append(f"layout = {_quoted(reading.document.layout)}")
    lines += [
        "",
        "# The programme under which the calls were launched.",
        "[programme]",
        *([f"key = {_quoted(of.key)}"] if of.key else []),
        f"title = {_quoted(of.title_fr)}",
        f"title_en = {_quoted(of.title_en)}" if of.title_en else '# title_en = ""',
        f"acronym = {_quoted(of.acronym)}" if of.acronym else '# acronym = ""',
        "",
    ]
    if reading is not None and isinstance(reading.awards, Table):
        lines += _columns(reading.awards)
    elif reading is None:
        fields = ", ".join(sorted(profile.FIELDS))
        lines += ["# Heading of a column -> field, one of:", f"# {fields}", "[columns]", '# "Heading" = "carrier"', ""]
    if reading is not None and any(note.code == "call-assumed" for note in reading.diagnostics):
        lines += ["# The call of the rows that name none.", "# [call]", '# title = ""', ""]
    if reading is not None and any(note.code == "heading-division" for note in reading.diagnostics):
        lines += [f"# Carriers that headings do not tell from titles: list them in {CARRIERS} as", "# [[carriers]]"]
        lines += ['# name = "…"', ""]
    return "\n".join(lines)


def _columns(table: Table) -> list[str]:
    """Every column and the field it was read as; one that is not understood is left for a person."""
    lines = [f"# Heading of a column -> field ({table.heading.mapped.profile.title}).", "[columns]"]
    seen: set[str] = set()
    for column in table.heading.mapped.columns:
        spelt = profile.key(column.heading)
        if not column.heading or spelt in seen:
            continue
        seen.add(spelt)
        known = f"{_quoted(column.heading)} = {_quoted(column.field)}"
        lines.append(known if column.field else f'# {_quoted(column.heading)} = "other"')
    return [*lines, ""]


def _to_fill(title: str, region: str, of: Programme, reading: Reading | None) -> Iterator[tuple[str, str, str]]:
    yield "title", f"« {title} » was guessed", f"« {title} » a été deviné"
    yield "publisher", "who published the list", "qui a publié la liste"
    if not region:
        yield "region", "the région it is about, if it is about one", "la région concernée, s'il y en a une"
    if of.key:
        yield "[programme]", f"« {of.title_fr} » was recognised", f"« {of.title_fr} » a été reconnu"
    else:
        yield (
            "[programme] title",
            "the programme of the calls; the title of the document stands in for now",
            "le programme des appels ; le titre du document en tient lieu pour l'instant",
        )
    if reading is None:
        yield "[columns]", "which column holds what", "quelle colonne contient quoi"


def _first_notes(notes: list[Diagnostic]) -> list[Diagnostic]:
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted((n for n in notes if n.severity != "info"), key=lambda n: order[n.severity])[:10]
