"""The words of the interface, in French and in English, read from `strings.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

from laurier.errors import Language
from laurier.web.pages import typography

_FILE = Path(__file__).with_name("strings.toml")


class Strings:
    """The words of the interface.

    A key is missing in no language, which a test asserts; French gets its no-break spaces here.
    """

    def __init__(self, path: Path = _FILE) -> None:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        self._words: dict[str, dict[str, str]] = {
            key: {language: typography.typeset(text, language) for language, text in entry.items()}
            for key, entry in table.items()
        }

    def __contains__(self, key: str) -> bool:
        return key in self._words

    def say(self, language: Language, key: str, **values: object) -> str:
        """The words of a key, with values in place; numbers are printed as the language does.

        When the values hold `n`, the key `<key>_one` is used for one thing (in French for none too), if there is one.
        """
        count = values.get("n")
        if isinstance(count, int) and f"{key}_one" in self._words:
            alone = count in (0, 1) if language == "fr" else count == 1
            key = f"{key}_one" if alone else key
        words = self._words[key][language]
        if not values:
            return words
        printed = {
            name: typography.number(value, language) if isinstance(value, int) else str(value)
            for name, value in values.items()
        }
        return words.format(**printed)
