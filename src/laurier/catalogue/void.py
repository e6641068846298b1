"""The VoID description of a release: how large the graph is, where it is dumped, queried and looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from laurier import formats, quads
from laurier.catalogue import authority, parties
from laurier.catalogue.notes import Notes
from laurier.catalogue.places import Places
from laurier.settings import Settings
from laurier.snapshot import dumps
from laurier.snapshot.dumps import DumpFile
from laurier.snapshot.graph_files import VOCABULARY, WHOLE
from laurier.snapshot.manifest import Manifest
from laurier.vocabulary import PREFIXES

ADDRESS = ".well-known/void"
# What a graph dump holds is told by each of these; the compressed copies and the tables are in the catalogue.
_DUMPS = (formats.TURTLE, formats.JSON_LD, formats.RDF_XML)
#: Prefixes whose vocabularies the graph is written in.
_VOCABULARIES = ("lau", "dcterms", "skos", "foaf", "org", "prov", "oa", "igeo", "locn", "adms", "schema", "rdfs")


def describe(settings: Settings, manifest: Manifest, examples: Iterable[str]) -> Iterator[str]:
    """The description as N-Triples lines, a dataset after the other.

    Args:
        settings: who publishes, and under which base IRI.
        manifest: of the release.
        examples: IRIs of a few things.
    """
    files: dict[str, list[DumpFile]] = {}
    for entry in manifest.dumps:
        file = dumps.read(entry)
        files.setdefault(file.dataset, []).append(file)
    yield from _whole(settings, manifest, examples, files.pop(WHOLE, [])).lines
    whole = Places(settings.base).dataset(WHOLE)
    licences = {str(d["key"]): str(d.get("licence") or authority.OPEN_LICENCE) for d in manifest.documents}
    for key in sorted(files):
        notes = Notes()
        me = Places(settings.base).dataset(key)
        notes.point(whole, "void:subset", me, "void:Dataset")
        licence = licences.get(key, authority.CC_BY if key == VOCABULARY else authority.OPEN_LICENCE)
        notes.point(me, "dcterms:license", licence)
        _sized(notes, settings, me, files[key])
        yield from notes.lines


def _whole(settings: Settings, manifest: Manifest, examples: Iterable[str], files: list[DumpFile]) -> Notes:
    places, notes = Places(settings.base), Notes()
    document, me = f"{settings.base}{ADDRESS}", places.dataset(WHOLE)
    notes.is_a(document, "void:DatasetDescription")
    notes.point(document, "foaf:primaryTopic", me)
    notes.is_a(me, "void:Dataset")
    notes.both(me, "dcterms:title", settings.title_fr, settings.title_en)
    notes.point(me, "foaf:homepage", settings.base)
    if manifest.documents:  # a file that is served as it is has none, and nobody licensed it to us
        notes.point(me, "dcterms:license", authority.OPEN_LICENCE)
    parties.publisher(notes, me, settings)
    notes.stamp(me, "dcterms:modified", manifest.published)
    notes.point(me, "void:sparqlEndpoint", places.endpoint)
    notes.point(me, "void:openSearchDescription", f"{settings.base}opensearch.xml")
    notes.say(me, "void:uriSpace", quads.text(f"{settings.base}id/"))
    for iri in examples:
        notes.point(me, "void:exampleResource", iri)
    for prefix in _VOCABULARIES:
        notes.point(me, "void:vocabulary", PREFIXES[prefix])
    for format_ in formats.GRAPHS:
        if format_.w3c_iri:
            notes.point(me, "void:feature", format_.w3c_iri)
    _sized(notes, settings, me, files)
    _partitions(notes, me, manifest.counts)
    return notes


def _sized(notes: Notes, settings: Settings, me: str, files: list[DumpFile]) -> None:
    graphs = [f for f in files if f.format in {row.name for row in _DUMPS}]
    # A large dataset has compressed files alone.
    told = [f for f in graphs if not f.compression] or graphs
    for file in told:
        notes.point(me, "void:dataDump", Places(settings.base).dump(file.name))
    for count in {file.count for file in told}:
        notes.say(me, "void:triples", quads.integer(count))


def _partitions(notes: Notes, me: str, counts: Mapping[str, int]) -> None:
    notes.say(me, "void:classes", quads.integer(len(counts)))
    for number, (kind, count) in enumerate(sorted(counts.items()), 1):
        part = f"{me}#classe-{number}"
        notes.point(me, "void:classPartition", part)
        notes.point(part, "void:class", kind)
        notes.say(part, "void:entities", quads.integer(count))
