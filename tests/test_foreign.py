"""Words of the system and of parsers: usual ones in both languages, others quoted in French."""

from __future__ import annotations

import errno
import json
import os
import tomllib

import pytest

from laurier.foreign import said


def error(run: object, *given: object) -> Exception:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - any
        run(*given)  # type: ignore[operator]
    return raised.value


@pytest.mark.parametrize(
    ("what", "en", "fr"),
    [
        (error(open, "/nowhere/at/all"), "No such file or directory", "il n'existe pas"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "No space left on device", "plus de place sur le disque"),
        (RuntimeError("[Errno 111] Connection refused"), "Connection refused", "connexion refusée"),
        (error(b"caf\xe9".decode), "byte 3 cannot be read as UTF-8", "l'octet 3 ne peut pas être lu en UTF-8"),
        (error(json.loads, "{"), "line 1 column 2", "ligne 1, colonne 2 : « Expecting property name"),
        (error(tomllib.loads, "a ="), "(at end of document)", "« Invalid value (at end of document) »"),
        (error(tomllib.loads, "a b"), "line 1, column 3", "ligne 1, colonne 3 : « Expected '='"),
        (OSError("a text alone"), "a text alone", "« a text alone »"),
        ("said elsewhere", "said elsewhere", "« said elsewhere »"),
        (ValueError(), "ValueError", "« ValueError »"),
    ],
)
def test_what_is_said_in_both_languages(what: BaseException | str, en: str, fr: str) -> None:
    assert en in said(what).en
    assert fr in said(what).fr
    assert "\n" not in said(what).fr
