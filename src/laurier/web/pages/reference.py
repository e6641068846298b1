"""The pages that describe the data as a whole: ontology, downloads, data quality, map and figures, site map."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from laurier import formats
from laurier.errors import Language
from laurier.snapshot.opened import Snapshot
from laurier.vocabulary import PREFIXES, Vocabulary
from laurier.web.pages import typography
from laurier.web.pages.addresses import Addresses
from laurier.web.pages.rendering import Rendered, Renderer
from laurier.web.pages.strings import Strings

#: Findings that the page of data quality lists; the whole list can be downloaded.
SHOWN_FINDINGS = 200
_LINK_STATUSES = ("exact", "partie-de", "historique", "usage", "ambigu", "non-rapproche")
_UNITS = ("o", "Ko", "Mo", "Go", "To")
_RANGE = f"{PREFIXES['schema']}rangeIncludes"
_DOMAIN = f"{PREFIXES['schema']}domainIncludes"


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the ontology or of a scheme, described.

    Attributes:
        name: compact IRI.
        anchor: identifier on the page.
        label, definition: in the language of the page.
        links: (what they are, [(text, href)]).
    """

    name: str
    anchor: str
    label: str
    definition: str
    links: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the checks found, or that a person should look at."""

    severity: str
    text: str
    where: str
    href: str


class Reference:
    """Makes those pages."""

    def __init__(
        self,
        snapshot: Snapshot,
        vocabulary: Vocabulary,
        addresses: Addresses,
        renderer: Renderer,
        strings: Strings,
        text_address: Callable[[str, int, str, Language], str | None],
    ) -> None:
        self._snapshot = snapshot
        self._vocabulary = vocabulary
        self._addresses = addresses
        self._renderer = renderer
        self._strings = strings
        self._text_address = text_address

    # ------------------------------------------------------------------ ontology
    def ontology(self, language: Language) -> Rendered:
        """Every class, property and concept, with labels and definitions."""
        owl = PREFIXES["owl"]
        properties = self._of_types((f"{owl}ObjectProperty", f"{owl}DatatypeProperty"))
        shown = {
            "classes": self._terms(self._of_types((f"{owl}Class",)), language),
            "properties": self._terms(sorted(properties), language),
            "schemes": [
                (
                    self._vocabulary.label(scheme, language) or scheme,
                    self._vocabulary.definition(scheme, language) or "",
                    self._terms(self._vocabulary.in_scheme(scheme), language),
                )
                for scheme in self._vocabulary.instances(f"{PREFIXES['skos']}ConceptScheme")
            ],
        }
        title = self._strings.say(language, "ontologie")
        return self._renderer.render("ontology.html", language, "ontologie", title, shown)

    def _of_types(self, types: Iterable[str]) -> list[str]:
        found = [iri for name in types for iri in self._vocabulary.instances(name)]
        return [iri for iri in dict.fromkeys(found) if iri.startswith(PREFIXES["lau"])]

    def _terms(self, iris: Iterable[str], language: Language) -> list[Term]:
        return [
            Term(
                self._compact(iri),
                self._addresses.anchor(iri),
                self._vocabulary.label(iri, language) or self._compact(iri),
                typography.typeset(self._vocabulary.definition(iri, language) or "", language),
                tuple(self._links(iri, language)),
            )
            for iri in iris
        ]

    def _compact(self, iri: str) -> str:
        for prefix in ("lau", "pub", "code", "dcterms", "skos", "xsd", "foaf", "org", "prov", "oa"):
            if iri.startswith(PREFIXES[prefix]):
                return f"{prefix}:{iri[len(PREFIXES[prefix]) :]}"
        return iri

    def _links(self, iri: str, language: Language) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        for predicate, key in ((_DOMAIN, "ontology_domain"), (_RANGE, "ontology_range")):
            targets = [t.value for t in self._vocabulary.values(iri, predicate) if isinstance(t, ox.NamedNode)]
            if targets:
                links = tuple((self._compact(t), self._addresses.of(t, language) or "") for t in targets)
                yield self._strings.say(language, key), links

    # ------------------------------------------------------------------ downloads
    def downloads(self, language: Language) -> Rendered:
        """The files of the release and the catalogue."""
        files: dict[str, list[dict[str, str]]] = {}
        for entry in self._snapshot.manifest.dumps:
            form = formats.by_name(str(entry["format"]))
            dataset = str(entry["dataset"])
            files.setdefault(dataset, []).append(
                {
                    "name": str(entry["name"]),
                    "href": f"/dumps/{entry['name']}",
                    "format": (form.label if form else str(entry["format"]))
                    + (" (gzip)" if entry.get("compression") else ""),
                    "type": form.media_type if form else "",
                    "size": _size(int(str(entry["size"])), language),
                    "sha256": str(entry["sha256"]),
                }
            )
        titles = {
            str(d["key"]): str(d.get(f"title_{language}") or d["title_fr"]) for d in self._snapshot.manifest.documents
        }
        datasets = [(self._dataset(key, titles, language), entries) for key, entries in files.items()]
        title = self._strings.say(language, "donnees")
        return self._renderer.render("downloads.html", language, "donnees", title, {"datasets": datasets})

    def _dataset(self, key: str, titles: Mapping[str, str], language: Language) -> str:
        known = f"dataset_{key}"
        return self._strings.say(language, known) if known in self._strings else titles.get(key, key)

    # ------------------------------------------------------------------ quality
    def quality(self, language: Language) -> Rendered:
        """What the shapes found and what is left for a person to check, by source."""
        sources: list[dict[str, Any]] = self._json("review.json").get("sources", [])
        results: list[dict[str, Any]] = self._json("report.json").get("results", [])
        links = Counter[str]()
        for source in sources:
            links.update(source.get("links", {}))
        statuses = [*_LINK_STATUSES, *sorted(set(links) - set(_LINK_STATUSES))]
        findings = [self._finding(item, language) for source in sources for item in source.get("items", [])]
        total = sum(int(source.get("total", 0)) for source in sources)
        shown = {
            "results": [self._result(result, language) for result in results[:SHOWN_FINDINGS]],
            "results_total": len(results),
            "severities": Counter(self._severity(result, language) for result in results).most_common(),
            "links": [(self._code(key, language), links[key]) for key in statuses if links[key]],
            "sources": sources,
            "findings": findings[:SHOWN_FINDINGS],
            "findings_more": max(total - SHOWN_FINDINGS, 0),
            "linked": _linked,
        }
        title = self._strings.say(language, "qualite")
        return self._renderer.render("quality.html", language, "qualite", title, shown)

    def _json(self, name: str) -> dict[str, Any]:
        path = self._snapshot.file(name)
        found = json.loads(path.read_bytes()) if path.is_file() else {}
        return found if isinstance(found, dict) else {}

    def _code(self, key: str, language: Language) -> str:
        return self._vocabulary.label(PREFIXES["code"] + key, language) or key

    def _finding(self, item: Mapping[str, Any], language: Language) -> Finding:
        source = self._addresses.minter.thing("source", str(item["source"]))
        where, href = str(item["source"]), None
        if "first_line" in item:
            where = f"{item['source']}, {self._lines(item, language)}"
            href = self._text_address(source, int(item["start"]), f"l{item['first_line']}", language)
        severity = self._strings.say(language, f"severity_{item['severity']}")
        return Finding(severity, typography.typeset(str(item[language]), language), where, href or "")

    def _lines(self, item: Mapping[str, Any], language: Language) -> str:
        first, last = item["first_line"], item["last_line"]
        if first == last:
            return self._strings.say(language, "line", first=str(first))
        return self._strings.say(language, "lines", first=str(first), last=str(last))

    def _severity(self, result: Mapping[str, Any], language: Language) -> str:
        local = str(result.get("severity", "")).strip("<>").rpartition("#")[2].lower()
        key = {"violation": "severity_error", "warning": "severity_warning", "error": "severity_error"}.get(local)
        return self._strings.say(language, key or "severity_info")

    def _result(self, result: Mapping[str, Any], language: Language) -> Finding:
        text = str(result.get(language) or result.get("message") or result.get("shape", ""))
        focus = str(result.get("focus", "")).strip("<>")
        found = self._addresses.split(focus)
        href = self._addresses.of(focus, language) if found else None
        where = str(result.get("name") or (found[1] if found else focus))
        return Finding(self._severity(result, language), typography.typeset(text, language), where, href or "")


def _linked(source: Mapping[str, Any]) -> int:
    links: Mapping[str, int] = source.get("links", {})
    return sum(count for status, count in links.items() if status not in ("ambigu", "non-rapproche"))


def _size(count: int, language: Language) -> str:
    size, unit = float(count), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    digits = f"{size:.0f}" if unit == 0 or size >= 100 else f"{size:.1f}"
    name = _UNITS[unit] if language == "fr" else _UNITS[unit].replace("o", "B").replace("KB", "kB")
    return f"{digits.replace('.', ',') if language == 'fr' else digits}{typography.NO_BREAK}{name}"
