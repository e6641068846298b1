"""Fetches the packages that the gazetteer is rebuilt from, with npm, and checks their digests."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from laurier.errors import ReconcileError
from laurier.foreign import said
from laurier.reconcile.rebuild import PACKAGE, VERSIONS, tarball

#: SHA-256 of the tarball of each version, as published.
DIGESTS = {
    "0.7.0": "4643f584e1502d38a9baefe6e5b478aa8d5077bcd7e8972461dbbaceb66559f0",
    "0.8.0": "3731209f86aab7c92a7de236caa6c5cc70c2ca0c4e21407e7e132b7483d04fe5",
    "1.1.1": "db6e7c433ee675de314aa19bfc4faf796451342960ed2c1b42fda0f458a97e23",
    "2.3.1": "d7f2a6915af27a719eeb6eb6581d9a645849b5b23e5c97fa5aa2931eb3552d1f",
    "3.1.1": "225079c8cd185379fd494993e99fe712523e2f16e4a1170d8391a76a304e7073",
    "4.1.0": "318f0cfc0c1f9d8113b272bf3cefb8f207f23f73026ee5932215f5d80d7a0f2a",
    "5.3.0": "149cd9096f70915c02e5d39ef6045f0900d94c782ee9f1c1941703092fe72636",
    "6.0.0": "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
}
_SECONDS = 300


def fetch(folder: Path | None = None) -> Path:
    """Downloads the tarballs that are not there yet (about 1 MB each) and verifies all of them.

    Args:
        folder: where to keep them; default `.cache/gazetteer` of the current folder.

    Returns:
        the folder.

    Raises:
        ReconcileError: npm is missing or fails, or a tarball is not the published one.
    """
    place = folder if folder is not None else Path(".cache/gazetteer")
    place.mkdir(parents=True, exist_ok=True)
    for version in VERSIONS.values():
        path = tarball(place, version)
        if not path.exists():
            _pack(version, place)
        _verify(path, version)
    return place


def _pack(version: str, folder: Path) -> None:
    npm = shutil.which("npm")
    problem = "npm is not installed"
    if npm is not None:
        command = [npm, "pack", "--silent", f"{PACKAGE}@{version}"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            problem = f"npm gave no answer in {_SECONDS} s"
        else:
            if done.returncode == 0:
                return
            problem = (done.stderr.strip().splitlines() or ["npm failed"])[-1]
    told = said(problem)
    raise ReconcileError(
        f"The package {PACKAGE}@{version} cannot be fetched ({told.en}): install npm and connect, or put its tarball "
        f"in {folder}.",
        f"Le paquet {PACKAGE}@{version} n'a pas pu être récupéré ({told.fr}) : installez npm et connectez-vous, ou "
        f"placez son archive dans {folder}.",
    )


def _verify(path: Path, version: str) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != DIGESTS[version]:
        raise ReconcileError(
            f"The tarball {path} is not the published {PACKAGE}@{version} (SHA-256 {digest}): delete it and retry.",
            f"L'archive {path} n'est pas la version publiée de {PACKAGE}@{version} (SHA-256 {digest}) : "
            "supprimez-la et recommencez.",
            path=str(path),
        )
