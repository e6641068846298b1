"""What a worker process cannot do, tried in a real one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import os, socket, subprocess, sys, threading
import pyoxigraph as ox
from laurier.store import sandbox
assert sandbox.confine()
def refused(act):
    try:
        act()
    except (OSError, SyntaxError) as error:
        return True
    return False
store = ox.Store.read_only(sys.argv[1])
service = "SELECT * { SERVICE <http://127.0.0.1:%s/> { ?s ?p ?o } }" % sys.argv[3]
tried = {
    "network": lambda: socket.socket(),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "service": lambda: list(store.query(service)),
    "write": lambda: open(sys.argv[2], "w"),
    "append": lambda: open(sys.argv[2], "ab"),
    "delete": lambda: os.unlink(sys.argv[2]),
    "program": lambda: os.execv("/bin/true", ["true"]),
    "fork": lambda: os.fork(),
    "kill": lambda: os.kill(os.getppid(), 0),
}
allowed = [name for name, act in tried.items() if not refused(act)]
done = []
thread = threading.Thread(target=done.append, args=(1,))
thread.start(); thread.join()
assert len(list(store.query("SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 3"))) == 3
print("allowed:", allowed, done)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel enforces it on Linux only")
def test_a_worker_has_no_network_no_programs_and_no_writing(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("unchanged")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), str(kept), "9"], capture_output=True, text=True, check=False
    )
    assert done.stdout == "allowed: [] [1]\n", done.stderr
    assert kept.read_text() == "unchanged"
