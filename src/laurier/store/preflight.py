"""What can be known of a SPARQL query before any parser sees it: limits, forbidden clauses, its shape.

A tokenizer, not a parser: it runs in linear time without recursion, so that no text can harm it. The engine has no
limit on nesting, which crashes it, and calls SERVICE endpoints without asking (SPARQL 1.1 Query section 19.8 gives
the terminals).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from laurier.errors import QueryError, QueryRefused, QueryTooLarge
from laurier.settings import Limits

_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n]+|\#[^\r\n]*)
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|UCHAR)*>)
  | (?P<string>'''(?:'{0,2}(?:[^'\\]|\\.))*+(?:'''|(?P<open_a>))|\"\"\"(?:"{0,2}(?:[^"\\]|\\.))*+(?:\"\"\"|(?P<open_q>))
      |'(?:[^'\\\n\r]|\\.)*+'?|"(?:[^"\\\n\r]|\\.)*+"?)  # one left open ends with its line
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<blank>_:[\w.\-]*)
  | (?P<name>(?:[^\W\d_][\w.\-]*)?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
  | (?P<word>[^\W\d]\w*)
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
  | (?P<open>[({\[]|<<\(?)
  | (?P<close>[)}\]]|>>)
  | (?P<other>.)
    """.replace("UCHAR", _UCHAR),
    re.VERBOSE | re.DOTALL,
)
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"})
# Functions whose value changes from one call to the next (SPARQL 1.1 Query section 17.4).
_CHANGING = frozenset({"RAND", "NOW", "UUID", "STRUUID", "BNODE"})
_ESCAPE = re.compile(_UCHAR)
#: Longest text, in characters, whose tokens are read where other requests wait: about 2 ms.
AT_ONCE = 8 * 1024
_BEGINNING = 512  # characters


@dataclass(frozen=True, slots=True)
class Preflight:
    """What the tokens of a query say.

    Attributes:
        shape: the query with its constants left out; queries of one shape tend to cost the same.
        repeatable: it holds no function whose value changes from call to call.
        service: it holds a SERVICE clause.
        dataset: it states its dataset with FROM or FROM NAMED.
        unread: its tokens have not been read: whoever evaluates it has to `check` it first.
    """

    shape: int
    repeatable: bool
    service: bool
    dataset: bool
    unread: bool = False


def check(text: str, limits: Limits) -> Preflight:
    """Reads the tokens of a query and refuses what must not reach the engine.

    Raises:
        QueryTooLarge: the text is longer, or its brackets nest deeper, than the limits.
        QueryRefused: it is an update.
        QueryError: a string of three quotation marks is never closed.
    """
    _bound(text, limits)
    found = _Reading(limits.query_depth)
    found.read(text)
    if found.update:
        raise QueryRefused(
            f"{found.update} is an update, and this endpoint only answers queries: use SELECT, ASK, CONSTRUCT or "
            "DESCRIBE.",
            f"{found.update} est une mise à jour, et ce point d'accès ne fait que répondre : utilisez SELECT, ASK, "
            "CONSTRUCT ou DESCRIBE.",
        )
    service = found.service or _hidden_service(text)
    # A function may be named by escapes (SPARQL 1.1 Query section 19.2).
    repeatable = found.repeatable and not ("\\" in text and _ESCAPE.search(text))
    return Preflight(hash(tuple(found.shape)), repeatable, service, found.dataset)


def skim(text: str, limits: Limits) -> Preflight:
    """What is told of a long query at once; `check` of it takes up to half a microsecond a byte.

    Its shape is its beginning, constants included.

    Raises:
        QueryTooLarge: the text is longer than the limit.
    """
    _bound(text, limits)
    return Preflight(hash(text[:_BEGINNING]), repeatable=True, service=False, dataset=False, unread=True)


def may_call(text: str) -> bool:
    """A query may hold SERVICE, in some reading of it."""
    return "service" in text.lower() or _ESCAPE.search(text) is not None


def tokens(text: str) -> Iterator[re.Match[str]]:
    """The terminals of a text with their places; `lastgroup` names the kind. Nothing is left out."""
    return _TOKEN.finditer(text)


class _Reading:
    """One walk over the tokens."""

    def __init__(self, depth_limit: int) -> None:
        self.depth_limit = depth_limit
        self.shape: list[str] = []
        self.repeatable = True
        self.service = False
        self.dataset = False
        self.update = ""

    def read(self, text: str) -> None:
        depth = 0
        form = ""
        before, last = "", ""  # the two significant tokens before this one
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup or "other"
            if kind == "space":
                continue
            token = match.group()
            if kind == "open":
                depth += 1
                if depth > self.depth_limit:
                    raise _too_deep(self.depth_limit, text, match.start())
                if token == "{" and _names_service(last) and before.upper() != "GRAPH":  # noqa: S105 - a bracket
                    self.service = True
            elif kind == "close":
                depth -= 1
            elif kind == "word":
                token = token.upper()
                if "SERVICE" in token:
                    self.service = True
                elif token in _CHANGING:
                    self.repeatable = False
                elif depth == 0 and token.startswith("FROM"):
                    self.dataset = True
                if not form and (token in _FORMS or token in _UPDATES):
                    form = token
            elif kind == "string" and (match["open_a"] is not None or match["open_q"] is not None):
                raise _never_closed(text, match.start())
            elif kind == "name" and depth == 0 and token.upper().startswith("FROM") and last != "PREFIX":
                self.dataset = True  # the engine reads `FROM:a` as the keyword followed by a prefixed name
            elif kind == "iri" and ")" in token and "service" in token.lower():
                # After an expression, `<` may be an operator, and what follows its `)` a clause.
                self.service = True
            before, last = last, token
            self.shape.append(kind if kind in ("iri", "string", "number") else token)
        self.update = form if form in _UPDATES else ""


def _bound(text: str, limits: Limits) -> None:
    if len(text) > limits.query_kb * 1024 or len(text.encode(errors="replace")) > limits.query_kb * 1024:
        raise QueryTooLarge(
            f"The query is longer than {limits.query_kb} KiB: shorten it, or split it into several.",
            f"La requête dépasse {limits.query_kb} Kio : raccourcissez-la ou découpez-la.",
        )


def _names_service(token: str) -> bool:
    # The engine reads `SERVICEex:a {` as the keyword followed by a prefixed name.
    prefix, colon, _ = token.partition(":")
    return bool(colon) and "service" in prefix.lower() and not token.startswith("<")


def _hidden_service(text: str) -> bool:
    """SERVICE where a different reading of `<` or of an escape would find it."""
    if "service" not in text.lower() and "\\" not in text:
        return False
    readings = []
    if _ESCAPE.search(text):
        readings.append(_ESCAPE.sub(_unescape, text))
    if re.search(r"<[^<>\s]*'[^<>\s]*>", text):
        # An apostrophe inside what looks like an IRI may open a string if `<` is an operator.
        readings.append(text.replace("<", "< "))
    return any(_holds_service(reading) for reading in readings)


def _holds_service(reading: str) -> bool:
    found = _Reading(depth_limit=len(reading) + 1)
    try:
        found.read(reading)
    except QueryError:
        return True  # cannot be told: the safe answer
    return found.service


def _unescape(match: re.Match[str]) -> str:
    code = int(match.group()[2:], 16)
    return chr(code) if code < 0x110000 else match.group()


def _too_deep(limit: int, text: str, offset: int) -> QueryTooLarge:
    line, column = position(text, offset)
    return QueryTooLarge(
        f"The brackets of the query nest deeper than {limit} at line {line}, column {column}: simplify it.",
        f"Les parenthèses et accolades de la requête s'emboîtent sur plus de {limit} niveaux à la ligne {line}, "
        f"colonne {column} : simplifiez-la.",
        line=line,
        column=column,
    )


def _never_closed(text: str, offset: int) -> QueryError:
    line, column = position(text, offset)
    return QueryError(
        f"The string that opens at line {line}, column {column} is never closed: add its three quotation marks.",
        f"La chaîne ouverte à la ligne {line}, colonne {column} n'est jamais fermée : ajoutez ses trois guillemets.",
        line=line,
        column=column,
    )


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1 and counted in characters, of an offset in a text."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - text.rfind("\n", 0, offset)
