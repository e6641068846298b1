"""How numbers, dates, durations and French punctuation are printed.

French: narrow no-break space (U+202F) before `; ! ? %` and inside guillemets, no-break space (U+00A0) before `:`, as in
the *Lexique des règles typographiques* of the Imprimerie nationale; thousands are parted by U+202F.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from babel import dates as babel_dates
from babel import numbers as babel_numbers

from laurier.errors import Language

NARROW = "\u202f"
NO_BREAK = "\u00a0"

_BEFORE = re.compile(r"(?<=[^\s\d])[ \u00a0]?([;!?»])(?=\s|$|[)\].,»])|[ \u00a0]+([;!?%€»])")
_COLON = re.compile(r"[ \u00a0\u202f]+:(?=\s|$)")
_OPEN = re.compile(r"«[ \u00a0\u202f]*")
_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))")
# How a text rendition writes what was raised: 2^{ème}.
_RAISED = re.compile(r"(?<=\w)\^\{(\w{1,5})\}")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")

_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_DURATION = re.compile(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$")
_UNITS = {
    "fr": (("an", "ans"), ("mois", "mois"), ("semaine", "semaines"), ("jour", "jours")),
    "en": (("year", "years"), ("month", "months"), ("week", "weeks"), ("day", "days")),
}


def french(text: str) -> str:
    """French text with its no-break spaces and apostrophes; all else is left as it is.

    >>> french("Qui ? « Rouen » : 3 135 740 €") == (
    ...     "Qui\\u202f? «\\u202fRouen\\u202f»\\u00a0: 3\\u202f135\\u202f740\\u202f€")
    True
    """
    text = _OPEN.sub(f"«{NARROW}", text)
    text = _BEFORE.sub(lambda m: NARROW + (m.group(1) or m.group(2)), text)
    text = _COLON.sub(f"{NO_BREAK}:", text)
    return _APOSTROPHE.sub("’", _THOUSANDS.sub(NARROW, text))


def typeset(text: str, language: str) -> str:
    """The text as it is printed in its language: raised letters on the line, and in French what `french` does."""
    text = _RAISED.sub(r"\1", text)
    return french(text) if language == "fr" else text


def number(value: int | Decimal, language: Language) -> str:
    """A number with its thousands and decimal separators."""
    return str(babel_numbers.format_decimal(value, locale=_LOCALES[language]))


def percent(value: Decimal | float, language: Language) -> str:
    """A ratio from 0 to 1 as a percentage."""
    return str(babel_numbers.format_percent(value, locale=_LOCALES[language]))


def money(value: Decimal, currency: str, language: Language) -> str:
    """A sum; cents are shown only where there are any."""
    digits = "#,##0" if value == value.to_integral_value() else "#,##0.00"
    pattern = f"{digits}\u00a0¤" if language == "fr" else f"¤{digits}"
    try:
        return str(
            babel_numbers.format_currency(
                value, currency, format=pattern, locale=_LOCALES[language], currency_digits=False
            )
        )
    except babel_numbers.UnknownCurrencyError:
        return f"{number(value, language)} {currency}"


def day(value: date, language: Language) -> str:
    """A day in words: 1er juillet 2020, 1 July 2020."""
    printed = str(babel_dates.format_date(value, "d MMMM y", locale=_LOCALES[language]))
    return printed.replace("1 ", "1er ", 1) if language == "fr" and value.day == 1 else printed


def duration(value: str, language: Language) -> str:
    """An xsd:duration of whole years, months, weeks or days in words; any other form is given back as it is."""
    found = _DURATION.match(value)
    if not found or not any(found.groups()):
        return value
    parts = []
    for count, (one, many) in zip(found.groups(), _UNITS[language], strict=True):
        if count and int(count):
            parts.append(f"{int(count)}{NO_BREAK}{one if int(count) == 1 else many}")
    return " ".join(parts) or value
