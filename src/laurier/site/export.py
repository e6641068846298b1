"""Writing an export: the application is asked for every page and representation, and the answers become files.

A document at `/doc/x` becomes `doc/x.ttl`, `doc/x.jsonld`, `doc/x.nt`, `doc/x.rdf`, `doc/x.fr.html` and
`doc/x.en.html`; an address with a query becomes a file with `@` and the query in its name. The folder is written beside
its place, and takes it in one step.
"""

from __future__ import annotations

import asyncio
import html
import json
import os
import re
import shutil
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from laurier import files, formats
from laurier.errors import Language, SnapshotError, UsageError
from laurier.foreign import said
from laurier.settings import Settings
from laurier.site import apache, plan, rules
from laurier.site.plan import LANGUAGES, Visit
from laurier.site.visits import Visitor, visitor
from laurier.snapshot.opened import Snapshot
from laurier.snapshot.packing import text_of
from laurier.web.edition import Edition, moment
from laurier.web.pages.rendering import Rendered
from laurier.web.pages.site import Pages

_MARK = "laurier-export.txt"
_LONGEST_NAME = 240
_MOST_VARIANTS = 200_000
_ORDER = tuple(f".{form.suffix}" for form in rules.PAGE)
_LINK = re.compile(r'href="(/[^"#?]*)(\?[^"#]*)?')

#: Told how many files are written so far.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds: files, bytes, and addresses that are left to a live server."""

    files: int
    size: int
    left_out: int


def export(
    settings: Settings,
    target: Path,
    theme: Path | None = None,
    sparql: str = "",
    progress: Progress | None = None,
    *,
    filters: bool = True,
) -> Exported:
    """Writes the current release as a static site.

    Args:
        settings: of the instance; `releases` says where the release is.
        target: the folder to write; an earlier export there is replaced.
        theme: as for the server.
        sparql: address of a SPARQL endpoint elsewhere that `/sparql` will lead to; without, the catalogue names none.
        progress: told how many files are written.
        filters: write also every list with one filter, as a page and as a file; their number grows with that of the
            values of the facets.

    Raises:
        UsageError: the folder exists and is not an earlier export.
        SnapshotError: there is no release, the disk is full, or the application could not answer.
    """
    if target.exists() and not (target / _MARK).is_file() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(
            f"{target} exists and is not an earlier export: give a new or empty folder.",
            f"{target} existe et n'est pas un export antérieur : donnez un dossier nouveau ou vide.",
            path=str(target),
        )
    target = target.resolve()  # the folder that a link leads to is replaced, not the link
    beside = target.with_name(f".{target.name}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with files.alone(target.parent):
            _cleared(beside, target)
            try:
                written = _written(settings, beside, theme, sparql, progress or (lambda _: None), filters)
                found = asyncio.run(written)
                _placed(beside, target)
            finally:
                _cleared(beside, target)
    except OSError as error:
        raise SnapshotError(
            f"The export could not be written in {target} ({said(error).en}): free space or give write access.",
            f"L'export n'a pas pu être écrit dans {target} ({said(error).fr}) : libérez de la place ou donnez l'accès.",
            path=str(target),
        ) from error
    return found


def _cleared(beside: Path, target: Path) -> None:
    """Removes what is no export beside its place: what was being written, what a killed export left."""
    old = beside.with_suffix(".old")
    if old.exists() and not target.exists():  # killed between the two renames of `_placed`
        old.rename(target)
    for left in (beside, old):
        shutil.rmtree(left, ignore_errors=True)


def _placed(beside: Path, target: Path) -> None:
    if not target.exists():
        beside.rename(target)
    elif not files.exchange(beside, target):
        target.rename(beside.with_suffix(".old"))
        beside.rename(target)


async def _written(
    settings: Settings, folder: Path, theme: Path | None, sparql: str, progress: Progress, filters: bool
) -> Exported:
    async with visitor(settings, theme) as visits:
        with visits.application.following.held() as edition:
            work = _Export(folder, visits, edition, sparql, progress, filters)
            await work.run()
            return Exported(work.files, work.size, work.left_out)


class _Export:
    """One export being written."""

    def __init__(
        self, folder: Path, visits: Visitor, edition: Edition, sparql: str, progress: Progress, filters: bool
    ) -> None:
        self._folder, self._visits, self._edition = folder, visits, edition
        self._sparql, self._progress, self._filters = sparql, progress, filters
        self._snapshot: Snapshot = edition.snapshot
        self._waiting: deque[Visit] = deque()
        self._seen: set[str] = set()
        self._moment = moment(self._snapshot.manifest.published)
        self.files = self.size = self.left_out = 0

    async def run(self) -> None:
        """Writes everything."""
        public = self._folder / "public"
        public.mkdir(parents=True)
        for source in (plan.documents, plan.representations, plan.addresses):
            async for visit in source(self._edition):
                await self._visit(visit)
                while self._waiting:
                    await self._visit(self._waiting.popleft())
        await self._told()
        self._dumps(public)
        self._rules()
        (self._folder / _MARK).write_text(f"Laurier, release {self._snapshot.hash}\n", encoding="utf-8")

    async def _visit(self, visit: Visit) -> None:
        if visit.file in self._seen:
            return
        self._seen.add(visit.file)
        own = self._own(visit)
        if own is not None:
            self._write(visit.file, own)
            return
        answer = await self._visits.get(visit.address, visit.accept, visit.language)
        if answer.status >= 500:
            raise SnapshotError(
                f"The page {visit.address} could not be made (status {answer.status}): see the log.",
                f"La page {visit.address} n'a pas pu être faite (statut {answer.status}) : voir le journal.",
            )
        if answer.status != 200:
            self.left_out += 1
            return
        self._write(visit.file, answer.body)
        if answer.headers.get("content-type", "").startswith("text/html"):
            self._follow(answer.body.decode("utf-8", errors="replace"), visit.language)

    def _own(self, visit: Visit) -> bytes | None:
        """A page of the catalogue or VoID, which name no SPARQL endpoint unless there is one."""
        edition = self._edition
        if visit.lines is None:
            return None
        hidden = () if self._sparql else (f"<{edition.base}catalogue#sparql>", f"<{edition.base}sparql>")
        lines = (line for line in visit.lines() if not any(node in line for node in hidden))
        return edition.serialise(lines, visit.form)

    def _write(self, name: str, body: bytes) -> None:
        path = _inside(self._folder / "public", name)
        if path is None:
            self.left_out += 1
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        # The same times at every export, and another for each form: nginx makes the ETag of the time and the size.
        when = self._moment + _ORDER.index(path.suffix) if path.suffix in _ORDER else self._moment
        os.utime(path, (when, when))
        self.files += 1
        self.size += len(body)
        self._progress(self.files)

    def _follow(self, text: str, language: str) -> None:
        for path, query in set(_LINK.findall(text)):
            visit = plan.linked(html.unescape(path), html.unescape(query)[1:], language)
            if visit is None or (not self._filters and "@" in visit.file and "@page=" not in visit.file):
                continue
            if len(self._seen) > _MOST_VARIANTS:
                self.left_out += 1
            elif visit.file not in self._seen:
                self._waiting.append(visit)

    async def _told(self) -> None:
        """Pages that only an export has: what is missing, and where queries are answered."""
        for language in LANGUAGES:
            missing = await self._edition.with_pages(partial(_missing, language))
            self._write(f"404.{language}.html", missing.body.encode())
            queries = await self._edition.with_pages(partial(_queries, self._sparql, language))
            self._write(f"{language}/sparql.html", queries.body.encode())
        described = self._visits.application.openapi()
        described["paths"] = {path: told for path, told in described["paths"].items() if path not in _LIVE}
        self._write("openapi.json", json.dumps(described, ensure_ascii=False).encode())

    def _dumps(self, public: Path) -> None:
        (public / "dumps").mkdir()
        for entry in self._snapshot.manifest.dumps:
            source, copy = self._snapshot.file("dumps") / str(entry["name"]), public / "dumps" / str(entry["name"])
            shutil.copyfile(source, copy)
            self._counted(copy)
            if entry["format"] == formats.TURTLE.name and entry["compression"]:
                # What `/graph/…` gives, which a large release keeps compressed alone.
                with text_of(copy.with_suffix("")) as text, copy.with_suffix("").open("w", encoding="utf-8") as plain:
                    shutil.copyfileobj(text, plain)
                self._counted(copy.with_suffix(""))

    def _counted(self, path: Path) -> None:
        self.files += 1
        self.size += path.stat().st_size

    def _rules(self) -> None:
        folder = self._folder / "nginx"
        folder.mkdir()
        base = self._snapshot.base
        moved = [
            (f"/doc/{unquote(iri[len(base) + 3 :])}", f"/doc/{target[len(base) + 3 :]}" if target else None)
            for iri, target in self._edition.entities.moves()
            if iri.startswith(f"{base}id/")
        ]
        moved += [(f"/id/{path[5:]}", target and f"/id/{target[5:]}") for path, target in moved]
        (folder / "maps.conf").write_text(rules.maps(moved), encoding="utf-8")
        (folder / "site.conf").write_text(rules.server(self._sparql), encoding="utf-8")
        (self._folder / "public" / ".htaccess").write_text(apache.rules(moved, self._sparql), encoding="utf-8")


# What only a running server answers.
_LIVE = frozenset({"/sparql", "/rdf-graph-store", "/healthz", "/readyz", "/metrics", "/openapi.json"})


def _missing(language: Language, pages: Pages) -> Rendered:
    title, detail = _MISSING[language == "en"]
    return pages.problem(404, title, detail, language)


def _queries(sparql: str, language: Language, pages: Pages) -> Rendered:
    return pages.sparql_elsewhere(language, sparql)


_MISSING = (
    ("Page absente", "Cette adresse n’existe pas, ou demande une recherche que seul un serveur sait faire."),
    ("No such page", "This address does not exist, or asks for a search that only a server can do."),
)


def _inside(folder: Path, name: str) -> Path | None:
    """A file of a folder, or None for a name that would leave it or that no file system takes."""
    steps = name.split("/")
    if any(step in ("", ".", "..") or len(step.encode()) > _LONGEST_NAME or "\0" in step for step in steps):
        return None
    return folder.joinpath(*steps)
