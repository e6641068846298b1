"""Every harness in full, one after the other, with the figures for docs/reliability.md: `make soak`.

python tests/reliability/soak.py [--rounds 200] [--switches 50] [--seed N]
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent


def main() -> int:
    """Runs them; the exit code is the number of those that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--switches", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    given = parser.parse_args()
    seed = ["--seed", str(given.seed)]
    runs = [["kills.py", command, "--rounds", str(given.rounds), *seed] for command in ("decide", "rollback", "build")]
    runs.append(["faults.py", "--rounds", str(max(1, given.rounds // 5)), *seed])
    runs.append(["republish.py", "--switches", str(given.switches), "--seconds", str(given.seconds), *seed])
    runs += [["fuzz/run.py", "--seconds", str(max(1, given.seconds // 10)), *seed]]
    tests = [sys.executable, "-m", "pytest", "-q", str(_HERE)]
    commands = [[sys.executable, str(_HERE / run[0]), *run[1:]] for run in runs]
    failed = 0
    for command in [*commands, tests]:
        failed += subprocess.run(command, check=False).returncode != 0
    print(f"{len(commands) + 1 - failed} of {len(commands) + 1} harnesses hold")
    return failed


if __name__ == "__main__":
    os.nice(5)
    sys.exit(main())
