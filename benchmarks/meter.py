"""What work costs: seconds of processor and memory of processes and of all that they start, cut at a limit.

The processor is counted because the machine is shared: other work makes the clock run on, and hardly changes it.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK = 0.3  # seconds between two looks at a process, for a look at a large one takes its time too
_PATIENCE = 6.0  # how many times its limit of processor a process may take by the clock


class Cut(Exception):
    """A measure was given up; the message says at what limit.

    Attributes:
        output: what the process had printed.
    """

    def __init__(self, message: str, output: bytes = b"") -> None:
        super().__init__(message)
        self.output = output


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process cost.

    Attributes:
        clock: seconds by the clock.
        processor: seconds of processor, of it and of all that it started.
        memory: most that they held together, in MB (a page that several share counts once).
        output: what it printed.
    """

    clock: float
    processor: float
    memory: float
    output: bytes


def tree(pid: int) -> list[int]:
    """A process and its descendants, none if it has ended."""
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError):  # a thread may end meanwhile
                for child in (task / "children").read_text().split():
                    found += tree(int(child))
    except OSError:
        return []
    return found


def processor(*pids: int) -> float:
    """Seconds of processor that processes used, their descendants too, ended ones included."""
    total = 0
    for one in (below for pid in pids for below in tree(pid)):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total / _TICKS


def memory(*pids: int) -> float:
    """What processes and their descendants hold now, in MB; what they share is shared out among them."""
    total = 0
    for one in (below for pid in pids for below in tree(pid)):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024 / 1e6


def run(command: Sequence[str], limit: float) -> Cost:
    """Runs a process to its end.

    Args:
        command: what to run.
        limit: seconds of processor that it may use.

    Raises:
        Cut: it used more and was ended.
        RuntimeError: it failed; the message holds the end of what it said.
    """
    began, before = time.monotonic(), _ended()
    most = 0.0
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=out, stderr=said, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            while process.poll() is None:
                most = max(most, memory(process.pid))
                if processor(process.pid) > limit or time.monotonic() - began > limit * _PATIENCE:
                    out.seek(0)
                    raise Cut(f"> {limit:g} s", out.read())
                time.sleep(_LOOK)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        seconds = time.monotonic() - began
        out.seek(0)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{command[0]} ended with {process.returncode}: {said.read()[-2000:].decode()}")
        return Cost(seconds, _ended() - before, most, out.read())


def _ended() -> float:
    """Seconds of processor of all that this process started and has seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
