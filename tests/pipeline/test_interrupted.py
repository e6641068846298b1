"""A build given up, or killed, while other processes state its records: none of them outlives it, nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from laurier import processes, synth


def below(pid: int) -> list[int]:
    """The processes that one has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def ended(pid: int) -> bool:
    """Whether a process is no more, or waits for nothing but to be taken note of."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.skipif(processes.cores() < 2, reason="one processor: a build has no other process")
@pytest.mark.skipif(not Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists(), reason="no /proc to look at")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_a_build(tmp_path: Path, how: signal.Signals) -> None:
    synth.write_source(tmp_path / "data" / "sources" / "essai", 6_000, 1, synth.Material.load())
    command = [sys.executable, "-c", "from laurier.cli import main; main()", "build"]
    command += ["--data", str(tmp_path / "data"), "--releases", str(tmp_path / "releases")]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        others: list[int] = []
        while len(others) < 3 and process.poll() is None:  # two at work, and one of the standard library's
            time.sleep(0.05)
            others = below(process.pid)
        assert process.poll() is None
        if how is signal.SIGINT:
            os.killpg(process.pid, how)  # as a terminal does
        else:
            process.send_signal(how)
        assert process.wait(timeout=60) == (130 if how is signal.SIGINT else -how)
    limit = time.monotonic() + 60
    while not all(map(ended, others)):
        assert time.monotonic() < limit
        time.sleep(0.05)
    if how is signal.SIGINT:
        assert [path for path in (tmp_path / "releases").iterdir() if path.is_dir()] == []
