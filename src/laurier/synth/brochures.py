"""Synthetic laureates as the text of a regional brochure: the layout of the pages of the Plan d'investissement dans
les compétences, with the traps such pages hold.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import date

from laurier.synth.chance import Chance
from laurier.synth.laureates import Call, Laureate, Maker
from laurier.synth.spelling import misspelt

_MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_SCOPES = {"regionalise": "régionalisé", "national": "national"}
# What stands before the number of laureates: a pictogram, nothing, or the private character of an icon font.
_CUPS = ("🏆 ", "", "\uf091 ")
_DURING, _DONE = "Projets en cours de réalisation", "Projets réalisés"


def brochure(n: int, maker: Maker, faults: float = 1.0) -> Iterator[str]:
    """Yields the text of a brochure of `n` laureates of one région, section after section.

    Args:
        n: laureates.
        maker: of laureates, not used before; `region` of an equal one says which région.
        faults: 0 for a brochure as it should be, 1 for the share of faults seen in real ones.
    """
    chance = maker.chance
    home = maker.places.regions.draw(chance)
    yield f"\n\n\nLAURÉATS DES APPELS À PROJETS – {home.name.upper()}\n\n"
    left = n
    while left:
        size = min(left, chance.between(2, 14))
        left -= size
        call = maker.call(home)
        yield from _heading(call, size, chance, faults)
        status = ""
        for number in range(1, size + 1):
            laureate = maker.laureate(call)
            line = _DONE if laureate.status == "realise" else _DURING
            if line != status:
                yield f"\n{line}\n"
                status = line
            yield "\n".join(_paragraphs(laureate, number, chance, faults))
    yield "\n"


def region(maker: Maker) -> str:
    """INSEE code of the région of the brochure that a maker would write."""
    return maker.places.regions.draw(maker.chance).code


def _heading(call: Call, size: int, chance: Chance, faults: float) -> Iterator[str]:
    # A call whose objective names it may have lost its heading, as on the pages that were read.
    named = call.objective.startswith(f"L'objectif de l'appel à projets {call.title}")
    if not (named and chance.often(0.15 * faults)):
        yield "\n\nAAP\n"
        if call.scope:
            yield f"{_SCOPES[call.scope]}\n"
        yield "\n".join(textwrap.wrap(call.title, 14, break_long_words=False)) + "\n"
    yield f"\n{call.objective}\n"
    if chance.often(0.4):
        grouped = f"{call.budget:,}".replace(",", "\N{NARROW NO-BREAK SPACE}" if faults else " ")
        yield f"\n€ Budget au titre du programme : {grouped} € pour la région {call.region.name} en {call.year}\n"
    announced = size + 1 if chance.often(0.01 * faults) else size
    yield f"\n{chance.pick(_CUPS)}{announced} Lauréat{'s' if announced > 1 else ''}\n"


def _paragraphs(laureate: Laureate, number: int, chance: Chance, faults: float) -> Iterator[str]:
    carrier = laureate.carrier
    yield "" if chance.often(0.02 * faults) else f"\n{number}\n"
    heading = f"{carrier.name} {laureate.title}".upper()
    yield f"{misspelt(heading, chance) if chance.often(0.02 * faults) else heading}\n"
    yield f"Territoire : {_territory(laureate, chance, faults)}\n"
    yield f"{' '.join(laureate.sentences)}\n"
    if laureate.items:
        yield f"{laureate.introduction}\n"
        yield ";\n".join(f"- {item}" for item in laureate.items) + ".\n"
    if laureate.results is not None:
        cdi, cdd, total = laureate.results
        yield (
            f"6 mois après la fin du parcours, sur les {total} participants, {cdi} ont obtenu un CDI et {cdd} un CDD.\n"
        )
    public = laureate.public
    if public and laureate.beneficiaries is not None and public[0] not in "0123456789":
        public = f"{public}. {laureate.beneficiaries} bénéficiaires attendus"
    if public and laureate.months is not None and laureate.months % 12 == 0:
        years = laureate.months // 12
        public = f"{public}. Projet d'une durée de {years} an{'s' if years > 1 else ''}"
    if public:
        yield f"Public : {public}.\n"
    if laureate.start is not None:
        yield _period(laureate.start, laureate.end, chance, faults)


def _territory(laureate: Laureate, chance: Chance, faults: float) -> str:
    wording = laureate.territory
    draw = chance.random() / faults if faults else 1.0
    if draw < 0.03:
        return misspelt(wording, chance).strip() or wording
    if draw < 0.04 and ", " in wording:
        # The mark of a footnote, glued to the name after it.
        return wording.replace(", ", ", 2", 1)
    return wording


def _period(start: date, end: date | None, chance: Chance, faults: float) -> str:
    if end is not None:
        return f"Date de réalisation : {_month(start)} à {_month(end)}.\n"
    if chance.often(0.05 * faults):
        half = 1 if start.month < 7 else 2
        written = chance.pick((f"{half}^{{{'er' if half == 1 else 'ème'}}} semestre", f"{half}e semestre"))
        return f"Date de démarrage : {written} {start.year}.\n"
    return f"Date de démarrage : {_month(start)}.\n"


def _month(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.year}"
