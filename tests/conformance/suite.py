"""The W3C test suites of SPARQL 1.0 and 1.1, read from their manifests.

They are not kept here: `make w3c` takes them out of the source archive of rdflib, which holds both.
The vocabulary is explained at https://www.w3.org/2001/sw/DataAccess/tests/README.html.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

#: Stands for the folder of the suites in every IRI.
BASE = "https://w3c.example/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PREFIXES = f"""
PREFIX rdf: <{_RDF}>
PREFIX mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#>
PREFIX qt: <http://www.w3.org/2001/sw/DataAccess/tests/test-query#>
"""
_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".n3": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One test.

    Attributes:
        name: its IRI in the suite.
        kind: local name of its class, such as QueryEvaluationTest.
        query, result: its files; the result is None for a test of syntax.
        data, graphs: files of the default graph and of the named graphs.
        services: endpoint and file of what each SERVICE holds.
        lax: solutions may come once or several times.
    """

    name: str
    kind: str
    query: Path
    result: Path | None
    data: tuple[Path, ...] = ()
    graphs: tuple[Path, ...] = ()
    services: tuple[tuple[str, Path], ...] = ()
    lax: bool = False

    @property
    def text(self) -> str:
        """The query."""
        return self.query.read_text(encoding="utf-8")


class Suite:
    """Both suites in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def manifests(self) -> list[str]:
        """The folders that hold tests, such as `sparql11/bind`."""
        found = []
        for top in ("dawg-data-r2/manifest-evaluation", "dawg-data-r2/manifest-syntax", "sparql11/manifest-all"):
            query = f"{_PREFIXES} SELECT ?m {{ ?top mf:include/rdf:rest*/rdf:first ?m }}"
            included = [self.path(row["m"].value) for row in self._read(f"{top}.ttl").query(query)]
            found += [path.parent.relative_to(self.folder).as_posix() for path in included]
        return sorted(found)

    def cases(self, manifest: str) -> list[Case]:
        """The tests of one folder, in the order of its manifest."""
        store = self._read(f"{manifest}/manifest.ttl")
        order = {
            entry["test"]: place
            for place, entry in enumerate(
                store.query(f"{_PREFIXES} SELECT ?test {{ ?m mf:entries/rdf:rest*/rdf:first ?test }}")
            )
        }
        found = store.query(
            f"""{_PREFIXES} SELECT ?test ?kind ?action ?query ?result ?lax {{
            ?test a ?kind ; mf:action ?action
            OPTIONAL {{ ?action qt:query ?query }} OPTIONAL {{ ?test mf:result ?result }}
            OPTIONAL {{ ?test mf:resultCardinality ?lax }} }}"""
        )
        rows = sorted((row for row in found if row["test"] in order), key=lambda row: order[row["test"]])
        return [
            Case(
                row["test"].value,
                row["kind"].value.rpartition("#")[2],
                self.path((row["query"] or row["action"]).value),
                self.path(row["result"].value) if isinstance(row["result"], ox.NamedNode) else None,
                self._paths(store, row["action"], "qt:data"),
                self._paths(store, row["action"], "qt:graphData"),
                self._services(store, row["action"]),
                row["lax"] is not None,
            )
            for row in rows
            if isinstance(row["query"] or row["action"], ox.NamedNode)
        ]

    def path(self, iri: str) -> Path:
        """The file of an IRI."""
        return self.folder / iri.removeprefix(BASE)

    def iri(self, path: Path) -> str:
        """The IRI of a file, which is also that of its graph."""
        return BASE + path.relative_to(self.folder).as_posix()

    def load(self, store: ox.Store, path: Path, graph: str = "") -> None:
        """Adds a file to a store, in the default graph or a named one."""
        to = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        store.load(path=path, format=_FORMATS[path.suffix], base_iri=self.iri(path), to_graph=to)

    def everything(self) -> ox.Store:
        """Every file of data, each in the graph that bears its name."""
        store = ox.Store()
        files = {
            path
            for manifest in self.manifests()
            for case in self.cases(manifest)
            for path in (*case.data, *case.graphs, *(file for _, file in case.services))
        }
        # FROM names files that no manifest lists
        for path in sorted(files | set(self.folder.glob("dawg-data-r2/dataset/data-*.ttl"))):
            self.load(store, path, self.iri(path))
        return store

    def _read(self, path: str) -> ox.Store:
        store = ox.Store()
        store.load(path=self.folder / path, format=ox.RdfFormat.TURTLE, base_iri=BASE + path)
        return store

    def _paths(self, store: ox.Store, action: ox.NamedNode | ox.BlankNode, name: str) -> tuple[Path, ...]:
        if isinstance(action, ox.NamedNode):
            return ()
        named = ox.NamedNode(f"http://www.w3.org/2001/sw/DataAccess/tests/test-query#{name.removeprefix('qt:')}")
        files = [quad.object for quad in store.quads_for_pattern(action, named, None, None)]
        return tuple(self.path(file.value) for file in files if isinstance(file, ox.NamedNode))

    def _services(self, store: ox.Store, action: ox.NamedNode | ox.BlankNode) -> tuple[tuple[str, Path], ...]:
        found = store.query(
            f"{_PREFIXES} SELECT ?action ?e ?d {{ ?action qt:serviceData [ qt:endpoint ?e ; qt:data ?d ] }}"
        )
        return tuple((row["e"].value, self.path(row["d"].value)) for row in found if row["action"] == action)
