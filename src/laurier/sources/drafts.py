"""The lines of one laureate sorted by what they hold: labelled values, prose, list items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from laurier.readings import Diagnostic
from laurier.sources.classify import Block
from laurier.sources.layout import key
from laurier.sources.lines import Piece, words
from laurier.sources.notes import note
from laurier.sources.segment import Part

_REPEATABLE = frozenset(("amount", "other", "", "description", "carrier"))


@dataclass(slots=True)
class Draft:
    """An award being read.

    Attributes:
        part: its lines.
        labels: for each field, the value pieces printed under its labels (a list gives several).
        order: the fields in the order in which they stand.
    """

    part: Part
    labels: dict[str, list[tuple[str, list[Piece], Block]]] = field(default_factory=dict)
    paragraphs: list[Piece] = field(default_factory=list)
    items: list[tuple[Piece | None, Piece]] = field(default_factory=list)
    other: list[tuple[str, Piece]] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    def pieces(self, name: str) -> list[Piece]:
        """The values printed under the labels of a field."""
        return [piece for _, pieces, _ in self.labels.get(name, ()) for piece in pieces]

    def first(self, name: str) -> Piece | None:
        """What is printed under the labels of a field, as one wording."""
        pieces = self.pieces(name)
        return whole(pieces) if pieces else None


def whole(pieces: Sequence[Piece]) -> Piece:
    """Pieces as one wording."""
    joined = pieces[0]
    for piece in pieces[1:]:
        joined = joined.join(piece)
    return joined


def draft(part: Part) -> Draft:
    """Sorts the lines of a laureate by what they hold."""
    made = Draft(part)
    blocks = [block for block in part.blocks[part.heads :] if block.kind != "number"]
    made.notes.extend(_stray(block) for block in part.blocks[part.heads :] if block.kind == "number")
    at = 0
    while at < len(blocks):
        at = _sort(made, blocks, at)
    return made


def _sort(made: Draft, blocks: Sequence[Block], at: int) -> int:
    block = blocks[at]
    following = blocks[at + 1] if at + 1 < len(blocks) else None
    if block.kind == "label":
        return _sort_label(made, blocks, at)
    if block.kind == "item":
        made.notes.append(
            note(
                "list-without-introduction",
                "info",
                block.whole,
                "no line introduces the list item « {text} »",
                "aucune ligne n'introduit l'élément de liste « {text} »",
            )
        )
        made.items.append((None, block.value))
        made.order.append("item")
    elif following is not None and following.kind == "item" and block.piece.text.endswith((":", "…", "...")):
        return _sort_list(made, blocks, at)
    else:
        if block.kind == "heading":
            made.notes.append(
                note(
                    "capitals-in-text",
                    "warning",
                    block.whole,
                    "« {text} » is in capitals but neither a number nor a label marks a laureate there; read as prose",
                    "« {text} » est en capitales mais ni numéro ni libellé n'y marque un lauréat ; lu comme du texte",
                )
            )
        made.paragraphs.append(block.piece)
        made.order.append("text")
    return at + 1


def _stray(block: Block) -> Diagnostic:
    return note(
        "stray-number",
        "warning",
        block.whole,
        "the number « {text} » belongs to no laureate and was left out",
        "le nombre « {text} » n'appartient à aucun lauréat et a été laissé de côté",
    )


def _sort_list(made: Draft, blocks: Sequence[Block], at: int) -> int:
    intro = blocks[at].piece
    end = at + 1
    while end < len(blocks) and blocks[end].kind == "item":
        made.items.append((intro, blocks[end].value))
        end += 1
    made.order.append("item")
    return end


def _sort_label(made: Draft, blocks: Sequence[Block], at: int) -> int:
    block = blocks[at]
    name, values, end = block.name, [block.value], at + 1
    if not any(character.isalnum() for character in block.value.text):
        values, end = _values_below(blocks, at + 1)
    if not block.exact:
        made.notes.append(_spelling(block))
    if not name:
        made.other.append((block.label, block.value))
        made.order.append(key(block.label))
        return end
    if not values:
        made.notes.append(
            note(
                "empty-label",
                "warning",
                block.whole,
                "nothing follows the label « {text} »",
                "rien ne suit le libellé « {text} »",
            )
        )
        return end
    if name in made.labels and name not in _REPEATABLE:
        same = words(" ".join(v.text for v in values)) == words(" ".join(v.text for v in made.labels[name][0][1]))
        made.notes.append(
            note(
                "repeated-label",
                "warning",
                block.whole,
                "« {text} » repeats a label of the same laureate" + ("" if same else "; the first one was kept"),
                "« {text} » répète un libellé du même lauréat" + ("" if same else " ; le premier a été retenu"),
            )
        )
        if not same:
            made.other.append((block.label, values[0]))
        return end
    made.labels.setdefault(name, []).append((block.label, values, block))
    made.order.append(name)
    if name == "description":
        made.paragraphs.extend(values)
    if name in ("other", "status", "call"):
        made.other.extend((block.label, value) for value in values)
    return end


def _spelling(block: Block) -> Diagnostic:
    if not block.name:
        return note(
            "unknown-label",
            "warning",
            block.whole,
            "the label « " + block.label + " » is unknown: its text is kept apart; declare it in source.toml under "
            "[words.labels]",
            "le libellé « "
            + block.label
            + " » est inconnu : son texte est gardé à part ; déclarez-le dans source.toml "
            "sous [words.labels]",
        )
    return note(
        "unusual-label",
        "warning",
        block.whole,
        "« {text} » was read as the label of the field '" + block.name + "'",
        "« {text} » a été lu comme le libellé du champ « " + block.name + " »",
    )


def _values_below(blocks: Sequence[Block], at: int) -> tuple[list[Piece], int]:
    """The value of a label that stands alone on its line: the paragraph, or the list, below it."""
    if at < len(blocks) and blocks[at].kind == "item":
        values = []
        while at < len(blocks) and blocks[at].kind == "item":
            values.append(blocks[at].value)
            at += 1
        return values, at
    if at < len(blocks) and blocks[at].kind in ("text", "heading"):
        return [blocks[at].piece], at + 1
    return [], at
