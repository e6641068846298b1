"""What fuzzing starts from: for each target, inputs that are right, from which it changes bytes."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TESTS / "sources"), str(TESTS / "reliability")]

import hostile  # noqa: E402
import printed  # noqa: E402

_BROCHURE = (TESTS.parent / "data" / "sources" / "pic-normandie" / "laureats-pic-normandie.txt").read_text("utf-8")
_TEXT = _BROCHURE[:1500]
_CSV = (
    "Appel à projets;Porteur;SIRET;Projet;Commune;Code INSEE;Montant;Date de début\n"
    "AAP Culture;Club A;73282932000074;« Projet A »;Rouen;76540;1 234,50 €;01/03/2023\n"
    'AAP Sport;"Club; B";;Projet B;Fécamp;76259;"5000";mars 2023\n'
)
_JSON = (
    '[{"appel": "AAP", "porteur": {"nom": "Club A", "siret": "73282932000074"}, "projet": "A", "montant": 1234.5},'
    ' {"appel": "AAP", "porteur": {"nom": "Club B"}, "projet": "B\\u00e9", "montant": null}]'
)
_GEOJSON = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, "properties": '
    '{"porteur": "Club A", "projet": "A", "commune": "Rouen"}}]}'
)
_SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>Porteur</t></is></c><c r="B1" t="inlineStr"><is><t>Projet</t></is></c>'
    b'</row><row r="2"><c r="A2" t="inlineStr"><is><t>Club A</t></is></c><c r="B2"><v>12</v></c></row></sheetData>'
    b'<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells></worksheet>'
)
_ODS = (
    b'<?xml version="1.0"?><o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    b'xmlns:x="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    b'<o:body><o:spreadsheet><t:table t:name="F"><t:table-row><t:table-cell><x:p>Porteur</x:p></t:table-cell>'
    b'<t:table-cell><x:p>Projet</x:p></t:table-cell></t:table-row><t:table-row t:number-rows-repeated="2">'
    b'<t:table-cell t:number-columns-repeated="2"><x:p>Club</x:p></t:table-cell></t:table-row></t:table>'
    b"</o:spreadsheet></o:body></o:document-content>"
)
_CSVW = (
    b'{"@context": "http://www.w3.org/ns/csvw", "url": "a.csv", "dialect": {"delimiter": ";", "encoding": "utf-8"}, '
    b'"tableSchema": {"columns": [{"titles": "Porteur", "propertyUrl": "http://schema.org/name", '
    b'"datatype": "string"}]}}'
)
_TOML = (
    b'file = "a.txt"\ntitle = "T"\ntitle_en = "T"\nregion = "28"\nissued = "2020-01-01"\nencoding = "utf-8"\n'
    b'layout = "pic"\n[programme]\nkey = "p"\ntitle = "P"\n[columns]\ntitle = "Projet"\n[options]\nseparator = ";"\n'
)
_DECISIONS = (
    "date,who,why,mention,place,source,unit,status\n"
    '2026-01-31,A. Martin,"dit « Thau », à Sète",,Bassin de Thau,pic-normandie,epci/200066355,partie-de\n'
).encode()
_LEDGER = (
    b"kind,key,fingerprint,label,source,state,target\n"
    b"porteur,acces,acces,ACCES,pic-normandie,live,\nporteur,b,b,B,pic-normandie,merged,acces\n"
)
_SETTINGS = b'base = "https://a.example/"\nworkers = 2\n[limits]\nquery_seconds = 10.0\n[publisher]\nname = "A"\n'
_MANIFEST = (
    b'{"hash": "0123456789abcdef", "base": "https://a.example/", "version": "0.1.0", "published": '
    b'"2026-01-01T00:00:00Z", "quads": 1, "graphs": {"https://a.example/graph/x": 1}, "documents": [], "files": '
    b'{"data.nq": {"sha256": "00", "size": 1}}, "dumps": [], "counts": {}, "tools": {}, "previous": ""}'
)
_QUERY = (
    b'PREFIX a: <http://a.example/> SELECT ?s (COUNT(*) AS ?n) { GRAPH ?g { ?s a:p/a:q* \'x\'@fr, """y""" . '
    b'OPTIONAL { ?s ?p [ a a:C ] } FILTER(REGEX(?s, "^a+") || ?n > 1.5e3) } } GROUP BY ?s # end'
)
_ACCEPT = b'text/turtle;q=0.9, application/ld+json;profile="http://a, b";q=0.5, */*;q=0.01, text/*;level=1'
_TURTLE = b'@prefix : <http://a.example/> . :a :b "x"@fr, 1.5, [ :c ( 1 2 ) ] ; a <rel> . << :a :b :c >> :d :e .'
_XML = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e "x">]>'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    b' xmlns:a="http://a.example/"><rdf:Description rdf:about="s"><a:p xml:lang="fr">&e;</a:p></rdf:Description>'
    b"</rdf:RDF>"
)
_JSONLD = (
    b'{"@context": {"p": {"@id": "http://a.example/p", "@container": "@list"}}, "@id": "s", "p": [1, {"@value": "x"}]}'
)


def member(archive: bytes, name: str) -> bytes:
    """One file of a ZIP archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(name)


_DOCX = printed.docx(printed.paragraphs(_TEXT))
DOCUMENT = "word/document.xml"
SEEDS: dict[str, tuple[bytes, ...]] = {
    "text": (_TEXT.encode(), _TEXT.encode("utf-16"), _TEXT.encode("cp1252", "replace"), b"\xef\xbb\xbfa\rb\rc"),
    "markdown": (f"# Lauréats\n\n{_TEXT}\n\n| Porteur | Projet |\n|---|---|\n| A | B |\n".encode(),),
    "html": (
        f"<!doctype html><html><body><h1>Liste</h1><p>{_TEXT[:600]}</p><table><tr><th>Porteur<th>Projet<tr><td>A"
        "<td rowspan=2>B</table><dl><dt>Territoire<dd>Rouen</dl></body></html>".encode(),
    ),
    "docx": (member(_DOCX, DOCUMENT), printed.docx(printed.table([["Porteur", "Projet"], ["A", "B"]]))),
    "pdf": (printed.pdf(_TEXT), printed.pdf(_TEXT[:200], columns=2)),
    "csv": (_CSV.encode(), _CSV.replace(";", "\t").encode("utf-16"), _CSV.encode("cp1252")),
    "csvw": (_CSVW,),
    "json": (_JSON.encode(), _GEOJSON.encode()),
    "jsonl": (_JSON[1:-1].replace(",\n ", "\n").encode(),),
    "xlsx": (_SHEET,),
    "ods": (_ODS,),
    "archive": (b"d" + _DOCX, b"x" + hostile.workbook(_SHEET), b"o" + hostile.packed({"content.xml": _ODS})),
    "source.toml": (_TOML,),
    "carriers.toml": (b'[[carriers]]\nname = "CIBC"\ndoubtful = true\n',),
    "decisions": (_DECISIONS,),
    "ledger": (_LEDGER,),
    "settings": (_SETTINGS,),
    "release": (_MANIFEST,),
    "wording": ("CA du Cotentin, CC Côte Ouest Centre Manche et l'est de Rouen (76)".encode(), b"Bassin de Thau"),
    "query": (_QUERY,),
    "accept": (_ACCEPT,),
    "rdf": (
        b"t" + _TURTLE,
        b"x" + _XML,
        b"j" + _JSONLD,
        b'n<http://a.example/s> <p:p> "x" <g:g> .',
        b"g:g {" + _TURTLE + b"}",
    ),
}
