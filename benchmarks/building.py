"""One build of a synthetic list, stage by stage (seconds by the clock and of processor), in a process; prints JSON.

python benchmarks/building.py FOLDER     FOLDER/data holds the sources; the release goes to FOLDER/releases
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from laurier.pipeline.build import build
from laurier.pipeline.stages import Stage
from laurier.settings import Settings


def used() -> float:
    """Seconds of processor of this process and of its ended children."""
    below = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + below.ru_utime + below.ru_stime


def main() -> None:
    """Builds, and tells the seconds of processor of each stage."""
    folder = Path(sys.argv[1])
    began: dict[str, tuple[float, float]] = {}

    def tell(stage: Stage, *_: object) -> None:
        began.setdefault(stage.en, (time.monotonic(), used()))

    outcome = build(Settings(data=folder / "data", releases=folder / "releases"), tell)
    ends = [*list(began.values())[1:], (time.monotonic(), used())]
    stages = {
        name: (end[0] - start[0], end[1] - start[1]) for (name, start), end in zip(began.items(), ends, strict=True)
    }
    print(json.dumps({"release": outcome.manifest.hash, "statements": outcome.manifest.quads, "stages": stages}))


if __name__ == "__main__":
    main()
