"""What is asked of the kernel for a process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from laurier import kernel


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a niceness is that of the process")
def test_every_thread_yields() -> None:
    code = (
        "import threading, sys\n"
        "for _ in range(3): threading.Thread(target=sys.stdin.read, daemon=True).start()\n"
        "print(flush=True); threading.Event().wait()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        threads = [int(name) for name in os.listdir(f"/proc/{process.pid}/task")]
        assert len(threads) == 4
        for niceness in (0, 7, 15):
            kernel.set_niceness(process.pid, niceness)
            assert {os.getpriority(os.PRIO_PROCESS, thread) for thread in threads} == {niceness}
        process.kill()
    kernel.set_niceness(process.pid, 3)  # it is gone
