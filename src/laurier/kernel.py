"""What is asked of the kernel for a process: to end with the one that started it, and to yield the processor.

It imports little, for every process that evaluates queries begins with it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Has the kernel kill this process when the one that started it ends, however it ends (Linux; else nothing)."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def set_niceness(pid: int, niceness: int) -> None:
    """How much a process yields the processor to others (nice(2)); it can only go up without privileges.

    On Linux each thread has a niceness of its own, so that every one is told.
    """
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task") if sys.platform == "linux" else (pid,):
            os.setpriority(os.PRIO_PROCESS, int(thread), niceness)
