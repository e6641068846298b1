"""What users ask of the graph, as SPARQL: the suite that every engine must answer alike, and that benchmarks time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).with_name("questions")


@dataclass(frozen=True, slots=True)
class Question:
    """A query named after what a user asks.

    Attributes:
        name: of its file, without the number.
        asked: the question, in words.
        text: the query.
    """

    name: str
    asked: str
    text: str


def questions() -> list[Question]:
    """The suite, in the order of its numbers."""
    found = []
    for path in sorted(_FOLDER.glob("*.rq")):
        text = path.read_text(encoding="utf-8")
        found.append(Question(path.stem[3:], text.partition("\n")[0].removeprefix("# "), text))
    return found
