"""A build: every source read, one graph validated, one release published, or nothing changed at all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version as installed
from pathlib import Path

from laurier import __version__, quads, validation
from laurier.catalogue import pages
from laurier.errors import DataRefused, SnapshotError
from laurier.flat import Row
from laurier.geometry import kept
from laurier.geometry.kept import Contours
from laurier.mapping.scribe import Scribe
from laurier.pipeline import loading, outputs, review
from laurier.pipeline.collect import Collector
from laurier.pipeline.outcome import Outcome
from laurier.pipeline.outputs import Staged, Written
from laurier.pipeline.remembered import Remembered
from laurier.pipeline.stages import READING, SEALING, SORTING, VALIDATING, WRITING, Progress
from laurier.pipeline.stating import Origin, Stater, Staters
from laurier.readings import Document
from laurier.reconcile import decisions, identity
from laurier.reconcile.decisions import Decisions
from laurier.reconcile.identity import Ledger
from laurier.settings import Settings
from laurier.snapshot import dumps, entities, history, opened, publish
from laurier.snapshot import manifest as manifests
from laurier.snapshot.entities import Entities
from laurier.snapshot.manifest import Manifest
from laurier.snapshot.opened import Snapshot
from laurier.snapshot.sorting import Sorter, Spool
from laurier.sources import registry

_ONTOLOGY_FILES = {"ontology": ("laurier.ttl", "reused.ttl"), "schemes": ("codes.ttl", "publics.ttl")}
_TOOLS = ("pyoxigraph", "pyshacl", "rdflib", "pyarrow")


def build(settings: Settings, progress: Progress, *, dry: bool = False) -> Outcome:
    """Builds the graph of `data/sources` and publishes it.

    Args:
        settings: where to read and to publish, and the base IRI.
        progress: told how far the build is.
        dry: stop after validation; nothing is published or remembered.

    Raises:
        SourceError, ReconcileError: a source or a table cannot be read.
        ValidationRefused: the graph breaks its shapes; what was served before still is.
        SnapshotError: the release cannot be written, or another publication is in progress.
    """
    folders = registry.folders(settings.data)
    with publish.publisher(settings.releases) as staging, closing(_Build(settings, staging, progress)) as work:
        work.collect(folders)
        report = work.validate()
        found = (work.collector.reviews, work.others, report)
        if dry:
            return Outcome(work.manifest(previous=""), "checked", *found)
        now = opened.current_name(settings.releases)
        before = _manifest_of(settings.releases, now)
        manifest = work.manifest(previous=now or "")
        if before is not None and before.hash == manifest.hash and publish.whole(settings.releases / before.hash):
            return Outcome(before, "unchanged", *found)
        work.write()
        sealed = work.seal(manifest, before)
        work.collector.ledger.save()
        publish.publish(staging, sealed)
        return Outcome(sealed, "published", *found)


def _manifest_of(releases: Path, name: str | None) -> Manifest | None:
    try:
        return manifests.read(releases / name) if name else None
    except SnapshotError:
        return None


#: Above this many carriers they are not compared with each other: the review list would hold nothing else.
COMPARED = 20_000


class _Build:
    """The state of one build; it lives in one staging folder."""

    def __init__(self, settings: Settings, staging: Path, progress: Progress) -> None:
        self.settings, self.staging, self.progress = settings, staging, progress
        self._keep_contours()
        lines = Decisions.read(settings.data / decisions.FOLDER).lines
        origin = Origin(settings.base, settings.data, staging, tuple(lines))
        stater = Stater(origin)
        self.vocabulary, self.minter = stater.vocabulary, stater.minter
        self.collector = Collector(
            stater=stater,
            staters=Staters(stater, origin),
            ledger=Ledger.read(settings.data / identity.NAME),
            sorter=Sorter(staging),
            rows=Spool[Row](staging / outputs.ROWS),
            stated=Remembered(staging / ".stated"),
        )
        self.documents: list[dict[str, object]] = []
        self.texts: dict[str, Path] = {}
        self.quads = staging / outputs.QUADS
        self.graphs: dict[str, int] = {}
        self.digest = ""
        self.written = Written({}, [])
        self.merged = False
        self.others: list[review.Item] = []

    def _keep_contours(self) -> None:
        """Copies the contours of the data, which the release keeps."""
        for path in Contours.files(self.settings.data / kept.FOLDER):
            (self.staging / kept.FOLDER).mkdir(exist_ok=True)
            shutil.copyfile(path, self.staging / kept.FOLDER / path.name)

    def collect(self, folders: Iterable[Path]) -> None:
        """Reads the sources and writes `data.nq`."""
        (self.staging / "sources").mkdir()
        refusals: list[DataRefused] = []
        with self.collector.staters:
            for folder in folders:
                # A source that cannot be read must not hide what is wrong with the others.
                try:
                    self._source(folder)
                except DataRefused as error:
                    refusals.append(error)
        if len(refusals) == 1:
            raise refusals[0]
        if refusals:
            raise DataRefused("\n".join(e.en for e in refusals), "\n".join(e.fr for e in refusals))
        self.progress(SORTING, 0, None)
        self.collector.ledger.vanished()
        self._shared()
        self.graphs, self.digest, repeated = self.collector.sorter.write(self.quads)
        self.merged = loading.merges(self.quads, repeated)
        self.others = review.unused(self.collector.stater.decisions)
        carriers = self.collector.ledger.live("porteur")
        if len(carriers) <= COMPARED:
            self.others += review.alike(carriers)
        (self.staging / "review.json").write_bytes(review.to_json(self.collector.reviews, self.others))

    def _source(self, folder: Path) -> None:
        reading = registry.read(folder)
        file = folder / reading.document.file
        # In a text, how far the last passage is tells how many laureates there will be.
        size = file.stat().st_size if reading.document.media_type.startswith("text/") else 0
        self.collector.source(reading, partial(self._advance, self.collector.rows.count, size))
        key = reading.document.key
        self.texts[key] = self.staging / "sources" / f"{key}.txt"
        with self.texts[key].open("w", encoding="utf-8", newline="") as text:
            text.writelines(reading.chunks())
        review.write_rejects(self.staging / f"rejects-{key}.csv", reading.rejects())
        self.documents.append(_described(reading.document))

    def _advance(self, before: int, size: int, count: int, offset: int) -> None:
        self.progress(
            READING, before + count, before + count * max(size, offset) // offset if size and offset else None
        )

    def _shared(self) -> None:
        scribe = Scribe(self.collector.stater.terms, self.minter, self.minter.graph("territories"))
        self.collector.stater.places.describe(scribe)
        self.collector.sorter.add(scribe.take())
        for name, paths in self.vocabulary.by_file.items():
            graph = next(g for g, members in _ONTOLOGY_FILES.items() if name in members)
            self.collector.sorter.add(
                quads.statement(str(t.subject), str(t.predicate), str(t.object), quads.iri(self.minter.graph(graph)))
                for t in paths
            )

    def validate(self) -> validation.Report:
        """Checks `data.nq` against the shapes; refuses what breaks them."""
        self.progress(VALIDATING, 0, None)
        report = validation.validate(self.quads, scratch=self.staging)
        (self.staging / "report.json").write_bytes(report.to_json())
        (self.staging / "report.ttl").write_bytes(report.to_turtle())
        report.refuse()
        return report

    def manifest(self, previous: str) -> Manifest:
        """The manifest as far as facts go; files are added when the release is sealed."""
        facts = ["review.json", "report.json", *(f"sources/{key}.txt" for key in self.texts)]
        facts += [f"{kept.FOLDER}/{path.name}" for path in Contours.files(self.staging / kept.FOLDER)]
        digests = [(name, manifests.digest(self.staging / name).sha256) for name in facts]
        digests.append((outputs.QUADS, self.digest))
        moved = self._moved()
        if moved:
            # Facts as they once were, after others came and went, are another release: it remembers those.
            digests.append(("moved", hashlib.sha256(repr(moved).encode()).hexdigest()))
        return Manifest(
            hash=manifests.release_hash(__version__, self.settings.base, digests),
            base=self.settings.base,
            version=__version__,
            published=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            quads=sum(self.graphs.values()),
            graphs=self.graphs,
            documents=tuple(self.documents),
            merged=self.merged,
            tools={name: installed(name) for name in _TOOLS},
            previous=previous,
        )

    def write(self) -> None:
        """Writes everything that is served but the catalogue."""
        self.progress(WRITING, 0, None)
        self.collector.rows.close()
        staged = Staged(self.staging, self.settings.base, tuple(self.texts), self._moved(), self.merged, self.graphs)
        self.written = outputs.write(staged, partial(self.progress, WRITING))

    def _moved(self) -> tuple[tuple[str, str | None], ...]:
        """The IRIs that are no more, each with what it was merged into."""
        gone = self.collector.ledger.gone()
        into = {(entry.kind, entry.key): entry.target for entry in gone if entry.target}
        for entry in gone:
            call, _, project = entry.key.partition("/")
            if entry.kind == "laureat" and (("projet", project) in into or ("appel", call) in into):
                now = into.get(("appel", call), call), into.get(("projet", project), project)
                into.setdefault(("laureat", entry.key), "/".join(now))
        thing = self.minter.thing
        names = ((entry.kind, entry.key) for entry in gone)
        return tuple(sorted((thing(*name), thing(name[0], into[name]) if name in into else None) for name in names))

    def seal(self, manifest: Manifest, before: Manifest | None) -> Manifest:
        """Writes the catalogue and the history, then digests everything."""
        self.progress(SEALING, 0, None)
        earlier = [dumps.read(entry) for entry in before.dumps] if before is not None else []
        files = dumps.dated(self.written.dumps, earlier, manifest.published, manifest.hash)
        counts = self.written.counts
        described = replace(manifest, counts=counts, dumps=tuple(asdict(file) for file in files))
        self._catalogue(described)
        loading.load(self.staging, outputs.CATALOGUE, merged=self.merged)
        old = Snapshot(self.settings.releases / before.hash, before) if before is not None else None
        history.extend(self.staging / history.NAME, old, Snapshot(self.staging, described))
        self.close()
        return publish.seal(self.staging, described)

    def close(self) -> None:
        """Removes what only the build needs."""
        self.collector.rows.remove()
        self.collector.stated.remove()

    def _catalogue(self, manifest: Manifest) -> None:
        path = self.staging / pages.NAME
        with closing(Entities(self.staging / entities.NAME)) as reader:

            def describe(iri: str) -> bytes:
                entity = reader.entity(iri)
                return entity.ntriples if entity is not None else b""

            pages.build(path, self.settings, manifest, describe)
        sorter = Sorter(self.staging)
        with closing(pages.Catalogue(path, self.settings.base)) as catalogue:
            for batch in pages.batches(catalogue):
                sorter.add(batch)
        sorter.write(self.staging / outputs.CATALOGUE)


def _described(document: Document) -> dict[str, object]:
    table = asdict(document)
    options, _ = table.pop("options"), table.pop("publics")
    # What the catalogue tells of a source beyond its document; the other options belong to its layout.
    return table | {name: options[name] for name in ("themes", "keywords") if name in options}
