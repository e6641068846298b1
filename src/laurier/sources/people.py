"""The publics of a project: the groups a wording names, their ages, how many people, what became of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from laurier.records import Count, Result, Target
from laurier.sources.layout import Layout, key
from laurier.sources.lines import Piece
from laurier.sources.numbers import counts_of_people, number

_SENTENCE = re.compile(r"[.!?]\s+(?=[A-ZÀ-ÝŒ0-9«])")
_INTRODUCTION = re.compile(
    r"^.{0,160}?\b(?:concerne(?:nt)?|vise(?:nt)?(?: a accompagner)?|s'adresse(?:nt)? (?:a|aux?)|destinee?s? (?:a|aux?)"
    r"|a destination (?:de|des|du)|accompagnement (?:de|des|du)|en direction (?:de|des|du)|au profit (?:de|des|du))\s+"
    r"|^.{0,160}?\b(?:a destination d'|accompagnement d'|en direction d'|au profit d')"
)
_ARTICLE = re.compile(r"^(?:et\s+)?(?:(?:les|des|aux|la|le|de|du)\s+|l'|d')?(?:ensemble des\s+)?")
_EMPHASIS = re.compile(
    r"[,;]?\s*(?:et\s+|en\s+)?\b(?:notamment|en priorite|en particulier|prioritairement|plus particulierement|"
    r"particulierement|surtout|priorite aux?|dont)\b\s*:?\s*"
)
_SEPARATOR = re.compile(r"\s*[,;/]\s+(?:et\s+|ainsi que\s+)?|\s+(?:et|ainsi que)\s+|\s+[-–•]\s+")
_EXPECTED = re.compile(r"^(?:attendu|prevu|vise|accompagne|concerne|par an|au total|sur )")
_PER = re.compile(r"^\s*(?:\w+\s+){0,2}(?:par|/|chaque)\s*(?:an|annee|mois|semaine|session|promotion|groupe)\b")

_RANGE = re.compile(r"(?<!\d)(\d{1,2})\s*(?:ans?\s*)?(?:a|et|-|–|/)\s*(\d{1,3})\s*ans\b")
_UNDER = re.compile(r"(?<!depuis )(?<!pendant )\bmoins de (\d{1,3})\s*ans\b")
_OVER = re.compile(
    r"(?<!depuis )(?<!pendant )\bplus de (\d{1,3})\s*ans\b|\ba partir de (\d{1,3})\s*ans\b|\bdes (\d{1,3}) ans\b"
)
_AND_MORE = re.compile(r"(?<!\d)(\d{1,3})\s*ans\s*(?:et|ou)\s*(?:plus|\+)|(?<!\d)(\d{1,3})\s*ans\s*revolus? et plus")
_UP_TO = re.compile(
    r"\bjusqu'a (\d{1,3})\s*ans\b|(?<!\d)(\d{1,3})\s*ans\s*(?:et|ou)\s*moins|(?<!\d)(\d{1,3})\s*ans\s*maximum"
)
_YOUNGEST_BOUND = 10

_OUT_OF = re.compile(r"\bsur (?:les|un total de|un groupe de)?\s*(\d{1,6})\b(?!\s*(?:ans?|mois|semaines?|jours?|%))")
_OBTAINED = re.compile(
    r"\b(?:ont|a|avaient)\s+(?:ete\s+)?(?:obtenu|signe|trouve|decroche|recrute|embauche|acced|conclu|retrouve|integre)"
)


@dataclass(frozen=True, slots=True)
class People:
    """What a wording of publics says.

    Attributes:
        targets: the groups.
        beneficiaries: their number, all groups together.
        doubtful: True when several numbers are printed and none is said to be the whole.
    """

    targets: tuple[Target, ...]
    beneficiaries: Count | None
    doubtful: bool


def people(parts: list[Piece], layout: Layout) -> People:
    """The groups and the number of people in the wording of the publics (several pieces for a list)."""
    targets: list[Target] = []
    counts: list[tuple[Count, bool]] = []
    for part in parts:
        for sentence in _sentences(part):
            found = [c for c in counts_of_people(sentence, layout) if not _PER.match(_after(sentence, c[0]))]
            counts.extend(found)
            if found and _only_a_count(sentence, layout):
                continue
            targets.extend(_groups(sentence, layout))
    if not targets:
        targets = [Target(part.trim(".").passage()) for part in parts if part]
    wholes = [count for count, whole in counts if whole]
    chosen = wholes if wholes else [count for count, _ in counts]
    return People(tuple(targets), chosen[0] if len(chosen) == 1 else None, len(chosen) > 1)


def _after(sentence: Piece, count: Count) -> str:
    end = next((at for at, stop in enumerate(sentence.ends) if stop >= count.span.end), len(sentence.text))
    return sentence.folded[end + 1 :]


def _sentences(piece: Piece) -> Iterator[Piece]:
    start = 0
    for found in _SENTENCE.finditer(piece.text):
        yield piece.cut(start, found.start() + 1)
        start = found.end()
    yield piece.cut(start)


def _total(group: Piece) -> bool:
    """Whether a part of an enumeration only counts ("80 bénéficiaires au total")."""
    found = re.match(r"^(?:soit\s+)?[\d .]+\s+(\S+)\s+(.+)$", group.folded)
    return bool(found and key(found.group(1)) in ("beneficiaire", "personne") and _EXPECTED.match(found.group(2)))


def _only_a_count(sentence: Piece, layout: Layout) -> bool:
    found = re.match(r"^(?:soit\s+|pour\s+|environ\s+)?[\d .]+\s+(\S+)\s*(.*?)\.?$", sentence.folded)
    return bool(
        found and key(found.group(1)) in layout.people and (not found.group(2) or _EXPECTED.match(found.group(2)))
    )


def _groups(sentence: Piece, layout: Layout) -> Iterator[Target]:
    body = sentence.trim(".;")
    opened = _INTRODUCTION.match(body.folded)
    if opened:
        body = body.cut(opened.end())
    emphasis = False
    for part, emphasised in _emphasised(body):
        emphasis = emphasis or emphasised
        for group in _divided(part, layout):
            bare = _without_article(group, layout)
            if bare and not _total(bare):
                low, high = ages(bare.folded)
                yield Target(bare.passage(), low, high, emphasis)


def _emphasised(body: Piece) -> Iterator[tuple[Piece, bool]]:
    start, emphasis = 0, False
    for found in _EMPHASIS.finditer(body.folded):
        if _depth(body.text, found.start()):
            continue
        if body.cut(start, found.start()):
            yield body.cut(start, found.start()), emphasis
        start, emphasis = found.end(), True
    if body.cut(start):
        yield body.cut(start), emphasis


def _divided(part: Piece, layout: Layout) -> Iterator[Piece]:
    """The groups of an enumeration: a new one begins where a noun of people follows a separator."""
    start = 0
    for found in _SEPARATOR.finditer(part.folded):
        if _depth(part.text, found.start()) or not _starts_with_people(part.cut(found.end()), layout):
            continue
        before = part.cut(start, found.start())
        # "jeunes et adultes de faible niveau": what follows qualifies both, so they stay one group.
        if (
            re.search(r"\b(?:et|ainsi que)\b", found.group())
            and "," not in found.group()
            and before.text.count(" ") < 2
        ):
            continue
        yield before.trim(",;")
        start = found.end()
    yield part.cut(start).trim(",;")


def _starts_with_people(piece: Piece, layout: Layout) -> bool:
    found = re.match(
        r"^(?:(?:les|des|aux|de|du|la|le|toute?s?|jeunes?)\s+|l'|d'|«\s*|[\d ]+\s)*([^\W\d_][\w-]*)", piece.folded
    )
    return bool(found and (key(found.group(1)) in layout.people or piece.folded.startswith("jeune")))


def _without_article(group: Piece, layout: Layout) -> Piece:
    found = _ARTICLE.match(group.folded)
    return group.cut(found.end()) if found and found.end() else group


def _depth(text: str, at: int) -> int:
    return text.count("(", 0, at) - text.count(")", 0, at)


def ages(folded: str) -> tuple[int | None, int | None]:
    """The inclusive bounds of age, in completed years, that a folded wording states.

    "moins de 25 ans" gives at most 24; "plus de 16 ans" gives at least 16: whoever has turned sixteen.
    """
    both = _RANGE.search(folded)
    if both and int(both.group(1)) <= int(both.group(2)):
        return int(both.group(1)), int(both.group(2))
    low = _first(_OVER, folded) if _first(_OVER, folded) is not None else _first(_AND_MORE, folded)
    # "inscrits de plus de 2 ans" is a length of time.
    if low is not None and low < _YOUNGEST_BOUND:
        low = None
    under = _first(_UNDER, folded)
    high = under - 1 if under is not None else _first(_UP_TO, folded)
    if high is not None and high < _YOUNGEST_BOUND - 1:
        high = None
    return low, high


def _first(pattern: re.Pattern[str], folded: str) -> int | None:
    found = pattern.search(folded)
    return next((int(group) for group in found.groups() if group), None) if found else None


def results(paragraph: Piece, layout: Layout, *, reported: bool = False) -> Iterator[Result]:
    """The outcomes in figures that a sentence reports as obtained ("sur les 12 participants, 3 ont obtenu un CDI").

    With `reported`, what stands there is known to report outcomes, and needs no verb that says so ("3 CDI sur 12").
    """
    words = "|".join(re.escape(word) for word in layout.indicators)
    counted = re.compile(rf"(?<![\d,.])(\d{{1,5}})\s+(?!ans?\b|mois\b|%)[^.;,\d]{{0,60}}?\b({words})s?\b")
    for sentence in _sentences(paragraph):
        folded = sentence.folded
        if not reported and not _OBTAINED.search(folded):
            continue
        total = _OUT_OF.search(folded)
        for found in counted.finditer(folded):
            yield Result(
                layout.indicators[found.group(2)],
                int(number(found.group(1))),
                sentence.cut(found.start(), found.end()).span(),
                int(total.group(1)) if total and total.start(1) != found.start(1) else None,
            )
