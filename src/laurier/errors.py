"""The tree of errors, each one a sentence in French and in English.

    LaurierError
    ├── UsageError        the command, the settings or a configuration file is wrong (exit code 2)
    └── DataRefused       the data cannot be published as it is (exit code 1)
        ├── SourceError       a source document cannot be read
        ├── ReconcileError    a gazetteer table or a file of decisions cannot be read
        ├── ValidationRefused the graph breaks its shapes
        ├── SnapshotError     a release is damaged, missing, busy, or cannot be written
        └── QueryError        a SPARQL query cannot be answered
            ├── QueryRefused      it asks what is not served (update, SERVICE, unknown graph)
            │   └── QueryUnacceptable  its kind of result has no format among those accepted
            ├── QueryTimeout      it ran longer than its limit
            ├── QueryTooLarge     it, its memory or its result is over a limit
            │   └── QueryExhausted     its memory or its result grew over the limit while it ran
            └── QueryBusy         too many queries are waiting

A message names the culprit (file, line, cell, term) and the remedy.
"""

from __future__ import annotations

from typing import Literal

Language = Literal["fr", "en"]


class LaurierError(Exception):
    """An error told to a person: one sentence in each language.

    Args:
        en: the sentence in English, culprit and remedy included.
        fr: the same sentence in French.
        path: the file at fault, where there is one.
        line: its line, counted from 1.
        column: its column, counted from 1.
    """

    exit_code = 1

    def __init__(
        self,
        en: str,
        fr: str,
        *,
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(en)
        self.en = en
        self.fr = fr
        self.path = path
        self.line = line
        self.column = column

    def say(self, language: Language) -> str:
        """The sentence in the language asked for."""
        return self.fr if language == "fr" else self.en

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions with keyword arguments do not cross a process boundary by themselves.
        state = {"path": self.path, "line": self.line, "column": self.column}
        return (type(self), (self.en, self.fr), state)


class UsageError(LaurierError):
    """The command, the settings or a configuration file is wrong."""

    exit_code = 2


class DataRefused(LaurierError):
    """The data cannot be published as it is."""


class SourceError(DataRefused):
    """A source document cannot be read."""


class ReconcileError(DataRefused):
    """A gazetteer table or a file of decisions cannot be read."""


class ValidationRefused(DataRefused):
    """The graph breaks its shapes."""


class SnapshotError(DataRefused):
    """A release is damaged, missing, busy, or cannot be written."""


class QueryError(DataRefused):
    """A SPARQL query cannot be answered."""


class QueryRefused(QueryError):
    """The query asks what is not served."""


class QueryUnacceptable(QueryRefused):
    """The kind of result of the query has no format among those accepted."""


class QueryTimeout(QueryError):
    """The query ran longer than its limit."""


class QueryTooLarge(QueryError):
    """The query, its memory or its result is over a limit."""


class QueryExhausted(QueryTooLarge):
    """The memory or the result of the query grew over the limit while it ran."""


class QueryBusy(QueryError):
    """Too many queries are waiting."""
