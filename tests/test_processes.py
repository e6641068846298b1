from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from laurier import processes
from laurier.errors import DataRefused


def test_one_worker_is_this_process_and_several_are_others() -> None:
    with processes.pool(1) as pool:
        assert pool.submit(os.getpid).result() == os.getpid()
    with processes.pool(2) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()


def test_work_is_given_up_at_once_when_the_block_is_left_by_an_interruption() -> None:
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), processes.pool(2) as pool:  # noqa: PT012 - the block is what is tested
        tasks = [pool.submit(time.sleep, 600) for _ in range(3)]
        while not any(task.running() for task in tasks):
            time.sleep(0.01)
        raise KeyboardInterrupt
    assert time.monotonic() - began < 60
    assert multiprocessing.active_children() == []


def test_one_that_is_killed_is_told_in_a_sentence() -> None:
    with pytest.raises(DataRefused, match="memory"), processes.pool(2) as pool:  # noqa: PT012 - as above
        pool.submit(os.kill, pool.submit(os.getpid).result(), signal.SIGKILL).result()
        pool.submit(os.getpid).result()
    assert multiprocessing.active_children() == []


def test_they_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, time\n"
        "from laurier import processes\n"
        "if __name__ == '__main__':\n"
        "    with processes.pool(2) as pool:\n"
        "        print(pool.submit(os.getpid).result(), flush=True)\n"
        "        pool.submit(time.sleep, 600)\n"
        "        time.sleep(600)\n",
        encoding="utf-8",
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = Path("/proc") / parent.stdout.readline().strip()
        assert child.is_dir()
        parent.kill()
    for _ in range(600):
        # Whoever adopts it may be slow to take note of its end.
        if not child.is_dir() or (child / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the child outlives its parent")
