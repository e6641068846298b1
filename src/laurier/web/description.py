"""The service description of the SPARQL endpoint (https://www.w3.org/TR/sparql11-service-description/)."""

from __future__ import annotations

from laurier import quads
from laurier.formats import GRAPHS, RESULTS
from laurier.quads import iri
from laurier.vocabulary import PREFIXES
from laurier.web.edition import Edition

_SD = PREFIXES["sd"]
_VOID = PREFIXES["void"]
_TYPE = iri(f"{PREFIXES['rdf']}type")


def lines(edition: Edition) -> list[str]:
    """The description as N-Triples lines, without blank nodes."""
    base, manifest = edition.base, edition.snapshot.manifest
    service, dataset = iri(f"{base}catalogue#sparql"), iri(f"{base}sparql#dataset")
    default = iri(f"{base}sparql#default-graph")
    facts = [
        (service, _TYPE, iri(f"{_SD}Service")),
        (service, iri(f"{_SD}endpoint"), iri(f"{base}sparql")),
        (service, iri(f"{_SD}supportedLanguage"), iri(f"{_SD}SPARQL11Query")),
        (service, iri(f"{_SD}defaultEntailmentRegime"), iri("http://www.w3.org/ns/entailment/Simple")),
        (service, iri(f"{_SD}defaultDataset"), dataset),
        (dataset, _TYPE, iri(f"{_SD}Dataset")),
        (dataset, iri(f"{_SD}defaultGraph"), default),
        (default, _TYPE, iri(f"{_SD}Graph")),
    ]
    if edition.licence:
        facts.append((service, iri(f"{PREFIXES['dcterms']}license"), iri(edition.licence)))
    for offer in (*RESULTS, *GRAPHS):
        if offer.w3c_iri:
            facts.append((service, iri(f"{_SD}resultFormat"), iri(offer.w3c_iri)))
    if manifest.union:
        facts.append((service, iri(f"{_SD}feature"), iri(f"{_SD}UnionDefaultGraph")))
    if edition.settings.service_allow:
        facts.append((service, iri(f"{_SD}feature"), iri(f"{_SD}BasicFederatedQuery")))
    for number, (name, size) in enumerate(sorted(edition.graphs.items()), 1):
        named, graph = iri(f"{base}sparql#named-graph-{number}"), iri(f"{base}sparql#graph-{number}")
        facts += [
            (dataset, iri(f"{_SD}namedGraph"), named),
            (named, _TYPE, iri(f"{_SD}NamedGraph")),
            (named, iri(f"{_SD}name"), iri(name)),
            (named, iri(f"{_SD}graph"), graph),
            (graph, _TYPE, iri(f"{_SD}Graph")),
        ]
        if size is not None:
            facts.append((graph, iri(f"{_VOID}triples"), quads.integer(size)))
    return [f"{subject} {predicate} {value} ." for subject, predicate, value in facts]
