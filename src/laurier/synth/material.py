"""What synthetic lists are made of: words, real territories, the labels of the scheme of publics; loaded once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laurier.reconcile.gazetteer import Gazetteer
from laurier.synth import places
from laurier.synth.places import Places
from laurier.vocabulary import PREFIXES, PUBLICS, Vocabulary


@dataclass(frozen=True, slots=True)
class Material:
    """What lists are made of; it may be shared by any number of makers.

    Attributes:
        words: the tables of `words.toml`.
        places: territorial units.
        publics: how the scheme of publics calls its concepts in French, as a list would write them.
    """

    words: Mapping[str, Any]
    places: Places
    publics: tuple[str, ...]

    @classmethod
    def load(cls, gazetteer: Gazetteer | None = None, vocabulary: Vocabulary | None = None) -> Material:
        """Reads the words, and what is not given of the gazetteer and the vocabulary that ship with the package.

        Raises:
            ReconcileError: a table of the gazetteer cannot be read.
        """
        words = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
        units = places.load(gazetteer if gazetteer is not None else Gazetteer.load(), words["departements"])
        return cls(words, units, _labels(vocabulary if vocabulary is not None else Vocabulary()))


def _labels(vocabulary: Vocabulary) -> tuple[str, ...]:
    found: list[str] = []
    for concept in vocabulary.in_scheme(PUBLICS):
        for name in ("prefLabel", "altLabel"):
            found += vocabulary.texts(concept, PREFIXES["skos"] + name).get("fr", ())
    return tuple(label.partition(" (")[0].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") for label in found)
