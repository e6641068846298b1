"""A small PDF and a small DOCX of a text, made for tests: wrapped lines, superscripts, columns, page furniture."""

from __future__ import annotations

import io
import re
import zipfile
from xml.sax.saxutils import escape

from pdfminer.fontmetrics import FONT_METRICS

WIDTH, HEIGHT = 595, 842
_METRICS = FONT_METRICS["Helvetica"][1]


def width(text: str, size: float) -> float:
    return sum(_METRICS.get(c, 556) for c in text) * size / 1000


def wrapped(text: str, size: float, room: float) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and width(longer, size) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def pdf(text: str, columns: int = 1, footer: str = "Page {page}", size: float = 10) -> bytes:
    """The text on A4 pages; `2^{ème}` is printed as a superscript."""
    pages: list[list[str]] = [[]]
    room = (WIDTH - 100 - 30 * (columns - 1)) / columns
    column, y = 0, HEIGHT - 90.0
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = [part for line in paragraph.splitlines() for part in wrapped(line, size, room)]
        for line in lines:
            if y < 100:
                column, y = column + 1, HEIGHT - 90.0
                if column == columns:
                    column = 0
                    pages.append([])
            pages[-1].append(_shown(line, 50 + column * (room + 30), y, size))
            y -= size * 1.2
        y -= size * 0.9
    for number, page in enumerate(pages, start=1):
        page.append(_shown(footer.format(page=number), 270, 30, 8))
    return _document([" ".join(page) for page in pages])


def _shown(line: str, x: float, y: float, size: float) -> str:
    out = []
    for part in re.split(r"(\^\{[^}]*\})", line):
        small = part.startswith("^{")
        words = part[2:-1] if small else part
        if not words:
            continue
        data = words.encode("cp1252", "replace")
        safe = b"".join(b"\\" + bytes([c]) if c in b"()\\" else bytes([c]) for c in data).decode("latin-1")
        height, rise = (size * 0.6, size * 0.35) if small else (size, 0)
        out.append(f"BT /F1 {height} Tf {x:.2f} {y + rise:.2f} Td ({safe}) Tj ET")
        x += width(words, height)
    return " ".join(out)


def _document(contents: list[str]) -> bytes:
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(contents)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for n, content in enumerate(contents):
        box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {5 + 2 * n} 0 R >>".encode())
        stream = content.encode("latin-1")
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, table))
    return out.getvalue()


def docx(body: str) -> bytes:
    """A document with this body (WordprocessingML, prefix w)."""
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>')
    return made.getvalue()


def paragraphs(text: str) -> str:
    """The lines of a text as paragraphs; those that begin with a dash as list items."""
    out = []
    for line in text.splitlines():
        item = line.startswith("- ")
        properties = "<w:pPr><w:numPr/></w:pPr>" if item else ""
        words = escape(line.removeprefix("- "))
        out.append(f'<w:p>{properties}<w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>')
    return "".join(out)


def table(rows: list[list[str]]) -> str:
    cells = ("".join(f"<w:tc><w:p><w:r><w:t>{escape(c)}</w:t></w:r></w:p></w:tc>" for c in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"
