"""Wordings of publics matched to the SKOS scheme by its own labels: no word of any public is written here."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import snowballstemmer

from laurier.vocabulary import PREFIXES, PUBLICS, Vocabulary

_SKOS = PREFIXES["skos"]
_LABELS = ("prefLabel", "altLabel", "hiddenLabel", "notation")
_TOKEN = re.compile(r"[^\W_]+")
_BRACKETED = re.compile(r"\([^()]*\)")
# Words that change nothing in the name of a public; "sans", "ni", "non", "pas", "peu" do.
_EMPTY = frozenset(("le", "la", "les", "l", "de", "du", "des", "d", "un", "une", "au", "aux", "a", "et", "dit", "dits"))
_EXCLUDING = re.compile(r"\b(?:hors|sauf|excepte\w*|exception|exclusion|exclu\w*)\W+(?:\w+\W+){0,2}\Z")
_LONGEST_ACRONYM = 5
_REMEMBERED = 65_536


@dataclass(frozen=True, slots=True)
class PublicMatch:
    """A public of the scheme found in a wording.

    Attributes:
        iri: the concept.
        start, end: where it is named in the wording, half-open.
        text: the words that name it.
        decided: a person said so.
    """

    iri: str
    start: int
    end: int
    text: str
    decided: bool = False


def decided(wording: str, publics: Mapping[str, Sequence[str]]) -> tuple[PublicMatch, ...]:
    """The publics that a person gave to a whole wording; accents, case and spaces do not count.

    Args:
        wording: of a target group.
        publics: wordings -> IRIs of publics.
    """
    asked = _TOKEN.findall(_plain(wording))
    found = next((iris for words, iris in publics.items() if _TOKEN.findall(_plain(words)) == asked), ())
    return tuple(PublicMatch(iri, 0, len(wording), wording, decided=True) for iri in found)


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    stems: frozenset[str]
    capitals: bool


_Label = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class _Index:
    """The labels of the scheme: first stem -> labels, the longest first; acronyms match in capitals only."""

    labels: Mapping[str, Sequence[tuple[_Label, str]]]
    acronyms: Mapping[str, str]


class Matcher:
    """Finds the publics of the scheme in wordings; its labels are read once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        stem: Callable[[str], str] = snowballstemmer.stemmer("french").stemWord
        # A long list uses few words: each is stemmed once.
        self._stems: Callable[[str], frozenset[str]] = lru_cache(_REMEMBERED)(partial(_stems, stem))
        self._index = _index(vocabulary, self._stems)

    def match(self, wording: str) -> tuple[PublicMatch, ...]:
        """The publics that a wording names, in its order: the longest label at each place, whatever its inflection.

        A label that two concepts share, and a public that the wording excludes ("hors demandeurs d'asile"), match
        nothing.
        """
        found = list(_words(wording, self._stems))
        plain = _plain(wording)
        matches: list[PublicMatch] = []
        at = 0
        while at < len(found):
            concept, length = _longest(found, at, self._index)
            if concept is None:
                at += 1
                continue
            start, end = found[at].start, found[at + length - 1].end
            if not _EXCLUDING.search(plain[max(0, start - 60) : start]):
                matches.append(PublicMatch(concept, start, end, wording[start:end]))
            at += length
        return tuple(matches)


def _longest(found: Sequence[_Word], at: int, index: _Index) -> tuple[str | None, int]:
    word = found[at]
    fitting = [
        (label, concept)
        for stem in word.stems
        for label, concept in index.labels.get(stem, ())
        if at + len(label) <= len(found)
        and all(stems & later.stems for stems, later in zip(label, found[at : at + len(label)], strict=True))
    ]
    longest = max((len(label) for label, _ in fitting), default=0)
    concepts = {concept for label, concept in fitting if len(label) == longest}
    if len(concepts) == 1:
        return concepts.pop(), longest
    if not concepts and word.capitals:
        return next(((index.acronyms[stem], 1) for stem in word.stems if stem in index.acronyms), (None, 0))
    return None, 0


def _index(vocabulary: Vocabulary, stems: Callable[[str], frozenset[str]]) -> _Index:
    labels: dict[str, list[tuple[_Label, str]]] = defaultdict(list)
    acronyms: dict[str, set[str]] = defaultdict(set)
    for concept in vocabulary.in_scheme(PUBLICS):
        for text in _texts(vocabulary, concept):
            found = tuple(_words(text, stems))
            if len(found) == 1 and text.isupper() and len(text) <= _LONGEST_ACRONYM:
                for stem_of in found[0].stems:
                    acronyms[stem_of].add(concept)
            elif found:
                label = tuple(word.stems for word in found)
                for stem_of in label[0]:
                    labels[stem_of].append((label, concept))
    return _Index(dict(labels), {stem_of: min(owners) for stem_of, owners in acronyms.items() if len(owners) == 1})


def _texts(vocabulary: Vocabulary, concept: str) -> Iterable[str]:
    """The French labels of a concept; what stands in brackets explains a label and is not part of it."""
    for name in _LABELS:
        texts = vocabulary.texts(concept, _SKOS + name)
        for text in (*texts.get("fr", ()), *texts.get("", ())):
            yield _BRACKETED.sub(" ", text).strip()


def _words(text: str, stems: Callable[[str], frozenset[str]]) -> Iterable[_Word]:
    for found in _TOKEN.finditer(text):
        token = found.group()
        known = stems(token)
        if known:
            yield _Word(found.start(), found.end(), known, token.isupper())


def _stems(stem: Callable[[str], str], token: str) -> frozenset[str]:
    """The stems of a word, none for a word that means nothing by itself."""
    plain = _plain(token)
    if plain in _EMPTY:
        return frozenset()
    # Capitals are often printed without accents, which changes the stem: two words are the same when one stem is.
    return frozenset({_plain(stem(token.lower())), stem(plain)} | ({plain} if token.isupper() else set()))


def _plain(text: str) -> str:
    """Lower case without accents, one character for one."""
    return "".join(unicodedata.normalize("NFD", character)[0].lower()[:1] for character in text)
