"""Graph sets: how releases lie side by side in an engine, which one is current, and what is known of each.

In an engine, the graph `{base}graph/x` of release H is `{base}graph/H/x`. The renaming is of the text `{base}graph/`
everywhere: in the statements that are pushed, in the queries that are sent, and back in the answers; so that no one
sees it. The graph `{base}graph/releases` says which sets there are:

    <…/graph/releases>    dcat:hasCurrentVersion <…/graph/releases#H> .
    <…/graph/releases#H>  dcterms:identifier "H" ; schema:position 120000 ;
                          sd:namedGraph <…/graph/H/x> ; sd:defaultGraph <…/graph/H/x> ; void:triples 340000 .

`schema:position` counts the lines loaded so far; `void:triples` is there only when the set is whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from laurier import quads
from laurier.errors import QueryBusy, SnapshotError
from laurier.iri import Minter
from laurier.vocabulary import PREFIXES

REGISTRY = "releases"


def _term(prefix: str, name: str) -> str:
    return f"<{PREFIXES[prefix]}{name}>"


_CURRENT = _term("dcat", "hasCurrentVersion")
_IDENTIFIER = _term("dcterms", "identifier")
_POSITION = _term("schema", "position")
_NAMED = _term("sd", "namedGraph")
_DEFAULT = _term("sd", "defaultGraph")
_TRIPLES = _term("void", "triples")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one release in an engine.

    Attributes:
        base: base IRI of the instance.
        release: hash of the release.
    """

    base: str
    release: str

    @property
    def outside(self) -> str:
        """How the names of its graphs begin for everyone."""
        return Minter(self.base).graph("")

    @property
    def inside(self) -> str:
        """How they begin in the engine."""
        return f"{self.outside}{self.release}/"

    @property
    def probes(self) -> list[str]:
        """Graphs in which an engine is tried before the set is loaded."""
        return [f"{self.inside}probe-{number}" for number in (1, 2, 3)]

    @property
    def registry(self) -> str:
        """The graph that says which sets there are, as a term."""
        return quads.iri(Minter(self.base).graph(REGISTRY))

    @property
    def node(self) -> str:
        """The set in that graph, as a term."""
        return quads.iri(f"{Minter(self.base).graph(REGISTRY)}#{self.release}")

    def rename(self, text: str) -> str:
        """A text of everyone as the engine has it."""
        return text.replace(self.outside, self.inside)


@dataclass(slots=True)
class GraphSet:
    """What an engine knows of a release.

    Attributes:
        release: its hash.
        position: lines loaded so far, None where nothing is said of it.
        triples: statements, None while the set is not whole.
        named, default: IRIs of graphs in the engine.
    """

    release: str
    position: int | None = None
    triples: int | None = None
    named: list[str] = field(default_factory=list)
    default: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Registry:
    """What an engine knows of the releases of an instance.

    Attributes:
        sets: by hash.
        current: hashes that the pointer names: one, but for the instant of a switch in an engine that is not atomic.
    """

    sets: Mapping[str, GraphSet]
    current: tuple[str, ...]

    @property
    def served(self) -> GraphSet | None:
        """The one whole set that is current."""
        found = self.sets.get(self.current[0]) if len(self.current) == 1 else None
        return found if found is not None and found.triples is not None else None


def reading(base: str) -> str:
    """The query that reads the registry; `registry` understands its answer in SPARQL JSON."""
    return f"SELECT ?s ?p ?o WHERE {{ GRAPH {Names(base, '').registry} {{ ?s ?p ?o }} }}"


def registry(base: str, answer: bytes) -> Registry:
    """Understands the answer to `reading`.

    Raises:
        SnapshotError: it is not SPARQL JSON.
    """
    root = Minter(base).graph(REGISTRY)
    sets: dict[str, GraphSet] = {}
    current: list[str] = []
    try:
        rows = [
            {name: term["value"] for name, term in row.items()} for row in json.loads(answer)["results"]["bindings"]
        ]
        for row in rows:
            predicate, value = f"<{row['p']}>", row["o"]
            if predicate == _CURRENT:
                current.append(value.removeprefix(f"{root}#"))
            elif row["s"].startswith(f"{root}#"):
                release = row["s"].removeprefix(f"{root}#")
                _add(sets.setdefault(release, GraphSet(release)), predicate, value)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(
            f"The engine's answer about its releases cannot be read ({type(error).__name__}): check that the address "
            "is that of a SPARQL endpoint.",
            f"La réponse du moteur sur ses versions est illisible ({type(error).__name__}) : vérifiez que l'adresse "
            "est celle d'un point d'accès SPARQL.",
        ) from error
    return Registry(sets, tuple(sorted(current)))


def _add(to: GraphSet, predicate: str, value: str) -> None:
    if predicate == _POSITION:
        # A kill between two statements of an engine that is not atomic may leave two: the lower one is safe.
        to.position = int(value) if to.position is None else min(to.position, int(value))
    elif predicate == _TRIPLES:
        to.triples = int(value)
    elif predicate == _NAMED:
        to.named.append(value)
    elif predicate == _DEFAULT:
        to.default.append(value)


def declare(names: Names, named: Iterable[str]) -> str:
    """The update that makes a set known before its first statement is loaded."""
    facts = [f"{_IDENTIFIER} {quads.text(names.release)}", f"{_POSITION} {quads.integer(0)}"]
    return _insert(names, [*facts, *(f"{_NAMED} {quads.iri(graph)}" for graph in named)])


def advance(names: Names, position: int) -> str:
    """The update that says how many lines are loaded."""
    return _replace(names, names.node, _POSITION, quads.integer(position))


def complete(names: Names, default: Iterable[str], triples: int) -> str:
    """The update that says that a set is whole, and which graphs its default graph is made of."""
    return _insert(names, [*(f"{_DEFAULT} {quads.iri(graph)}" for graph in default), f"{_TRIPLES} {triples}"])


def switch(names: Names, known: Registry) -> str:
    """The one update that makes a set current, whatever was before."""
    if known.current:
        return _replace(names, names.registry, _CURRENT, names.node)
    return f"INSERT DATA {{ GRAPH {names.registry} {{ {names.registry} {_CURRENT} {names.node} }} }}"


def close(names: Names) -> str:
    """The update after which nobody starts to read a set: it is not whole any more."""
    pattern = f"GRAPH {names.registry} {{ {names.node} {_TRIPLES} ?o }}"
    return f"DELETE {{ {pattern} }} WHERE {{ {pattern} }}"


def forget(names: Names) -> str:
    """The update that takes a set off the registry, once its graphs are gone."""
    pattern = f"GRAPH {names.registry} {{ {names.node} ?p ?o }}"
    return f"DELETE {{ {pattern} }} WHERE {{ {pattern} }}"


def _insert(names: Names, facts: list[str]) -> str:
    return f"INSERT DATA {{ GRAPH {names.registry} {{ {names.node} {' ; '.join(facts)} }} }}"


def _replace(names: Names, subject: str, predicate: str, value: str) -> str:
    # One operation, so that an engine without transactions over several makes it in one step all the same. There is
    # always an old value: OPTIONAL in a group of its own matches nothing in Virtuoso.
    old, new = (f"GRAPH {names.registry} {{ {subject} {predicate} {term} }}" for term in ("?old", value))
    return f"DELETE {{ {old} }} INSERT {{ {new} }} WHERE {{ {old} }}"


def not_there(release: str, url: str) -> QueryBusy:
    """The engine does not hold a whole set of the release that is served."""
    return QueryBusy(
        f"The release {release} is not whole at {url}: run `laurier push --to {url}`.",
        f"La version {release} n'est pas entière à {url} : lancez « laurier push --to {url} ».",
    )
