"""Every harness in full, one after the other, with the figures for docs/reliability.md: `make soak`.

python tests/reliability/soak.py [--rounds 200] [--switches 50] [--seconds 3600] [--seed N]

The quick ones come first, so that a fault shows early; the hour of load is the last but one.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path

_HERE = Path(__file__).parent


def main() -> int:
    """Runs them; the exit code is the number of those that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="kills of each command")
    parser.add_argument("--switches", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=3600, help="of the load under which releases switch")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    kills = ("decide", "rollback", "push", "export", "build")
    runs = [["kills.py", command, "--rounds", str(given.rounds)] for command in kills]
    runs.append(["faults.py", "--rounds", str(max(1, given.rounds // 5))])
    runs.append(["fuzz/run.py", "--seconds", str(max(1, given.seconds // 60))])
    load = ["--switches", str(given.switches), "--seconds", str(given.seconds), "--clients", "3", "--pause", "0.25"]
    runs.append(["republish.py", *load])
    commands = [[sys.executable, str(_HERE / run[0]), *run[1:], "--seed", str(given.seed)] for run in runs]
    failed = 0
    for command in [*commands, [sys.executable, "-m", "pytest", "-q", str(_HERE)]]:
        start = time.monotonic()
        code = subprocess.run(command, check=False).returncode
        failed += code != 0
        busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
        print(f"{'held' if code == 0 else 'FAILED'} after {time.monotonic() - start:.0f} s (load {busy})", flush=True)
    print(f"{len(commands) + 1 - failed} of {len(commands) + 1} harnesses hold")
    return failed


if __name__ == "__main__":
    os.nice(5)
    sys.exit(main())
