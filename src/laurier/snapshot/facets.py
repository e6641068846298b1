"""The facets of the search: what values a row has in each, and how those values are named and nested."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from urllib.parse import quote

import pyoxigraph as ox

from laurier.flat import Labelled, Row
from laurier.iri import Minter
from laurier.snapshot.entities import Entities
from laurier.vocabulary import PREFIXES, Vocabulary

_UPWARDS = tuple(
    PREFIXES[prefix] + name
    for prefix, name in (("igeo", "subdivisionDirecteDe"), ("dcterms", "isPartOf"), ("org", "memberOf"))
)
_NAMES = tuple(
    PREFIXES[prefix] + name for prefix, name in (("igeo", "nom"), ("skos", "prefLabel"), ("dcterms", "title"))
)
# A longer interval is a misprint, or a programme without end; it must not fill the list of years.
_MOST_YEARS = 30


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a facet, named and placed.

    Attributes:
        iri: of the thing, empty for a year.
        label_fr, label_en: its labels.
        kind: of a territory (commune, epci, departement, region, lieu); empty elsewhere.
        parents: keys of the values it is directly under.
    """

    iri: str
    label_fr: str
    label_en: str
    kind: str = ""
    parents: tuple[str, ...] = ()


class Names:
    """What gives the values of facets their labels and broader values.

    Attributes:
        minter: builds and takes apart the IRIs of the instance.
    """

    def __init__(self, entities: Entities, vocabulary: Vocabulary, minter: Minter) -> None:
        self.minter = minter
        self._entities = entities
        self._vocabulary = vocabulary
        # Bounded: a release names at most a few tens of thousands of territories and concepts.
        self.territory = cache(self._territory)
        self.public = cache(self._public)

    def excerpts_of(self, source: str) -> str:
        """What the IRIs of the excerpts of a source start with."""
        return f"{self.minter.base}id/extrait/{quote(source, safe='/-._~')}/"

    def status(self, key: str) -> Labelled:
        """A status of the scheme, with its labels."""
        return self._concept(f"{PREFIXES['code']}{key}")

    def _concept(self, iri: str) -> Labelled:
        label = self._vocabulary.label(iri, "fr") or iri
        return Labelled(iri, label, self._vocabulary.label(iri, "en") or label)

    def _public(self, key: str) -> Node:
        concept = self._concept(PREFIXES["pub"] + key)
        broader = self._vocabulary.values(concept.iri, f"{PREFIXES['skos']}broader")
        parents = tuple(_local(b.value, PREFIXES["pub"]) for b in broader if isinstance(b, ox.NamedNode))
        return Node(concept.iri, concept.label_fr, concept.label_en, "", parents)

    def _territory(self, key: str) -> Node:
        iri = self.minter.thing("territoire", key)
        kind, _, code = key.partition("/")
        found = self._entities.entity(iri)
        if found is None:
            return Node(iri, code or key, code or key, kind)
        names: dict[str, str] = {}
        parents = []
        for quad in ox.parse(found.ntriples, format=ox.RdfFormat.N_TRIPLES):
            if not (isinstance(quad.subject, ox.NamedNode) and quad.subject.value == iri):
                continue
            predicate = quad.predicate.value
            if predicate in _NAMES and isinstance(quad.object, ox.Literal):
                names.setdefault(predicate, quad.object.value)
            elif predicate in _UPWARDS and isinstance(quad.object, ox.NamedNode):
                above = self.minter.split(quad.object.value)
                if above and above[0] == "territoire":
                    parents.append(above[1])
        label = next((names[name] for name in _NAMES if name in names), code or key)
        return Node(iri, label, label, kind, tuple(dict.fromkeys(parents)))


def key_of(minter: Minter) -> KeyOf:
    """Gives the key of a thing: what follows the kind in its IRI, or the whole IRI of a foreign thing."""

    def key(iri: str) -> str:
        found = minter.split(iri)
        return found[1] if found else iri

    return key


def _local(iri: str, namespace: str) -> str:
    return iri[len(namespace) :] if iri.startswith(namespace) else iri


Values = Iterable[tuple[str, Labelled | None]]
#: Gives the key of a thing in its facet from its IRI.
KeyOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet.

    Attributes:
        name: as it stands in addresses.
        values: the keys that a row has, with their labels where the row carries them.
        node: a key, named and placed.
        nested: its values form a hierarchy.
    """

    name: str
    values: Callable[[Row, KeyOf], Values]
    node: Callable[[str, Labelled | None, Names], Node]
    nested: bool = False


def _publics(row: Row, key_of: KeyOf) -> Values:
    return ((key, None) for key in row.publics_within)


def _territories(row: Row, key_of: KeyOf) -> Values:
    return ((key, None) for key in dict.fromkeys(row.within))


def _places(row: Row, key_of: KeyOf) -> Values:
    return ((key_of(place.iri), Labelled(place.iri, place.name, place.name)) for place in row.places)


def _calls(row: Row, key_of: KeyOf) -> Values:
    return [(key_of(row.call.iri), row.call)]


def _programmes(row: Row, key_of: KeyOf) -> Values:
    return [(key_of(row.programme.iri), row.programme)]


def _statuses(row: Row, key_of: KeyOf) -> Values:
    return [(row.status, None)] if row.status else []


def _carriers(row: Row, key_of: KeyOf) -> Values:
    return ((key_of(carrier.iri), carrier) for carrier in row.carriers)


def _years(row: Row, key_of: KeyOf) -> Iterator[tuple[str, Labelled | None]]:
    if row.start:
        last = row.end.year if row.end else row.start.year
        for year in islice(range(row.start.year, last + 1), _MOST_YEARS):
            yield str(year), None


def _sources(row: Row, key_of: KeyOf) -> Values:
    return [(key_of(row.source), Labelled(row.source, row.source_title, row.source_title))]


def _labelled(key: str, label: Labelled | None, names: Names) -> Node:
    return Node(label.iri, label.label_fr, label.label_en) if label else Node("", key, key)


def _territory(key: str, label: Labelled | None, names: Names) -> Node:
    return names.territory(key)


def _status(key: str, label: Labelled | None, names: Names) -> Node:
    return _labelled(key, names.status(key), names)


def _public(key: str, label: Labelled | None, names: Names) -> Node:
    return names.public(key)


#: The facets, in the order of the search form. `lieu` holds the territories that a project names, `territoire` also
#: all that contain them.
FACETS: tuple[Facet, ...] = (
    Facet("public", _publics, _public, nested=True),
    Facet("territoire", _territories, _territory, nested=True),
    Facet("lieu", _places, _territory),
    Facet("appel", _calls, _labelled),
    Facet("programme", _programmes, _labelled),
    Facet("statut", _statuses, _status),
    Facet("porteur", _carriers, _labelled),
    Facet("annee", _years, _labelled),
    Facet("source", _sources, _labelled),
)
#: Names of the facets whose values form a hierarchy; years are few enough to be shown whole as well.
NESTED = frozenset({"annee", *(facet.name for facet in FACETS if facet.nested)})
