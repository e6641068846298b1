"""The passes of the fast engine over a file: screen its nodes, answer their questions, join, evaluate the suspects.

A suspect is one number: the offset of the focus node times the number of units, plus the unit. Between passes, rows of
text wait in files of one folder, spread over parts by a hash of what they are about, so that each part fits in memory.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from laurier.validation import exact
from laurier.validation.ground import Background, Ground
from laurier.validation.screen import Plan, read_facts
from laurier.validation.shape import TYPE, CannotCompile
from laurier.validation.sorted_file import SortedFile, Statements

_WINDOW = 1 << 10
_BUFFER = 1 << 18
_IRI = ord("<")
_BLANK = ord("_")

FACTS, QUESTIONS, JOINS, SIDES, AUDITED = "facts", "questions", "joins", "sides", "audited"


class Outbox:
    """Rows waiting to be written, by kind and part.

    Args:
        folder: where the files lie.
        writer: a name of this writer, so that no two write to one file.
        parts: into how many parts the rows are spread.
    """

    def __init__(self, folder: Path, writer: str, parts: int) -> None:
        self._folder = folder
        self._writer = writer
        self._parts = parts
        self._rows: dict[tuple[str, int], list[bytes]] = defaultdict(list)
        self._waiting = 0

    def put(self, kind: str, about: bytes, row: bytes) -> None:
        """Keeps a row for the part of what it is about."""
        part = crc32(about) % self._parts if self._parts > 1 else 0
        self._rows[kind, part].append(row)
        self._waiting += 1
        if self._waiting >= _BUFFER:
            self.flush()

    def flush(self) -> None:
        """Writes what waits."""
        for (kind, part), rows in self._rows.items():
            with (self._folder / f"{kind}.{part}.{self._writer}").open("ab") as file:
                file.write(b"".join(rows))
        self._rows.clear()
        self._waiting = 0


def rows(folder: Path, kind: str, part: int) -> Iterator[list[bytes]]:
    """The rows of a kind and part, split at tabs once."""
    for path in sorted(folder.glob(f"{kind}.{part}.*")):
        with path.open("rb", buffering=1 << 20) as file:
            for line in file:
                yield line[:-1].split(b"\t", 1)


def told(node: Statements, plan: Plan) -> bytes:
    """The facts of a node: what others may ask of it."""
    facts = plan.facts
    for index in plan.facts_at:
        facts += b"\t%b\t%b" % (node.predicates[index], node.objects[index])
    return facts


def settle(ground: Ground, path: Path) -> tuple[dict[bytes, bytes], list[Statements]]:
    """The facts of the nodes of the background, the file's statements included; and the nodes it does not mention."""
    facts: dict[bytes, bytes] = {}
    absent: list[Statements] = []
    file = SortedFile(path)
    try:
        for node in ground.background.nodes():
            found = file.find(node.subject)
            whole = ground.background.merged(found or node)
            facts[node.subject] = told(whole, ground.screen.plan(whole.predicates, whole.objects))
            if found is None:
                absent.append(node)
    finally:
        file.close()
    return facts, absent


class Sweep:
    """Screens nodes one after the other.

    Args:
        ground: shapes and background.
        out: where rows for other passes go.
        settled: the facts of nodes that every range needs, known beforehand.

    Attributes:
        suspects: what could not be cleared.
    """

    def __init__(self, ground: Ground, out: Outbox, settled: Mapping[bytes, bytes]) -> None:
        self._background = ground.background
        self._screen = ground.screen
        self._size = len(ground.screen.units)
        self._out = out
        self._settled = settled
        self._recent: dict[bytes, bytes] = {}
        self._older: dict[bytes, bytes] = {}
        self.suspects = array("q")

    def over(self, nodes: Iterable[Statements]) -> None:
        """Screens the nodes and writes what other nodes and passes need of them.

        Raises:
            CannotCompile: the file holds what only the reference engine can judge.
        """
        background, plan_of, out = self._background, self._screen.plan, self._out
        known = background.subjects
        for one in nodes:
            node = one
            if node.subject in known:
                node = background.merged(node)
            plan = plan_of(node.predicates, node.objects)
            if plan.hierarchy and background.brings_classes(node):
                raise CannotCompile(f"{node.subject.decode()} brings a new rdfs:subClassOf")
            facts = told(node, plan)
            if len(self._recent) >= _WINDOW:
                self._older, self._recent = self._recent, {}
            self._recent[node.subject] = facts
            if plan.exported:
                out.put(FACTS, node.subject, b"%b%b\n" % (node.subject, facts))
            for index in plan.audited:
                out.put(AUDITED, b"", b"%b %b %b .\n" % (node.subject, node.predicates[index], node.objects[index]))
            self._doubt(node, plan)

    def _doubt(self, node: Statements, plan: Plan) -> None:
        code = node.offset * self._size
        if node.subject[0] == _BLANK:
            pairs = [(p.decode(), o.decode()) for p, o in zip(node.predicates, node.objects, strict=True)]
            targeted = self._screen.targeted([p for p, _ in pairs], [o for p, o in pairs if p == TYPE])
            self.suspects.extend(code + number for number in targeted)
            return
        objects, suspect = node.objects, self.suspects.append
        for number in plan.doubtful:
            suspect(code + number)
        for test, index, number in plan.tests:
            if not test(objects[index]):
                suspect(code + number)
        for holds, (a, b), (c, d), number in plan.comparisons:
            if not holds(objects[a:b], objects[c:d]):
                suspect(code + number)
        for number, spans in plan.itself:
            if not self._screen.holds_itself(number, tuple(tuple(objects[a:b]) for a, b in spans)):
                suspect(code + number)
        for number, index in plan.questions:
            self._ask(code + number, number, objects[index])
        for number, (a, b) in plan.counts:
            facts = tuple(map(self._facts, objects[a:b]))
            if not self._screen.counts(number, facts):
                suspect(code + number)
        for number, (a, b), (c, d) in plan.joins:
            self._join(code + number, objects[a:b], objects[c:d])

    def _facts(self, value: bytes) -> bytes | None:
        """The facts of a node that came by lately, or that is settled."""
        facts = self._recent.get(value)
        if facts is None:
            facts = self._older.get(value)
        return self._settled.get(value) if facts is None else facts

    def _ask(self, code: int, number: int, value: bytes) -> None:
        facts = self._facts(value)
        if facts is not None:
            if not self._screen.answers(number, facts):
                self.suspects.append(code)
        elif value[0] == _IRI:
            self._out.put(QUESTIONS, value, b"%b\t%d\n" % (value, code))
        else:
            self.suspects.append(code)

    def _join(self, code: int, steps: list[bytes], compared: list[bytes]) -> None:
        about = b"%d" % code
        for value in steps:
            self._out.put(JOINS, value, b"%b\t%d\n" % (value, code))
        for value in compared:
            self._out.put(SIDES, about, b"%d\t=%b\n" % (code, value))


def answer(ground: Ground, folder: Path, part: int, out: Outbox) -> array[int]:
    """The suspects among those who asked about the nodes of one part; second steps of joins go out."""
    screen, size = ground.screen, len(ground.screen.units)
    facts: dict[bytes, bytes] = {}
    shared: dict[bytes, bytes] = {}
    for subject, rest in rows(folder, FACTS, part):
        facts[subject] = shared.setdefault(rest, b"\t" + rest)
        if len(shared) > _BUFFER:
            shared.clear()
    suspects = array("q")
    for value, asked in rows(folder, QUESTIONS, part):
        code = int(asked)
        if not screen.answers(code % size, facts.get(value, b"")):
            suspects.append(code)
    for value, asked in rows(folder, JOINS, part):
        joined = screen.units[int(asked) % size].joined
        assert joined is not None
        for reached in read_facts(facts.get(value, b"")).get(joined[1], ()):
            out.put(SIDES, asked, b"%b\t+%b\n" % (asked, reached.encode()))
    out.flush()
    return suspects


def join(folder: Path, part: int) -> array[int]:
    """The suspects among the joins of one part: those whose two sides differ."""
    sides: dict[bytes, tuple[set[bytes], set[bytes]]] = defaultdict(lambda: (set(), set()))
    for code, value in rows(folder, SIDES, part):
        sides[code][value[:1] == b"="].add(value[1:])
    return array("q", (int(code) for code, (reached, compared) in sides.items() if reached != compared))


class FileGraph:
    """The graph of a file and its background, for the exact evaluation; close it after use."""

    def __init__(self, path: Path, background: Background) -> None:
        self._file = SortedFile(path)
        self._background = background
        self.is_instance = background.is_instance
        self._described = lru_cache(maxsize=1 << 14)(self._read)

    def close(self) -> None:
        """Releases the file."""
        self._file.close()

    def subject_at(self, offset: int) -> str:
        """The subject whose statements begin at an offset of the file, or at a negative one of the background."""
        node = self._file.at(offset) if offset >= 0 else self._background.at(offset)
        return node.subject.decode()

    def describe(self, subject: str) -> exact.Description:
        """The distinct objects of a subject, by predicate."""
        return self._described(subject)

    def _read(self, subject: str) -> exact.Description:
        key = subject.encode()
        node = self._file.find(key) or Statements(key, [], [], 0)
        if key in self._background.subjects:
            node = self._background.merged(node)
        description: dict[str, list[str]] = {}
        for predicate, value in zip(node.predicates, node.objects, strict=True):
            description.setdefault(predicate.decode(), []).append(value.decode())
        return description


def evaluate(ground: Ground, graph: FileGraph, codes: Iterable[int]) -> Iterator[exact.Result]:
    """The results at suspects, in the order of the codes given."""
    units = ground.screen.units
    named = ground.screen.node_targets()
    for code in codes:
        offset, number = divmod(code, len(units))
        focus = graph.subject_at(offset)
        if number not in named.get(focus, ()):
            yield from exact.check(units[number].shape, focus, graph)


def evaluate_named(ground: Ground, graph: FileGraph) -> Iterator[exact.Result]:
    """The results at the nodes that shapes name one by one (sh:targetNode)."""
    for focus, numbers in sorted(ground.screen.node_targets().items()):
        for number in numbers:
            yield from exact.check(ground.screen.units[number].shape, focus, graph)
