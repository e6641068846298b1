"""The datasets of a release, told from its manifest: one a source list, one for the whole, one for the vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from laurier.catalogue import authority
from laurier.catalogue.coverage import COUNTRY_AREA, Area, area, period
from laurier.catalogue.dcat import Dataset
from laurier.catalogue.places import Places
from laurier.counts import counted
from laurier.errors import UsageError
from laurier.iri import Minter
from laurier.settings import Settings
from laurier.snapshot import dumps
from laurier.snapshot.dumps import DumpFile
from laurier.snapshot.graph_files import VOCABULARY, WHOLE
from laurier.snapshot.manifest import Manifest
from laurier.vocabulary import ONTOLOGY

_THEMES = ("GOVE", "SOCI")
_KEYWORDS = ("lauréats", "appels à projets")

#: Gives the N-Triples description of a thing of the graph, or nothing.
Describe = Callable[[str], bytes]


def datasets(settings: Settings, manifest: Manifest, describe: Describe) -> Iterator[Dataset]:
    """The datasets of a release: the whole, the vocabulary, then each source in the order of its key.

    Raises:
        UsageError: a source names a theme that is not in the EU table.
    """
    teller = _Teller(settings, manifest, describe)
    yield teller.whole()
    yield teller.vocabulary()
    for document in sorted(manifest.documents, key=lambda d: str(d["key"])):
        yield teller.source(document)


class _Teller:
    def __init__(self, settings: Settings, manifest: Manifest, describe: Describe) -> None:
        self._settings, self._manifest, self._describe = settings, manifest, describe
        self._minter = Minter(settings.base)
        self._files: dict[str, list[DumpFile]] = {}
        for entry in manifest.dumps:
            file = dumps.read(entry)
            self._files.setdefault(file.dataset, []).append(file)
        self._areas: dict[str, Area | None] = {}

    def whole(self) -> Dataset:
        """Every graph."""
        title_fr, title_en = self._settings.title_fr, self._settings.title_en
        count = _laureates(self._files.get(WHOLE, ()))
        documents = self._manifest.documents
        regions = sorted({str(d["region"]) for d in documents if d.get("region")})
        everywhere = not regions or any(not d.get("region") for d in documents)
        licences = {str(d.get("licence") or authority.OPEN_LICENCE) for d in documents}
        laureates_fr, laureates_en = counted(count, "lauréat(s)", "fr"), counted(count, "laureate(s)", "en")
        return self._dataset(
            WHOLE,
            title_fr=f"{title_fr} : tous les lauréats",
            title_en=f"{title_en}: all the laureates",
            description_fr=f"Graphe complet : {laureates_fr} d’appels à projets publics, leurs porteurs, territoires "
            "(codes INSEE), publics et budgets, avec pour chaque fait la phrase du document dont il est tiré, et "
            "l'ontologie qui les décrit.",
            description_en=f"Whole graph: {laureates_en} of public calls for projects, their carriers, territories "
            "(INSEE codes), target publics and budgets, each fact with the sentence it comes from, and the ontology.",
            licence=licences.pop() if len(licences) == 1 else authority.OPEN_LICENCE,
            keywords=(*_KEYWORDS, "données liées", "subventions"),
            areas=(COUNTRY_AREA,) if everywhere else tuple(self._area(code) for code in regions),
            provenance_fr=f"Extrait de {counted(len(documents), 'document(s) publié(s)', 'fr')} par des organismes "
            "publics.",
            provenance_en=f"Taken from {counted(len(documents), 'document(s)', 'en')} published by public bodies.",
            derived_from=(),
        )

    def vocabulary(self) -> Dataset:
        """The ontology and its schemes."""
        return self._dataset(
            VOCABULARY,
            title_fr="Ontologie Laurier et ses nomenclatures",
            title_en="Laurier ontology and its concept schemes",
            description_fr="Vocabulaire des lauréats d’appels à projets (appel, porteur, projet, territoire, public "
            "visé) et nomenclature des publics, en français et en anglais.",
            description_en="Vocabulary of laureates of calls for projects (call, carrier, project, territory, target "
            "group) and the scheme of publics, in French and English.",
            licence=authority.CC_BY,
            themes=("GOVE", "TECH"),
            keywords=("ontologie", "vocabulaire", "SKOS", *_KEYWORDS),
            areas=(COUNTRY_AREA,),
            provenance_fr="Rédigé par le projet Laurier.",
            provenance_en="Written by the Laurier project.",
            derived_from=(ONTOLOGY,),
            ontology=True,
        )

    def source(self, document: Mapping[str, Any]) -> Dataset:
        """The graph of one source document."""
        key, title = str(document["key"]), str(document["title_fr"])
        by = f" publié par {document['publisher']}" if document.get("publisher") else ""
        by_en = f" published by {document['publisher']}" if document.get("publisher") else ""
        file, digest = document.get("file"), document.get("sha256")
        bytes_ = f" ({file}, SHA-256 {digest})" if file and digest else ""
        code = quote(key, safe="-._~")
        count = _laureates(self._files.get(code, ()))
        taken, laureates = counted(count, "lauréat(s) extrait(s)", "fr"), counted(count, "laureate(s)", "en")
        programme = document.get("programme") or {}
        region = str(document.get("region") or "")
        place = self._area(region) if region else COUNTRY_AREA
        words: tuple[str, ...] = (*_KEYWORDS, programme.get("title_fr", ""), programme.get("acronym", ""))
        words = (*words, place.name) if region else words
        return self._dataset(
            code,
            title_fr=title,
            title_en=str(document.get("title_en") or ""),
            description_fr=f"{taken} du document « {title} »{by}. Chaque fait renvoie au passage "
            "dont il est tiré ; les territoires sont rapprochés des codes INSEE et les publics d’une nomenclature.",
            description_en=f"{laureates} taken from the document “{title}”{by_en}. Each fact points at the "
            "passage it comes from; territories are linked to INSEE codes and publics to a concept scheme.",
            licence=str(document.get("licence") or authority.OPEN_LICENCE),
            themes=_themes(key, document.get("themes") or _THEMES),
            keywords=(*words, *map(str, document.get("keywords") or ())),
            areas=(place,),
            provenance_fr=f"Extrait du document « {title} »{by}{bytes_}.",
            provenance_en=f"Taken from the document “{title}”{by_en}{bytes_}.",
            derived_from=(self._minter.thing("source", key),),
            date=str(document.get("issued") or ""),
        )

    def _dataset(self, key: str, *, date: str = "", themes: tuple[str, ...] = _THEMES, **told: Any) -> Dataset:
        files = tuple(self._files.get(key, ()))
        published = self._manifest.published
        # A dataset changes with its facts, so its version is that of its N-Quads.
        graph = next((f for f in files if f.format == "n-quads" and f.version), None)
        start = min((f.start for f in files if f.start), default="")
        end = max((f.end for f in files if f.end), default="")
        return Dataset(
            key=key,
            files=files,
            issued=min((f.issued for f in files if f.issued), default=published),
            modified=max((f.modified for f in files if f.modified), default=published),
            period=period(start, end, date, published),
            version=graph.version if graph else self._manifest.hash,
            previous=f"{Places(self._settings.base).dataset(key)}/{graph.previous}" if graph and graph.previous else "",
            themes=themes,
            **told,
        )

    def _area(self, region: str) -> Area:
        if region not in self._areas:
            iri = self._minter.thing("territoire", f"region/{region}")
            self._areas[region] = area(iri, self._describe(iri))
        return self._areas[region] or COUNTRY_AREA


def _laureates(files: Sequence[DumpFile]) -> int:
    return next((file.count for file in files if file.format == "csv"), 0)


def _themes(key: str, given: Sequence[object]) -> tuple[str, ...]:
    themes = tuple(map(str, given))
    for name in themes:
        try:
            authority.theme(name)
        except KeyError:
            raise UsageError(
                f"The source {key} names the theme '{name}', which data.europa.eu does not have: correct `themes` in "
                "its source.toml.",
                f"La source {key} indique le thème « {name} », inconnu de data.europa.eu : corrigez `themes` dans son "
                "source.toml.",
            ) from None
    return themes
