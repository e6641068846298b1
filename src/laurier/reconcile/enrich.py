"""Asks INSEE's public SPARQL endpoint for the URIs of territories, when an operator has a network and says so.

INSEE names a unit by a UUID that no code gives away; what is found is written to a table of the operator's, and the
next build states it. Nothing here is called by a build or by the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import httpx

from laurier import files
from laurier.errors import ReconcileError
from laurier.foreign import said

#: The endpoint that INSEE documents at https://rdf.insee.fr/.
ENDPOINT = "https://rdf.insee.fr/sparql"
#: Kinds that INSEE describes, with its class.
CLASSES = {
    "commune": "Commune",
    "epci": "Intercommunalite",
    "departement": "Departement",
    "region": "Region",
    "arrondissement-municipal": "ArrondissementMunicipal",
    "commune-deleguee": "CommuneDeleguee",
    "commune-associee": "CommuneAssociee",
}
_BATCH = 200
_SECONDS = 30.0
_URI = re.compile(r"http://id\.insee\.fr/geo/[A-Za-z]+/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_QUERY = """PREFIX igeo: <http://rdf.insee.fr/def/geo#>
SELECT ?code ?unit WHERE {{
  VALUES ?code {{ {codes} }}
  ?unit a igeo:{name} ; igeo:codeINSEE ?code .
  FILTER NOT EXISTS {{ ?event igeo:suppression ?unit }}
}}"""


def fetch(units: Iterable[tuple[str, str]], endpoint: str = ENDPOINT) -> Iterator[tuple[str, str, str]]:
    """The URIs that INSEE gives units, for those that have exactly one in force.

    Args:
        units: kind and code of each unit.
        endpoint: of a SPARQL 1.1 service with INSEE's geography.

    Yields:
        Kind, code and URI.

    Raises:
        ReconcileError: the endpoint does not answer, or answers something else than SPARQL results.
    """
    by_kind: dict[str, list[str]] = {}
    for kind, code in sorted(set(units)):
        if kind in CLASSES and code.isalnum():
            by_kind.setdefault(kind, []).append(code)
    with httpx.Client(timeout=_SECONDS, follow_redirects=False) as client:
        for kind, codes in by_kind.items():
            rest = iter(codes)
            while batch := list(islice(rest, _BATCH)):
                found = _ask(client, endpoint, CLASSES[kind], batch)
                yield from ((kind, code, uris[0]) for code, uris in sorted(found.items()) if len(uris) == 1)


def _ask(client: httpx.Client, endpoint: str, name: str, codes: Sequence[str]) -> dict[str, list[str]]:
    query = _QUERY.format(codes=" ".join(f'"{code}"' for code in codes), name=name)
    found: dict[str, list[str]] = {}
    try:
        answer = client.post(
            endpoint, data={"query": query}, headers={"Accept": "application/sparql-results+json"}
        ).raise_for_status()
        for row in answer.json()["results"]["bindings"]:
            code, uri = row["code"]["value"], row["unit"]["value"]
            # An answer is not trusted: only what was asked for, and only the form that INSEE documents.
            if code in codes and _URI.fullmatch(uri) and uri not in found.setdefault(code, []):
                found[code].append(uri)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
        told = said(error)
        raise ReconcileError(
            f"The SPARQL endpoint {endpoint} did not answer as expected ({type(error).__name__}: {told.en}): check the "
            "address and the network, then run this again; nothing was written.",
            f"Le point d'accès SPARQL {endpoint} n'a pas répondu comme attendu ({type(error).__name__} : {told.fr}) : "
            "vérifiez l'adresse et le réseau, puis relancez ; rien n'a été écrit.",
        ) from error
    return found


def write(path: Path, rows: Iterable[tuple[str, str, str]]) -> int:
    """Writes the table of URIs in one step, sorted; returns the number of units.

    Raises:
        ReconcileError: it cannot be written.
    """
    lines = sorted({f"{kind}\t{code}\t{uri}\n" for kind, code, uri in rows})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(path, "".join(["kind\tcode\tinsee\n", *lines]).encode())
    except OSError as error:
        raise ReconcileError(
            f"The table {path} cannot be written ({said(error).en}): give write access, then run this again.",
            f"La table {path} ne peut pas être écrite ({said(error).fr}) : donnez le droit d'écriture, puis relancez.",
            path=str(path),
        ) from error
    return len(lines)
