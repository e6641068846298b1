"""Checking a harvest beforehand: what data.gouv.fr, CKAN and data.europa.eu would make of a catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import lru_cache

import httpx

from laurier.catalogue.harvest import ckan, mqa, profile, udata
from laurier.catalogue.harvest.facts import Facts
from laurier.catalogue.harvest.reading import LARGEST, PageRead, read
from laurier.catalogue.harvest.verdict import Verdict
from laurier.counts import counted

EUROPA = "data.europa.eu"
PORTALS = (udata.PORTAL, ckan.PORTAL, EUROPA)
_TIMEOUT = 20.0


@dataclass(slots=True)
class HarvestReport:
    """The verdicts of every portal on every page, dataset and data service."""

    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether no portal refuses or loses anything, and every dataset has all points."""
        return all(not v.refused and not v.lost and v.points in (None, mqa.MAXIMUM) for v in self.verdicts)

    def of(self, portal: str) -> list[Verdict]:
        """The verdicts of one portal."""
        return [verdict for verdict in self.verdicts if verdict.portal == portal]


def check_harvest(where: str, client: httpx.Client | None = None, *, links: bool = True) -> HarvestReport:
    """Says what portals would keep, lose or refuse of a catalogue.

    Args:
        where: an http(s) address, or the path of a file of RDF.
        client: makes the requests; one is made when none is given.
        links: ask every file address with HEAD, as data.europa.eu does; without, addresses count as answering.

    Raises:
        UsageError: there is no such file, or the address is not one of http or https.
        DataRefused: it does not answer, or it is not RDF.
    """
    report, seen = HarvestReport(), set[str]()
    with nullcontext(client) if client else httpx.Client(timeout=_TIMEOUT, follow_redirects=False) as asking:
        answers = lru_cache(maxsize=None)(lambda address: _answers(asking, address)) if links else lambda _: True
        first: PageRead | None = None
        for page in read(where, asking):
            first = first or page
            report.verdicts += _transport(page, first)
            report.verdicts += _content(page.facts, seen, answers)
    return report


def _content(facts: Facts, seen: set[str], answers: mqa.Answers) -> Iterator[Verdict]:
    broken = profile.violations(facts)
    for me in facts.of("dcat:Dataset"):
        yield udata.dataset(facts, me, seen)
        yield ckan.dataset(facts, me)
        metrics = mqa.metrics(facts, me, conforms=not broken, answers=answers)
        verdict = Verdict(EUROPA, me.value, points=mqa.points(metrics))
        verdict.keep("score", f"{verdict.points} / {mqa.MAXIMUM} ({mqa.level(mqa.points(metrics))})")
        for metric in metrics:
            if not metric.met:
                verdict.lose(
                    metric.name,
                    f"{counted(metric.points, f'point(s) of {metric.dimension} (is|are) missing', 'en')}",
                    f"il manque {counted(metric.points, 'point(s)', 'fr')} ({metric.dimension})",
                )
        yield verdict
    for me in facts.of("dcat:DataService"):
        yield udata.service(facts, me, seen)
    for violation in broken:
        verdict = Verdict(EUROPA, violation.node)
        verdict.lose(violation.name, f"DCAT-AP: {violation.what}", f"DCAT-AP : {violation.what}")
        yield verdict


def _transport(page: PageRead, first: PageRead) -> Iterator[Verdict]:
    gouv, open_, europa = (Verdict(portal, page.address) for portal in PORTALS)
    if page.online:
        _http(page, first, gouv, open_)
    if page.size > LARGEST:
        open_.refuse(
            "size",
            f"the page has {page.size} bytes, CKAN stops at {LARGEST}: page the catalogue",
            f"la page fait {page.size} octets, CKAN s'arrête à {LARGEST} : paginez le catalogue",
        )
    if not any(page.facts.of("dcat:Catalog")):
        gouv.lose("dcat:Catalog", "there is no dcat:Catalog", "il n'y a pas de dcat:Catalog")
    if page.following and not page.has_total:
        europa.refuse(
            "hydra:totalItems",
            "hydra:totalItems is missing, and its harvester stops at it",
            "hydra:totalItems manque, et son moissonneur s'y arrête",
        )
    for target in page.following:
        if target.partition("?")[0] != page.address.partition("?")[0]:
            europa.refuse(
                "hydra:next",
                f"the next page {target} is not this address with another query: its harvester keeps only the query",
                f"la page suivante {target} n'est pas cette adresse avec une autre requête : son moissonneur n'en "
                "garde que la requête",
            )
    yield from (gouv, open_, europa)


def _http(page: PageRead, first: PageRead, gouv: Verdict, open_: Verdict) -> None:
    if page.redirected:
        gouv.refuse(
            "redirection",
            f"{page.address} redirects to {page.redirected}: any redirection fails the harvest; answer 200",
            f"{page.address} redirige vers {page.redirected} : toute redirection fait échouer la moisson ; "
            "répondez 200",
        )
    if page.head != httpx.codes.OK or (not page.head_type and not _told(page)):
        for verdict in (gouv, open_):
            verdict.refuse(
                "HEAD",
                f"HEAD answers {page.head} with the type '{page.head_type}': answer 200 with an RDF type",
                f"HEAD répond {page.head} avec le type « {page.head_type} » : répondez 200 avec un type RDF",
            )
    if page.charset != "utf-8" and page.format.media_type.startswith("text/"):
        gouv.lose(
            "charset",
            "without charset=utf-8 the text is read as ISO-8859-1: every accent is lost",
            "sans charset=utf-8 le texte est lu en ISO-8859-1 : tous les accents sont perdus",
        )
    if page.format is not first.format:
        for verdict in (gouv, open_):
            verdict.refuse(
                "hydra:next",
                f"this page is {page.format.label} and the first was {first.format.label}: the harvest fails",
                f"cette page est en {page.format.label} et la première en {first.format.label} : la moisson échoue",
            )


def _told(page: PageRead) -> bool:
    return page.address.partition("?")[0].endswith(f".{page.format.suffix}")


def _answers(client: httpx.Client, address: str) -> bool:
    try:
        response = client.head(address, follow_redirects=True)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return response.is_success
