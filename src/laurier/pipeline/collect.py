"""One source at a time: records, keys, links, then quads and rows, as they flow past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from laurier.errors import DataRefused
from laurier.flat import Row
from laurier.iri import slug
from laurier.mapping import again
from laurier.mapping import document as documents
from laurier.mapping.again import Stated
from laurier.mapping.award import Keys, Named
from laurier.mapping.scribe import Evidence, Scribe
from laurier.mapping.territory import territory_iri
from laurier.pipeline import wordings
from laurier.pipeline.remembered import Remembered
from laurier.pipeline.review import Item, SourceReview
from laurier.pipeline.stating import BATCH, Batch, Keyed, Statements, Stater, Staters
from laurier.readings import Reading
from laurier.reconcile.identity import Entry, Ledger, fingerprint
from laurier.records import Award, Call
from laurier.snapshot.sorting import Sorter, Spool
from laurier.vocabulary import Vocabulary

#: Above this many laureates a document is not searched for renamed ones: its records must carry identifiers.
MATCHED = 20_000


@dataclass
class Collector:
    """What a build gathers, source after source.

    Attributes:
        stater: links and states in this process; it knows the territories and the decisions used so far.
        staters: link and state the records.
        ledger: gives keys.
        sorter: receives quads.
        rows: receives flat rows.
        stated: what was stated of each project so far, for documents that present it again.
        reviews: one list a source.
    """

    stater: Stater
    staters: Staters
    ledger: Ledger
    sorter: Sorter
    rows: Spool[Row]
    stated: Remembered
    reviews: list[SourceReview] = field(default_factory=list)
    batches: int = 0

    def source(self, reading: Reading, advance: Callable[[int, int], None]) -> None:
        """Reads one source to its end.

        Args:
            reading: the source.
            advance: told the number of laureates read so far, and the offset in the text where the last one ends.
        """
        document = reading.document
        scribe = self.stater.scribe(document)
        work = _Source(self, reading, scribe, Evidence(scribe, document), SourceReview(document.key, document.title_fr))
        work.adopt()
        work.head()
        for stated in self.staters.state(self._batches(work, advance)):
            self._gather(stated, work.review)
        work.calls()
        self.sorter.add(scribe.take())
        work.review.close(reading)
        self.reviews.append(work.review)
        errors = [item for item in work.review.items if item.severity == "error"]
        if errors:
            raise DataRefused(f"{document.key}: {errors[0].en}", f"{document.key} : {errors[0].fr}", path=document.file)

    def _batches(self, work: _Source, advance: Callable[[int, int], None]) -> Iterator[Batch]:
        awards, count = iter(work.reading.awards), 0
        while read := list(islice(awards, BATCH)):
            count += len(read)
            advance(count, read[-1].span.end)
            self.batches += 1
            yield Batch(self.batches, work.reading.document, tuple(map(work.keyed, read)))

    def _gather(self, stated: Statements, review: SourceReview) -> None:
        self.sorter.take(stated.run)
        self.rows.extend(stated.rows, stated.count)
        review.join(stated.review)
        self.stater.places.join(stated.used)
        self.stater.decisions.used |= stated.decided

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
            unit = self.collector.stater.places.use("region", document.region)
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
            seed += f"-{slug(self.collector.stater.places.use('region', region).name)}"
        ledger = self.collector.ledger
        found = ledger.key("appel", print_, seed, title, document.key)
        return Named(found, ledger.label("appel", found))

    def calls(self) -> None:
        """States the calls, known once the document is read to its end."""
        programme = self.scribe.minter.thing("programme", self.reading.document.programme.key)
        link = self.collector.stater.link
        for call in self.reading.calls:
            named = self.call_named(call.key)
            places = {
                i: link(a.territory, self.reading.document)
                for i, a in enumerate(call.budget)
                if a.territory is not None
            }
            self.evidence.forget()
            documents.call(self.scribe, self.evidence, call, named.key, named.label, programme, places)

    def keyed(self, award: Award) -> Keyed:
        """Gives the things of a laureate their keys, and sets aside what contradicts an earlier document."""
        key = self.reading.document.key
        call = self._call(award.call)
        read = stated = replace(award, territory=wordings.territory(award))
        keys = self._keys(read)
        before = self.collector.stated.first(keys.project.key, again.stated(key, keys.call.key, read))
        prefix, items = "", []
        if (before.source, before.call) != (key, keys.call.key):
            # Another document presents it, or this one under another call: its parts have names of their own.
            prefix = f"{key if before.source != key else keys.call.key}-"
            vocabulary = self.collector.stater.vocabulary
            stated, differ = again.again(
                read, before, lambda name: vocabulary.label(vocabulary.expand(name), "fr") or name
            )
            items = [_contradicted(key, keys, before, vocabulary, name, stated) for name in differ]
        listed = not prefix or before.call != keys.call.key
        return Keyed(read, stated, keys, call.announced if call else None, prefix, listed, tuple(items))

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
