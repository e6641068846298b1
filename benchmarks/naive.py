"""What one writes first: everything in rdflib, pyshacl over the whole graph. Each task is a process of its own.

python benchmarks/naive.py load|shacl|build DATA.nq
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import pyshacl
import rdflib

from laurier import files


def loaded(data: Path) -> rdflib.Graph:
    """The union of the graphs of a file."""
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data, format="nquads")
    graph = rdflib.Graph()
    for triple in dataset.triples((None, None, None)):
        graph.add(triple)
    return graph


def validated(graph: rdflib.Graph) -> None:
    """pyshacl, with the shapes and the ontology of Laurier."""
    shapes = rdflib.Graph()
    for path in sorted(files.folder("shapes").glob("*.ttl")):
        shapes.parse(path)
    for path in sorted(files.folder("ontology").glob("*.ttl")):
        graph.parse(path)
    pyshacl.validate(graph, shacl_graph=shapes, advanced=True)


def main() -> None:
    """Does everything, and prints the seconds of processor used so far after each part."""
    graph = loaded(Path(sys.argv[1]))
    print("load", time.process_time(), flush=True)
    validated(graph)
    print("shacl", time.process_time(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for form in ("nt", "turtle", "json-ld", "xml"):
            graph.serialize(Path(folder) / form, format=form)
    print("build", time.process_time(), flush=True)


if __name__ == "__main__":
    main()
