"""Processes beside this one: as many as there are processors for it, and none left when the work is given up."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import platform
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

from laurier.errors import DataRefused

P = ParamSpec("P")
T = TypeVar("T")

_PR_SET_PDEATHSIG = 1
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
_ATTRIBUTES = struct.Struct("=IIQiIQQQ")  # struct sched_attr in its first version, of 48 bytes
_SHORT_SLICE = 100_000  # nanoseconds, the least that there is


def cores() -> int:
    """How many processors this process may use, at least one."""
    return len(os.sched_getaffinity(0))


def die_with_parent() -> None:
    """Has the kernel kill this process when the one that started it ends, however it ends (Linux; else nothing)."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    parent = multiprocessing.parent_process()
    if parent is not None and os.getppid() != parent.pid:
        # It ended before it could be asked.
        os.kill(os.getpid(), signal.SIGKILL)


def set_niceness(pid: int, niceness: int) -> None:
    """How much a process yields the processor to others (nice(2)); it can only go up without privileges.

    Every one of its threads is told, for on Linux each has a niceness of its own. There a process that yields nothing
    is also given short slices of time, so that it runs as soon as it wakes: others are at work for up to some
    milliseconds more before one with slices as long as theirs (since Linux 6.12; see sched_setattr(2)).
    """
    if sys.platform != "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, pid, niceness)
        return
    libc, call = ctypes.CDLL(None), _SCHED_SETATTR.get(platform.machine())
    told = _ATTRIBUTES.pack(_ATTRIBUTES.size, os.SCHED_OTHER, 0, niceness, 0, 0 if niceness else _SHORT_SLICE, 0, 0)
    with suppress(OSError):
        for thread in map(int, os.listdir(Path("/proc", str(pid), "task"))):
            if call is None or libc.syscall(call, thread, told, 0) != 0:
                os.setpriority(os.PRIO_PROCESS, thread, niceness)


@contextmanager
def pool(workers: int, prepare: Callable[[], None] | None = None) -> Iterator[Executor]:
    """Processes to submit work to.

    When the block is left by an exception, an interruption included, what they were at is given up at once: the
    processes are ended, for some work in them (the loader of the store) hears nothing before its end.

    Args:
        workers: how many; one is this process itself, which does what is submitted at once.
        prepare: called once in each other process.

    Raises:
        DataRefused: one of them was killed.
    """
    if workers == 1:
        yield _Here()
        return
    # A forked process would inherit files, and locks held by threads that it does not have.
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(prepare,)) as made:
        try:
            yield made
        except BrokenProcessPool as error:
            raise DataRefused(
                "A process of this work was ended from outside, most likely for lack of memory: free some, then start "
                "again; nothing was changed.",
                "Un processus de ce travail a été arrêté de l'extérieur, sans doute faute de mémoire : libérez-en, "
                "puis recommencez ; rien n'a été changé.",
            ) from error
        except BaseException:
            # The pool finds itself broken, gives up what waits and reaps them; reaping here too would race with it.
            for child in set(multiprocessing.active_children()) - others:
                child.kill()
            raise


class _Here(Executor):
    """Runs what it is given at once, in the calling process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Runs it."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def _begin(prepare: Callable[[], None] | None) -> None:
    die_with_parent()
    # An interruption from the keyboard reaches every process of the terminal: the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if prepare is not None:
        prepare()
