"""Keys that last: the ledger of what was minted, and the matching of records to what it remembers.

A key is assigned once and never recomputed from a title; a corrected title, a new extraction or a new edition of the
document keeps it. The ledger `data/registry.csv` is append-only; the last line of a key tells its state.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from rapidfuzz import fuzz

from laurier import files
from laurier.errors import ReconcileError, UsageError
from laurier.foreign import said
from laurier.iri import slug

NAME = "registry.csv"
#: Below this similarity of titles (0 to 100, normalised edit similarity) a new edition's record is a new thing.
#: Measured on edited copies of the first brochure: a second project of the same carrier stays under it.
SIMILAR = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger.

    Attributes:
        kind: as in the IRI (appel, projet, porteur, laureat...).
        key: as in the IRI.
        fingerprint: the folded names by which the thing is recognised.
        label: as last printed.
        source: key of the document.
        state: `live`, `merged` or `withdrawn`.
        target: for a merged key, the one it was merged into.
    """

    kind: str
    key: str
    fingerprint: str
    label: str
    source: str
    state: str = "live"
    target: str = ""


_COLUMNS = tuple(field.name for field in fields(Entry))


class Ledger:
    """The keys minted so far, and those that this build adds."""

    def __init__(self, path: Path, entries: Iterable[Entry] = (), read: bytes = b"") -> None:
        self.path = path
        self._read = read
        # By kind, then by fingerprint or key: a million things fit in memory where pairs would not.
        self._by_fingerprint: defaultdict[str, dict[str, Entry]] = defaultdict(dict)
        self._by_key: defaultdict[str, dict[str, Entry]] = defaultdict(dict)
        self._seen: defaultdict[str, set[str]] = defaultdict(set)
        self._added: list[Entry] = []
        self._sources: set[str] = set()
        for entry in entries:
            self._remember(entry)
            self._sources.add(entry.source)

    @classmethod
    def read(cls, path: Path) -> Ledger:
        """Reads the ledger; a missing file is an empty one.

        Raises:
            ReconcileError: the file is not the CSV that this program writes.
        """
        if not path.exists():
            return cls(path)
        try:
            content = path.read_bytes()
            rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
            if not rows or tuple(rows[0]) != _COLUMNS:
                raise _unreadable(path, 1)
            entries = []
            for number, row in enumerate(rows[1:], 2):
                if len(row) != len(_COLUMNS):
                    raise _unreadable(path, number)
                entries.append(Entry(*row))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise _unreadable(path, 1) from error
        return cls(path, entries, content)

    def _remember(self, entry: Entry) -> None:
        keys, fingerprints = self._by_key[entry.kind], self._by_fingerprint[entry.kind]
        keys[entry.key] = entry
        if entry.state == "live":
            fingerprints[entry.fingerprint] = entry
        elif entry.state == "merged" and entry.target:
            fingerprints[entry.fingerprint] = keys.get(entry.target, entry)

    def key(self, kind: str, fingerprint: str, seed: str, label: str, source: str) -> str:
        """The key of a thing: the one remembered for its fingerprint, else a new one from the seed."""
        found = self._by_fingerprint[kind].get(fingerprint)
        if found is None:
            found = Entry(kind, self._free(kind, seed), fingerprint, label, source)
            self._add(found)
        elif self._by_key[kind][found.key].state == "withdrawn":
            self._add(found)
        elif self._corrects(kind, found, fingerprint, label, source):
            found = replace(found, label=label)
            self._add(found)
        self._seen[kind].add(found.key)
        return found.key

    def _corrects(self, kind: str, found: Entry, fingerprint: str, label: str, source: str) -> bool:
        """Whether this is the name that the thing's own document now gives it; the first one of a build counts."""
        own = found.source == source and found.fingerprint == fingerprint
        return own and found.label != label and found.key not in self._seen[kind]

    def label(self, kind: str, key: str) -> str:
        """The label of a key as last recorded."""
        return self._by_key[kind][key].label

    def knows(self, source: str) -> bool:
        """Whether an earlier build read the document of that key."""
        return source in self._sources

    def _free(self, kind: str, seed: str) -> str:
        candidate, number = seed, 1
        while candidate in self._by_key[kind]:
            number += 1
            candidate = f"{seed}-{number}"
        return candidate

    def _add(self, entry: Entry) -> None:
        self._added.append(entry)
        self._remember(entry)

    def adopt(self, kind: str, source: str, new: Sequence[tuple[str, str]]) -> list[tuple[Entry, str]]:
        """Lets things of a new edition of a document keep the keys of those they replace.

        Exact fingerprints come first; what is left on both sides is paired one to one by similarity of labels, best
        pairs first.

        Args:
            kind: kind of thing.
            source: key of the document.
            new: fingerprint and label of every thing of that kind in the new edition.

        Returns:
            The entries that were renamed, each with its new label, for the review list.
        """
        present = {fingerprint for fingerprint, _ in new}
        vanished = [
            entry
            for fingerprint, entry in self._by_fingerprint[kind].items()
            if entry.source == source and fingerprint not in present and self._by_key[kind][entry.key].state == "live"
        ]
        unknown = [(f, label) for f, label in dict.fromkeys(new) if f not in self._by_fingerprint[kind]]
        pairs = sorted(
            (
                (fuzz.ratio(entry.fingerprint, fingerprint), entry.key, fingerprint, label)
                for entry in vanished
                for fingerprint, label in unknown
            ),
            key=lambda pair: (-pair[0], pair[1], pair[2]),
        )
        by_key = {entry.key: entry for entry in vanished}
        renamed, taken = [], set()
        for score, key, fingerprint, label in pairs:
            if score < SIMILAR or key not in by_key or fingerprint in taken:
                continue
            old = by_key.pop(key)
            taken.add(fingerprint)
            self._add(Entry(kind, key, fingerprint, label, source))
            renamed.append((old, label))
        return renamed

    def merge(self, kind: str, key: str, into: str) -> None:
        """Makes one thing of two: the first key leads to the second from now on.

        Raises:
            UsageError: one of the keys is unknown, is no more, or both are the same.
        """
        old, new = self._by_key[kind].get(key), self._by_key[kind].get(into)
        for name, entry in ((key, old), (into, new)):
            if entry is None or entry.state != "live" or key == into:
                raise UsageError(
                    f"There is no live {kind} {name!r} to merge: give two keys of the registry {self.path}.",
                    f"Il n'y a pas de {kind} {name!r} à fusionner : donnez deux clés du registre {self.path}.",
                )
        for print_, entry in list(self._by_fingerprint[kind].items()):
            if entry.key == key:
                self._add(replace(entry, fingerprint=print_, state="merged", target=into))

    def live(self, kind: str) -> list[Entry]:
        """The things of a kind that are there, in the order in which they were first seen."""
        return [entry for entry in self._by_key[kind].values() if entry.state == "live"]

    def vanished(self) -> list[Entry]:
        """The live things that no record of this build named: they are withdrawn."""
        gone = [
            entry
            for kind, entries in self._by_key.items()
            for key, entry in entries.items()
            if entry.state == "live" and key not in self._seen[kind]
        ]
        for entry in gone:
            self._add(replace(entry, state="withdrawn"))
        return gone

    def gone(self) -> list[Entry]:
        """The merged and the withdrawn, for 301 and 410."""
        return [entry for entries in self._by_key.values() for entry in entries.values() if entry.state != "live"]

    def save(self) -> None:
        """Appends what this build added, in one step; writes nothing when there is nothing to add.

        Raises:
            ReconcileError: the ledger cannot be written.
        """
        if not self._added:
            return
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator="\n").writerows(astuple(entry) for entry in self._added)
        try:
            with files.alone(self.path.parent):
                before = self.path.read_bytes() if self.path.exists() else b""
                if before != self._read:
                    raise self._overtaken()
                # An editor may have left the last line without its end.
                start = before if before.endswith(b"\n") or not before else before + b"\n"
                content = (start or f"{','.join(_COLUMNS)}\n".encode()) + buffer.getvalue().encode()
                files.write_whole(self.path, content)
        except OSError as error:
            raise ReconcileError(
                f"The ledger of keys {self.path} cannot be written ({said(error).en}): give write access or free "
                "space, then build again.",
                f"Le registre des clés {self.path} ne peut pas être écrit ({said(error).fr}) : donnez le droit "
                "d'écriture ou libérez de la place, puis reconstruisez.",
                path=str(self.path),
            ) from error
        self._read = content
        self._added.clear()

    def _overtaken(self) -> ReconcileError:
        return ReconcileError(
            f"The ledger of keys {self.path} changed while this build ran: build again, one build at a time.",
            f"Le registre des clés {self.path} a changé pendant cette construction : reconstruisez, une construction "
            "à la fois.",
            path=str(self.path),
        )


def fingerprint(*names: str) -> str:
    """Names folded so that case, accents, spacing and punctuation do not matter; empty ones are left out."""
    return "|".join(slug(name) if len(name) < 80 else _long(name) for name in names if name)


def _long(name: str) -> str:
    # `slug` cuts long names; a fingerprint must not.
    return "-".join(slug(word) for word in name.split() if any(map(str.isalnum, word)))


def _unreadable(path: Path, line: int) -> ReconcileError:
    return ReconcileError(
        f"{path}, line {line}: this is not a line of the ledger of keys ({', '.join(_COLUMNS)}); restore the file.",
        f"{path}, ligne {line} : ce n'est pas une ligne du registre des clés ({', '.join(_COLUMNS)}) ; restaurez "
        "le fichier.",
        path=str(path),
        line=line,
    )
