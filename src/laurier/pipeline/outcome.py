"""What a build did, and how it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from laurier import validation
from laurier.errors import Language
from laurier.pipeline.review import Item, SourceReview
from laurier.snapshot.manifest import Manifest

_LINE = {"fr": "ligne", "en": "line"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build did.

    Attributes:
        manifest: of the release that is current, or would be.
        state: `published`, `unchanged` (an identical release was current already) or `checked` (nothing published).
        reviews: what to look at, by source.
        others: what to look at that belongs to no source.
        report: the validation report.
    """

    manifest: Manifest
    state: str
    reviews: list[SourceReview]
    others: list[Item]
    report: validation.Report

    def findings(self, language: Language) -> Iterator[str]:
        """What a person should look at, one sentence each, with its source and line."""
        for review in self.reviews:
            for item in review.items:
                sentence = item.fr if language == "fr" else item.en
                # What a reader noticed says its line itself.
                told = item.span is None or sentence.startswith(("Line ", "Ligne "))
                where = "" if told or item.span is None else f", {_LINE[language]} {item.span.first_line}"
                yield f"{review.key}{where}{' :' if language == 'fr' else ':'} {sentence}"
        for item in self.others:
            yield item.fr if language == "fr" else item.en
        yield from self.report.sentences(language)

    def summary(self, language: Language) -> Iterator[str]:
        """What was read, what is left to look at, and what is published."""
        for review in self.reviews:
            yield _source(review, language)
        manifest = self.manifest
        if language == "fr":
            yield {
                "published": f"Version {manifest.hash} publiée : {manifest.quads} déclarations.",
                "unchanged": f"Version {manifest.hash} déjà en service : rien n'a changé.",
                "checked": f"Contrôle réussi : {manifest.quads} déclarations, rien n'a été publié.",
            }[self.state]
        else:
            yield {
                "published": f"Release {manifest.hash} published: {manifest.quads} statements.",
                "unchanged": f"Release {manifest.hash} is already served: nothing changed.",
                "checked": f"The check passed: {manifest.quads} statements, nothing was published.",
            }[self.state]


def _source(review: SourceReview, language: Language) -> str:
    linked = sum(count for status, count in review.links.items() if status not in ("ambigu", "non-rapproche"))
    total = sum(review.links.values())
    if language == "fr":
        return (
            f"{review.key} : {review.awards} lauréats, {review.understood} lignes comprises sur {review.lines}, "
            f"{linked} territoires rapprochés sur {total}, {review.total} points à relire (`laurier review`)."
        )
    return (
        f"{review.key}: {review.awards} laureates, {review.understood} of {review.lines} lines understood, "
        f"{linked} of {total} territories linked, {review.total} points to review (`laurier review`)."
    )
