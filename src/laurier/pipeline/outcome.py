"""What a build did, and how it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from laurier import validation
from laurier.counts import counted
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

    def to_review(self) -> list[Item]:
        """What a person should look at, as `review.json` lists it: by source, then what belongs to none."""
        return [item for review in self.reviews for item in review.items] + self.others

    def summary(self, language: Language) -> Iterator[str]:
        """What was read, what is left to look at, and what is published."""
        list_it = "laurier review --check" if self.state == "checked" else "laurier review"
        for review in self.reviews:
            yield _source(review, list_it, language)
        manifest = self.manifest
        if language == "fr":
            stated = counted(manifest.quads, "déclaration(s)", "fr")
            yield {
                "published": f"Version {manifest.hash} publiée : {stated}.",
                "unchanged": f"Version {manifest.hash} déjà en service : rien n'a changé.",
                "checked": f"Contrôle réussi : {stated}, rien n'a été publié.",
            }[self.state]
        else:
            stated = counted(manifest.quads, "statement(s)", "en")
            yield {
                "published": f"Release {manifest.hash} published: {stated}.",
                "unchanged": f"Release {manifest.hash} is already served: nothing changed.",
                "checked": f"The check passed: {stated}, nothing was published.",
            }[self.state]


# Statuses of a link that leads to no unit.
_WITHOUT_UNIT = ("ambigu", "non-rapproche", "usage")


def _source(review: SourceReview, list_it: str, language: Language) -> str:
    linked = sum(count for status, count in review.links.items() if status not in _WITHOUT_UNIT)
    total, usage = sum(review.links.values()), review.links["usage"]
    named = counted(usage, "nom(s) d'usage" if language == "fr" else "customary name(s)", language)
    customary = f" ({'et' if language == 'fr' else 'and'} {named})" if usage else ""
    if language == "fr":
        return (
            f"{review.key} : {counted(review.awards, 'lauréat(s)', 'fr')}, "
            f"{counted(review.understood, 'ligne(s) comprise(s)', 'fr')} sur {review.lines}, "
            f"{counted(linked, 'territoire(s) rapproché(s)', 'fr')} sur {total}"
            f"{customary}, "
            f"{counted(review.total, 'point(s) à relire', 'fr')} (`{list_it}`)."
        )
    return (
        f"{review.key}: {counted(review.awards, 'laureate(s)', 'en')}, "
        f"{review.understood} of {counted(review.lines, 'line(s)', 'en')} understood, "
        f"{linked} of {counted(total, 'territor(y|ies)', 'en')} linked"
        f"{customary}, "
        f"{counted(review.total, 'point(s) to review', 'en')} (`{list_it}`)."
    )
