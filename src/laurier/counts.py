"""Numbers before their words, in the grammar of each language."""

from __future__ import annotations

import re

from laurier.errors import Language

_FORMS = re.compile(r"\(([^()|]*)\|?([^()|]*)\)")


def counted(number: int, words: str, language: Language) -> str:
    """A number and the words that agree with it: French counts none and one in the singular, English only one.

    Args:
        number: how many.
        words: what follows it; `(s)` is what the plural adds, `(a|ont)` the two forms of a word.
        language: of the words.

    >>> counted(0, "ligne(s) (est|sont) comprise(s)", "fr")
    '0 ligne est comprise'
    >>> counted(0, "line(s) (is|are) understood", "en")
    '0 lines are understood'
    """
    plural = number > 1 if language == "fr" else number != 1

    def chosen(found: re.Match[str]) -> str:
        first, second = found.groups()
        one, many = (first, second) if "|" in found.group() else ("", first)
        return many if plural else one

    return f"{number} {_FORMS.sub(chosen, words)}"
