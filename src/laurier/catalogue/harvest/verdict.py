"""What one portal makes of one thing: fields kept, fields lost with the reason, or the whole refused."""

from __future__ import annotations

from dataclasses import dataclass, field

from laurier.errors import Language


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is lost or refused: the property or field concerned, and a sentence in each language."""

    about: str
    en: str
    fr: str

    def say(self, language: Language) -> str:
        """The sentence in the language asked for."""
        return self.fr if language == "fr" else self.en


@dataclass(slots=True)
class Verdict:
    """What a portal makes of a dataset, a data service, or a page.

    Attributes:
        portal: its name.
        subject: IRI of the thing, or address of the page.
        kept: fields of the portal, with the value they get.
        lost: what the portal drops.
        refused: why the portal does not take the thing at all; empty when it does.
        points: for data.europa.eu, of 405.
    """

    portal: str
    subject: str
    kept: dict[str, str] = field(default_factory=dict)
    lost: list[Reason] = field(default_factory=list)
    refused: list[Reason] = field(default_factory=list)
    points: int | None = None

    def keep(self, name: str, value: str) -> None:
        """Notes a field, unless it is empty."""
        if value:
            self.kept[name] = value

    def lose(self, about: str, en: str, fr: str) -> None:
        """Notes something dropped."""
        self.lost.append(Reason(about, en, fr))

    def refuse(self, about: str, en: str, fr: str) -> None:
        """Notes why the whole is refused."""
        self.refused.append(Reason(about, en, fr))
