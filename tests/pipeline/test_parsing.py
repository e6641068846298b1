"""RDF files of any kind parsed in a child: what they state, or one sentence, within bounds, and never the network."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pyoxigraph as ox
import pytest

from laurier.errors import SourceError
from laurier.pipeline import parsing

RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/"'


def statements(path: Path) -> list[str]:
    format_ = ox.RdfFormat.from_extension(path.suffix[1:])
    assert format_ is not None
    return list(parsing.statements(path, format_, "http://x.example/"))


def test_statements_come_through_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "a.trig"
    path.write_text('<g> { <a> <b> "é\\n\u2028\\"x\\""@fr, 1.50, <c> . }', encoding="utf-8", newline="")
    assert sorted(statements(path)) == sorted(
        f"{quad.subject} {quad.predicate} {quad.object} {quad.graph_name} ."
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TRIG, base_iri="http://x.example/")
    )


def test_a_plain_entity_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.rdf"
    path.write_text(
        f'<!DOCTYPE r [<!ENTITY o "http://o/">]><rdf:RDF {RDF}><rdf:Description rdf:about="&o;a"><e:p>1</e:p>'
        "</rdf:Description></rdf:RDF>",
        encoding="utf-8",
    )
    assert statements(path) == ['<http://o/a> <http://e/p> "1" .']


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "deep-terms.ttl": "<a> <b> " + "<<( <a> <b> " * 100_000 + "<c>" + " )>>" * 100_000 + " .",
    "twenty-terms.ttl": "<a> <b> " + "<<( <a> <b> " * 20 + "<c>" + " )>>" * 20 + " .",
    "bomb.rdf": f'<!DOCTYPE r [<!ENTITY e0 "x">{BOMB}]><rdf:RDF {RDF}><rdf:Description><e:p>&e9;</e:p>',
    "outside.rdf": f'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rdf:RDF {RDF}><e:p>&x;</e:p></rdf:RDF>',
    "deep.rdf": f"<rdf:RDF {RDF}>" + "<rdf:Description><e:p>" * 50_000,
    "cut.rdf": f"<rdf:RDF {RDF}><rdf:Description><e:p>x",
    "wide.nt": '<http://a> <http://b> "c" .'.encode("utf-16"),
    "bytes.nq": b"<a> \xff\xfe",
    "relative.nt": "<a> <b> <c> .",
    "invalid-iri.ttl": "<http://a b> <b> <c> .",
    "language.ttl": '<a> <b> "x"@not_a_tag .',
    "nul.ttl": "<a> <b>\x00 <c> .",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = HOSTILE[name]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SourceError, match=name):
        statements(path)


def test_a_remote_context_is_refused_without_a_call(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.settimeout(0.2)
        path = tmp_path / "remote.jsonld"
        address = f"http://127.0.0.1:{canary.getsockname()[1]}/context"
        path.write_text(json.dumps({"@context": address, "@id": "x", "name": "y"}), encoding="utf-8")
        with pytest.raises(SourceError, match=r"remote\.jsonld"):
            statements(path)
        with pytest.raises(TimeoutError):
            canary.accept()
