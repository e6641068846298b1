"""Errors: two languages, an exit code, and they cross a process boundary whole."""

from __future__ import annotations

import pickle

from laurier import errors as module
from laurier.errors import DataRefused, LaurierError, QueryTimeout, SourceError, UsageError


def test_an_error_keeps_its_languages_and_place_across_processes() -> None:
    error = SourceError("in English", "en français", path="a.csv", line=3, column=7)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is SourceError
    assert (again.say("en"), again.say("fr")) == ("in English", "en français")
    assert (again.path, again.line, again.column) == ("a.csv", 3, 7)


def test_exit_codes() -> None:
    assert UsageError("a", "b").exit_code == 2
    assert SourceError("a", "b").exit_code == QueryTimeout("a", "b").exit_code == 1


def test_every_error_is_in_the_drawn_tree() -> None:
    drawn = LaurierError.__module__
    waiting, names = [LaurierError], []
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if kind.__module__ == drawn:
            names.append(kind.__name__)
    assert all(name in (module.__doc__ or "") for name in names)
    assert issubclass(SourceError, DataRefused)
