"""Rebuilds the tables of this folder: fetches the packages with npm, checks their digests, writes the tables.

python data/gazetteer/rebuild.py [FOLDER-WITH-TARBALLS]
"""

import sys
from pathlib import Path

from laurier.reconcile.packages import fetch
from laurier.reconcile.rebuild import rebuild

if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    packages = Path(sys.argv[1]) if len(sys.argv) > 1 else fetch()
    for path in rebuild(packages, here):
        print(path.name, path.stat().st_size)
