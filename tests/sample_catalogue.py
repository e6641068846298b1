"""The settings, documents and manifest of the sample release, for the tests of the catalogue and of its clients."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from sample_release import BASE, rows, write_dumps, write_quads

from laurier.settings import Settings
from laurier.snapshot import dumps
from laurier.snapshot.manifest import Manifest

HASH = "0123456789abcdef"
MOMENT = "2026-11-24T10:00:00Z"
SETTINGS = Settings(
    base=BASE,
    title_fr="Lauréats de Normandie",
    title_en="Laureates of Normandy",
    publisher="DREETS d'essai",
    publisher_type="RegionalAuthority",
    contact="contact@example.org",
)
REGION = f"{BASE}id/territoire/region/28"
DOCUMENTS = (
    {
        "key": "pic-normandie",
        "title_fr": "Lauréats du plan d'investissement dans les compétences",
        "title_en": "Laureates of the skills investment plan",
        "publisher": "Préfecture de Normandie",
        "region": "28",
        "licence": "http://publications.europa.eu/resource/authority/licence/ETALAB_2_0",
        "issued": "2021-03",
        "file": "liste.txt",
        "sha256": "ab" * 32,
        "programme": {"key": "pic", "title_fr": "Plan d'investissement", "acronym": "PIC"},
        "themes": ["SOCI", "EDUC"],
        "keywords": ["Provence-Alpes-Côte d'Azur"],
    },
    {"key": "autre-liste", "title_fr": "Autre liste", "programme": None},
)


def describe(iri: str) -> bytes:
    """What the graph says of the one région of the sample."""
    if iri != REGION:
        return b""
    return (
        f'<{REGION}> <http://rdf.insee.fr/def/geo#nom> "Normandie" .\n'
        f"<{REGION}> <http://www.w3.org/2002/07/owl#sameAs> <http://id.insee.fr/geo/region/28> .\n"
        f"<{REGION}> <http://www.w3.org/2004/02/skos/core#exactMatch> <http://data.europa.eu/nuts/code/FRD> .\n"
        f'<{REGION}> <http://www.w3.org/ns/dcat#bbox> "POLYGON((-1.9 48.1,1.7 48.1,1.7 50,-1.9 50,-1.9 48.1))"'
        "^^<http://www.opengis.net/ont/geosparql#wktLiteral> .\n"
        f'<{REGION}> <http://www.w3.org/ns/dcat#centroid> "POINT(0.1 49.1)"'
        "^^<http://www.opengis.net/ont/geosparql#wktLiteral> .\n"
    ).encode()


def release(folder: Path, base: str = BASE) -> Manifest:
    """Writes the dumps of the sample under a folder; returns the manifest that tells of them."""
    written = write_dumps(folder / "dumps", write_quads(folder), rows(), base)
    files = dumps.dated(written, (), MOMENT, HASH)
    return Manifest(
        hash=HASH,
        base=base,
        version="0.1.0",
        published=MOMENT,
        documents=DOCUMENTS,
        dumps=tuple(asdict(file) for file in files),
    )
