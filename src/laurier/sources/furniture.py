"""Page furniture of a document: page numbers, and lines that come back from page to page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from laurier.counts import counted
from laurier.readings import Diagnostic
from laurier.sources.classify import Block
from laurier.sources.lines import fold

#: The end of a sentence, and the start of a line that goes on one.
ENDED = re.compile(r"[.!?;:…»)\]”\"]$")
SPOKEN_START = re.compile(r"^[a-zà-öø-ÿœ(«,;:.)»]")


def apart(printed: Sequence[Block]) -> tuple[list[Block], list[Block], list[Diagnostic]]:
    """The printed lines of a document without its furniture, the furniture, and what is told of it."""
    running = _running(printed)
    kept: list[Block] = []
    furniture: list[Block] = []
    for at, block in enumerate(printed):
        (furniture if _is_furniture(printed, at, running) else kept).append(block)
    return kept, furniture, _notes(furniture, running)


def _shape(text: str) -> str:
    # Page numbers differ in one running line; a sentence with other numbers is another sentence.
    folded = fold(text)
    return folded if folded.endswith(".") else re.sub(r"\d+", "0", folded)


def _running(printed: Sequence[Block]) -> frozenset[str]:
    """The shapes of lines repeated from page to page: short, never at one place twice, at least three times."""
    seen: dict[str, list[int]] = defaultdict(list)
    for at, block in enumerate(printed):
        text = block.piece.text
        if block.kind in ("text", "heading") and 3 < len(text) <= 100 and not text.endswith(":"):
            seen[_shape(text)].append(at)
    return frozenset(shape for shape, places in seen.items() if len(places) >= 3 and _spread(printed, places))


def _spread(printed: Sequence[Block], places: Sequence[int]) -> bool:
    apart = all(later - earlier > 1 for earlier, later in pairwise(places))
    # What mostly stands over a labelled line or under a number is the heading of laureates, and what mostly stands
    # under the word that opens a call is its title, however often it comes.
    heads = sum(_like_head(printed, at) or _in_title(printed, at) for at in places)
    return apart and heads * 2 <= len(places)


def _in_title(printed: Sequence[Block], at: int) -> bool:
    while at and not printed[at].gap and printed[at].kind in ("text", "heading"):
        at -= 1
    return printed[at].kind == "opener"


def _like_head(printed: Sequence[Block], at: int) -> bool:
    before, after = printed[at - 1].kind if at else "", printed[at + 1] if at + 1 < len(printed) else None
    labelled = after is not None and after.kind == "label" and after.name in ("territory", "carrier", "title")
    return labelled and before != "heading"


def _is_furniture(printed: Sequence[Block], at: int, running: frozenset[str]) -> bool:
    block = printed[at]
    if block.kind == "furniture":
        return True
    if block.kind == "number":
        # A number inside a sentence that goes on below it is a page number.
        before, after = printed[at - 1] if at else None, printed[at + 1] if at + 1 < len(printed) else None
        return bool(
            before
            and after
            and before.kind in ("text", "item")
            and after.kind == "text"
            and not ENDED.search(before.piece.text)
            and SPOKEN_START.match(after.piece.text)
        )
    return block.kind in ("text", "heading") and _shape(block.piece.text) in running


def _notes(furniture: Iterable[Block], running: frozenset[str]) -> list[Diagnostic]:
    notes: list[Diagnostic] = []
    counts = Counter(_shape(block.piece.text) for block in furniture)
    told: set[str] = set()
    for block in furniture:
        shape = _shape(block.piece.text)
        if shape in told:
            continue
        told.add(shape)
        times = counts[shape] if shape in running else 1
        notes.append(
            Diagnostic(
                "page-furniture",
                "info",
                f"Line {block.line} « {block.piece.text[:60]} » ({counted(times, 'time(s)', 'en')}) was read as a "
                "page number or a running line, and left out.",
                f"La ligne {block.line} « {block.piece.text[:60]} » ({times} fois) a été lue comme un numéro de page "
                "ou une ligne répétée, et laissée de côté.",
                block.whole.span(),
            )
        )
    return notes
