"""The only reader of the ontology and its schemes: names, labels, definitions, JSON-LD context, prefixes.

`ontology/*.ttl` is the single source of names. A misspelt name raises AttributeError.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from laurier import files

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

ONTOLOGY = "https://w3id.org/laurier/ns"
PUBLICS = "https://w3id.org/laurier/publics"
CODE = "https://w3id.org/laurier/code/"

#: The one table of prefixes: Turtle output, JSON-LD context, SPARQL examples and pages use it.
PREFIXES: dict[str, str] = {
    "lau": f"{ONTOLOGY}#",
    "pub": f"{PUBLICS}/",
    "code": CODE,
    "adms": "http://www.w3.org/ns/adms#",
    "as": "https://www.w3.org/ns/activitystreams#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcterms": "http://purl.org/dc/terms/",
    "edtf": "http://id.loc.gov/datatypes/edtf/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "igeo": "http://rdf.insee.fr/def/geo#",
    "ldes": "https://w3id.org/ldes#",
    "locn": "http://www.w3.org/ns/locn#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "tree": "https://w3id.org/tree#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


class Names:
    """The terms of one of our namespaces as attributes: `lau.Carrier`, `code.partie_de` (`-` is written `_`)."""

    def __init__(self, namespace: str, names: frozenset[str]) -> None:
        self._namespace = namespace
        self._names = names

    def __getattr__(self, name: str) -> str:
        for candidate in (name, name.replace("_", "-")):
            if candidate in self._names:
                return self._namespace + candidate
        raise AttributeError(f"the ontology has no term {self._namespace}{name}")

    def __getitem__(self, name: str) -> str:
        """The IRI of a term by its exact local name.

        Raises:
            KeyError: the ontology has no such term.
        """
        if name not in self._names:
            raise KeyError(f"{self._namespace}{name}")
        return self._namespace + name

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))


class Vocabulary:
    """The ontology and its schemes, read once."""

    def __init__(self, paths: list[Path] | None = None) -> None:
        chosen = paths if paths is not None else sorted(files.folder("ontology").glob("*.ttl"))
        self.by_file: dict[str, list[ox.Triple]] = {
            path.name: [quad.triple for quad in ox.parse(path=str(path))] for path in chosen
        }
        self.triples = [triple for triples in self.by_file.values() for triple in triples]
        self._by_subject: dict[str, list[tuple[str, Term]]] = defaultdict(list)
        for triple in self.triples:
            if isinstance(triple.subject, ox.NamedNode):
                self._by_subject[triple.subject.value].append((triple.predicate.value, triple.object))
        self.lau = self._names(PREFIXES["lau"])
        self.code = self._names(PREFIXES["code"])
        self.pub = self._names(PREFIXES["pub"])

    def _names(self, namespace: str) -> Names:
        starts = len(namespace)
        return Names(namespace, frozenset(s[starts:] for s in self._by_subject if s.startswith(namespace)))

    @staticmethod
    def expand(compact: str) -> str:
        """The IRI of a compact IRI such as `lau:carrier`."""
        prefix, _, name = compact.partition(":")
        return PREFIXES[prefix] + name

    def values(self, subject: str, predicate: str) -> list[Term]:
        """The objects of a subject and a predicate, in the order of the file."""
        return [value for name, value in self._by_subject.get(subject, ()) if name == predicate]

    def texts(self, subject: str, predicate: str) -> dict[str, list[str]]:
        """The literals of a subject and a predicate, by language tag (`""` for none)."""
        found: dict[str, list[str]] = defaultdict(list)
        for value in self.values(subject, predicate):
            if isinstance(value, ox.Literal):
                found[value.language or ""].append(value.value)
        return dict(found)

    def label(self, iri: str, language: str) -> str | None:
        """The label of a term, class, property, concept or scheme in a language, or None."""
        for predicate in _LABELS:
            found = self.texts(iri, predicate)
            for tag in (language, ""):
                if found.get(tag):
                    return found[tag][0]
        return None

    def definition(self, iri: str, language: str) -> str | None:
        """The definition of a term in a language, or None."""
        for predicate in _DEFINITIONS:
            found = self.texts(iri, predicate)
            if found.get(language):
                return found[language][0]
        return None

    def instances(self, type_iri: str) -> list[str]:
        """The subjects typed so, in the order of the files."""
        wanted = ox.NamedNode(type_iri)
        return [s for s, facts in self._by_subject.items() if (_TYPE, wanted) in facts]

    def in_scheme(self, scheme: str) -> list[str]:
        """The concepts of a scheme, in the order of the file."""
        wanted = ox.NamedNode(scheme)
        return [s for s, facts in self._by_subject.items() if (f"{PREFIXES['skos']}inScheme", wanted) in facts]

    @cached_property
    def context(self) -> dict[str, object]:
        """The JSON-LD context: the prefixes, then each property of the ontology by its local name."""
        context: dict[str, object] = dict(PREFIXES)
        for name in self.lau:
            iri = PREFIXES["lau"] + name
            types = {t.value for t in self.values(iri, _TYPE) if isinstance(t, ox.NamedNode)}
            if f"{PREFIXES['owl']}ObjectProperty" in types:
                context[name] = {"@id": f"lau:{name}", "@type": "@id"}
            elif f"{PREFIXES['owl']}DatatypeProperty" in types:
                ranges = [r.value for r in self.values(iri, _RANGE) if isinstance(r, ox.NamedNode)]
                plain = not ranges or ranges[0] in (f"{PREFIXES['xsd']}string", f"{PREFIXES['rdf']}langString")
                context[name] = f"lau:{name}" if plain else {"@id": f"lau:{name}", "@type": ranges[0]}
        return context


_TYPE = f"{PREFIXES['rdf']}type"
_RANGE = f"{PREFIXES['schema']}rangeIncludes"
_LABELS = tuple(PREFIXES[p] + n for p, n in (("skos", "prefLabel"), ("rdfs", "label"), ("dcterms", "title")))
_DEFINITIONS = tuple(PREFIXES[p] + n for p, n in (("skos", "definition"), ("rdfs", "comment"), ("skos", "scopeNote")))
