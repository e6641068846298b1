"""The invariants of a reading: every line read once, every announced laureate found, each like its neighbours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from laurier.counts import counted
from laurier.readings import Coverage, Diagnostic
from laurier.records import Count
from laurier.sources.blocks import Logical
from laurier.sources.calls import Section
from laurier.sources.classify import Block
from laurier.sources.division import Known, listed
from laurier.sources.drafts import Draft
from laurier.sources.lines import Piece, SourceText, words
from laurier.sources.notes import note

_SENTENCE_END = re.compile(r"[.!?…][»\")\]]?\s*$|[.!?…]\s*»$")
_SENTENCE_MIDDLE = re.compile(r"^[a-zà-öø-ÿœ,;:)»]")
_OTHER_CALL = frozenset(("appel", "projets"))
_CHOICE = frozenset(("retenu", "retenus", "retenue", "retenues", "selectionne", "selectionnes", "laureat", "laureats"))
# Shares of the laureates of a section, and of a document, above which a field is usual.
_COMMON = 0.6
_GENERAL = 0.8
_USUAL_ORDER = 0.8


def count_of(block: Block) -> Count:
    """The number that a line announces."""
    figure = re.search(r"\d+", block.piece.text)
    piece = block.piece.cut(figure.start(), figure.end()) if figure else block.piece
    return Count(block.number or 0, piece.span())


def sections(found: Sequence[Section]) -> Iterator[Diagnostic]:
    """The announced number of laureates is the number found, and their numbers follow each other."""
    usual = any(section.count is not None for section in found)
    for section in found:
        number = len(section.laureates)
        if section.count is not None and section.count.number != number:
            yield note(
                "announced-count",
                "error",
                section.count.whole,
                f"« {{text}} » announces {counted(section.count.number or 0, 'laureate(s)', 'en')}, "
                f"{counted(number, '(was|were) found', 'en')}: look for a lost heading",
                f"« {{text}} » annonce {counted(section.count.number or 0, 'lauréat(s)', 'fr')}, "
                f"{counted(number, '(a|ont) été trouvé(s)', 'fr')} : cherchez un titre perdu",
            )
        if section.count is None and usual and section.laureates:
            yield note(
                "count-missing",
                "warning",
                section.laureates[0][0].part.blocks[0].whole,
                "no line announces the number of laureates here, as elsewhere in the document",
                "aucune ligne n'annonce ici le nombre de lauréats, contrairement au reste du document",
            )
        if not section.laureates:
            where = section.count or (section.call.blocks[0] if section.call.blocks else None)
            if where is not None and section.count is None:
                yield note(
                    "call-without-laureates",
                    "warning",
                    where.whole,
                    "no laureate follows the heading « {text} »",
                    "aucun lauréat ne suit le titre « {text} »",
                )
        yield from _ordinals(section)
        yield from _doubled(section)
        yield from _announced_in_prose(section)


def _announced_in_prose(section: Section) -> Iterator[Diagnostic]:
    """A paragraph between two laureates that tells of another call: what follows it may belong there."""
    for draft, *_ in section.laureates[:-1]:
        block = draft.part.blocks[-1]
        told = frozenset(words(block.piece.text).split())
        if block.kind == "text" and told >= _OTHER_CALL and _CHOICE & told:
            yield note(
                "call-in-prose",
                "warning",
                block.whole,
                "« {text} » seems to announce another call, and the laureates after it stay under the call before: "
                "give that call a line of its own if they are its laureates",
                "« {text} » semble annoncer un autre appel, et les lauréats qui suivent restent sous l'appel "
                "précédent : donnez à cet appel une ligne de titre s'ils en sont les lauréats",
            )


def _ordinals(section: Section) -> Iterator[Diagnostic]:
    printed = [made.part.ordinal for made, _ in section.laureates]
    if not any(printed):
        return
    expected = 1
    for (made, _), ordinal in zip(section.laureates, printed, strict=True):
        where = made.part.blocks[0].whole
        if ordinal is None:
            yield note(
                "ordinal-missing",
                "warning",
                where,
                f"« {{text}} » has no number; {expected} was expected, none was recorded",
                f"« {{text}} » n'a pas de numéro ; {expected} était attendu, aucun n'a été retenu",
            )
        elif ordinal.number != expected:
            yield note(
                "ordinal-sequence",
                "warning",
                ordinal.whole,
                f"the laureate is numbered {ordinal.number} where {expected} was expected",
                f"le lauréat porte le numéro {ordinal.number} là où {expected} était attendu",
            )
        expected = (ordinal.number or expected) + 1 if ordinal is not None else expected + 1


def _doubled(section: Section) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for made, read_as in section.laureates:
        name = words(read_as.heading.value) if read_as is not None else ""
        if name and name in seen:
            yield note(
                "doubled-laureate",
                "error",
                made.part.blocks[0].whole,
                "« {text} » is printed twice in the same call: remove one of them",
                "« {text} » figure deux fois dans le même appel à projets : retirez l'une des deux",
            )
        seen.add(name)


def statuses(found: Iterable[tuple[Block, Sequence[Draft]]]) -> Iterator[Diagnostic]:
    """A status line in the singular covers one laureate; a status line covers at least one."""
    for block, covered in found:
        singular = not re.match(r"^\W*\w+s\b", block.piece.folded)
        if not covered:
            yield note(
                "status-unused",
                "warning",
                block.whole,
                "no laureate follows the status line « {text} »",
                "aucun lauréat ne suit la ligne d'état « {text} »",
            )
        elif singular and len(covered) > 1:
            yield note(
                "status-singular",
                "warning",
                block.whole,
                f"« {{text}} » is in the singular but covers {len(covered)} laureates: a status line may be missing",
                f"« {{text}} » est au singulier mais couvre {len(covered)} lauréats : "
                "une ligne d'état manque peut-être",
            )


def fields(found: Sequence[Section]) -> Iterator[Diagnostic]:
    """A laureate lacks what its neighbours have, or prints it in another order."""
    everyone = [made for section in found for made, _ in section.laureates]
    general = _usual(everyone, _GENERAL)
    with_status = [read_as for section in found for _, read_as in section.laureates if read_as and read_as.status]
    for section in found:
        drafts = [made for made, _ in section.laureates]
        for made, read_as in section.laureates:
            missing = [name for name in general | _usual(drafts, _COMMON) if name not in _names(made)]
            if read_as is not None and read_as.status is None and len(with_status) > len(everyone) / 2:
                missing.append("status")
            for name in sorted(missing):
                yield note(
                    "field-missing",
                    "warning",
                    made.part.blocks[0].whole,
                    f"« {{text}} » has no '{name}', which most laureates have",
                    f"« {{text}} » n'a pas de champ « {name} », que la plupart des lauréats ont",
                )
    yield from _unusual_orders(everyone)
    yield from _fragments(everyone)


def _fragments(drafts: Sequence[Draft]) -> Iterator[Diagnostic]:
    """A paragraph that begins or ends in the middle of a sentence, where paragraphs are sentences."""
    paragraphs = [paragraph for made in drafts for paragraph in made.paragraphs]
    broken = [p for p in paragraphs if not _SENTENCE_END.search(p.text) or _SENTENCE_MIDDLE.match(p.text)]
    if len(broken) * 2 > len(paragraphs):
        return
    for paragraph in broken:
        yield note(
            "fragment",
            "warning",
            paragraph,
            "« {text} » is not a whole sentence: a line may be cut or out of its place",
            "« {text} » n'est pas une phrase entière : une ligne est peut-être coupée ou déplacée",
        )


def _names(made: Draft) -> list[str]:
    """The fields of a laureate in their order; a start and an interval are both its dates."""
    return ["period" if name == "start" else name for name in made.order]


def _usual(drafts: Sequence[Draft], share: float) -> set[str]:
    """The fields that most of these laureates have, when there are enough of them to tell."""
    if len(drafts) < 3:
        return set()
    counts = Counter(name for made in drafts for name in set(_names(made)))
    return {name for name, count in counts.items() if count >= share * len(drafts) and name != "item"}


def _unusual_orders(drafts: Sequence[Draft]) -> Iterator[Diagnostic]:
    before: Counter[tuple[str, str]] = Counter()
    orders: list[tuple[Draft, set[tuple[str, str]]]] = []
    for made in drafts:
        names = [name for name in _names(made) if name != "item"]
        pairs = {(a, b) for a, b in combinations(names, 2) if a != b}
        orders.append((made, pairs))
        before.update(pairs)
    for made, pairs in orders:
        for a, b in sorted(pairs):
            usual, here = before[b, a], before[a, b]
            if usual >= 3 and usual >= _USUAL_ORDER * (usual + here):
                yield note(
                    "unusual-order",
                    "warning",
                    made.part.blocks[0].whole,
                    f"« {{text}} »: '{a}' stands before '{b}', unlike elsewhere: a line may belong to another laureate",
                    f"« {{text}} » : « {a} » précède « {b} », contrairement au reste : une ligne appartient peut-être "
                    "à un autre lauréat",
                )
                break


def nothing(source: SourceText) -> Diagnostic:
    """No laureate was recognised."""
    return Diagnostic(
        "no-laureates",
        "error",
        "No laureate was recognised: a laureate is a heading followed by labelled lines such as « Territoire : »; "
        "if the document prints them otherwise, declare its labels in source.toml, or give the list as a table.",
        "Aucun lauréat n'a été reconnu : un lauréat est un titre suivi de lignes à libellé comme « Territoire : » ; "
        "si le document les présente autrement, déclarez ses libellés dans source.toml, ou donnez la liste en tableau.",
        source.span(0, 0),
    )


def carriers(known: Sequence[Known], headings: Sequence[Piece]) -> Iterator[Diagnostic]:
    """Every carrier that a person listed begins or ends a heading."""
    for entry in known:
        if not any(listed(heading, (entry,)) for heading in headings):
            yield Diagnostic(
                "carrier-unused",
                "warning",
                f"No heading begins or ends with « {entry.name} », which carriers.toml lists: write it as it is "
                "printed, or remove it.",
                f"Aucun titre ne commence ni ne finit par « {entry.name} », que carriers.toml donne : écrivez-le comme "
                "il est imprimé, ou retirez-le.",
            )


def unread(source: SourceText, logical: Logical, read: Sequence[Block]) -> tuple[list[Diagnostic], Coverage]:
    """Every printed line is in exactly one logical line that was read; the others are errors."""
    taken: Counter[int] = Counter()
    for block in (*read, *logical.furniture):
        span = block.whole.span()
        # A logical line may step over furniture: only its own printed lines are its own.
        taken.update(_printed_lines(source, block, span.first_line, span.last_line))
    notes: list[Diagnostic] = []
    lines = understood = 0
    for number, piece in enumerate(source.lines(), start=1):
        if not piece:
            continue
        lines += 1
        if taken[number] == 1:
            understood += 1
            continue
        notes.append(
            note(
                "line-unread" if not taken[number] else "line-read-twice",
                "error",
                piece,
                "« {text} » was read " + ("nowhere" if not taken[number] else "twice"),
                "« {text} » n'a été lue " + ("nulle part" if not taken[number] else "qu'en double"),
            )
        )
    return notes, Coverage(lines, understood)


def _printed_lines(source: SourceText, block: Block, first: int, last: int) -> set[int]:
    if first == last:
        return {first}
    return {source.line_at(begin) for begin in block.whole.begins}
