"""Answers written by the connection itself are those of a request made in full, and only plain requests get them."""

from __future__ import annotations

import itertools
import re
import socket

import pytest

from laurier.formats import PAGES
from tests.web.conftest import LAUREATE, Server

DOC = f"/doc/{LAUREATE}"
# Neither the moment nor the id of a request is part of its answer.
OWN = re.compile(rb"\r\n(?:date|x-request-id|connection): [^\r]*", re.IGNORECASE)


class Line:
    """A connection that is kept open."""

    def __init__(self, server: Server) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        self._file = self._socket.makefile("rb")

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self._socket.sendall(part)

    def answer(self) -> tuple[bytes, bytes]:
        """The next answer: its head, own fields left out and the others sorted, and its body."""
        lines = [self._file.readline()]
        while lines[-1] not in (b"\r\n", b""):
            lines.append(self._file.readline())
        length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length")), 0)
        body = self._file.read(length)
        status, _, rest = OWN.sub(b"", b"".join(lines)).partition(b"\r\n")
        return b"\r\n".join((status, *sorted(rest.split(b"\r\n")))), body

    def asked(self, url: str, *fields: str) -> tuple[bytes, bytes]:
        self.send(head(url, *fields))
        return self.answer()

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@pytest.fixture
def line(site: Server) -> Line:
    opened = Line(site)
    yield opened
    opened.close()


def head(url: str, *fields: str) -> bytes:
    return "\r\n".join((f"GET {url} HTTP/1.1", "host: data.example.org", *fields, "", "")).encode()


ACCEPT = ["*/*", "text/turtle", "text/n3, */*;q=0.1", "application/trig", "application/ld+json", "text/html"]
CODING = [(), ("accept-encoding: gzip",), ("accept-encoding: zstd;q=0.5, br",), ("accept-encoding: identity",)]


@pytest.mark.parametrize("accept", [*ACCEPT, "text/nothing", "*/*;q=0"])
@pytest.mark.parametrize("coding", [*CODING, ("accept-encoding: *;q=0",)], ids=lambda coding: "".join(coding)[17:])
def test_the_same_answer_four_times(line: Line, accept: str, coding: tuple[str, ...]) -> None:
    """In full (an id is given), twice from what is prepared, from what is kept."""
    for url in (DOC, *(f"{DOC}.{offer.suffix}" for offer in PAGES[:3])):
        fields = (f"accept: {accept}", *coding)
        whole = line.asked(url, *fields, "x-request-id: mine")
        assert line.asked(url, *fields) == whole
        assert line.asked(url, *fields) == whole
        assert line.asked(url, *fields) == whole


def test_of_what_is_no_document(line: Line) -> None:
    for url in (
        "/doc/laureat/none",
        f"{DOC}.none",
        f"{DOC}?page=2",
        f"{DOC}/",
        "/doc/",
        f"{DOC}%2e",
        "/doc//",
        f"//{DOC}",
    ):
        whole = line.asked(url, "accept: text/turtle", "x-request-id: mine")
        for _ in range(2):
            assert line.asked(url, "accept: text/turtle") == whole


def test_heads_in_pieces_and_in_a_row(line: Line) -> None:
    """What is known by its bytes is one whole head; anything else goes to the parser, before and after."""
    expected = line.asked(DOC, "accept: text/turtle")
    sent = head(DOC, "accept: text/turtle")
    assert expected[0].startswith(b"HTTP/1.1 200")
    for pieces in (
        [sent],
        [sent[:7], sent[7:]],
        [sent[:-1], sent[-1:]],
        [sent[:-4], sent[-4:]],
        [sent[:30], sent[30:]],
    ):
        line.send(*pieces)
        assert line.answer() == expected
    line.send(sent * 3)
    assert [line.answer() for _ in range(3)] == [expected] * 3
    other = head("/healthz")
    line.send(other + sent, sent)
    assert line.answer()[0].startswith(b"HTTP/1.1 200")
    assert [line.answer() for _ in range(2)] == [expected] * 2


FIRST = [
    "GET {} HTTP/1.0",
    "HEAD {} HTTP/1.1",
    "POST {} HTTP/1.1",
    "get {} HTTP/1.1",
    "GET  {} HTTP/1.1",
    "GET {} x HTTP/1.1",
    "GET {}\r\nGET / HTTP/1.1",
    "GET {}\n HTTP/1.1",
    "GET {}\x00 HTTP/1.1",
    "GET {}# HTTP/1.1",
    "GET http://data.example.org{} HTTP/1.1",
    "GET {}é HTTP/1.1",
    " GET {} HTTP/1.1",
]


@pytest.mark.parametrize("first", FIRST)
def test_a_first_line_that_is_not_plain_means_what_it_meant(site: Server, first: str) -> None:
    """Sent after the same fields were learned, and with fields in an order that nobody has sent yet."""
    answers = []
    for fields in ("accept: text/turtle\r\nx-order: 1", "x-order: 2\r\naccept: text/turtle"):
        opened = Line(site)
        try:
            if "1" in fields:
                learned = head(DOC, *fields.split("\r\n"))
                opened.send(learned, learned)
                assert opened.answer() == opened.answer()
            opened.send(f"{first.format(DOC)}\r\nhost: data.example.org\r\n{fields}\r\n\r\n".encode())
            if first.startswith("HEAD"):
                opened._socket.shutdown(socket.SHUT_WR)
                answers.append((opened._file.readline(), b""))
            else:
                answers.append(opened.answer())
        finally:
            opened.close()
    assert answers[0] == answers[1]


def test_fields_that_change_the_answer_are_not_passed_over(line: Line) -> None:
    told, body = line.asked(DOC, "accept: text/turtle")
    tag = re.search(rb"etag: (\S+)", told)
    assert tag is not None
    for _ in range(2):
        kept = line.asked(DOC, "accept: text/turtle", f"if-none-match: {tag[1].decode()}")
        assert kept[0].startswith(b"HTTP/1.1 304")
    for fields in itertools.permutations(("accept: text/html", "accept: text/turtle;q=0.1")):
        assert b"text/html" in line.asked(DOC, *fields)[0]
    line.send(head(DOC, "accept: text/turtle", "content-length: 4") + b"\r\n\r\n")
    assert line.answer()[1] == body
    assert line.asked(DOC, "accept: text/turtle") == (told, body)


def test_a_connection_may_be_closed_by_either_side(line: Line) -> None:
    sent = head(DOC, "accept: text/turtle")
    line.send(sent, sent)
    assert line.answer() == line.answer()
    line.send(head(DOC, "accept: text/turtle", "connection: close"))
    assert line.answer()[0].startswith(b"HTTP/1.1 200")
    assert line._file.read() == b""
