"""The steps of a build, as a person reads them while they run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from laurier.errors import Language


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a build, as a person reads it."""

    en: str
    fr: str

    def say(self, language: Language) -> str:
        """Its name in the language asked for."""
        return self.fr if language == "fr" else self.en


READING = Stage("Reading the sources", "Lecture des sources")
SORTING = Stage("Sorting the facts", "Tri des faits")
VALIDATING = Stage("Checking against the shapes", "Contrôle selon les formes SHACL")
WRITING = Stage("Writing the indexes, the dumps and the store", "Écriture des index, des exports et de la base")
SEALING = Stage("Sealing the release", "Scellement de la version")

PUSHING = Stage("Loading the engine", "Chargement du moteur")

#: Told the stage, how much is done, and how much there is in all when that is known.
Progress = Callable[[Stage, int, int | None], None]
