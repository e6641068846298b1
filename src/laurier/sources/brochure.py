"""A brochure of laureates as a text: parts to calls and awards, under invariants against silent losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from laurier.readings import Coverage, Diagnostic
from laurier.records import Award, Call
from laurier.sources import calls as headings
from laurier.sources import checks
from laurier.sources.blocks import logical_lines
from laurier.sources.calls import Section
from laurier.sources.classify import Block
from laurier.sources.division import Known
from laurier.sources.drafts import Draft, draft
from laurier.sources.fields import award
from laurier.sources.heading import SURE, Context, Convention, convention
from laurier.sources.layout import Layout
from laurier.sources.lines import SourceText
from laurier.sources.notes import note
from laurier.sources.segment import Part, breaks_of, same_call, segment, whole_heading


@dataclass(slots=True)
class _State:
    """Where the reading stands."""

    layout: Layout
    known: Sequence[Known]
    given: str
    convention: Convention = field(default_factory=Convention)
    call: headings.Heading | None = None
    status: Block | None = None
    calls: list[headings.Heading] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    preamble: list[Block] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)
    read: list[Block] = field(default_factory=list)
    statuses: list[tuple[Block, list[Draft]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Brochure:
    """What a brochure says.

    Attributes:
        calls, awards: in the order of the document.
        diagnostics: what a person should look at, by line.
        coverage: lines understood of all non-blank lines.
    """

    calls: tuple[Call, ...]
    awards: tuple[Award, ...]
    diagnostics: tuple[Diagnostic, ...]
    coverage: Coverage


def read(source: SourceText, layout: Layout, known: Sequence[Known] = (), call: str = "") -> Brochure:
    """Reads a brochure.

    Args:
        source: its text.
        layout: the words of its layout.
        known: carriers listed by a person.
        call: the name of the only call of the document, whether it prints none or another.
    """
    logical = logical_lines(source, layout)
    state = _State(layout, known, call, notes=list(logical.diagnostics))
    parts = segment(logical.blocks, layout)
    records = [part for part in parts if part.heads]
    state.convention = convention([whole_heading(part) for part in records], [breaks_of(part) for part in records])
    for part in parts:
        _STEPS[part.kind](state, part)
    awards = tuple(a for section in state.sections for _, a in section.laureates if a is not None)
    notes = state.notes
    for made in state.calls:
        notes.extend(made.notes)
    notes.extend(checks.sections(state.sections))
    notes.extend(checks.statuses(state.statuses))
    notes.extend(checks.fields(state.sections))
    notes.extend(checks.carriers(known, [whole_heading(part) for part in records]))
    missed = checks.unread(source, logical, state.read)
    if not awards:
        notes.append(checks.nothing(source))
        missed[1].understood = 0
    notes.extend(missed[0])
    used = [made for made in state.calls if made.title is not None and _used(state, made)]
    if call and len(used) == 1 and not used[0].given:
        notes.append(_renamed(used[0], call))
        used[0].given = call
        awards = tuple(replace(award, call=used[0].key) for award in awards)
    elif call and len(used) > 1 and not any(made.given for made in used):
        notes.append(_unused(used))
    calls = tuple(made.call() for made in used)
    ordered = sorted(notes, key=lambda found: found.span.start if found.span else -1)
    return Brochure(calls, awards, tuple(ordered), missed[1])


def _renamed(made: headings.Heading, given: str) -> Diagnostic:
    assert made.title is not None
    return note(
        "call-renamed",
        "info",
        made.title,
        f"the call printed « {{text}} » is named « {given} », as [call] in source.toml says",
        f"l'appel à projets imprimé « {{text}} » est nommé « {given} », comme le dit [call] dans source.toml",
    )


def _unused(used: Sequence[headings.Heading]) -> Diagnostic:
    title = used[0].title
    assert title is not None
    return note(
        "call-unused",
        "warning",
        title,
        f"[call] in source.toml is not used, for the document names {len(used)} calls, « {{text}} » first: remove it",
        f"[call] dans source.toml ne sert pas, car le document nomme {len(used)} appels à projets, « {{text}} » en "
        "premier : retirez-le",
    )


def _used(state: _State, made: headings.Heading) -> bool:
    return any(section.call is made and section.laureates for section in state.sections)


def _preamble(state: _State, part: Part) -> None:
    state.preamble.extend(part.blocks)
    state.read.extend(part.blocks)


def _header(state: _State, part: Part) -> None:
    made = headings.heading(part, state.layout)
    state.read.extend(part.blocks)
    same = next((c for c in state.calls if made.title and c.title and same_call(c.title.text, made.title.text)), None)
    if same is not None:
        # The heading of a call printed again, for instance on the next page.
        same.objective.extend(made.objective)
        same.budget.extend(made.budget)
        made = same
    else:
        state.calls.append(made)
    state.call, state.status = made, None
    state.sections.append(Section(made))


def _count(state: _State, part: Part) -> None:
    block = part.blocks[0]
    state.read.extend(part.blocks)
    call = _current_call(state, block)
    if state.sections and (state.sections[-1].laureates or state.sections[-1].count is not None):
        if state.sections[-1].call is call and state.sections[-1].count is not None:
            state.notes.append(
                note(
                    "call-unnamed",
                    "error",
                    block.whole,
                    "« {text} » announces other laureates but no line names their call: add its heading above",
                    "« {text} » annonce d'autres lauréats mais aucune ligne ne nomme leur appel à projets : "
                    "ajoutez son titre au-dessus",
                )
            )
        state.status = None
        state.sections.append(Section(call))
    state.sections[-1].count = block
    call.announced.append(checks.count_of(block))


def _status(state: _State, part: Part) -> None:
    state.status = part.blocks[0]
    state.statuses.append((part.blocks[0], []))
    state.read.extend(part.blocks)


def _loose(state: _State, part: Part) -> None:
    headings.add(_current_call(state, part.blocks[0]), part.blocks)
    state.read.extend(part.blocks)


def _record(state: _State, part: Part) -> None:
    call = _current_call(state, part.blocks[0])
    made = draft(part)
    about = Context(objective=call.objective, known=state.known, convention=state.convention)
    read_as = award(made, state.layout, call.key, state.status, about)
    state.sections[-1].laureates.append((made, read_as))
    if state.status is not None:
        state.statuses[-1][1].append(made)
    state.read.extend(part.blocks)
    if part.ordinal is not None and not part.glued:
        state.read.append(part.ordinal)
    state.notes.extend(made.notes)
    if read_as is None or not (part.heads or read_as.split_confidence):
        state.notes.append(
            note(
                "heading-missing",
                "error",
                part.blocks[0].whole,
                "a laureate begins here without a heading: add the line that names it",
                "un lauréat commence ici sans titre : ajoutez la ligne qui le nomme",
            )
        )
    elif part.heads > 1:
        state.notes.append(
            note(
                "heading-joined",
                "warning",
                part.blocks[0].piece,
                f"the heading was read from {part.heads} lines apart, as « {read_as.heading.value} »",
                f"le titre a été lu sur {part.heads} lignes séparées : « {read_as.heading.value} »",
            )
        )
    elif read_as.split_confidence < SURE:
        state.notes.append(_doubtful(part, read_as))


def _doubtful(part: Part, read_as: Award) -> Diagnostic:
    carrier = read_as.carriers[0].name if read_as.carriers else None
    en = f"carrier « {carrier} », title « {read_as.title.value} »" if carrier else "the heading was not divided"
    fr = f"porteur « {carrier} », titre « {read_as.title.value} »" if carrier else "le titre n'a pas été divisé"
    return note(
        "heading-division",
        "warning",
        part.blocks[0].piece,
        f"« {{text}} »: {en} (confidence {read_as.split_confidence}; {read_as.split_evidence[0]}); "
        "list the carrier in carriers.toml to decide",
        f"« {{text}} » : {fr} (confiance {read_as.split_confidence} ; {read_as.split_evidence[1]}) ; "
        "inscrivez le porteur dans carriers.toml pour trancher",
    )


def _current_call(state: _State, block: Block) -> headings.Heading:
    """The call in force; when no heading came, the one that the title, or source.toml, names."""
    if state.call is not None:
        if not state.sections:
            state.sections.append(Section(state.call))
        return state.call
    made = headings.heading(Part("preamble", state.preamble), state.layout) if state.preamble else headings.Heading()
    if made.title is None:
        for title in state.preamble:
            made.title = headings.from_title(title.piece)
            if made.title is not None:
                break
    if made.title is None:
        made.title, made.given = block.piece, state.given
    if made.title is block.piece and not made.given:
        made.notes.append(
            note(
                "call-unnamed",
                "error",
                block.whole,
                "no line before « {text} » names the call: write title under [call] in source.toml",
                "aucune ligne avant « {text} » ne nomme l'appel à projets : écrivez title sous [call] dans source.toml",
            )
        )
    made.named_by = made.named_by or made.title
    made.objective = [
        block.piece for block in state.preamble if block.kind == "text" and block.piece.text.endswith(".")
    ]
    state.call = made
    state.calls.append(made)
    state.sections.append(Section(made))
    return made


_STEPS = {
    "preamble": _preamble,
    "header": _header,
    "count": _count,
    "status": _status,
    "loose": _loose,
    "record": _record,
}
