"""Invented laureates over real territories: what a list says, with every feature that the model has a place for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from laurier.synth.chance import Chance
from laurier.synth.material import Material
from laurier.synth.organisations import Organisation, organisation
from laurier.synth.places import Spot

YEARS = (2019, 2026)
#: Carriers that lists start from, and how many are added a laureate: one carrier wins three times or so.
_CARRIERS, _NEW = 40, 0.3


@dataclass(frozen=True, slots=True)
class Call:
    """A call for projects of one year in one région.

    Attributes:
        title, acronym, scope, objective: as `words.toml` has them.
        programme: key and name of the programme.
        region: the région that publishes the list.
        year: of the call.
        budget: announced, in euros.
    """

    title: str
    acronym: str
    scope: str
    objective: str
    programme: tuple[str, str]
    region: Spot
    year: int
    budget: int


@dataclass(frozen=True, slots=True)
class Laureate:
    """A project selected in a call, before any fault of writing.

    Attributes:
        number: in its list, from 0.
        call, carrier: whose it is.
        title: of the project.
        territory: wording of the territory of intervention.
        places: the units that the wording names, in its order; empty where it names none.
        public: wording of the publics, empty where none is named.
        sentences, introduction, items: the description; the items follow their introduction.
        beneficiaries, months: expected people, planned duration; None where not said.
        start, end: days; None where not said.
        status: en-cours, realise, or empty.
        amount: granted, in cents; None where not said.
        results: CDI, CDD and participants obtained, None where none are told.
    """

    number: int
    call: Call
    carrier: Organisation
    title: str
    territory: str
    places: tuple[Spot, ...]
    public: str
    sentences: tuple[str, ...]
    introduction: str
    items: tuple[str, ...]
    beneficiaries: int | None
    months: int | None
    start: date | None
    end: date | None
    status: str
    amount: int | None
    results: tuple[int, int, int] | None


class Maker:
    """Makes the calls and laureates of one seed.

    Attributes:
        chance: where every draw comes from.
        places: the units to write about.
    """

    def __init__(self, seed: int, material: Material) -> None:
        self._words = material.words
        self._publics = material.publics
        self._seed = seed
        self._count = 0
        self.chance = Chance(seed)
        self.places = material.places

    def call(self, region: Spot | None = None) -> Call:
        """A call; two with the same title, région and year are the same call."""
        chance = self.chance
        row = chance.pick(self._words["calls"])
        where = region if region is not None else self.places.regions.draw(chance)
        year = chance.between(*YEARS)
        key = row["programme"]
        budget = 10_000 * (5 + (len(row["title"]) * 7919 + year * 104_729 + int(where.code) * 1_299_709) % 500)
        programme = (key, self._words["programmes"][key])
        return Call(row["title"], row["acronym"], row["scope"], row["objective"], programme, where, year, budget)

    def laureate(self, call: Call) -> Laureate:
        """The next laureate of a call."""
        chance, number = self.chance, self._count
        self._count += 1
        carrier = self._carrier(call, number)
        title = self._title(carrier)
        territory, spots = self._territory(call, carrier)
        introduction, items = self._items()
        start = date(call.year, chance.between(1, 12), 1) if chance.often(0.95) else None
        months = chance.pick((6, 9, 12, 12, 18, 24, 36, 36)) if chance.often(0.5) else None
        done = call.year < YEARS[1] - 3 and chance.often(0.6)
        return Laureate(
            number=number,
            call=call,
            carrier=carrier,
            title=title,
            territory=territory,
            places=spots,
            public=self._public() if chance.often(0.9) else "",
            sentences=self._sentences(carrier, title),
            introduction=introduction,
            items=items,
            beneficiaries=chance.between(8, 400) if chance.often(0.6) else None,
            months=months,
            start=start,
            end=_after(start, months) if start is not None and months is not None and chance.often(0.5) else None,
            status="realise" if done else ("en-cours" if chance.often(0.9) else ""),
            amount=100 * 50 * chance.between(20, 8000) if chance.often(0.93) else None,
            results=self._results() if done and chance.often(0.5) else None,
        )

    def _carrier(self, call: Call, number: int) -> Organisation:
        # Old carriers come back more often than new ones, as in real lists; most sit where the call is.
        regions = self.places.regions.spots
        rank = int(self.chance.random() ** 2 * (_CARRIERS + number * _NEW))
        if self.chance.often(0.85):
            rank += regions.index(call.region) - rank % len(regions)
        return organisation(rank, self._seed, self.places, self._words["carriers"])

    def _title(self, carrier: Organisation) -> str:
        chance, words = self.chance, self._words["projects"]
        form: str = chance.pick(words["forms"])
        for slot in ("a", "b", "c", "v"):
            mark = f"{{{slot}}}"
            if mark in form:
                form = form.replace(mark, chance.pick(words[slot]))
        if "{w}" in form:
            form = form.replace("{w}", chance.pick(words["v"]).lower())
        return form.replace("{n}", carrier.seat.departement).replace("{lieu}", carrier.seat.name)

    def _territory(self, call: Call, carrier: Organisation) -> tuple[str, tuple[Spot, ...]]:
        """A wording and the units it names: the shares are those of the lists that were read."""
        chance, places = self.chance, self.places
        region = call.region.code if chance.often(0.95) else places.regions.draw(chance).code
        draw = chance.random()
        if draw < 0.42:
            near = carrier.seat.region == region and chance.often(0.6)
            spot = carrier.seat if near else places.communes[region].draw(chance)
            return self._worded("commune", spot), (spot,)
        if draw < 0.58:
            many = tuple(places.communes[region].draw(chance) for _ in range(chance.between(2, 6)))
            if chance.often(0.15):
                many = (*many, places.communes[places.regions.draw(chance).code].draw(chance))
            return _joined([spot.name for spot in many], chance), many
        if draw < 0.78 and region in places.groups:
            groups = tuple(places.groups[region].draw(chance) for _ in range(1 if chance.often(0.75) else 3))
            return _joined([_group(spot.name, chance) for spot in groups], chance), groups
        if draw < 0.86:
            spot = places.departements[region].draw(chance)
            return self._worded("departement", spot), (spot,)
        if draw < 0.91:
            return self._worded("region", call.region), (call.region,)
        if draw < 0.96 and region in places.former:
            spot = places.former[region].draw(chance)
            return spot.name, (spot,)
        return chance.pick(self._words["territories"]["vague"]), ()

    def _worded(self, kind: str, spot: Spot) -> str:
        form: str = self.chance.pick(self._words["territories"][kind])
        return form.replace("{lieu}", spot.name).replace("{de}", spot.of).replace("{n}", spot.departement)

    def _public(self) -> str:
        chance = self.chance
        form: str = chance.pick(self._words["publics"]["forms"])
        for slot in ("{x}", "{y}", "{z}"):
            if slot in form:
                form = form.replace(slot, chance.pick(self._publics))
        if "{" in form:
            low = chance.between(15, 25)
            form = form.replace("{min}", str(low)).replace("{max}", str(low + chance.between(5, 15)))
            form = form.replace("{n}", str(chance.between(10, 300)))
        return form[0].upper() + form[1:]

    def _sentences(self, carrier: Organisation, title: str) -> tuple[str, ...]:
        chance, prose = self.chance, self._words["prose"]
        opening = chance.pick(prose["opening"]).replace("{titre}", title).replace("{porteur}", carrier.name)
        found = [opening.replace("{de}", carrier.seat.of)]
        middle = prose["middle"]
        at = chance.below(len(middle))
        for step in range(chance.between(1, 4)):
            sentence = middle[(at + 3 * step) % len(middle)]
            found.append(sentence.replace("{k}", str(chance.between(2, 9))) if "{k}" in sentence else sentence)
        if chance.often(0.6):
            found.append(chance.pick(prose["closing"]))
        return tuple(found)

    def _items(self) -> tuple[str, tuple[str, ...]]:
        chance, prose = self.chance, self._words["prose"]
        if not chance.often(0.25):
            return "", ()
        items = prose["items"]
        at = chance.below(len(items))
        return chance.pick(prose["introductions"]), tuple(
            items[(at + 2 * step) % len(items)] for step in range(chance.between(2, 4))
        )

    def _results(self) -> tuple[int, int, int]:
        total = self.chance.between(8, 60)
        cdi = self.chance.below(total // 3) + 1
        return cdi, self.chance.below(total // 3) + 1, total


def generate(n: int, maker: Maker) -> Iterator[Laureate]:
    """Yields `n` laureates of calls all over France, one at a time.

    The first of a longer list are those of a shorter one of the same seed.
    """
    for _ in range(n):
        yield maker.laureate(maker.call())


def _joined(names: list[str], chance: Chance) -> str:
    separator = chance.pick((", ", ", ", ", ", " / ", " ; ", "/"))
    if len(names) > 1 and separator == ", " and chance.often(0.5):
        return f"{', '.join(names[:-1])} et {names[-1]}"
    return separator.join(names)


_FORMS = {"CC ": "Communauté de communes ", "CA ": "Communauté d'agglomération ", "CU ": "Communauté urbaine "}


def _group(name: str, chance: Chance) -> str:
    """The name of an EPCI, short, long, or with a legal form that is not its own."""
    short, draw = name[:3], chance.random()
    if short not in _FORMS or draw < 0.5:
        return name
    if draw < 0.95:
        return _FORMS[short] + name[3:]
    return ("CA " if short == "CC " else "CC ") + name[3:]


def _after(start: date, months: int) -> date:
    """The first day of the last month of a duration."""
    whole = start.year * 12 + start.month - 2 + months
    return date(whole // 12, whole % 12 + 1, 1)
