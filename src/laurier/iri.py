"""The only place that builds and takes apart the IRIs of an instance.

`{base}id/{kind}/{key}` names a thing and `{base}doc/{kind}/{key}` the document that describes it (Cool URIs, 303).
Parts of a thing are hash IRIs of the same document. Graphs are named `{base}graph/{name}`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote

#: Kinds of things, as they stand in the path.
KINDS = (
    "source",
    "extrait",
    "programme",
    "appel",
    "laureat",
    "projet",
    "porteur",
    "territoire",
    "mention",
    "public-vise",
    "budget",
    "resultat",
    "decision",
)
SUFFIXES_OF_GRAPHS = ("ontology", "schemes", "catalogue", "territories")

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l"})
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_SLUG_LENGTH = 80
_PLAIN_KEY = re.compile(r"[A-Za-z0-9/\-._~]+")


def slug(text: str) -> str:
    """A readable key seed: ASCII lower case, words joined by `-`, cut at a word near 80 characters.

    >>> slug("PAS DE QUARTIER POUR L'ÉCHEC")
    'pas-de-quartier-pour-l-echec'
    """
    folded = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    plain = _NOT_SLUG.sub("-", folded.encode("ascii", "ignore").decode()).strip("-")
    if len(plain) > _SLUG_LENGTH:
        plain = plain[: _SLUG_LENGTH + 1].rsplit("-", 1)[0][:_SLUG_LENGTH]
    return plain or "sans-nom"


@dataclass(frozen=True, slots=True)
class Minter:
    """Builds the IRIs under one base.

    Attributes:
        base: the base IRI, ending in `/`.
    """

    base: str

    def thing(self, kind: str, key: str) -> str:
        """The IRI of a thing; `key` may hold `/` between its parts."""
        assert kind in KINDS, kind
        # A key of plain characters, as nearly all are, needs no quoting.
        return f"{self.base}id/{kind}/{key if _PLAIN_KEY.fullmatch(key) else quote(key, safe='/-._~')}"

    def graph(self, name: str) -> str:
        """The IRI of a named graph."""
        return f"{self.base}graph/{quote(name, safe='-._~')}"

    def document(self, thing: str) -> str:
        """The IRI of the document that describes a thing (its fragment dropped)."""
        whole = thing.partition("#")[0]
        prefix = f"{self.base}id/"
        return f"{self.base}doc/{whole[len(prefix) :]}" if whole.startswith(prefix) else whole

    def split(self, thing: str) -> tuple[str, str] | None:
        """Kind and key of a thing of this base, or None for any other IRI."""
        prefix = f"{self.base}id/"
        if not thing.startswith(prefix):
            return None
        kind, separator, key = thing[len(prefix) :].partition("#")[0].partition("/")
        return (kind, unquote(key)) if separator and kind in KINDS else None
