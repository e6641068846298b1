"""The flat row of a laureate, from the same records and links as its quads."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from laurier.flat import Labelled, Row
from laurier.iri import Minter
from laurier.mapping.award import SURE, Keys, Links
from laurier.mapping.territory import Places
from laurier.readings import Document
from laurier.records import Award
from laurier.vocabulary import PREFIXES, Vocabulary

_BROADER = f"{PREFIXES['skos']}broader"


class Publics:
    """Labels of the scheme of publics, and for each concept itself and all that is broader."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._labelled: dict[str, Labelled] = {}
        self._closure: dict[str, tuple[str, ...]] = {}

    def labelled(self, iri: str) -> Labelled:
        """A concept with its labels."""
        if iri not in self._labelled:
            fr = self._vocabulary.label(iri, "fr") or iri
            self._labelled[iri] = Labelled(iri, fr, self._vocabulary.label(iri, "en") or fr)
        return self._labelled[iri]

    def within(self, iri: str) -> tuple[str, ...]:
        """The keys of a concept and of all broader ones."""
        if iri not in self._closure:
            found = {iri: None}
            waiting = [iri]
            while waiting:
                for broader in self._vocabulary.values(waiting.pop(), _BROADER):
                    name = str(getattr(broader, "value", ""))
                    if name and name not in found:
                        found[name] = None
                        waiting.append(name)
            self._closure[iri] = tuple(name.removeprefix(PREFIXES["pub"]) for name in found)
        return self._closure[iri]


def row(
    award: Award,
    keys: Keys,
    links: Links,
    *,
    document: Document,
    minter: Minter,
    publics: Publics,
    places: Places,
) -> Row:
    """The row of one award."""
    call_iri = minter.thing("appel", keys.call.key)
    programme = document.programme
    programme_fr, programme_en = programme.title_fr, programme.title_en or programme.title_fr
    concepts = _distinct(match.iri for matches in links.publics for match in matches)
    accepted = [segment for segment in links.territory if segment.unit is not None]
    units = {(s.unit.kind, s.unit.code): s for s in accepted if s.unit is not None}
    start = award.period.start_earliest if award.period else None
    end = award.period.end_latest if award.period else None
    return Row(
        laureate=minter.thing("laureat", keys.laureate),
        project=minter.thing("projet", keys.project.key),
        title=keys.project.label,
        heading=award.heading.value,
        call=Labelled(call_iri, keys.call.label, keys.call.label),
        programme=Labelled(minter.thing("programme", programme.key), programme_fr, programme_en),
        carriers=tuple(Labelled(minter.thing("porteur", c.key), c.label, c.label) for c in keys.carriers),
        places=tuple(places.place(s.unit, s.status) for s in units.values() if s.unit is not None),
        within=_distinct(w for s in units.values() if s.unit is not None for w in places.within(s.unit)),
        publics=tuple(map(publics.labelled, concepts)),
        publics_within=_distinct(key for iri in concepts for key in publics.within(iri)),
        territory_text=award.territory.value if award.territory else "",
        public_text=award.public.value if award.public else "",
        status=award.status[0] if award.status else "",
        start=start,
        end=end,
        period_text=award.period.verbatim.value if award.period else "",
        period_edtf=award.period.edtf if award.period else "",
        precision=award.period.precision if award.period else "",
        beneficiaries=award.beneficiaries.value if award.beneficiaries else None,
        amount=sum((a.value for a in award.amounts), Decimal(0)) if award.amounts else None,
        currency=award.amounts[0].currency if award.amounts else "",
        description=_prose(award),
        ordinal=award.ordinal,
        source=minter.thing("source", document.key),
        source_title=document.title_fr,
        first_line=award.span.first_line,
        last_line=award.span.last_line,
        page=award.span.page,
        quotation=award.span.exact,
        to_review=to_review(award, links),
    )


def to_review(award: Award, links: Links) -> bool:
    """Whether a person should still confirm something about an award: a value that was refused or read with a
    warning, a heading divided without certainty, a territory or a public without a link."""
    doubtful = {"ambigu", "non-rapproche"}
    return (
        award.doubtful
        or float(award.split_confidence) < SURE
        or any(s.status in doubtful and s.decided is None for s in links.territory)
        or not all(links.publics)
    )


def _prose(award: Award) -> str:
    lines = [p.value for p in award.description]
    intro = None
    for introduction, item in award.items:
        if introduction is not None and introduction != intro:
            lines.append(introduction.value)
        intro = introduction
        lines.append(f"- {item.value}")
    return "\n".join(lines)


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
