"""What makes reading a release again needless: its files are, by their marks, those that were digested before.

A file that is written, replaced or renamed has another ctime (stat(2)), which no program can set. What a loss of power
may have taken from a disk shows in no mark, so that a proof holds until the machine is started again; where the system
does not tell when that was, there is none. It is kept beside the releases, for one of them: the last that was proven.
"""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

from laurier import files
from laurier.snapshot import manifest as manifests
from laurier.snapshot.manifest import Manifest

_NAME = ".proven"
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_TICK = 0.02  # seconds; two changes within the same tick of the kernel's clock have the same ctime


def holds(folder: Path, manifest: Manifest) -> bool:
    """Whether a release was proven whole since the machine was started, and no file of it has changed since."""
    try:
        kept = json.loads((folder.parent / _NAME).read_bytes())
        return bool(kept == _proof(folder, manifest))
    except (OSError, ValueError):
        return False


def keep(folder: Path, manifest: Manifest) -> None:
    """Notes that every file of a release has just been compared with its digest.

    Where the folder of releases cannot be written nothing is noted: the next reader compares again.
    """
    time.sleep(_TICK)
    with contextlib.suppress(OSError), files.alone(folder.parent):
        files.write_whole(folder.parent / _NAME, json.dumps(_proof(folder, manifest)).encode())


def _proof(folder: Path, manifest: Manifest) -> dict[str, object]:
    """The marks of the files of a release.

    Raises:
        OSError: one of them, or the time of the start, cannot be looked up.
    """
    found = {path.relative_to(folder).as_posix(): path.stat() for path in folder.rglob("*") if path.is_file()}
    if found.keys() != {*manifest.files, manifests.NAME}:
        raise FileNotFoundError(folder)
    marks = {name: [s.st_size, s.st_mtime_ns, s.st_ctime_ns, s.st_ino, s.st_dev] for name, s in sorted(found.items())}
    return {"release": manifest.hash, "boot": _BOOT.read_text().strip(), "files": marks}
