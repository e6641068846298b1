"""The addresses of the catalogue and of what it describes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses of the catalogue and of what it describes, under one base IRI."""

    base: str

    @property
    def catalogue(self) -> str:
        """The catalogue, which is also where it is read."""
        return f"{self.base}catalogue"

    def dataset(self, key: str) -> str:
        """A dataset."""
        return f"{self.base}dataset/{quote(key, safe='%-._~')}"

    def page(self, key: str) -> str:
        """The page about a dataset."""
        return f"{self.dataset(key)}.html"

    def dump(self, name: str) -> str:
        """A file to download."""
        return f"{self.base}dumps/{quote(name, safe='%-._~')}"

    @property
    def service(self) -> str:
        """The SPARQL service, as a thing."""
        return f"{self.catalogue}#sparql"

    @property
    def endpoint(self) -> str:
        """Where SPARQL queries are sent."""
        return f"{self.base}sparql"
