"""A declared layout: the labels, headings, status lines and people nouns by which a brochure is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from laurier.errors import SourceError
from laurier.sources.lines import fold

_FOLDER = Path(__file__).parent / "layouts"
#: French articles, folded, with what remains of them before an apostrophe.
ARTICLES = frozenset(["le", "la", "les", "l", "un", "une", "des", "du", "de", "d"])
_BEFORE_NAMES = ARTICLES | {"ce", "cette", "son", "sa", "ses"}
_OPTIONAL = re.compile(r"\((?:s|e|es|x|ne|nes)\)")
_NEAR = 88.0


def key(wording: str) -> str:
    """What two wordings of a label have in common: words without accents, plural mark or leading article.

    >>> key("Les publics visés") == key("Public(s) visé(s)")
    True
    """
    found = re.findall(r"[^\W_]+", _OPTIONAL.sub("", fold(wording)))
    while len(found) > 1 and found[0] in _BEFORE_NAMES:
        del found[0]
    return " ".join(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in found)


@dataclass(frozen=True, slots=True)
class Layout:
    """The words of a kind of document, by what they announce.

    Attributes:
        name: of the layout.
        anchor: the field whose label every laureate has.
        labels: key of a label -> field.
        statuses: key of a status line -> key of the status scheme.
        scopes: folded word -> key of the scope scheme.
        openers: keys of the words that open the heading of a call, the longest first.
        counts: keys of the nouns that announce a number of laureates.
        indicators: folded word -> key of the indicator scheme.
        people: keys of the nouns of people.
    """

    name: str
    anchor: str
    labels: Mapping[str, str]
    statuses: Mapping[str, str]
    scopes: Mapping[str, str]
    openers: tuple[str, ...]
    counts: frozenset[str]
    indicators: Mapping[str, str]
    people: frozenset[str]

    def field(self, label: str) -> tuple[str, bool] | None:
        """The field that a label announces and whether it is spelt as declared; None for an unknown label."""
        wanted = key(label)
        if wanted in self.labels:
            return self.labels[wanted], True
        for start in ("budget", "montant", "subvention", "enveloppe", "financement", "dotation", "cout"):
            if wanted.startswith(start + " "):
                return "amount", True
        if len(wanted) >= 5:
            near = process.extractOne(wanted, list(self.labels), scorer=fuzz.ratio, score_cutoff=_NEAR)
            if near is not None:
                return self.labels[near[0]], False
        return None


def names() -> list[str]:
    """The layouts that ship with the package."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def load(name: str, additions: Mapping[str, Any] | None = None) -> Layout:
    """A layout that ships with the package, with the words that a source adds.

    Args:
        name: of the layout.
        additions: the name of the `anchor`; tables `labels`, `statuses`, `scopes`, `openers`, `counts`, `indicators`,
            `people`, shaped as in the layout.

    Raises:
        SourceError: there is no such layout, or an addition is not a list of words under a name that it has.
    """
    if name not in names():
        raise SourceError(
            f"there is no layout '{name}': the layouts are {', '.join(names())}.",
            f"la mise en page « {name} » n'existe pas : les mises en page sont {', '.join(names())}.",
        )
    table = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    given = dict(additions or {})
    anchor = given.pop("anchor", table["anchor"])
    if anchor not in table["labels"]:
        raise _unknown("words", [str(anchor)], table["labels"])
    for part, entries in given.items():
        _add(table, part, entries)
    return Layout(
        name=name,
        anchor=anchor,
        labels=_inverted(table["labels"]),
        statuses=_inverted(table["statuses"]),
        scopes={fold(word): scope for scope, given_words in table["scopes"].items() for word in given_words},
        openers=tuple(sorted((key(word) for word in table["openers"]["words"]), key=len, reverse=True)),
        counts=frozenset(key(word) for word in table["counts"]["nouns"]),
        indicators={fold(w): name for name, given_words in table["indicators"].items() for w in given_words},
        people=frozenset(key(word) for word in table["people"]["nouns"]),
    )


def _inverted(table: Mapping[str, list[str]]) -> dict[str, str]:
    return {key(wording): name for name, wordings in table.items() for wording in wordings}


def _add(table: dict[str, Any], part: str, entries: object) -> None:
    fits = (
        isinstance(table.get(part), dict)
        and isinstance(entries, dict)
        and all(isinstance(v, list) and all(isinstance(w, str) for w in v) for v in entries.values())
    )
    if not fits:
        raise SourceError(
            f"[words.{part}] must be a table of lists of words, under one of {', '.join(table)}.",
            f"[words.{part}] doit être une table de listes de mots, sous l'un des noms {', '.join(table)}.",
        )
    assert isinstance(entries, dict)
    unknown = sorted(set(entries) - set(table[part]))
    if unknown:
        raise _unknown(f"words.{part}", unknown, table[part])
    for name, wordings in entries.items():
        table[part][name] = [*table[part][name], *wordings]


def _unknown(part: str, given: list[str], known: Mapping[str, Any]) -> SourceError:
    return SourceError(
        f"[{part}]: {', '.join(given)} is unknown; the names are {', '.join(sorted(known))}.",
        f"[{part}] : {', '.join(given)} est inconnu ; les noms sont {', '.join(sorted(known))}.",
    )
