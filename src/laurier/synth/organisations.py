"""Invented carriers: organisation number k is the same in every list of a seed, so that carriers come back."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass

from laurier.synth.chance import mixed
from laurier.synth.places import Places, Spot


@dataclass(frozen=True, slots=True)
class Organisation:
    """An invented organisation; its identifiers are well formed and belong to nobody on purpose.

    Attributes:
        name: as it writes it.
        seat: its commune.
        siret: 14 digits with valid keys (the first nine are the SIREN).
        rna: number of an association, empty for others.
        fantasy: the name of fantasy used in titles.
    """

    name: str
    seat: Spot
    siret: str
    rna: str
    fantasy: str


def organisation(number: int, seed: int, places: Places, words: Mapping[str, list[str]]) -> Organisation:
    """Organisation `number` of a seed, which sits in région `number` modulo the number of régions.

    Args:
        number: from 0.
        seed: of the list.
        places: where organisations sit.
        words: `forms`, `first` and `second` names.
    """
    bits = mixed(seed, number)
    first, second, forms = words["first"], words["second"], words["forms"]
    pool = places.communes[places.regions.spots[number % len(places.regions.spots)].code]
    seat = pool.spots[bisect(pool.sums, (bits >> 11) / (1 << 53) * pool.sums[-1])]
    fantasy = f"{first[bits % len(first)]} {second[(bits >> 8) % len(second)]}"
    form = forms[(bits >> 16) % len(forms)]
    called = f"{fantasy} {seat.departement}" if bits >> 62 == 0 else fantasy
    name = form.replace("{nom}", called).replace("{de}", seat.of).replace("{lieu}", seat.name)
    is_association = form.startswith(("Association", "{nom}", "Les Amis", "Entraide"))
    siren = keyed(f"{10_000_000 + (bits >> 24) % 89_999_999:08d}")
    siret = keyed(f"{siren}{1 + (bits >> 50) % 40:04d}")
    rna = f"W{seat.departement[:2].replace('2A', '20').replace('2B', '20')}1{(bits >> 30) % 1_000_000:06d}"
    return Organisation(name, seat, siret, rna if is_association else "", fantasy)


_DOUBLED = tuple(sum(divmod(2 * digit, 10)) for digit in range(10))


def keyed(digits: str) -> str:
    """Digits with their Luhn key behind."""
    values = [ord(digit) - 48 for digit in reversed(digits)]
    total = sum(values[1::2]) + sum(_DOUBLED[value] for value in values[::2])
    return f"{digits}{-total % 10}"
