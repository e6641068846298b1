"""The SPARQL page: examples that run, and the answer of a query as a table, a sentence or Turtle."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

from laurier import formats
from laurier.errors import Language, LaurierError
from laurier.settings import Settings
from laurier.vocabulary import PREFIXES, Vocabulary
from laurier.web.pages import typography
from laurier.web.pages.addresses import Addresses
from laurier.web.pages.rendering import Rendered, Renderer
from laurier.web.pages.strings import Strings

PATH = "sparql"
_FOLDER = Path(__file__).with_name("queries")
#: Rows of an answer that the page shows; the other forms give them all.
SHOWN_ROWS = 500
_SHOWN_TEXT = 200_000
_CELL = 2_000
_PROLOGUE = re.compile(r"(?im)^\s*(?:PREFIX\s+\S*\s*|BASE\s*)<[^>]*>")


@dataclass(frozen=True, slots=True)
class Example:
    """A query that a reader can run as it is.

    Attributes:
        name: of its file.
        titles: what it answers, by language.
        text: the query.
    """

    name: str
    titles: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A term of a solution: its text, where it leads, its language tag, its datatype in short."""

    text: str
    href: str | None = None
    lang: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Solutions as rows; None is an unbound variable."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    total: int


class Queries:
    """Makes the SPARQL page."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        settings: Settings,
        addresses: Addresses,
        renderer: Renderer,
        strings: Strings,
    ) -> None:
        self._vocabulary = vocabulary
        self._settings = settings
        self._addresses = addresses
        self._renderer = renderer
        self._strings = strings

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """The examples, in order."""
        return self.read_examples()

    @staticmethod
    def read_examples() -> tuple[Example, ...]:
        """Reads the examples, in order."""
        return tuple(_example(path) for path in sorted(_FOLDER.glob("*.rq")))

    @cached_property
    def _terms(self) -> str:
        spaces = (("lau", self._vocabulary.lau), ("pub", self._vocabulary.pub), ("code", self._vocabulary.code))
        return " ".join(f"{prefix}:{name}" for prefix, names in spaces for name in names if name)

    def page(self, language: Language, query: str = "", outcome: bytes | LaurierError | None = None) -> Rendered:
        """The form, with the answer of a query where there is one.

        Args:
            language: of the page.
            query: text of the query; the first example when empty.
            outcome: the error that it met, or its answer as SPARQL JSON (solutions, boolean) or Turtle (a graph).
        """
        text = query or self.examples[0].text
        error = outcome.say(language) if isinstance(outcome, LaurierError) else ""
        shown: dict[str, object] = {
            "query": text,
            "error": typography.typeset(error, language),
            "examples": [(e.titles[language], self._href(language, e.text), e.text) for e in self.examples],
            "forms": formats.RESULTS,
            "graph_forms": formats.GRAPHS[:4],
            "prefixes": PREFIXES,
            "terms": self._terms,
            "table": None,
            "boolean": None,
            "graph": None,
            "cite": self._cite(language, text) if isinstance(outcome, bytes) else "",
            "shown_rows": SHOWN_ROWS,
        }
        if isinstance(outcome, bytes):
            shown |= self._answer(outcome, language)
        title = self._strings.say(language, PATH)
        own = f"{title} – {self._called(query, language)}" if query else title
        return self._renderer.render(
            "sparql.html", language, PATH, own, shown, here=lambda code: self._href(code, query)
        )

    def elsewhere(self, language: Language, endpoint: str) -> Rendered:
        """The page of a static site, which answers no query itself: where to ask, or that nobody answers.

        Args:
            language: of the page.
            endpoint: address of a SPARQL endpoint that holds the same data, or empty.
        """
        shown = {
            "endpoint": endpoint,
            "examples": [(e.titles[language], e.text) for e in self.examples],
        }
        return self._renderer.render("sparql_elsewhere.html", language, PATH, self._strings.say(language, PATH), shown)

    def _called(self, query: str, language: Language) -> str:
        """What a query is called in the title of its page: an example by its title, another by its words."""
        known = next((e for e in self.examples if e.text.split() == query.split()), None)
        return known.titles[language] if known else " ".join(_PROLOGUE.sub("", query).split())[:80]

    def _href(self, language: Language, query: str) -> str:
        return self._addresses.page(language, PATH) + (f"?{urlencode({'query': query})}" if query else "")

    def _cite(self, language: Language, query: str) -> str:
        manifest = self._renderer.manifest
        address = self._settings.base.rstrip("/") + self._href(language, query)
        return self._strings.say(
            language, "query_cite_text", publisher=self._settings.publisher,
            title=self._renderer.site_title(language), hash=manifest.hash, day=self._renderer.day(language),
            address=address,
        )  # fmt: skip

    def _answer(self, outcome: bytes, language: Language) -> dict[str, object]:
        if not outcome.lstrip().startswith(b"{"):
            text = outcome.decode("utf-8", "replace")
            return {"graph": text[:_SHOWN_TEXT]}
        answer = json.loads(outcome)
        if "boolean" in answer:
            return {"boolean": bool(answer["boolean"])}
        variables = tuple(answer["head"].get("vars", ()))
        bindings = answer["results"]["bindings"]
        rows = tuple(
            tuple(self._cell(solution.get(name), language) for name in variables) for solution in bindings[:SHOWN_ROWS]
        )
        return {"table": Table(variables, rows, len(bindings))}

    def _cell(self, term: Mapping[str, object] | None, language: Language) -> Cell | None:
        if term is None:
            return None
        kind, value = term["type"], term["value"]
        if kind == "triple":
            parts = [self._cell(value[name], language) for name in ("subject", "predicate", "object")]  # type: ignore[index]
            return Cell(f"<< {' '.join(part.text for part in parts if part)} >>")
        text = str(value)
        if kind == "uri":
            return Cell(_short(text), self._addresses.of(text, language))
        if kind == "bnode":
            return Cell(f"_:{text}")
        datatype = _short(str(term.get("datatype", "")))
        cut = text if len(text) <= _CELL else text[:_CELL] + "…"
        return Cell(cut, None, str(term.get("xml:lang", "")), "" if datatype == "xsd:string" else datatype)


def _short(iri: str) -> str:
    for prefix, namespace in PREFIXES.items():
        local = iri[len(namespace) :]
        if iri.startswith(namespace) and local and "/" not in local and "#" not in local:
            return f"{prefix}:{local}"
    return iri


def _example(path: Path) -> Example:
    text = path.read_text(encoding="utf-8")
    titles = {}
    for line in text.splitlines():
        head, _, words = line.removeprefix("# ").partition(": ")
        if line.startswith("# ") and head in ("fr", "en"):
            titles[head] = typography.typeset(words, head)
    query = "\n".join(line for line in text.splitlines() if not line.startswith("# ")) + "\n"
    return Example(path.stem, titles, query)
