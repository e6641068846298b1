"""Bytes to text: byte order marks, UTF-8, UTF-16, the older encodings of French files; never a silent replacement."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

from laurier.errors import SourceError
from laurier.readings import Diagnostic

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Encodings of French files without a mark, the likeliest first.
_OLDER = ["cp1252", "mac_roman", "cp850"]
_AS_WINDOWS = "laurier-windows-1252"
_SAMPLE = 1 << 20
# Controls that no XML document may carry (XML 1.0, production 2), hence no RDF/XML either.
CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_TWICE = re.compile("Ã[\x80-¿©¨ªª«´»®¯§]|â€[™œ“”]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file.

    Attributes:
        text: without byte order mark; controls that no XML can carry are spaces, one for one.
        encoding: the codec that gave it.
        diagnostics: what had to be assumed.
    """

    text: str
    encoding: str
    diagnostics: tuple[Diagnostic, ...] = ()


def decode(data: bytes, name: str, encoding: str = "") -> Decoded:
    """Decodes a file.

    Args:
        data: its bytes.
        name: its name, for messages.
        encoding: the codec that source.toml declares, empty to find out.

    Raises:
        SourceError: it is not text, or not in the declared encoding.
    """
    diagnostics: list[Diagnostic] = []
    if encoding:
        chosen, mark = encoding, 0
    else:
        chosen, mark, diagnostics = detect(data, name)
    try:
        text = data[mark:].decode(chosen)
    except LookupError as error:
        raise _unknown(name, chosen) from error
    except UnicodeDecodeError as error:
        if encoding or mark or chosen != "utf-8":
            raise SourceError(
                f"{name}: byte {error.start} cannot be read as {chosen}: save the file as UTF-8, "
                "or declare its encoding in source.toml.",
                f"{name} : l'octet {error.start} ne peut pas être lu en {chosen} : enregistrez le fichier en UTF-8, "
                "ou déclarez son encodage dans source.toml.",
                path=name,
            ) from error
        text = data.decode("utf-8", errors=_AS_WINDOWS)
    text = text.removeprefix("\ufeff")
    if "\x00" in text:
        raise _binary(name)
    controls = len(CONTROLS.findall(text))
    if controls > 16 and controls * 50 > len(text):
        raise _binary(name)
    if controls:
        text = CONTROLS.sub(" ", text)
    if len(_TWICE.findall(text[:_SAMPLE])) >= 3:
        diagnostics.append(
            Diagnostic(
                "double-encoding",
                "warning",
                f"{name} looks as if it had been encoded in UTF-8 twice (« Ã© » for « é »): export it again.",
                f"{name} semble avoir été encodé deux fois en UTF-8 (« Ã© » pour « é ») : exportez-le de nouveau.",
            )
        )
    return Decoded(text, chosen, tuple(diagnostics))


@dataclass(frozen=True, slots=True)
class Scanned:
    """The encoding of a file that is too long to hold.

    Attributes:
        encoding: codec.
        mark: it begins with a byte order mark.
        diagnostics: what had to be assumed.
    """

    encoding: str
    mark: bool
    diagnostics: tuple[Diagnostic, ...] = ()


def scan(path: Path, declared: str = "") -> Scanned:
    """Finds the encoding of a file by reading all of it, a piece at a time.

    Raises:
        SourceError: it is not text, or not in the declared encoding.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
        if declared:
            try:
                codecs.lookup(declared)
            except LookupError as error:
                raise _unknown(path.name, declared) from error
            return Scanned(declared, False)
        codec, mark, diagnostics = detect(sample, path.name)
        if codec != "utf-8":
            return Scanned(codec, bool(mark), tuple(diagnostics))
        bad = _bad_lines(file, sample)
    if bad and not diagnostics:
        diagnostics = [_mixed(path.name, bad)]
    return Scanned(codec, bool(mark), tuple(diagnostics))


def _bad_lines(file: BinaryIO, sample: bytes) -> list[int]:
    """The first lines that hold bytes which are not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    bad: list[int] = []
    line = 1
    piece = sample
    while piece:
        if b"\x00" in piece:
            raise _binary(file.name)
        text = decoder.decode(piece)
        if "\ufffd" in text and len(bad) < 10:
            for number, part in enumerate(text.split("\n"), start=line):
                if "\ufffd" in part and len(bad) < 10:
                    bad.append(number)
        line += text.count("\n")
        piece = file.read(_SAMPLE)
    return bad


def detect(data: bytes, name: str) -> tuple[str, int, list[Diagnostic]]:
    """Finds the codec of a file, or of its beginning: codec, length of the mark, what was assumed.

    Raises:
        SourceError: it is not text.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return codec, len(mark), []
    sample = data[:_SAMPLE]
    if b"\x00" in sample:
        return _wide(sample, name), 0, [_assumed(name, "UTF-16", "no byte order mark", "pas de marque d'ordre")]
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        # The sample may end in the middle of a character; that is no fault.
        if len(sample) == len(data) or error.start < len(sample) - 4:
            return _older(sample, name)
    return "utf-8", 0, []


def _wide(sample: bytes, name: str) -> str:
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if len(sample) >= 4 and max(even, odd) > half * 0.6 and min(even, odd) < half * 0.05:
        return "utf-16-be" if even > odd else "utf-16-le"
    raise _binary(name)


def _older(sample: bytes, name: str) -> tuple[str, int, list[Diagnostic]]:
    broken = sample.decode("utf-8", errors="replace").count("\ufffd")
    whole = len(re.findall(rb"[\xc3\xc2\xc5\xe2][\x80-\xbf]", sample))
    if whole >= 10 * broken:
        marked = sample.decode("utf-8", errors="replace").splitlines()
        return "utf-8", 0, [_mixed(name, [n for n, line in enumerate(marked, 1) if "\ufffd" in line][:10])]
    best = from_bytes(sample, cp_isolation=_OLDER).best()
    codec = best.encoding if best is not None else "cp1252"
    if codec == "cp1252" and re.search(rb"[\x81\x8d\x8f\x90\x9d]", sample):
        codec = "latin-1"
    return codec, 0, [_assumed(name, codec, "not UTF-8", "pas de l'UTF-8")]


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_AS_WINDOWS, _as_windows)


def _mixed(name: str, lines: list[int]) -> Diagnostic:
    shown = ", ".join(map(str, lines))
    return Diagnostic(
        "encoding-mixed",
        "warning",
        f"{name} is UTF-8 except for some characters (line {shown}), read as Windows-1252: check them.",
        f"{name} est en UTF-8 sauf quelques caractères (ligne {shown}), lus en Windows-1252 : vérifiez-les.",
    )


def _unknown(name: str, codec: str) -> SourceError:
    return SourceError(
        f"{name}: the encoding '{codec}' is unknown: write utf-8, utf-16 or cp1252 in source.toml.",
        f"{name} : l'encodage « {codec} » est inconnu : écrivez utf-8, utf-16 ou cp1252 dans source.toml.",
        path=name,
    )


def _assumed(name: str, codec: str, en: str, fr: str) -> Diagnostic:
    return Diagnostic(
        "encoding",
        "warning",
        f"{name} was read as {codec} ({en}): if accents look wrong, declare `encoding` in source.toml.",
        f"{name} a été lu en {codec} ({fr}) : si des accents sont faux, déclarez `encoding` dans source.toml.",
    )


def _binary(name: str) -> SourceError:
    return SourceError(
        f"{name} is not a text file: it holds control characters; give the document as text, CSV, HTML, PDF or DOCX.",
        f"{name} n'est pas un fichier texte : il contient des caractères de contrôle ; donnez le document en texte, "
        "CSV, HTML, PDF ou DOCX.",
        path=name,
    )
