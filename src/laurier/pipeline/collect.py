"""One source at a time: records, keys, links, then quads and rows, as they flow past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from laurier.errors import DataRefused
from laurier.flat import Row
from laurier.iri import Minter, slug
from laurier.mapping import again
from laurier.mapping import award as awards
from laurier.mapping import document as documents
from laurier.mapping import row as rows
from laurier.mapping.again import Stated
from laurier.mapping.award import Keys, Links, Named
from laurier.mapping.parts import CANDIDATES
from laurier.mapping.scribe import Evidence, Scribe, Terms
from laurier.mapping.territory import Places, territory_iri
from laurier.pipeline import wordings
from laurier.pipeline.remembered import Remembered
from laurier.pipeline.review import Item, SourceReview
from laurier.readings import Reading
from laurier.reconcile.decisions import Decisions
from laurier.reconcile.gazetteer import Gazetteer
from laurier.reconcile.identity import Entry, Ledger, fingerprint
from laurier.reconcile.public import Matcher
from laurier.reconcile.territory import Segment
from laurier.records import Award, Call, Passage
from laurier.snapshot.sorting import Sorter, Spool
from laurier.vocabulary import Vocabulary

#: Above this many laureates a document is not searched for renamed ones: its records must carry identifiers.
MATCHED = 20_000


@dataclass
class Collector:
    """What a build gathers, source after source.

    Attributes:
        minter, vocabulary, gazetteer, ledger, decisions: what records are read against.
        sorter: receives quads.
        rows: receives flat rows.
        places: the territories used so far.
        stated: what was stated of each project so far, for documents that present it again.
        reviews: one list a source.
    """

    minter: Minter
    vocabulary: Vocabulary
    gazetteer: Gazetteer
    ledger: Ledger
    decisions: Decisions
    sorter: Sorter
    rows: Spool[Row]
    places: Places
    stated: Remembered
    reviews: list[SourceReview] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.publics = rows.Publics(self.vocabulary)
        self.matcher = Matcher(self.vocabulary)
        self.terms = Terms(self.vocabulary)

    def source(self, reading: Reading, advance: Callable[[int, int], None]) -> None:
        """Reads one source to its end.

        Args:
            reading: the source.
            advance: told the number of laureates read so far, and the offset in the text where the last one ends.
        """
        document = reading.document
        scribe = Scribe(self.terms, self.minter, self.minter.graph(document.key))
        work = _Source(self, reading, scribe, Evidence(scribe, document), SourceReview(document.key, document.title_fr))
        work.adopt()
        work.head()
        for count, award in enumerate(reading.awards, 1):
            work.award(award)
            self.sorter.add(scribe.take())
            if count % 100 == 0:
                advance(count, award.span.end)
        work.calls()
        self.sorter.add(scribe.take())
        work.review.close(reading)
        self.reviews.append(work.review)
        errors = [item for item in work.review.items if item.severity == "error"]
        if errors:
            raise DataRefused(f"{document.key}: {errors[0].en}", f"{document.key} : {errors[0].fr}", path=document.file)

    def names(self, award: Award, call: Call | None) -> tuple[str, str, str]:
        """Fingerprint, seed and label of the project of an award."""
        carriers = " ".join(organisation.name for organisation in award.carriers)
        programme = slug(call.key) if call is not None and award.reference is not None else ""
        reference = award.reference.value if award.reference is not None else ""
        print_ = fingerprint(award.heading.value if not reference else f"{carriers} {award.title.value}", reference)
        title = award.title.value
        # "CIBC" runs "CIBC EMPLOI CONSEIL": a title that begins with its carrier needs no prefix.
        named = title if slug(title).startswith(slug(carriers)) else f"{carriers} {title}"
        return f"{programme}{print_}", slug(named), title


@dataclass(slots=True)
class _Source:
    """The work on one source."""

    collector: Collector
    reading: Reading
    scribe: Scribe
    evidence: Evidence
    review: SourceReview
    printed: Counter[tuple[str, str]] = field(default_factory=Counter)

    def adopt(self) -> None:
        """Lets the laureates of a new edition keep their keys, before any is minted."""
        ledger, key = self.collector.ledger, self.reading.document.key
        if not ledger.knows(key):
            return
        new: list[tuple[str, str]] = []
        for award in self.reading.awards:
            print_, _, label = self._names(award)
            new.append((print_, label))
            if len(new) > MATCHED:
                break
        self.printed.clear()
        if len(new) > MATCHED:
            return
        for old, label in ledger.adopt("projet", key, new):
            self.review.add(_renamed(key, old, label))

    def head(self) -> None:
        """States the document and its programme."""
        document, scribe = self.reading.document, self.scribe
        region = None
        if document.region:
            unit = self.collector.places.use("region", document.region)
            region = territory_iri(scribe.minter, unit.kind, unit.code)
        documents.document(scribe, document, region)
        documents.programme(scribe, document.programme)

    def _call(self, key: str) -> Call | None:
        return next((call for call in self.reading.calls if call.key == key), None)

    def call_named(self, key: str) -> Named:
        """The call of an award, by its key in the document."""
        call = self._call(key)
        document = self.reading.document
        title = call.title.value if call is not None else key
        region = document.region if call is not None and call.scope == "regionalise" else ""
        print_ = fingerprint(document.programme.key, call.acronym if call and call.acronym else title, region)
        seed = f"{document.programme.key}-{slug(call.acronym if call and call.acronym else title)}"
        if region:
            seed += f"-{slug(self.collector.places.use('region', region).name)}"
        ledger = self.collector.ledger
        found = ledger.key("appel", print_, seed, title, document.key)
        return Named(found, ledger.label("appel", found))

    def calls(self) -> None:
        """States the calls, known once the document is read to its end."""
        programme = self.scribe.minter.thing("programme", self.reading.document.programme.key)
        for call in self.reading.calls:
            named = self.call_named(call.key)
            places = {i: self._link(a.territory) for i, a in enumerate(call.budget) if a.territory is not None}
            self.evidence.forget()
            documents.call(self.scribe, self.evidence, call, named.key, named.label, programme, places)

    def award(self, award: Award) -> None:
        """States one laureate and adds its row."""
        collector, document = self.collector, self.reading.document
        call = self._call(award.call)
        award = replace(award, territory=wordings.territory(award))
        keys = self._keys(award)
        links = self._links(award)
        before = collector.stated.first(keys.project.key, again.stated(document.key, keys.call.key, award))
        prefix = ""
        if (before.source, before.call) != (document.key, keys.call.key):
            # Another document presents it, or this one under another call: its parts have names of their own.
            prefix = f"{document.key if before.source != document.key else keys.call.key}-"
            award = self._again(award, keys, before)
        self.evidence.forget()
        awards.laureate(self.scribe, self.evidence, award, keys, links, call.announced if call else None, prefix)
        if not prefix or before.call != keys.call.key:
            collector.rows.append(
                rows.row(
                    award,
                    keys,
                    links,
                    document=document,
                    minter=collector.minter,
                    publics=collector.publics,
                    places=collector.places,
                )
            )
        self.review.award(collector.minter, award, keys, links)

    def _again(self, award: Award, keys: Keys, before: Stated) -> Award:
        vocabulary, key = self.collector.vocabulary, self.reading.document.key
        found, differ = again.again(award, before, lambda name: vocabulary.label(vocabulary.expand(name), "fr") or name)
        for name in differ:
            self.review.add(_contradicted(key, keys, before, vocabulary, name, award))
        return found

    def _names(self, award: Award) -> tuple[str, str, str]:
        """Fingerprint, seed and label of the project of an award; one printed twice in a call is two projects."""
        print_, seed, label = self.collector.names(award, self._call(award.call))
        self.printed[award.call, print_] += 1
        times = self.printed[award.call, print_]
        return (print_ if times == 1 else f"{print_}|{times}"), seed, label

    def _keys(self, award: Award) -> Keys:
        ledger, source = self.collector.ledger, self.reading.document.key
        carriers = []
        for organisation in award.carriers:
            print_ = organisation.siren or organisation.rna or fingerprint(organisation.name)
            key = ledger.key("porteur", print_, slug(organisation.name), organisation.name, source)
            carriers.append(Named(key, ledger.label("porteur", key)))
        print_, seed, label = self._names(award)
        key = ledger.key("projet", print_, seed, label, source)
        keys = Keys(self.call_named(award.call), Named(key, ledger.label("projet", key)), tuple(carriers))
        # Its key follows from the others; it is in the ledger so that it is remembered when it is no more.
        ledger.key("laureat", keys.laureate, keys.laureate, label, source)
        return keys

    def _links(self, award: Award) -> Links:
        matcher = self.collector.matcher
        return Links(
            territory=self._link(award.territory, award),
            publics=tuple(matcher.match(target.verbatim.value) for target in award.targets),
            seat=self._link(award.seat),
        )

    def _link(self, wording: Passage | None, award: Award | None = None) -> tuple[Segment, ...]:
        if wording is None:
            return ()
        collector = self.collector
        found, on = wordings.places(wording.value, self.reading, collector.gazetteer, award)
        source = self.reading.document.key
        segments = collector.decisions.apply(wording.value, source, found, collector.gazetteer, on)
        for segment in segments:
            collector.places.link(segment, CANDIDATES)
        return segments


def _contradicted(source: str, keys: Keys, before: Stated, vocabulary: Vocabulary, name: str, award: Award) -> Item:
    iri = vocabulary.expand(name)
    en, fr = vocabulary.label(iri, "en") or name, vocabulary.label(iri, "fr") or name
    return Item(
        source,
        "contradiction",
        "warning",
        f"“{keys.project.label}”: {before.source} gives another value for “{en}”; both are kept, the first is stated.",
        f"« {keys.project.label} » : {before.source} donne une autre valeur pour « {fr} » ; les deux sont gardées, la "
        "première est affirmée.",
        span=award.span,
    )


def _renamed(source: str, old: Entry, label: str) -> Item:
    return Item(
        source,
        "renamed",
        "warning",
        f"“{label}” was taken for the new name of “{old.label}” and keeps the key {old.key}.",
        f"« {label} » a été pris pour le nouveau nom de « {old.label} » et garde la clé {old.key}.",
        wording=label,
    )
