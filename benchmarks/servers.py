"""Engines started on this machine for tests and benchmarks: on loopback, in a folder of their own, stopped at the end.

An engine that is not installed is said absent, with the command that installs it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

_WAIT = 90.0
HOST = "127.0.0.1"


class AbsentError(Exception):
    """The engine is not installed; the message says what to run."""


class NotReadyError(RuntimeError):
    """A server did not answer in the time given to it."""


@dataclass(frozen=True, slots=True)
class Running:
    """An engine that listens.

    Attributes:
        name: of the engine.
        version: as it says itself.
        query, update, graphs: its addresses; empty for what it has not.
        user, password: who may write; empty for anyone.
        process: id of its process.
        folder: where its data lie.
    """

    name: str
    version: str
    query: str
    update: str = ""
    graphs: str = ""
    user: str = ""
    password: str = ""
    process: int = 0
    folder: Path = field(default_factory=Path)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def oxigraph_binary() -> str:
    """The server of Oxigraph.

    Raises:
        AbsentError: it is not installed.
    """
    beside = Path(sys.executable).with_name("oxigraph")
    found = str(beside) if beside.exists() else shutil.which("oxigraph")
    if found is None:
        raise AbsentError("the Oxigraph server is not installed: pip install oxigraph")
    return found


@contextlib.contextmanager
def oxigraph(folder: Path, *, union: bool = False, read_only: bool = False, wait: float = _WAIT) -> Iterator[Running]:
    """A server of Oxigraph over the store of a folder (made when it is not there)."""
    binary = oxigraph_binary()
    version = first_line([binary, "--version"])
    port = free_port()
    command = [binary, "serve-read-only" if read_only else "serve", "-l", str(folder), "-b", f"{HOST}:{port}"]
    if union:
        command.append("--union-default-graph")
    root = f"http://{HOST}:{port}"
    with process(command, folder.parent, f"{root}/query?query=ASK%20%7B%7D", wait) as pid:
        yield Running(
            "Oxigraph", version, f"{root}/query", f"{root}/update", f"{root}/store", process=pid, folder=folder
        )


def virtuoso_binary() -> str:
    """The server of Virtuoso 7.

    Raises:
        AbsentError: it is not installed.
    """
    found = shutil.which("virtuoso-t")
    if found is None:
        raise AbsentError("Virtuoso is not installed: apt-get install virtuoso-opensource")
    return found


@contextlib.contextmanager
def virtuoso(folder: Path, *, buffers: int = 20_000, rows: int = 100_000, seconds: int = 60) -> Iterator[Running]:
    """A server of Virtuoso over a new database in a folder.

    Args:
        folder: of the database.
        buffers: 8 KiB pages kept in memory (85,000 a GiB is its own advice for two thirds of the memory).
        rows: `ResultSetMaxRows`, past which it cuts results.
        seconds: `MaxQueryExecutionTime`.
    """
    binary = virtuoso_binary()
    folder.mkdir(parents=True, exist_ok=True)
    http, sql = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(
        _VIRTUOSO_INI.format(
            folder=folder,
            http=http,
            sql=sql,
            buffers=buffers,
            dirty=buffers * 3 // 4,
            rows=rows,
            seconds=seconds,
            host=HOST,
        )
    )
    version = first_line([binary, "-?"], "Version")
    root = f"http://{HOST}:{http}"
    command = [binary, "+foreground", "+configfile", str(folder / "virtuoso.ini")]
    with process(command, folder, f"{root}/sparql?query=ASK%20%7B%3Fs%20%3Fp%20%3Fo%7D") as pid:
        yield Running(
            "Virtuoso",
            version,
            f"{root}/sparql",
            f"{root}/sparql-auth",
            f"{root}/sparql-graph-crud-auth",
            "dba",
            "dba",
            pid,
            folder,
        )


_VIRTUOSO_INI = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = {host}:{sql}
DisableUnixSocket = 1
CheckpointInterval = 60
CaseMode = 2
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxCheckpointRemap = 20000
MaxQueryMem = 1G
ThreadsPerQuery = 2
AsyncQueueMaxThreads = 4
VectorSize = 1000
MaxVectorSize = 1000000
AllowOSCalls = 0
[HTTPServer]
ServerPort = {host}:{http}
ServerThreads = 20
MaxClientConnections = 20
MaxKeepAlives = 20
KeepAliveTimeout = 10
HTTPThreadSize = 280000
Charset = UTF-8
[SPARQL]
ResultSetMaxRows = {rows}
MaxQueryCostEstimationTime = 400
MaxQueryExecutionTime = {seconds}
[Client]
SQL_QUERY_TIMEOUT = 0
"""


@contextlib.contextmanager
def process(command: list[str], folder: Path, ready: str, wait: float = _WAIT) -> Iterator[int]:
    """A server in a process of its own, once it answers at an address; yields its process id.

    Raises:
        RuntimeError: it ended, or (`NotReadyError`) did not answer in time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{Path(command[0]).name}.out"
    with log.open("wb") as out:
        started = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=folder)
        try:
            _await(started, ready, log, wait)
            yield started.pid
        finally:
            stop(started)


def _await(process: subprocess.Popen[bytes], ready: str, log: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}: {log.read_text(errors='replace')}")
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(ready, timeout=5).status_code < 500:
                return
        time.sleep(0.1)
    raise NotReadyError(f"{process.args!r} was not ready after {wait:g} s: {log.read_text(errors='replace')}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process, politely first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def first_line(command: list[str], word: str = "") -> str:
    """The first line that a command says, or the first with a word in it."""
    said = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    lines = (said.stdout + said.stderr).splitlines()
    return next((line.strip() for line in lines if word in line), "unknown version")
