"""`laurier check` watched by an audit hook: `python watched.py REPORT FOLDER -- check …` tells what it reached for.

The report lists network calls, programs started, files written outside FOLDER/releases, and files read that belong
neither to the program nor to FOLDER.
"""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto", "urllib.Request")
_PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "ctypes.dlopen")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


def main() -> None:
    """Watches, runs, reports."""
    report, folder, _, *words = sys.argv[1:]
    sys.argv = ["laurier", *words]
    from laurier.cli import main as command  # noqa: PLC0415 - loading is not watched

    own = Path(folder).resolve()
    program = [Path(p).resolve() for p in (sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), *sys.path) if p]
    program += [Path(__file__).resolve().parents[2], Path("/usr"), Path("/proc"), Path("/dev"), Path("/sys")]
    program += [Path("/etc/localtime"), Path("/etc/mime.types"), Path("/lib"), Path("/lib64")]
    seen: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NETWORK or (event in _PROGRAMS and event != "ctypes.dlopen"):
            seen.append(f"{event} {arguments[:2]!r}")
        elif event == "open" and isinstance(arguments[0], (str, bytes)):
            path = Path(os.fsdecode(arguments[0])).resolve()
            if arguments[2] & _WRITING:
                if not path.is_relative_to(own / "releases") and not path.is_relative_to("/dev"):
                    seen.append(f"write {path}")
            elif not any(path.is_relative_to(known) for known in [own, *program]):
                seen.append(f"read {path}")

    sys.addaudithook(hook)
    try:
        command()
    finally:
        written = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.write(written, json.dumps([entry for entry in seen if report not in entry]).encode())
        os.close(written)


if __name__ == "__main__":
    main()
