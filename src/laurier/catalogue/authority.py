"""The one table of controlled values that the catalogue uses: EU authority tables, ADMS and SPDX, with their labels.

Harvesters and the shapes of DCAT-AP want each value described in the catalogue itself: its class, a label, and its
scheme. Keys and labels are those of the EU Publications Office, ADMS 1.0 and SPDX.
"""

from __future__ import annotations

from dataclasses import dataclass

EU = "http://publications.europa.eu/resource/authority/"
_ADMS = "http://purl.org/adms/"
COUNTRY = f"{EU}country/FRA"
THEMES = f"{EU}data-theme"
#: Bounding box of metropolitan France (west, south, east, north), the union of its régions' in `extents.tsv`.
FRANCE = (-5.1086, 41.3678, 9.5554, 51.089)


@dataclass(frozen=True, slots=True)
class Value:
    """A controlled value.

    Attributes:
        iri: its IRI.
        types: classes that it is typed with, as `prefix:name`.
        fr, en: its labels.
        scheme: IRI of the scheme that it belongs to, or empty.
        kind: for a licence, its type.
    """

    iri: str
    types: tuple[str, ...]
    fr: str
    en: str
    scheme: str = ""
    kind: Value | None = None


def theme(key: str) -> Value:
    """A theme of data.europa.eu.

    Raises:
        KeyError: the table has no such theme.
    """
    fr, en = _THEMES[key]
    return Value(f"{THEMES}/{key}", ("skos:Concept",), fr, en, THEMES)


_THEMES = {
    "AGRI": ("Agriculture, pêche, sylviculture et alimentation", "Agriculture, fisheries, forestry and food"),
    "ECON": ("Économie et finances", "Economy and finance"),
    "EDUC": ("Éducation, culture et sport", "Education, culture and sport"),
    "ENER": ("Énergie", "Energy"),
    "ENVI": ("Environnement", "Environment"),
    "GOVE": ("Gouvernement et secteur public", "Government and public sector"),
    "HEAL": ("Santé", "Health"),
    "INTR": ("Questions internationales", "International issues"),
    "JUST": ("Justice, système juridique et sécurité publique", "Justice, legal system and public safety"),
    "REGI": ("Régions et villes", "Regions and cities"),
    "SOCI": ("Population et société", "Population and society"),
    "TECH": ("Science et technologie", "Science and technology"),
    "TRAN": ("Transports", "Transport"),
}

FRENCH = Value(f"{EU}language/FRA", ("dcterms:LinguisticSystem",), "français", "French")
ENGLISH = Value(f"{EU}language/ENG", ("dcterms:LinguisticSystem",), "anglais", "English")
IRREGULAR = Value(f"{EU}frequency/IRREG", ("dcterms:Frequency",), "irrégulier", "irregular")
PUBLIC = Value(f"{EU}access-right/PUBLIC", ("dcterms:RightsStatement",), "public", "public")
STABLE = Value(f"{EU}planned-availability/STABLE", ("skos:Concept",), "stable", "stable", f"{EU}planned-availability")
ONTOLOGY = Value(f"{EU}dataset-type/ONTOLOGY", ("skos:Concept",), "Ontologie", "Ontology", f"{EU}dataset-type")
SHA512 = Value("http://spdx.org/rdf/terms#checksumAlgorithm_sha512", ("spdx:ChecksumAlgorithm",), "SHA-512", "SHA-512")

#: Titles of the schemes above.
SCHEMES = {
    THEMES: ("Thèmes de données", "Data themes"),
    f"{EU}planned-availability": ("Disponibilité prévue", "Planned availability"),
    f"{EU}dataset-type": ("Types de jeux de données", "Dataset types"),
    f"{_ADMS}publishertype/1.0": ("Types d’éditeurs ADMS", "ADMS publisher types"),
    f"{_ADMS}licencetype/1.0": ("Types de licences ADMS", "ADMS licence types"),
}


def publisher_type(key: str) -> Value:
    """A type of publisher of ADMS; an unknown key is labelled by itself."""
    fr, en = _PUBLISHERS.get(key, (key, key))
    return Value(f"{_ADMS}publishertype/{key}", ("skos:Concept",), fr, en, f"{_ADMS}publishertype/1.0")


_PUBLISHERS = {
    "Academia-ScientificOrganisation": ("Établissement scientifique", "Academia or scientific organisation"),
    "Company": ("Entreprise", "Company"),
    "LocalAuthority": ("Collectivité locale", "Local authority"),
    "NationalAuthority": ("Autorité nationale", "National authority"),
    "NonGovernmentalOrganisation": ("Organisation non gouvernementale", "Non-governmental organisation"),
    "NonProfitOrganisation": ("Organisme à but non lucratif", "Non-profit organisation"),
    "RegionalAuthority": ("Autorité régionale", "Regional authority"),
    "SupraNationalAuthority": ("Autorité supranationale", "Supranational authority"),
}


def licence(iri: str) -> Value:
    """A licence; the label of the Licence Ouverte is the one that data.gouv.fr knows."""
    fr, en, kind = _LICENCES.get(iri, (iri, iri, ""))
    of = Value(
        f"{_ADMS}licencetype/{kind or 'OtherRestrictiveClauses'}",
        ("skos:Concept",),
        *_LICENCE_KINDS[kind],
        f"{_ADMS}licencetype/1.0",
    )
    return Value(iri, ("dcterms:LicenseDocument",), fr, en, kind=of)


OPEN_LICENCE = f"{EU}licence/ETALAB_2_0"
CC_BY = f"{EU}licence/CC_BY_4_0"
_LICENCES = {
    OPEN_LICENCE: (
        "Licence Ouverte / Open Licence version 2.0",
        "Licence Ouverte / Open Licence version 2.0",
        "Attribution",
    ),
    CC_BY: ("Creative Commons Attribution 4.0", "Creative Commons Attribution 4.0", "Attribution"),
    f"{EU}licence/CC_BYSA_4_0": (
        "Creative Commons Attribution Share-Alike 4.0",
        "Creative Commons Attribution Share-Alike 4.0",
        "ViralEffect-ShareAlike",
    ),
    f"{EU}licence/CC0": ("Creative Commons CC0", "Creative Commons CC0", "PublicDomain"),
    f"{EU}licence/ODC_BL": (
        "Open Data Commons Open Database License (ODbL)",
        "Open Data Commons Open Database License (ODbL)",
        "ViralEffect-ShareAlike",
    ),
}
_LICENCE_KINDS = {
    "": ("Autre", "Other restrictive clauses"),
    "Attribution": ("Attribution", "Attribution"),
    "PublicDomain": ("Domaine public", "Work in the public domain"),
    "ViralEffect-ShareAlike": ("Partage à l’identique", "Viral effect (share-alike)"),
}
