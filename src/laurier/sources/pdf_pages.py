"""The pages of a PDF as printed lines with their geometry; run as a program, so that a hostile file can be stopped.

python -m laurier.sources.pdf_pages FILE    writes JSON: {"lines": [...], "tables": [...]}
"""

from __future__ import annotations

import json
import logging
import resource
import statistics
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pdfplumber

from laurier.sources.lines import fold

#: What reading a PDF may take: seconds of processor, bytes of memory, pages.
SECONDS = 180
_MEMORY = 3 << 30
_MOST_PAGES = 600
_EDGE = 0.09


@dataclass(slots=True)
class _Line:
    """A printed line: its words from left to right, where it stands."""

    words: list[dict[str, Any]]
    top: float
    bottom: float
    page: int
    height: float
    text: str = ""
    gap: bool = True
    goes_on: bool = False
    column: tuple[float, float] = field(default=(0.0, 0.0))

    @property
    def left(self) -> float:
        return float(self.words[0]["x0"])

    @property
    def right(self) -> float:
        return float(self.words[-1]["x1"])

    @property
    def size(self) -> float:
        return float(statistics.median(word["bottom"] - word["top"] for word in self.words))


def main() -> None:
    """Reads the file named on the command line."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    logging.disable(logging.CRITICAL)
    with pdfplumber.open(sys.argv[1]) as document:
        if len(document.pages) > _MOST_PAGES:
            json.dump({"pages": len(document.pages)}, sys.stdout)
            return
        pages = []
        tables: list[list[list[str]]] = []
        for page in document.pages:
            pages.append((list(_page_lines(page)), float(page.height)))
            if len(page.lines) + len(page.rects) >= 6:
                tables.extend([[[cell or "" for cell in row] for row in table] for table in page.extract_tables()])
            page.close()
    lines, left_out = _without_edges(pages)
    _spaced(lines)
    rendered = [{"text": o.text, "page": o.page, "gap": o.gap, "goes_on": o.goes_on} for o in lines]
    json.dump({"lines": rendered, "tables": tables, "left_out": left_out, "pages": len(pages)}, sys.stdout)


def _page_lines(page: Any) -> Iterator[_Line]:
    """The lines of a page in reading order: column after column between the lines that cross the whole page."""
    words = page.dedupe_chars().extract_words(x_tolerance_ratio=0.2, y_tolerance=2, extra_attrs=["size"])
    width, height = float(page.width), float(page.height)
    gutter = _gutter(words, width)
    if gutter is None:
        yield from _clustered(words, page.page_number, height, (0.0, width))
        return
    crossing = [w for w in words if _crosses(w, gutter)]
    # What stands at the edge of a page belongs to the page, not to its columns.
    edges = [w for w in words if w["bottom"] < _EDGE * height or w["top"] > (1 - _EDGE) * height]
    across = [w for w in words if w in edges or any(_beside(w, other) for other in crossing)]
    inside = [w for w in words if w not in across]
    whole = _clustered(across, page.page_number, height, (0.0, width))
    left = _clustered([w for w in inside if w["x1"] <= gutter + 2], page.page_number, height, (0.0, gutter))
    right = _clustered([w for w in inside if w["x1"] > gutter + 2], page.page_number, height, (gutter, width))
    top = -1.0
    for bound in [*(line.top for line in whole), height]:
        for side in (left, right):
            yield from (line for line in side if top <= line.top < bound)
        yield from (line for line in whole if line.top == bound)
        top = bound


def _crosses(word: dict[str, Any], x: float) -> bool:
    return bool(word["x0"] < x - 2 and word["x1"] > x + 2)


def _beside(word: dict[str, Any], other: dict[str, Any]) -> bool:
    common = min(word["bottom"], other["bottom"]) - max(word["top"], other["top"])
    return bool(common >= 0.5 * (word["bottom"] - word["top"]))


def _gutter(words: Sequence[dict[str, Any]], width: float) -> float | None:
    """Where a page of two columns is cut: hardly a word crosses it, and many stand on both of its sides."""
    rows = len({round(word["top"] / 4) for word in words})
    valid: list[int] = []
    best: list[int] = []
    for at in range(35, 66):
        x = width * at / 100
        crossing = sum(_crosses(word, x) for word in words)
        left = sum(word["x1"] <= x + 2 for word in words)
        right = len(words) - left - crossing
        if len(words) >= 30 and crossing <= 0.1 * rows and min(left, right) >= 0.2 * len(words):
            valid = [*valid, at] if valid and valid[-1] == at - 1 else [at]
            best = max(best, valid, key=len)
    # Narrower than two hundredths of the page, it is the space of words that happen to stand one over the other.
    return width * (best[0] + best[-1]) / 200 if len(best) >= 3 else None


def _clustered(words: Sequence[dict[str, Any]], number: int, height: float, column: tuple[float, float]) -> list[_Line]:
    """Words to lines: a word is on a line when half of it stands in its band (a superscript does)."""
    lines: list[_Line] = []
    for word in sorted(words, key=lambda w: (-(w["bottom"] - w["top"]), w["top"])):
        fitting = [(_overlap(o, word), at) for at, o in enumerate(lines)]
        share, at = max(fitting, default=(0.0, -1))
        if share >= 0.5:
            lines[at].words.append(word)
        else:
            lines.append(_Line([word], word["top"], word["bottom"], number, height, column=column))
    for line in lines:
        _compose(line)
    return sorted(lines, key=lambda o: (o.top, o.left))


def _overlap(line: _Line, word: dict[str, Any]) -> float:
    """The share of the height of a word that stands in the band of a line."""
    common = min(line.bottom, word["bottom"]) - max(line.top, word["top"])
    return float(common / max(word["bottom"] - word["top"], 0.1))


def _compose(line: _Line) -> None:
    line.words.sort(key=lambda w: w["x0"])
    parts = [line.words[0]["text"]]
    for before, word in pairwise(line.words):
        # Runs of one word in two sizes ("2" and its "ème") touch each other.
        touching = word["x0"] - before["x1"] < 0.12 * (word["bottom"] - word["top"]) and before["size"] != word["size"]
        parts.append(word["text"] if touching else " " + word["text"])
    line.text = "".join(parts)


def _without_edges(pages: Sequence[tuple[list[_Line], float]]) -> tuple[list[_Line], list[str]]:
    """The lines without page numbers and the lines repeated at the top or the foot of pages."""
    seen: Counter[str] = Counter()
    for lines, height in pages:
        seen.update({_shape(line) for line in lines if _at_edge(line, height)})
    kept: list[_Line] = []
    left_out: list[str] = []
    for lines, height in pages:
        for line in lines:
            alone = _shape(line).strip(" -–/.") in (
                "0",
                "page 0",
                "0 / 0",
                "page 0 / 0",
                "page 0 sur 0",
                "0/0",
                "p 0",
                "p. 0",
            )
            repeated = seen[_shape(line)] >= max(2, len(pages) / 2)
            if _at_edge(line, height) and len(pages) > 1 and (repeated or alone):
                left_out.append(line.text)
            else:
                kept.append(line)
    return kept, left_out


def _at_edge(line: _Line, height: float) -> bool:
    return line.bottom < _EDGE * height or line.top > (1 - _EDGE) * height


def _shape(line: _Line) -> str:
    out, digits = [], False
    for character in fold(line.text):
        if character.isdigit():
            if not digits:
                out.append("0")
            digits = True
        else:
            out.append(character)
            digits = False
    return "".join(out)


def _same_place(first: _Line, second: _Line) -> bool:
    return first.page == second.page and first.column == second.column


def _leading(lines: Sequence[_Line]) -> float:
    """The usual step from a line to the next of its paragraph, in sizes of print: the smallest that is common."""
    steps = sorted(
        (b.top - a.top) / a.size
        for a, b in pairwise(lines)
        if a.page == b.page and a.column == b.column and 0.7 * a.size < b.top - a.top < 4 * a.size
    )
    for step in steps:
        near = sum(step <= other <= 1.1 * step for other in steps)
        if near >= 0.1 * len(steps):
            return step
    return steps[0] if steps else 0.0


def _spaced(lines: Sequence[_Line]) -> None:
    """Says where a blank line stands, and which lines go on the one before: their first word would not have fitted."""
    usual = _leading(lines)
    near = sum(_same_place(a, b) and b.top - a.top <= 1.3 * usual * a.size for a, b in pairwise(lines))
    spread = len(lines) - near > 0.2 * len(lines)
    margins: dict[tuple[int, tuple[float, float]], float] = {}
    for line in lines:
        place = (line.page, line.column)
        margins[place] = max(margins.get(place, 0.0), line.right)
    for before, line in pairwise(lines):
        same = _same_place(before, line)
        alike = abs(before.size - line.size) <= 0.12 * before.size
        step = line.top - before.top
        tight = same and step <= 1.3 * usual * before.size
        first = line.words[0]["x1"] - line.words[0]["x0"]
        margin = margins[(before.page, before.column)]
        # Where paragraphs stand apart, a line that reaches far is not the last of its own even if a word had fitted.
        far = spread and before.right > before.column[0] + 0.75 * (margin - before.column[0])
        full = before.right + 0.25 * before.size + first > margin or far
        line.gap = not (tight and alike)
        # A paragraph goes on over a column or a page when its last line there was full.
        line.goes_on = alike and full and (tight or not same)
        if line.goes_on and not same:
            line.gap = not line.text[:1].islower()
            line.goes_on = not line.gap


if __name__ == "__main__":
    main()
