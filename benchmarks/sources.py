"""How fast a table of subsidies is read, and in how much memory, beside the csv module of Python on the same file.

python benchmarks/sources.py [ROWS]
"""

from __future__ import annotations

import csv
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from laurier.sources import registry

HEADING = (
    "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,rnaBeneficiaire,objet,"
    "montant,nature,conditionsVersement,datesPeriodeVersement,idRAE,notificationUE,pourcentageSubvention,dispositifAide"
)
SEED = 20230314


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "essai"
        folder.mkdir()
        path = folder / "subventions.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write(HEADING + "\n")
            for number in range(rows):
                what = f'"Soutien, n° {number}"' if number % 3 == 0 else f"Soutien {number}"
                carrier, amount = f"Association {chance.randint(1, 5000)}", f"{chance.randint(500, 90000)}.50"
                file.write(f"Région Essai,,2023-03-14,DEC-{number},{carrier},,,{what},{amount},")
                file.write(f"aide en numéraire,unique,2023-04-01,,non,0.5,Appel {number % 40}\n")
        (folder / "source.toml").write_text('title = "Essai"\n[programme]\ntitle = "Essai"\n', encoding="utf-8")
        begun = time.process_time()
        found = sum(1 for _ in registry.read(folder).awards)
        ours = time.process_time() - begun
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        begun = time.process_time()
        with path.open(encoding="utf-8", newline="") as file:
            peer = sum(1 for _ in csv.DictReader(file))
        theirs = time.process_time() - begun
    print(f"rows                      {found} (csv: {peer})")
    print(f"awards, processor         {ours:.1f} s, {ours / found * 1e6:.0f} µs a row")
    print(f"csv.DictReader, processor {theirs:.1f} s, ratio {ours / theirs:.0f}")
    print(f"most memory               {memory:.0f} MB")


if __name__ == "__main__":
    main()
