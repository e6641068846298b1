"""Printed lines to logical lines: page furniture set apart, wrapped lines joined, doubled lines noticed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from laurier.readings import Diagnostic
from laurier.sources.classify import Block, classify, is_heading
from laurier.sources.dates import is_dateline
from laurier.sources.furniture import ENDED, SPOKEN_START, apart
from laurier.sources.layout import Layout
from laurier.sources.lines import SourceText, fold

#: The width of a document whose geometry tells which lines go on: any.
_BY_GEOMETRY = 1 << 30
_JOINABLE = frozenset(("text", "label", "item", "heading"))
_CONNECTOR = re.compile(
    r"(?:[,(/«–-]|\b(?:et|ou|de|du|des|d'|la|le|les|l'|en|a|au|aux|dans|pour|par|sur|avec|un|une))$"
)
_HYPHENATED = re.compile(r"[^\W\d_]-$")


@dataclass(frozen=True, slots=True)
class Logical:
    """The logical lines of a document.

    Attributes:
        blocks: in the order of the document.
        furniture: page numbers and running lines, set apart.
        diagnostics: what was assumed.
        width: the column at which lines were wrapped, None for a document that was not wrapped.
    """

    blocks: tuple[Block, ...]
    furniture: tuple[Block, ...]
    diagnostics: tuple[Diagnostic, ...]
    width: int | None


def logical_lines(source: SourceText, layout: Layout) -> Logical:
    """Reads the lines of a document as logical lines."""
    notes: list[Diagnostic] = []
    kept, furniture, told = apart(_classified(source, layout))
    notes.extend(told)
    width = _width(kept) if source.wrapped is None else _BY_GEOMETRY
    blocks = _undoubled(_joined(kept, width, source, layout, notes), notes)
    return Logical(tuple(blocks), tuple(furniture), tuple(notes), width)


def _classified(source: SourceText, layout: Layout) -> list[Block]:
    blocks: list[Block] = []
    gap = True
    for piece in source.lines():
        if piece:
            blocks.append(classify(piece, layout, gap))
            gap = False
        else:
            gap = True
    return blocks


def _width(blocks: Sequence[Block]) -> int | None:
    """The column at which a program wrapped the lines: the one that explains most line ends.

    A line end is explained by a width when the line fits in it and the first word of the next line would not.
    """
    edges: list[tuple[int, int]] = []
    pairs = flowing = 0
    for block, following in pairwise(blocks):
        if following.gap or block.kind not in _JOINABLE or following.kind not in ("text", "heading"):
            continue
        pairs += 1
        flowing += following.kind == "text" and bool(SPOKEN_START.match(following.whole.text))
        length = len(block.whole.text)
        beyond = length + 1 + len(following.whole.text.split(" ", 1)[0])
        edges.extend(((length, 1), (beyond, -1)))
    best, at, open_now = 0, 0, 0
    for place, step in sorted(edges, key=lambda edge: (edge[0], edge[1])):
        open_now += step
        if open_now > best:
            best, at = open_now, place
    # Where lines were wrapped by a program, most of them go on in lower case.
    return at if at >= 30 and best >= 4 and best >= 0.6 * pairs and flowing >= 0.4 * pairs else None


def _joined(
    printed: Sequence[Block], width: int | None, source: SourceText, layout: Layout, notes: list[Diagnostic]
) -> list[Block]:
    whole_words = frozenset(re.findall(r"\w+(?:-\w+)*", source.text.lower())) if width else frozenset()
    out: list[Block] = []
    spaced = sum(block.gap for block in printed) * 5 > len(printed)
    last: Block | None = None  # the printed line before, as it was printed
    titled = False  # the title of a call is broken over lines; that needs no remark
    for block in printed:
        titled = block.kind == "opener" or (titled and not block.gap)
        if out and last is not None and _continues(out[-1], last, block, width, source.wrapped):
            joined = _join(out[-1], block, whole_words, layout)
            if width is None and not titled:
                notes.append(_told(joined, block))
            elif width is not None and not spaced and ENDED.search(last.whole.text) and block.kind == "text":
                notes.append(_unsure(block))
            out[-1] = joined
        else:
            out.append(block)
        last = block
    return out


def _continues(current: Block, last: Block, block: Block, width: int | None, wrapped: frozenset[int] | None) -> bool:
    """Whether a printed line goes on the logical line before it."""
    if current.kind not in _JOINABLE:
        return False
    text, before = block.whole.text, current.whole.text
    if current.kind == "heading":
        return block.kind == "heading" and not block.gap
    prose = block.kind == "text" or (block.kind == "label" and not block.name) or block.kind == "heading"
    if current.kind == "label" and not current.value:
        return False
    ended = bool(ENDED.search(before))
    if block.gap:
        # Across a blank line (a page break): only a sentence left open that goes on in lower case.
        open_end = bool(_CONNECTOR.search(fold(before))) if current.kind == "label" else not ended
        return open_end and block.kind == "text" and bool(SPOKEN_START.match(text)) and text[0] not in "(«"
    if width is not None:
        full = len(last.whole.text) + 1 + len(text.split(" ", 1)[0]) > width
        if wrapped is not None:
            full = block.line in wrapped
        if full and (prose or (not ended and block.kind in ("count", "opener", "number", "item"))):
            return True
    if not prose or block.kind == "heading":
        return False
    if ended:
        return False
    begun = bool(SPOKEN_START.match(text)) and not is_dateline(block.piece)
    return begun or bool(_CONNECTOR.search(fold(before)))


def _join(current: Block, block: Block, whole_words: frozenset[str], layout: Layout) -> Block:
    """One logical line out of two; its kind is read again, for a heading may have been cut in its label."""
    separator, drop = " ", 0
    if _HYPHENATED.search(current.whole.text) and block.whole.text[:1].islower():
        separator = ""
        drop = 0 if _compound(current.whole.text, block.whole.text, whole_words) else 1
    whole = current.whole.join(block.whole, separator, drop)
    breaks = (*current.breaks, len(current.piece.text))
    if current.kind == "heading" or (current.kind == "label" and current.name):
        value = current.value.join(block.whole, separator, drop)
        piece = current.piece.join(block.whole, separator, drop)
        return replace(current, piece=piece, value=value, whole=whole, breaks=breaks)
    again = classify(whole, layout, current.gap)
    if again.kind in ("label", "item", "text"):
        return replace(again, breaks=breaks)
    return Block("text", whole, whole, current.gap, whole, breaks=breaks)


def _compound(before: str, after: str, known: frozenset[str]) -> bool:
    """Whether the hyphen at the end of a line belongs to the word ("centre-ville") or to the wrapping ("accompa-gner").

    It belongs to the word when the document holds the word so elsewhere, or both halves as words of their own.
    """
    first = re.search(r"[\w-]+$", before.lower()[:-1])
    second = re.match(r"[\w-]+", after.lower())
    if first is None or second is None or first.group() + second.group() in known:
        return False
    return f"{first.group()}-{second.group()}" in known or {first.group(), second.group()} <= known


def _unsure(block: Block) -> Diagnostic:
    return Diagnostic(
        "paragraph-unsure",
        "info",
        f"Line {block.line} was read as going on the paragraph above: nothing shows whether a new one begins there.",
        f"La ligne {block.line} a été lue comme la suite du paragraphe : rien ne montre si un autre y commence.",
        block.whole.span(),
    )


def _told(joined: Block, block: Block) -> Diagnostic:
    return Diagnostic(
        "joined-lines",
        "warning" if joined.kind == "label" else "info",
        f"Line {block.line} was read as the rest of line {joined.line}: put a blank line between them if it is not.",
        f"La ligne {block.line} a été lue comme la suite de la ligne {joined.line} : séparez-les d'une ligne vide "
        "si ce n'est pas le cas.",
        block.whole.span(),
    )


def _undoubled(blocks: Sequence[Block], notes: list[Diagnostic]) -> list[Block]:
    """Leaves out a line that repeats the one before it; the doubled line is told, never read twice."""
    out: list[Block] = []
    for printed in blocks:
        doubled = _doubled_heading(printed)
        if doubled is not None:
            notes.append(_doubled_note(printed, printed.line))
        block = doubled or printed
        if out and out[-1].piece.text == block.piece.text and out[-1].kind == block.kind:
            notes.append(_doubled_note(block, out[-1].line))
            out[-1] = replace(out[-1], whole=out[-1].whole.join(block.whole))
            continue
        out.append(block)
    return out


def _doubled_heading(block: Block) -> Block | None:
    """A heading whose two printed lines are the same line twice."""
    if block.kind == "heading" and len(block.breaks) == 1 and is_heading(block.piece.text):
        first, second = block.piece.cut(0, block.breaks[0]), block.piece.cut(block.breaks[0])
        if first.text == second.text:
            return replace(block, piece=first, value=first, breaks=())
    return None


def _doubled_note(block: Block, line: int) -> Diagnostic:
    return Diagnostic(
        "doubled-line",
        "warning",
        f"Line {block.whole.span().last_line} repeats line {line} « {block.piece.text[:60]} »: it was read once.",
        f"La ligne {block.whole.span().last_line} répète la ligne {line} « {block.piece.text[:60]} » : "
        "elle n'a été lue qu'une fois.",
        block.whole.span(),
    )
