"""Where a query goes wrong: the first token that no query could hold at that place.

The engine's own position lies up to the length of its longest keyword too far (it counts the keywords that it tried
to match), so that it is only a hint from which the true place is found with the engine as the judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from laurier.errors import QueryError
from laurier.store.preflight import position, tokens

# `error at 2:10: expected one of "{", OPTIONAL`
_REPORT = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
_LONGEST_KEYWORD = 16
_GAP = 64
_NOTHING = "\x00" * 32  # no query holds it outside a string


def explain(text: str, report: str, parse: Callable[[str], str]) -> QueryError:
    """The engine's syntax error as a sentence with line and column.

    Args:
        text: the query.
        report: the engine's message.
        parse: gives the engine's message for another text that is malformed too.
    """
    found = _REPORT.match(report)
    if found is None:
        return QueryError(f"The query is malformed: {report}.", f"La requête est mal formée : {report}.")
    hint = _offset(text, int(found[1]), int(found[2]))
    reason = _sentence(found[3])
    offset = hint if reason else _first_wrong(text, hint, parse)
    line, column = position(text, min(offset, len(text)))
    token = next((match.group() for match in tokens(text) if match.start() >= offset), "")[:40]
    what = reason or (f"{token!r} cannot stand here" if token else "the query ends too early")
    quoi = reason or (f"« {token} » ne peut pas se trouver ici" if token else "la requête se termine trop tôt")
    return QueryError(
        f"Syntax error at line {line}, column {column}: {what}.",
        f"Erreur de syntaxe à la ligne {line}, colonne {column} : {quoi}.",
        line=line,
        column=column,
    )


def _first_wrong(text: str, hint: int, parse: Callable[[str], str]) -> int:
    """The last token start at or before the hint that the parser gets to."""
    window = (hint - _LONGEST_KEYWORD, hint)
    starts = [match.start() for match in tokens(text) if match.lastgroup != "space"]
    candidates = [start for start in [*starts, len(text)] if start <= window[1]]
    for start in reversed(candidates):
        # Blanks before the token push the parser's furthest point beyond the gap only if it comes that far.
        tried = text[:start] + " " * _GAP + _NOTHING
        found = _REPORT.match(parse(tried))
        if found is not None and _offset(tried, int(found[1]), int(found[2])) >= start + _GAP:
            return start
        if start < window[0]:
            break
    return hint


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if start == 0:
            return len(text)
    return start + column - 1


def _sentence(expected: str) -> str:
    """What the engine says in words (a rule of scope, an invalid IRI), or nothing for a list of terminals."""
    for part in re.split(r", (?=[A-Z\"\[])", expected.removeprefix("one of ")):
        if " " in part and part[0].isalpha():
            return part.strip().rstrip(".")
    return ""
