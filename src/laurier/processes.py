"""Processes beside this one: as many as there are processors for it, and none left when the work is given up."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from laurier import kernel
from laurier.errors import DataRefused

P = ParamSpec("P")
T = TypeVar("T")


def cores() -> int:
    """How many processors this process may use, at least one."""
    return len(os.sched_getaffinity(0))


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
    with _Others(workers, mp_context=context, initializer=_begin, initargs=(prepare,)) as made:
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


class _Others(ProcessPoolExecutor):
    """Runs what it is given in other processes."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Submits it; processes are started here."""
        # An interruption while they start would leave the pool half made, or end one before it ignores interruptions.
        # They inherit the mask; here it is not enough, for another thread may take the signal for this one.
        missed: list[int] = []
        mine = threading.current_thread() is threading.main_thread()
        handler = signal.signal(signal.SIGINT, lambda number, _: missed.append(number)) if mine else None
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            if mine:
                signal.signal(signal.SIGINT, handler or signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            if missed:
                signal.raise_signal(signal.SIGINT)


class _Here(Executor):
    """Runs what it is given at once, in the calling process."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Runs it."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def _begin(prepare: Callable[[], None] | None) -> None:
    kernel.die_with_parent()
    parent = multiprocessing.parent_process()
    if parent is not None and os.getppid() != parent.pid:
        # It ended before it could be asked.
        os.kill(os.getpid(), signal.SIGKILL)
    # An interruption from the keyboard reaches every process of the terminal: the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if prepare is not None:
        prepare()
