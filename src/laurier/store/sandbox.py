"""What a worker process may not do: outlive the server, open the network, start programs, write files, fill memory.

Linux only; elsewhere the limits of `resource` apply and the rest is left to the check of the tokens.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys
from pathlib import Path

from laurier import kernel

_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2

# System calls by architecture (include/uapi/asm-generic/unistd.h, arch/x86/entry/syscalls/syscall_64.tbl).
_OPENAT = {"x86_64": 257, "aarch64": 56}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_CLONE_THREAD = 0x10000
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_DENIED = {
    "x86_64": {
        "socket": 41, "connect": 42, "bind": 49, "listen": 50, "fork": 57, "vfork": 58, "execve": 59, "kill": 62,
        "truncate": 76, "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85, "link": 86, "unlink": 87, "symlink": 88,
        "ptrace": 101, "mkdirat": 258, "unlinkat": 263, "renameat": 264, "linkat": 265, "symlinkat": 266,
        "perf_event_open": 298, "process_vm_readv": 310, "process_vm_writev": 311, "renameat2": 316, "bpf": 321,
        "execveat": 322, "userfaultfd": 323, "io_uring_setup": 425, "openat2": 437,
    },
    "aarch64": {
        "mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "linkat": 37, "renameat": 38, "truncate": 45, "ptrace": 117,
        "kill": 129, "socket": 198, "bind": 200, "listen": 201, "connect": 203, "execve": 221, "perf_event_open": 241,
        "process_vm_readv": 270, "process_vm_writev": 271, "renameat2": 276, "bpf": 280, "execveat": 281,
        "userfaultfd": 282, "io_uring_setup": 425, "openat2": 437,
    },
}  # fmt: skip
_X32_BIT = 0x40000000
_ALLOW = 0x7FFF0000
_EACCES = 0x00050000 | 13
_ENOSYS = 0x00050000 | 38


def confine() -> bool:
    """Ties the process to its parent and takes the network, programs and writing away; to call before threads exist.

    Returns:
        True when the kernel enforces it, False where it cannot.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    kernel.die_with_parent()
    # When memory runs out, the kernel should take a query rather than the server.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    machine = platform.machine()
    if machine not in _DENIED or libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    program = ctypes.create_string_buffer(_filter(machine))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(program)))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(header), 0, 0) == 0)


def limit_memory(mebibytes: int) -> None:
    """Lets the address space grow by this much from now on; beyond, an allocation fails and ends the process."""
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + mebibytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def resident_bytes() -> int:
    """Memory in use by this process, in bytes (0 where it cannot be told)."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _filter(machine: str) -> bytes:
    """A seccomp program (classic BPF): refuses the listed calls, opening a file to write, and new processes."""
    load, if_equal, if_at_least, if_any, give = 0x20, 0x15, 0x35, 0x45, 0x06
    number_at, arch_at, first_at, third_at = 0, 4, 16, 32
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    program = [step(load, arch_at), step(if_equal, _AUDIT_ARCH[machine], 1, 0), step(give, _EACCES)]
    program += [step(load, number_at), step(if_at_least, _X32_BIT, 0, 1), step(give, _EACCES)]
    for number in sorted(_DENIED[machine].values()):
        program += [step(if_equal, number, 0, 1), step(give, _EACCES)]
    # Its flags lie in memory, where a filter cannot look; the C library then falls back to clone.
    program += [step(if_equal, _CLONE3, 0, 1), step(give, _ENOSYS)]
    program += [step(if_equal, _CLONE[machine], 0, 3), step(load, first_at)]
    program += [step(if_any, _CLONE_THREAD, 1, 0), step(give, _EACCES), step(load, number_at)]
    program += [step(if_equal, _OPENAT[machine], 0, 3), step(load, third_at)]
    program += [step(if_any, writing, 0, 1), step(give, _EACCES), step(give, _ALLOW)]
    return b"".join(program)
