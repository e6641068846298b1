"""Any RDF file as a release of its own, in a temporary folder: to serve data that is RDF already, without a build."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from laurier import __version__
from laurier.errors import SourceError
from laurier.flat import Row
from laurier.iri import Minter
from laurier.pipeline import loading, parsing
from laurier.settings import Settings
from laurier.snapshot import documents, entities, entity_file, places, publish, search_index
from laurier.snapshot import manifest as manifests
from laurier.snapshot.entities import Entities
from laurier.snapshot.facets import Names
from laurier.snapshot.manifest import Manifest
from laurier.snapshot.opened import current
from laurier.snapshot.sorting import Sorter, lines_of
from laurier.vocabulary import Vocabulary

_BATCH = 10_000
#: Things looked at to find where the pages of a file are.
_LOOKED_AT = 10_000
_ORIGIN = re.compile(r"https?://[^/?#]+/")


@contextmanager
def wrapped(path: Path, settings: Settings) -> Iterator[Path]:
    """A folder of releases whose current one holds the file; it is removed at the end.

    Named graphs are kept. Where the file states something outside of them, the default graph of a query is that
    part alone, as SPARQL has it; otherwise it is the union of the named graphs.

    Args:
        path: N-Quads, TriG, Turtle, N-Triples, RDF/XML, JSON-LD or N3, by its suffix.
        settings: the base IRI, against which relative IRIs are resolved.

    Raises:
        SourceError: the suffix is unknown, or the file is not of that format.
    """
    with tempfile.TemporaryDirectory(prefix="laurier-") as folder:
        releases = Path(folder)
        with publish.publisher(releases) as staging:
            manifest = _fill(staging, path, settings)
            publish.publish(staging, publish.seal(staging, manifest))
        yield releases


def base_of(releases: Path, settings: Settings) -> str:
    """The base IRI under which the current release has pages, when it has none under that of the settings; else empty.

    It is the scheme and the authority that most of its first things bear.
    """
    with closing(current(releases)) as snapshot:
        if snapshot.entities.following(settings.base, limit=1):
            return ""
        things = snapshot.entities.following("http", limit=_LOOKED_AT)
    found = Counter(match[0] for iri in things if (match := _ORIGIN.match(iri)))
    return found.most_common(1)[0][0] if found else ""


def _fill(staging: Path, path: Path, settings: Settings) -> Manifest:
    format_ = ox.RdfFormat.from_extension(path.suffix.lstrip(".").lower())
    if format_ is None:
        raise SourceError(
            f"The suffix of {path.name} is not that of an RDF file: name it .nq, .trig, .ttl, .nt, .rdf, "
            ".jsonld or .n3.",
            f"L'extension de {path.name} n'est pas celle d'un fichier RDF : nommez-le .nq, .trig, .ttl, .nt, .rdf, "
            ".jsonld ou .n3.",
            path=str(path),
        )
    data = staging / "data.nq"
    sorter = Sorter(staging)
    for batch in _lines(path, format_, settings.base):
        sorter.add(batch)
    graphs, digest, repeated = sorter.write(data)
    counts = entity_file.build(lines_of(data), staging / entities.NAME)
    documents.build(staging / entities.NAME, staging / documents.NAME)
    reader = Entities(staging / entities.NAME)
    try:
        names = Names(reader, Vocabulary(), Minter(settings.base))
        search_index.build(staging / search_index.NAME, list[Row](), reader, names, {})
    finally:
        reader.close()
    places.build(staging / places.NAME, (), list[Row]())
    for name in ("report.json", "review.json"):
        (staging / name).write_text('{"sources": [], "results": []}\n', encoding="utf-8")
    union = "" not in graphs
    merged = union and loading.merges(data, repeated)
    loading.load(staging, data.name, merged=merged)
    return Manifest(
        hash=manifests.release_hash(__version__, settings.base, [(path.name, digest)]),
        base=settings.base,
        version=__version__,
        published=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        quads=sum(graphs.values()),
        graphs={name: count for name, count in graphs.items() if name},
        counts=counts,
        union=union,
        merged=merged,
    )


def _lines(path: Path, format_: ox.RdfFormat, base: str) -> Iterator[list[str]]:
    statements = parsing.statements(path, format_, base)
    while batch := list(islice(statements, _BATCH)):
        yield batch
