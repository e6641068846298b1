"""The heading of a call: title, scope, acronym, objective, budget."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from laurier.readings import Diagnostic
from laurier.records import Amount, Award, Call, Count, Passage
from laurier.sources import numbers
from laurier.sources.classify import Block
from laurier.sources.dates import is_dateline
from laurier.sources.drafts import Draft
from laurier.sources.layout import Layout
from laurier.sources.lines import Piece, fold, words
from laurier.sources.notes import note
from laurier.sources.segment import Part, named_call

_LONGEST_TITLE_LINE = 80
_ACRONYM = re.compile(r"\(([A-ZÀ-Ý][A-ZÀ-Ý0-9]{1,9})\)")
_BUDGET = re.compile(r"\b(?:budget|enveloppe|dotation|montant|credits?|financement)s?\b")
_ANNOUNCING = re.compile(
    r"\b(?:l'|de l'|d')?(?:appels? a (?:projets?|manifestation d'interet|candidatures?)|aap|ami)\s*[:–—-]?\s*"
)


@dataclass(slots=True)
class Heading:
    """A call being read.

    Attributes:
        title: its printed name, None when no line gives it.
        given: the name that source.toml gives to the call, whatever the document prints.
        named_by: the heading, or the sentence that names it.
        scope, objective, budget, announced: as in `Call`.
        blocks: every line of its heading.
        notes: what was noticed.
    """

    title: Piece | None = None
    given: str = ""
    named_by: Piece | None = None
    scope: str | None = None
    objective: list[Piece] = field(default_factory=list)
    budget: list[Amount] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)
    announced: list[Count] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What identifies the call in its document."""
        return words(self.given or (self.title.text if self.title else ""))

    def call(self) -> Call:
        """The call; only for a heading that has a title."""
        assert self.title is not None
        acronym = _ACRONYM.search(self.title.text)
        where = self.named_by or self.title
        return Call(
            key=self.key,
            title=Passage(self.given, self.title.span()) if self.given else self.title.passage(),
            span=where.span(),
            acronym=acronym.group(1) if acronym else None,
            scope=self.scope,
            objective=tuple(piece.passage() for piece in self.objective),
            budget=tuple(self.budget),
            announced=self.announced[0] if len(self.announced) == 1 else None,
        )


@dataclass(slots=True)
class Section:
    """The laureates that one announced count covers.

    Attributes:
        call: the heading of their call.
        count: the line that announces them, if any.
        laureates: their drafts and awards.
    """

    call: Heading
    count: Block | None = None
    laureates: list[tuple[Draft, Award | None]] = field(default_factory=list)


def heading(part: Part, layout: Layout) -> Heading:
    """Reads the heading of a call."""
    made = Heading(blocks=list(part.blocks))
    rest = _title(made, part.blocks, layout) if part.blocks and part.blocks[0].kind == "opener" else list(part.blocks)
    for block in rest:
        _sort(made, block)
    if made.title is None:
        _named_in_prose(made, part)
    return made


def add(made: Heading, blocks: Sequence[Block]) -> None:
    """Adds the lines that stand between a count or a status and the first laureate."""
    for block in blocks:
        made.blocks.append(block)
        _sort(made, block)


def _title(made: Heading, blocks: Sequence[Block], layout: Layout) -> list[Block]:
    """Takes the title lines, and gives back the others: the title ends at the first long line, or at a date."""
    lines: list[Piece] = []
    made.named_by = blocks[0].piece
    at = 1
    _take(made, lines, blocks[0].value, layout)
    while at < len(blocks):
        block = blocks[at]
        if is_dateline(block.piece, under_title=bool(lines)):
            made.notes.append(_dated(block.piece))
            at += 1
            if lines:
                break
            continue
        short = len(block.piece.text) <= _LONGEST_TITLE_LINE and not block.piece.text.endswith((".", ":"))
        titled = block.kind in ("text", "heading") or (block.kind == "label" and ":" not in block.piece.text)
        if not short or not titled or _BUDGET.search(block.piece.folded):
            break
        _take(made, lines, block.piece, layout)
        made.named_by = made.named_by.join(block.piece)
        at += 1
    if lines:
        whole = lines[0]
        for line in lines[1:]:
            whole = whole.join(line)
        made.title = unquoted(whole)
    return list(blocks[at:])


def _dated(line: Piece) -> Diagnostic:
    return note(
        "dateline",
        "info",
        line,
        "« {text} » was read as the place and the date of the document: write issued in source.toml to publish it",
        "« {text} » a été lu comme le lieu et la date du document : écrivez issued dans source.toml pour la publier",
    )


def _take(made: Heading, lines: list[Piece], line: Piece, layout: Layout) -> None:
    """A title line, or the scope printed before the title."""
    if not line:
        return
    first = re.match(r"[^\W_]+", line.folded)
    if first and first.group() in layout.scopes and not lines and made.scope is None:
        made.scope = layout.scopes[first.group()]
        rest = re.match(r"[\s:–—-]*", line.text[first.end() :])
        line = line.cut(first.end() + (rest.end() if rest else 0))
    if line:
        lines.append(line)


def unquoted(piece: Piece) -> Piece:
    """The piece without the quotation marks around the whole of it."""
    found = re.match(r"^[«\"“]\s*([^«»\"“”]*?)\s*[»\"”]$", piece.text)
    return piece.cut(found.start(1), found.end(1)) if found else piece


def _sort(made: Heading, block: Block) -> None:
    folded = block.piece.folded
    if is_dateline(block.piece):
        made.notes.append(_dated(block.piece))
        return
    if block.name == "amount" or (block.kind in ("text", "item", "label") and _BUDGET.search(folded) and "€" in folded):
        amount = numbers.amount(block.value if block.kind == "label" else block.piece, block.whole, block.label or None)
        if amount is not None:
            made.budget.append(amount)
            return
        made.notes.append(
            note(
                "unread-amount",
                "warning",
                block.whole,
                "no sum of money was understood in « {text} »",
                "aucun montant n'a été compris dans « {text} »",
            )
        )
    elif block.kind == "number":
        made.notes.append(
            note(
                "stray-number",
                "warning",
                block.whole,
                "the number « {text} » was left out",
                "le nombre « {text} » a été laissé de côté",
            )
        )
        return
    elif block.kind == "label" and not block.name:
        made.notes.append(
            note(
                "unknown-label",
                "warning",
                block.whole,
                "the label « " + block.label + " » is unknown; read as prose of the call",
                "le libellé « " + block.label + " » est inconnu ; lu comme du texte de l'appel à projets",
            )
        )
    made.objective.append(block.value if block.name == "description" and block.value else block.whole)


def _named_in_prose(made: Heading, part: Part) -> None:
    for block in part.blocks:
        name = named_call(block.piece)
        if name is not None:
            made.title, made.named_by = name, block.piece
            made.notes.append(
                note(
                    "call-without-heading",
                    "warning",
                    name,
                    "no heading announces the call « {text} »: its name was read in a sentence",
                    "aucun titre n'annonce l'appel à projets « {text} » : son nom a été lu dans une phrase",
                )
            )
            return
    first = part.blocks[0].piece if part.blocks else None
    if first is not None and part.kind == "header" and len(first.text) <= _LONGEST_TITLE_LINE:
        made.title, made.named_by = unquoted(first), first
        made.objective = [piece for piece in made.objective if piece.text != first.text]
        made.notes.append(
            note(
                "call-heading-assumed",
                "warning",
                first,
                "« {text} » was read as the name of a call",
                "« {text} » a été lu comme le nom d'un appel à projets",
            )
        )


def from_title(piece: Piece) -> Piece | None:
    """The name of the only call in the title of a document ("Lauréats de l'appel à projets X")."""
    announced = [found.end() for found in _ANNOUNCING.finditer(piece.folded)]
    if not announced or not piece.text[announced[-1] :].strip():
        return None
    name = piece.cut(announced[-1])
    quoted = re.match(r"^[«\"“]\s*([^«»\"“”]+?)\s*[»\"”]", name.text)
    if quoted:
        return name.cut(quoted.start(1), quoted.end(1))
    return unquoted(name) if not fold(name.text).startswith(("du ", "de ", "des ")) else None
