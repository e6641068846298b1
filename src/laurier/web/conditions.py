"""Conditions and ranges of a request (RFC 9110 sections 13 and 14)."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from laurier.web.request import Request

#: A range that lies outside of the representation.
OUTSIDE = (0, 0)


def parse_range(value: str, size: int) -> tuple[int, int] | None:
    """A single byte range (RFC 9110 section 14.1.2) as start and stop.

    Returns:
        None for several ranges, other units and malformed ones, which the RFC lets be served as the whole; an empty
        range for one that lies outside.
    """
    unit, _, spec = value.strip().partition("=")
    first, dash, last = spec.strip().partition("-")
    first, last = first.strip(), last.strip()
    digits = (first + last).isascii() and (first + last).isdigit()
    if unit.strip().lower() != "bytes" or not dash or not digits or len(first + last) > 40:
        return None
    if not first:
        length = int(last)
        return (max(0, size - length), size) if length and size else OUTSIDE
    start = int(first)
    stop = min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    return (start, stop) if start < size else OUTSIDE


def unchanged(request: Request, etag: str, modified: float) -> bool:
    """Whether the client has it already; If-None-Match comes before If-Modified-Since (section 13.2.2)."""
    if request.method not in ("GET", "HEAD"):
        return False
    known = request.header(b"if-none-match")
    if known is not None:
        mine = etag.removeprefix("W/")
        return bool(etag) and (known.strip() == "*" or mine in (tag.removeprefix("W/") for tag in _tags(known)))
    since = request.header(b"if-modified-since")
    return bool(since and modified) and (_seconds(since or "") or 0) >= int(modified)


def still_valid(request: Request, etag: str, modified: float) -> bool:
    """Whether a range may be served: If-Range (section 13.1.5) is the exact strong ETag, or the exact date."""
    condition = request.header(b"if-range")
    if condition is None:
        return True
    condition = condition.strip()
    if condition.startswith(('"', "W/")):
        return bool(etag) and condition == etag
    return bool(modified) and _seconds(condition) == int(modified)


def _tags(value: str) -> list[str]:
    return [tag.strip() for tag in value.split(",")]


def _seconds(value: str) -> int | None:
    try:
        return int(parsedate_to_datetime(value).timestamp())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
