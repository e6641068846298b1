"""What the server says of itself: metrics for Prometheus, the access log, slow queries. No personal data, no secret."""

from __future__ import annotations

import json
import sys
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator

from laurier.web.request import Request

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Observation:
    """Counts and logs requests.

    Args:
        access_log: writes one JSON object a request on the standard output.
    """

    def __init__(self, access_log: bool = False) -> None:
        self.access_log = access_log
        self.started = time.time()
        self.in_flight = 0
        self.cut = 0
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._at_once: Counter[str] = Counter()
        self._latency: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = defaultdict(float)

    def done(self, request: Request, status: int, size: int, seconds: float, release: str) -> None:
        """A request is over; `status` 499 stands for a client that went away."""
        self.count(request.method if request.method in _METHODS else "OTHER", request.route or "other", status, seconds)
        if self.access_log:
            self._write(request, status, size, seconds, release)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request; the labels are closed sets."""
        self._requests[route, method, status] += 1
        buckets = self._latency.get(route)
        if buckets is None:
            buckets = self._latency[route] = [0] * (len(_BUCKETS) + 1)
        buckets[bisect_left(_BUCKETS, seconds)] += 1
        self._seconds[route] += seconds

    def count_at_once(self, route: str, seconds: float) -> None:
        """Counts a GET whose reply was ready to be written."""
        self._at_once[route] += 1
        self.count("GET", route, 200, seconds)

    def _write(self, request: Request, status: int, size: int, seconds: float, release: str) -> None:
        # Neither address nor user agent nor query string: they can tell of a person.
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "id": request.id,
            "method": request.method[:20],
            "path": request.path[:500],
            "route": request.route,
            "status": status,
            "bytes": size,
            "ms": round(seconds * 1000, 2),
            "release": release,
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()

    def exposed(self, extra: Iterator[tuple[str, str, str, dict[str, str], float]]) -> str:
        """The metrics in the text format of Prometheus 0.0.4.

        Args:
            extra: further samples as (name, type, help, labels, value).
        """
        lines = [
            "# HELP laurier_requests_total Requests by route, method and status.",
            _type("requests_total", "counter"),
        ]
        for (route, method, status), count in sorted(self._requests.items()):
            lines.append(_sample("requests_total", {"route": route, "method": method, "status": str(status)}, count))
        lines += [
            "# HELP laurier_requests_at_once_total Of these, those whose reply was ready to be written.",
            _type("requests_at_once_total", "counter"),
        ]
        lines += [_sample("requests_at_once_total", {"route": route}, count) for route, count in self._at_once.items()]
        lines += [
            "# HELP laurier_request_seconds Time until the last byte, by route.",
            _type("request_seconds", "histogram"),
        ]
        for route, buckets in sorted(self._latency.items()):
            total = 0
            for bound, count in zip((*map(str, _BUCKETS), "+Inf"), buckets, strict=True):
                total += count
                lines.append(_sample("request_seconds_bucket", {"route": route, "le": bound}, total))
            lines.append(_sample("request_seconds_sum", {"route": route}, self._seconds[route]))
            lines.append(_sample("request_seconds_count", {"route": route}, total))
        seen = set()
        for name, kind, about, labels, value in extra:
            if name not in seen:
                seen.add(name)
                lines += [f"# HELP laurier_{name} {about}", _type(name, kind)]
            lines.append(_sample(name, labels, value))
        return "\n".join(lines) + "\n"


_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})


def _type(name: str, kind: str) -> str:
    return f"# TYPE laurier_{name} {kind}"


def _sample(name: str, labels: dict[str, str], value: float) -> str:
    listed = ",".join(f'{key}="{text}"' for key, text in labels.items())
    return f"laurier_{name}{{{listed}}} {value:g}" if listed else f"laurier_{name} {value:g}"
