"""Texts kept compressed in a SQLite file, each against a few others of its kind, and read one by one.

Texts that follow each other under keys of one folder (`…/projet/`) resemble each other; alone, each is too short to be
compressed well. The first of them are kept as they are, as the dictionary of the others (RFC 8878 section 5).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, groupby, islice

import zstandard

#: The table that a file with such texts has beside them.
SCHEMA = "CREATE TABLE dictionary (id INTEGER PRIMARY KEY, content BLOB NOT NULL);"

_LEVEL = 3
# Texts of one kind that the others are compressed against, and most bytes of them.
_SAMPLES, _SAMPLED_BYTES = 32, 64 * 1024
_DICTIONARIES_KEPT = 64

Compressed = tuple[str, int, bytes]


def compress(connection: sqlite3.Connection, texts: Iterable[tuple[str, bytes]]) -> Iterator[Compressed]:
    """Compresses texts; it keeps few of them in memory.

    Args:
        connection: to the file, whose dictionaries are written.
        texts: keys (IRIs) and texts, those of a folder one after the other.

    Yields:
        For each, its key, the number of its dictionary (0 for none) and its compressed form.
    """
    plain = zstandard.ZstdCompressor(_LEVEL)
    for _, kind in groupby(texts, key=lambda text: text[0][: text[0].rfind("/")]):
        first = list(islice(kind, _SAMPLES))
        number, compressor = 0, plain
        if len(first) == _SAMPLES:
            content = b"".join(text for _, text in first)[:_SAMPLED_BYTES]
            cursor = connection.execute("INSERT INTO dictionary (content) VALUES (?)", (content,))
            number = int(cursor.lastrowid or 0)
            compressor = zstandard.ZstdCompressor(_LEVEL, dict_data=_against(content))
        for key, text in chain(first, kind):
            yield key, number, compressor.compress(text)


def _against(content: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


class Decompressor:
    """Reads the compressed texts of a file.

    Args:
        connection: to the file.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._with = lru_cache(_DICTIONARIES_KEPT)(self._opened)

    def text(self, dictionary: int, compressed: bytes) -> bytes:
        """The text, from the number of its dictionary and its compressed form."""
        return self._with(dictionary).decompress(compressed)

    def _opened(self, dictionary: int) -> zstandard.ZstdDecompressor:
        if not dictionary:
            return zstandard.ZstdDecompressor()
        found = self._connection.execute("SELECT content FROM dictionary WHERE id = ?", (dictionary,))
        return zstandard.ZstdDecompressor(dict_data=_against(found.fetchone()[0]))
