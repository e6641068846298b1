"""Growth as a picture: one line a measure over the number of laureates, both axes logarithmic, as SVG."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from math import floor, log10

_WIDTH, _HEIGHT, _LEFT, _TOP = 860, 460, 60, 20
_PLOT = 440
_COLOURS = ("#1b5e20", "#0d47a1", "#b71c1c", "#e65100", "#4a148c", "#006064", "#5d4037", "#37474f")


def growth(points: Iterable[tuple[str, int, float]]) -> str:
    """The picture.

    Args:
        points: measure, laureates, value; a measure with one point, or a value of zero, is left out.
    """
    series: dict[str, dict[int, float]] = {}
    for measure, size, value in points:
        if value > 0:
            series.setdefault(measure, {})[size] = value
    series = {measure: values for measure, values in series.items() if len(values) > 1}
    sizes = sorted({size for values in series.values() for size in values})
    values = [value for found in series.values() for value in found.values()]
    low, high = floor(log10(min(values))), floor(log10(max(values))) + 1
    first, last = log10(sizes[0]), log10(sizes[-1])

    def at(size: int, value: float) -> tuple[float, float]:
        across = _LEFT + (log10(size) - first) / (last - first) * _PLOT
        return across, _TOP + (high - log10(value)) / (high - low) * (_HEIGHT - 60)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        'font-size="11"><title>Growth with the number of laureates</title>'
        f'<path d="M0 0h{_WIDTH}v{_HEIGHT}H0z" fill="#fff"/>'
    ]
    for size in sizes:
        x, _ = at(size, 10**low)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{_HEIGHT - 40}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT - 24}" text-anchor="middle">{size:,}</text>')
    for power in range(low, high + 1):
        _, y = at(sizes[0], 10**power)
        parts.append(f'<path d="M{_LEFT} {y:.1f}h{_PLOT}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10**power:g}</text>')
    for number, (measure, found) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(size, found[size]) for size in sorted(found)))
        parts.append(f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>')
        y = _TOP + 12 + number * 15
        parts.append(f'<rect x="{_LEFT + _PLOT + 20}" y="{y - 8}" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{_LEFT + _PLOT + 36}" y="{y}">{escape(measure)}</text>')
    return "\n".join([*parts, "</svg>\n"])
