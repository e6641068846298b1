"""An RDF file parsed in a process of its own: whatever the file is, it can neither crash, fill, nor open anything here.

The parser ends its process on deep nesting (a segmentation fault) and on too little memory (an abort), and knows no
limit of time; the child has no network and cannot write (`store.sandbox`).
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

import pyoxigraph as ox

from laurier.errors import SourceError
from laurier.foreign import said
from laurier.store import sandbox

_MEBIBYTE = 1 << 20
# Beside what the size of the file calls for: memory in MiB, processor time in seconds, output in bytes.
_MEMORY, _SECONDS, _OUTPUT = 1024, 20, 256 * _MEBIBYTE
_SECONDS_A_MEBIBYTE, _OUTPUT_A_BYTE = 5, 500
# JSON-LD is held whole while it is read.
_MEMORY_A_BYTE = 40
_DEEPEST_TRIPLE_TERM = 8
_DEEPEST_ELEMENT = 200
# Entities for short texts are of use to editors of ontologies; those that hold others grow without bound.
_LONGEST_ENTITY = 1000


def statements(path: Path, format_: ox.RdfFormat, base: str) -> Iterator[str]:
    """The statements of a file as N-Quads lines.

    Args:
        path: the file.
        format_: how it is written.
        base: what relative IRIs are resolved against.

    Raises:
        SourceError: it is not of that format, or cannot be read within bounds.
    """
    command = [sys.executable, "-m", __name__, str(path.resolve()), format_.media_type, base]
    bound = _OUTPUT + _OUTPUT_A_BYTE * path.stat().st_size
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:  # noqa: S603 - ourselves
        assert child.stdout is not None
        assert child.stderr is not None
        try:
            for line in child.stdout:
                bound -= len(line)
                if bound < 0:
                    raise _unbounded(path)
                yield line[:-1].decode()
            said = child.stderr.read().decode(errors="replace")
        finally:
            child.kill()
    if child.returncode == 0:
        return
    try:
        fault = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        raise _unbounded(path) from None
    raise _malformed(path, format_, fault["why"], fault["line"])


def _malformed(path: Path, format_: ox.RdfFormat, why: str, line: int | None) -> SourceError:
    where = f", line {line}" if line else ""
    ou = f", ligne {line}" if line else ""
    return SourceError(
        f"{path.name}{where} is not valid {format_.name} ({said(why).en}): correct it.",
        f"{path.name}{ou} n'est pas du {format_.name} valide ({said(why).fr}) : corrigez-le.",
        path=str(path),
        line=line,
    )


def _unbounded(path: Path) -> SourceError:
    return SourceError(
        f"{path.name} cannot be read within bounds: it nests too deeply, or takes too much memory or time; "
        "write it as N-Quads.",
        f"{path.name} ne peut pas être lu dans les limites : il est trop profondément imbriqué, ou demande trop de "
        "mémoire ou de temps ; écrivez-le en N-Quads.",
        path=str(path),
    )


def _child(path: Path, media_type: str, base: str) -> int:
    """Writes the statements on the standard output, or why it cannot on the error channel."""
    size = path.stat().st_size
    format_ = ox.RdfFormat.from_media_type(media_type)
    held = _MEMORY_A_BYTE * size // _MEBIBYTE if format_ == ox.RdfFormat.JSON_LD else 0
    seconds = _SECONDS + _SECONDS_A_MEBIBYTE * size // _MEBIBYTE
    sandbox.confine()
    sandbox.limit_memory(_MEMORY + held)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        if format_ == ox.RdfFormat.RDF_XML:
            _check_xml(path)
        for quad in ox.parse(path=str(path), format=format_, base_iri=base):
            graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else f" {quad.graph_name}"
            value = str(quad.object)
            if value.count("<<(") > _DEEPEST_TRIPLE_TERM and isinstance(quad.object, ox.Triple):
                return _tell("triple terms nest too deeply", None)
            sys.stdout.write(f"{quad.subject} {quad.predicate} {value}{graph} .\n")
        sys.stdout.flush()
    except (SyntaxError, ValueError, OSError, expat.ExpatError) as error:
        return _tell(str(getattr(error, "msg", None) or error), getattr(error, "lineno", None))
    return 0


def _check_xml(path: Path) -> None:
    """Refuses XML that is not well-formed, nests too deeply, or whose entities could grow or lead elsewhere.

    The parser takes a file that is cut short for a whole one, and has no limit to expansion (XML 1.0 section 4.2).
    """
    depth = 0

    def start(name: str, attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST_ELEMENT:
            raise ValueError(f"its elements nest deeper than {_DEEPEST_ELEMENT}")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(name: str, parameter: bool, value: str | None, *_: object) -> None:
        if value is None or parameter or len(value) > _LONGEST_ENTITY or "&" in value or "%" in value:
            raise ValueError(f"the XML entity {name} refers to others or to a file")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = start, end, entity
    with path.open("rb") as file:
        parser.ParseFile(file)


def _tell(why: str, line: int | None) -> int:
    sys.stderr.write(json.dumps({"why": why, "line": line}) + "\n")
    return 1


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.exit(_child(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
