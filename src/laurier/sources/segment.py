"""Logical lines to parts of a document: preamble, call headings, counts, status lines, laureates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from laurier.sources.classify import Block, glued_number
from laurier.sources.dates import is_dateline
from laurier.sources.layout import Layout
from laurier.sources.lines import Piece, words

PartKind = Literal["preamble", "header", "count", "status", "record", "loose"]

#: "L'objectif de l'appel à projets X est de …": a sentence that names a call.
_NAMING = re.compile(
    r"\b(?:l'appel a (?:projets?|manifestation d'interet|candidatures?)|l'aap|l'ami)\s+(?P<name>[^.;:]{3,140}?)\s+"
    r"(?:est|sont|a pour|a ete|vise|soutient|permet|s'adresse|doit|porte|finance|entend|s'inscrit|concerne|propose)\b"
)
_NOT_A_HEAD = frozenset(("amount", "description", "call", "status", "end", "other", ""))
_LONGEST_HEADING = 160


@dataclass(slots=True)
class Part:
    """A run of logical lines with one role.

    Attributes:
        kind: the role.
        blocks: the lines.
        ordinal: the printed number of a laureate.
        heads: how many of the first blocks are the heading of a laureate.
        glued: the number is printed on the line of the heading.
    """

    kind: PartKind
    blocks: list[Block] = field(default_factory=list)
    ordinal: Block | None = None
    heads: int = 0
    glued: bool = False


def named_call(piece: Piece) -> Piece | None:
    """The name of the call that a sentence is about, without its quotation marks."""
    found = _NAMING.search(piece.folded)
    if found is None:
        return None
    name = piece.cut(found.start("name"), found.end("name"))
    quoted = re.match(r"^[«\"“]\s*(.*?)\s*[»\"”]$", name.text)
    return name.cut(quoted.start(1), quoted.end(1)) if quoted else name


def whole_heading(part: Part) -> Piece:
    """The heading of a laureate as one wording."""
    whole = part.blocks[0].piece
    for block in part.blocks[1 : part.heads]:
        whole = whole.join(block.piece)
    return whole


def breaks_of(part: Part) -> tuple[int, ...]:
    """Where, in the heading of a laureate, a printed line ended."""
    if part.heads == 1:
        return part.blocks[0].breaks
    return (len(part.blocks[0].piece.text),) if part.heads == 2 else ()


def segment(blocks: Sequence[Block], layout: Layout) -> list[Part]:
    """Divides the logical lines of a document into parts; every line is in exactly one."""
    parts: list[Part] = [Part("preamble")]
    heads = _heads(blocks, layout)
    leader = _leader(blocks, heads, layout)
    at = 0
    while at < len(blocks):
        block = blocks[at]
        if at in heads:
            at = _open_record(parts, blocks, at, heads[at])
            continue
        if block.kind == "opener":
            parts.append(Part("header", [block]))
        elif block.kind in ("count", "status"):
            parts.append(Part("count" if block.kind == "count" else "status", [block]))
        elif block.kind == "label" and block.name == leader and _begins_headless(parts, leader, layout):
            parts.append(Part("record", [block]))
        elif parts[-1].kind in ("count", "status"):
            parts.append(Part("loose", [block]))
        else:
            parts[-1].blocks.append(block)
        at += 1
    return _with_headings_after_records(parts)


def _heads(blocks: Sequence[Block], layout: Layout) -> dict[int, int]:
    """Where the heading of a laureate begins, and of how many blocks it is made."""
    found: dict[int, int] = {}
    at = 0
    while at < len(blocks):
        length = _head_length(blocks, at, layout)
        if length:
            found[at] = length
        at += max(length, 1)
    return found


def _head_length(blocks: Sequence[Block], at: int, layout: Layout) -> int:
    before = blocks[at - 1] if at else None
    numbered = before is not None and before.kind == "number"
    if blocks[at].kind == "heading":
        end = at
        while end < len(blocks) and blocks[end].kind == "heading":
            end += 1
        follows = _following(blocks, end)
        labelled = follows is not None and follows.kind == "label" and follows.name not in _NOT_A_HEAD
        glued = glued_number(blocks[at]) is not None and follows is not None and follows.kind in ("text", "label")
        if numbered or labelled or (glued and blocks[at].gap):
            return end - at
        return 0
    if (
        blocks[at].kind != "text"
        or len(blocks[at].piece.text) > _LONGEST_HEADING
        or re.search(r"[.;:]$", blocks[at].piece.text)
        or is_dateline(blocks[at].piece)
    ):
        return 0
    follows = _following(blocks, at + 1)
    opens = follows is not None and follows.kind == "label" and follows.name in (layout.anchor, "carrier", "title")
    free = before is None or before.kind != "text" or bool(re.search(r"[.!?]$", before.piece.text))
    return 1 if opens and (numbered or free) else 0


def _following(blocks: Sequence[Block], at: int) -> Block | None:
    """The block there, a number out of its place left aside."""
    if at < len(blocks) and blocks[at].kind == "number":
        at += 1
    return blocks[at] if at < len(blocks) else None


def _open_record(parts: list[Part], blocks: Sequence[Block], at: int, length: int) -> int:
    record = Part("record", list(blocks[at : at + length]), heads=length)
    last = parts[-1]
    if last.blocks and last.blocks[-1].kind == "number":
        record.ordinal = last.blocks.pop()
        if not last.blocks and last.kind == "loose":
            parts.pop()
    else:
        glued = glued_number(blocks[at])
        if glued is not None:
            number, rest = glued
            record.ordinal, record.glued = replace(blocks[at], number=number), True
            shift = len(blocks[at].piece.text) - len(rest.text)
            breaks = tuple(place - shift for place in blocks[at].breaks if place > shift)
            record.blocks[0] = replace(blocks[at], piece=rest, value=rest, breaks=breaks)
    end = at + length
    if end < len(blocks) and blocks[end].kind == "number" and record.ordinal is None:
        record.ordinal = blocks[end]
        end += 1
    parts.append(record)
    return end


def _leader(blocks: Sequence[Block], heads: dict[int, int], layout: Layout) -> str:
    """The label that opens a laureate where there is no heading: the anchor, or a naming label of a labelled list.

    A list is labelled when it prints no headings; the first of its two naming labels opens each laureate.
    """
    names = [block.name for block in blocks if block.kind == "label"]
    naming = [name for name in names if name in ("carrier", "title")]
    if naming and len(heads) < names.count(naming[0]):
        return naming[0]
    return layout.anchor


def _begins_headless(parts: Sequence[Part], leader: str, layout: Layout) -> bool:
    """Whether the label that opens laureates stands here for a new one."""
    last = parts[-1]
    if last.kind == "record":
        return any(block.kind == "label" and block.name == leader for block in last.blocks)
    return last.kind in ("count", "status", "loose") or leader != layout.anchor


def _with_headings_after_records(parts: Sequence[Part]) -> list[Part]:
    """Finds the call headings that no opener announces: they trail behind the laureate before them."""
    out: list[Part] = []
    for at, part in enumerate(parts):
        if not part.blocks and part.ordinal is None:
            continue
        out.append(part)
        if part.kind != "record" or at + 1 == len(parts):
            continue
        start = _heading_start(part, parts[at + 1])
        if start is not None:
            out.append(Part("header", part.blocks[start:]))
            del part.blocks[start:]
    return out


def _heading_start(record: Part, following: Part) -> int | None:
    def tail_of(passed: frozenset[str]) -> range:
        start = len(record.blocks)
        while start > max(record.heads, 1) and (
            record.blocks[start - 1].kind in ("text", "heading", "number") or record.blocks[start - 1].name in passed
        ):
            start -= 1
        return range(start, len(record.blocks))

    # The budget of a call may stand between the sentence that names it and the number of its laureates.
    for at in tail_of(frozenset(("amount",)) if following.kind == "count" else frozenset()):
        if named_call(record.blocks[at].piece) is not None and record.blocks[at].kind == "text":
            return at
    tail = tail_of(frozenset())
    trailing = tail.start
    closed = trailing > record.heads and record.blocks[trailing - 1].name in ("start", "period", "end", "duration")
    if following.kind == "count" and closed and tail:
        return trailing
    return None


def same_call(first: str, second: str) -> bool:
    """Whether two printed names are of the same call ("100% inclusion", "100 % inclusion")."""
    return words(first) == words(second)
