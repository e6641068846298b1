"""Values of cells: identifiers, sums, dates, numbers; what cannot be read is refused with its reason and a remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from stdnum import luhn
from stdnum.fr import siren as siren_number
from stdnum.fr import siret as siret_number

_NOTHING = frozenset(
    ("", "-", "--", "/", "n/a", "na", "nc", "nr", "néant", "neant", "sans objet", "non renseigné", "null", "none")
)
_LONGEST_NOTHING = max(map(len, _NOTHING))
_ERROR = re.compile(r"^#(?:REF|VALUE|VALEUR|N/A|NAME|NOM|DIV/0|NUM|NOMBRE|NULL|NUL)[!?]?$", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?E\+?\d+$", re.IGNORECASE)
_RNA = re.compile(r"W[0-9A-Z]\d{8}\Z")
_NUMBER = re.compile(r"^[+-]?(?:\d{1,3}(?:[ ']\d{3})+|\d+)(?:[.,]\d+)?$")
_POINTED = re.compile(r"^[+-]?\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?$|^[+-]?\d{1,3}(?:\.\d{3})+,\d+$")
_COMMAED = re.compile(r"^[+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?$|^[+-]?\d{1,3}(?:,\d{3})+\.\d+$")
_AMBIGUOUS = re.compile(r"^[+-]?\d{1,3}[.,]\d{3}$")
_CURRENCY = re.compile(r"\s*(?:€|euros?|eur|ttc|ht)\s*$", re.IGNORECASE)
_ISO_TIME = re.compile(r"^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*$")
_SERIAL = re.compile(r"^[3-5]\d{4}(?:[.,]0+)?$")
_SHORT_YEAR = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{2})$")
_ISO_INTERVAL = re.compile(r"^(\d{4}-\d{2}-\d{2})\s*[/_]\s*(\d{4}-\d{2}-\d{2})$")
# Day 0 of the spreadsheets, with their 29 February 1900 (ECMA-376, part 1, 18.17.4.1).
_EPOCH = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a value was not taken, and what to do.

    Attributes:
        code: short stable name.
        en, fr: what is wrong and the remedy, without line and column.
        kept: True when a value was taken all the same, after a correction that is told.
    """

    code: str
    en: str
    fr: str
    kept: bool = False


def clean(cell: str) -> str:
    """The value of a cell: spaces folded, and nothing for the ways of writing nothing."""
    value = " ".join(cell.split())
    return "" if len(value) <= _LONGEST_NOTHING and value.casefold() in _NOTHING else value


def spreadsheet_error(value: str) -> Refusal | None:
    """A formula that failed when the file was exported."""
    if not value.startswith("#") or not _ERROR.match(value):
        return None
    return Refusal(
        "spreadsheet-error",
        "is the error of a formula: export the table again with values",
        "est l'erreur d'une formule : exportez de nouveau le tableau en valeurs",
    )


@dataclass(frozen=True, slots=True)
class Identifier:
    """Checked identifiers of an organisation."""

    siren: str | None = None
    siret: str | None = None
    rna: str | None = None


@lru_cache(maxsize=4096)  # the same bodies come back row after row
def identifier(value: str) -> tuple[Identifier, Refusal | None]:
    """A SIRET, a SIREN or an RNA number, checked for form and key."""
    compact = re.sub(r"[\s.\-]", "", value).upper()
    if _SCIENTIFIC.match(value.replace(" ", "")):
        return Identifier(), Refusal(
            "identifier-rounded",
            "was rounded by a spreadsheet: format the column as text and export again",
            "a été arrondi par un tableur : mettez la colonne au format texte et exportez de nouveau",
        )
    if _RNA.match(compact):
        return Identifier(rna=compact), None
    if compact.isdigit() and compact.isascii():
        for length, number in ((14, siret_number), (9, siren_number)):
            if len(compact) == length - 1 and number.is_valid("0" + compact):
                return _numbered("0" + compact), Refusal(
                    "identifier-zero-lost",
                    f"lost its leading zero and was read as 0{compact}: format the column as text",
                    f"a perdu son zéro initial et a été lu 0{compact} : mettez la colonne au format texte",
                    kept=True,
                )
            if len(compact) == length and number.is_valid(compact):
                return _numbered(compact), None
        if len(compact) == 14 and luhn.is_valid(compact[:9]):
            return Identifier(siren=compact[:9]), Refusal(
                "identifier-wrong-key",
                "has the right SIREN but its key is wrong: only the SIREN was kept; check the last five digits",
                "a un SIREN juste mais une clé fausse : seul le SIREN a été retenu ; vérifiez les derniers chiffres",
                kept=True,
            )
    return Identifier(), Refusal(
        "identifier-invalid",
        "is neither a SIRET (14 digits), a SIREN (9) nor an RNA number (W and 9 characters), or its key is wrong",
        "n'est ni un SIRET (14 chiffres), ni un SIREN (9), ni un numéro RNA (W et 9 caractères), ou sa clé est fausse",
    )


def _numbered(digits: str) -> Identifier:
    return Identifier(siren=digits[:9], siret=digits if len(digits) == 14 else None)


def amount(value: str) -> tuple[Decimal | None, Refusal | None]:
    """A sum of money in the writings of spreadsheets: "1 234,50 €", "1234.5", "1.234,50", "1,234.50"."""
    bare = _CURRENCY.sub("", value).removeprefix("€").strip()
    sign = -1 if bare.startswith("(") and bare.endswith(")") else 1
    bare = bare.strip("()").strip()
    if _AMBIGUOUS.match(bare):
        return None, Refusal(
            "amount-ambiguous",
            "may be thousands or decimals: write it without separator of thousands",
            "peut se lire en milliers ou en décimales : écrivez-le sans séparateur de milliers",
        )
    if _NUMBER.match(bare):
        total = Decimal(re.sub(r"[ ']", "", bare).replace(",", "."))
    elif _POINTED.match(bare):
        total = Decimal(bare.replace(".", "").replace(",", "."))
    elif _COMMAED.match(bare):
        total = Decimal(bare.replace(",", ""))
    else:
        return None, Refusal(
            "amount-unread",
            "is not a sum of money: write digits, as 1234.50",
            "n'est pas un montant : écrivez des chiffres, comme 1234.50",
        )
    total *= sign
    if total < 0:
        return None, Refusal(
            "amount-negative",
            "is negative: a withdrawal is not an award; state it in its own list",
            "est négatif : un retrait n'est pas une attribution ; indiquez-le dans sa propre liste",
        )
    return total, None


def moment(value: str) -> tuple[str, Refusal | None]:
    """The wording of a date made readable for `dates.period`: times dropped, serial numbers and short years undone."""
    timed = _ISO_TIME.match(value)
    if timed:
        return timed.group(1), None
    interval = _ISO_INTERVAL.match(value)
    if interval:
        return f"{interval.group(1)} au {interval.group(2)}", None
    if _SERIAL.match(value):
        day = (_EPOCH + timedelta(days=int(float(value.replace(",", "."))))).isoformat()
        return day, Refusal(
            "date-serial",
            f"is the serial number of a spreadsheet, read as {day}: format the column as a date",
            f"est le numéro de série d'un tableur, lu {day} : mettez la colonne au format date",
            kept=True,
        )
    short = _SHORT_YEAR.match(value)
    if short:
        day = f"{short.group(1)}/{short.group(2)}/20{short.group(3)}"
        return day, Refusal(
            "date-short-year",
            f"has a year of two digits, read as {day}",
            f"a une année à deux chiffres, lue {day}",
            kept=True,
        )
    return value, None


UNREAD_DATES = {
    "no-date": (
        "holds no date that is understood: write 2021-03-15",
        "ne contient pas de date comprise : écrivez 2021-03-15",
    ),
    "several-dates": (
        "holds several dates: write one, or a start and an end as 2021-01-01/2021-12-31",
        "contient plusieurs dates : écrivez-en une, ou un début et une fin comme 2021-01-01/2021-12-31",
    ),
    "end-only": ("gives an end without a start", "donne une fin sans début"),
    "impossible-date": ("is no date of the calendar", "n'est pas une date du calendrier"),
    "end-before-start": ("ends before it starts", "finit avant de commencer"),
    "unlikely-year": ("has an unlikely year: check it", "a une année invraisemblable : vérifiez-la"),
}
