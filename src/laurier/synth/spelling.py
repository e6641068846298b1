"""How lists are misspelt: the faults that people and spreadsheets make in names, numbers and empty cells."""

from __future__ import annotations

import unicodedata

from laurier.synth.chance import Chance

_EMPTY = ("", "", "", "", "-", "NC", "n.c.", "Non renseigné", "?", "#N/A")


def misspelt(text: str, chance: Chance) -> str:
    """The text with one fault of a person typing, or the same text where that fault cannot be made."""
    return chance.pick(_FAULTS)(text, chance)


def empty(chance: Chance) -> str:
    """What stands in a cell that has no value."""
    return chance.pick(_EMPTY)


def _swap(text: str, chance: Chance) -> str:
    if len(text) < 5:
        return text
    at = 1 + chance.below(len(text) - 3)
    return f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"


def _drop(text: str, chance: Chance) -> str:
    if len(text) < 5:
        return text
    at = 1 + chance.below(len(text) - 2)
    return text[:at] + text[at + 1 :]


def _double(text: str, chance: Chance) -> str:
    at = chance.below(len(text))
    return text[:at] + text[at] + text[at:]


def _bare(text: str, _: Chance) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _unhyphened(text: str, _: Chance) -> str:
    return text.replace("-", " ")


def _saint(text: str, _: Chance) -> str:
    return text.replace("Saint", "St")


def _upper(text: str, _: Chance) -> str:
    return text.upper()


def _lower(text: str, _: Chance) -> str:
    return text.lower()


def _spaced(text: str, _: Chance) -> str:
    return f" {text.replace(' ', '  ')} "


def _decomposed(text: str, _: Chance) -> str:
    return unicodedata.normalize("NFD", text)


def _curly(text: str, _: Chance) -> str:
    return text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")


_FAULTS = (
    *(_swap, _drop, _double, _lower, _spaced, _decomposed, _curly),
    # What is met most often, twice.
    *(_bare, _bare, _unhyphened, _unhyphened, _saint, _saint, _upper, _upper),
)
