"""Which graphs a query reads, and what kind of result it gives, from its tokens (SPARQL 1.1 sections 4.1, 13.2)."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urljoin

from laurier.errors import QueryError
from laurier.store import Query, ResultKind
from laurier.store.preflight import tokens
from laurier.store.sets import GraphSet, Names

_KINDS: dict[str, ResultKind] = {"SELECT": "solutions", "ASK": "boolean", "CONSTRUCT": "graph", "DESCRIBE": "graph"}
_SAID = {
    "solutions": ("a table", "un tableau"),
    "boolean": ("a boolean", "un booléen"),
    "graph": ("a graph", "un graphe"),
}
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Form:
    """What kind of query it is.

    Attributes:
        word: SELECT, ASK, CONSTRUCT or DESCRIBE.
    """

    word: str

    @property
    def kind(self) -> ResultKind:
        """The kind of result."""
        return _KINDS[self.word]

    @property
    def graph(self) -> bool:
        """It gives a graph."""
        return self.kind == "graph"

    @property
    def named(self) -> tuple[str, str]:
        """The kind of result in English and French."""
        return _SAID[self.kind]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A query without its dataset clauses, and the graphs of the engine that it reads.

    Attributes:
        text: the query; FROM and FROM NAMED are taken out of it, for what a request names comes instead.
        default, named: IRIs in the engine, never empty: an absent graph stands for none.
    """

    text: str
    default: tuple[str, ...]
    named: tuple[str, ...]


def form_of(text: str) -> Form:
    """The form of a query.

    Raises:
        QueryError: it has none.
    """
    for match in tokens(text):
        if match.lastgroup == "word" and match.group().upper() in _KINDS:
            return Form(match.group().upper())
    raise QueryError(
        "The query has none of the words SELECT, ASK, CONSTRUCT and DESCRIBE: say what it asks for.",
        "La requête ne contient aucun des mots SELECT, ASK, CONSTRUCT et DESCRIBE : dites ce qu'elle demande.",
    )


def dataset_of(query: Query, names: Names, known: GraphSet, spelt: Collection[str] = ()) -> Dataset:
    """The dataset of a query: what its request names, else what its text names, else the whole release.

    Args:
        query: the query.
        names, known: the release in the engine.
        spelt: IRIs that must stand whole in the text, never as prefixed names.
    """
    read = _Reading(names.base, spelt)
    text = read.without_dataset(query.text)
    if read.relative:
        text = f"BASE <{names.base}> {text}"
    default: tuple[str, ...] = query.default_graphs or (query.named_graphs and ()) or tuple(read.default)
    named: tuple[str, ...] = query.named_graphs or (query.default_graphs and ()) or tuple(read.named)
    if not (default or named):
        return Dataset(text, tuple(known.default), tuple(known.named))
    held = set(known.named)

    def inside(graphs: tuple[str, ...]) -> tuple[str, ...]:
        renamed = dict.fromkeys(names.rename(graph) for graph in graphs)
        return tuple(graph for graph in renamed if graph in held) or (f"{names.inside}{_NONE}",)

    return Dataset(text, inside(default), inside(named))


class _Reading:
    """One walk over a query."""

    def __init__(self, base: str, spelt: Collection[str]) -> None:
        self.base = base
        self.spelt = spelt
        self.prefixes: dict[str, str] = {}
        self.default: list[str] = []
        self.named: list[str] = []
        self.relative = False

    def without_dataset(self, text: str) -> str:
        """The text with its dataset clauses blanked; fills `default`, `named` and `relative`."""
        found = [match for match in tokens(text) if match.lastgroup != "space"]
        kept, done = [], 0
        for place, match in enumerate(found):
            word = match.group().upper() if match.lastgroup == "word" else ""
            if match.lastgroup == "iri":
                self.relative |= not _ABSOLUTE.match(match.group())
            if word in ("BASE", "PREFIX"):
                self._declaration(word, found[place + 1 : place + 3])
            if self.spelt and match.lastgroup == "name" and match.start() >= done:
                whole = self._resolved(match.group())
                if whole in self.spelt:
                    kept.append(f"{text[done : match.start()]}<{whole}>")
                    done = match.end()
            if word != "FROM":
                continue
            end = place + 1
            of_names = end < len(found) and found[end].group().upper() == "NAMED"
            end += of_names
            if end < len(found) and found[end].lastgroup in ("iri", "name"):
                (self.named if of_names else self.default).append(self._resolved(found[end].group()))
                kept.append(text[done : match.start()])
                done = found[end].end()
        return "".join([*kept, text[done:]])

    def _declaration(self, word: str, following: list[re.Match[str]]) -> None:
        if word == "BASE" and following and following[0].lastgroup == "iri":
            self.base = urljoin(self.base, following[0].group()[1:-1])
        elif word == "PREFIX" and len(following) == 2 and following[1].lastgroup == "iri":
            self.prefixes[following[0].group()] = urljoin(self.base, following[1].group()[1:-1])

    def _resolved(self, token: str) -> str:
        if token.startswith("<"):
            return urljoin(self.base, token[1:-1])
        prefix, _, local = token.partition(":")
        return self.prefixes.get(f"{prefix}:", "") + re.sub(r"\\(.)", r"\1", local)
