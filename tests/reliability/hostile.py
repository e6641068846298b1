"""Documents made to harm: name of a case -> files of a source folder."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

TOML = 'file = "{name}"\ntitle = "Liste"\n[programme]\nkey = "p"\ntitle = "P"\n'
_LINE = "1\n\nARML VIGIE JEUNESSE\n\nTerritoire : région Normandie\n\n"

Files = dict[str, bytes]


def source(name: str, content: bytes, toml: str = TOML) -> Files:
    """A source folder with one document."""
    return {"source.toml": toml.format(name=name).encode(), name: content}


def packed(members: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/xl/workbook.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    b'<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_REL = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="%s/%s" Target="%s"/></Relationships>'
)
_BOOK = (
    b'<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="%s">'
    b'<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>' % _REL
)
_ENTITIES = b"<!DOCTYPE w [<!ENTITY a 'aaaaaaaaaa'>%s]>" % b"".join(
    b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)


def workbook(sheet: bytes, book: bytes = _BOOK) -> bytes:
    """An XLSX file with one sheet of that XML."""
    return packed(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELS % (_REL, b"officeDocument", b"xl/workbook.xml"),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": _RELS % (_REL, b"worksheet", b"worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


def _sheet(cells: bytes, head: bytes = b"") -> bytes:
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return b'<?xml version="1.0"?>%s<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (head, space, cells)


def letter(document: bytes) -> bytes:
    """A DOCX file with that document."""
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": document})


_WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>%s</w:body></w:document>'


def printed(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF file of numbered objects, the first of which is its catalogue."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer << /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer.replace(b"TABLE", b"%d" % table)))
    out.write(b"startxref\n%d\n%%%%EOF" % table)
    return out.getvalue()


_ROOT = b"<< /Type /Catalog /Pages 2 0 R %s>>"
_PAGES = b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << %s>> /Contents 4 0 R >>"


def _stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(content), more, content)


#: Each makes its files when asked, for some are large.
CASES: dict[str, Callable[[], Files]] = {
    "empty": lambda: source("a.txt", b""),
    "NUL": lambda: source("a.txt", b"a\x00b\n" * 100),
    "random bytes": lambda: source("a.txt", bytes(range(256)) * 40),
    "UTF-16 cut in a character": lambda: source("a.txt", ("\ufeff" + _LINE).encode("utf-16-le")[:-1]),
    "one line of 40 MB": lambda: source("a.txt", b"x" * 40_000_000),
    "one line of 20 MB": lambda: source("a.txt", b"ARML " * 4_000_000),
    "a codec that is none": lambda: source("a.txt", b"x", 'encoding = "rot13"\n' + TOML),
    "a codec that packs": lambda: source("a.txt", b"x", 'encoding = "zip"\n' + TOML),
    "../ in source.toml": lambda: source("a.txt", b"x", TOML.replace("{name}", "../../registry.csv")),
    "an absolute path": lambda: source("a.txt", b"x", TOML.replace("{name}", "/etc/passwd")),
    "a NUL in the name": lambda: source("a.txt", b"x", TOML.replace("{name}", "a\\u0000.txt")),
    "TOML nested deeply": lambda: source("a.txt", b"x", "a = " + "[" * 100_000),
    "TOML that is no text": lambda: {"source.toml": b"\xff\xfe\x00", "a.txt": b"x"},
    "TOML of another kind": lambda: source("a.txt", b"x", 'title = 3\nfile = ["{name}"]\n'),
    "a million columns": lambda: source("a.csv", b"a;" * 1_000_000 + b"\n" + b"1;" * 1_000_000 + b"\n"),
    "a quote never closed": lambda: source("a.csv", b'titre;porteur\n"' + b"x" * 8_000_000),
    "a CSV of NUL": lambda: source("a.csv", b"\x00" * 100_000),
    "a workbook that is no ZIP": lambda: source("a.xlsx", b"PK\x03\x04" + b"x" * 1000),
    "a ZIP bomb": lambda: source("a.xlsx", workbook(_sheet(b" " * 600_000_000))),
    "entities in a workbook": lambda: source(
        "a.xlsx", workbook(_sheet(b'<row r="1"><c t="inlineStr"><is><t>&j;</t></is></c></row>', _ENTITIES))
    ),
    "an outside entity in a workbook": lambda: source(
        "a.xlsx",
        workbook(
            _sheet(
                b'<row r="1"><c t="inlineStr"><is><t>&x;</t></is></c></row>',
                b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            )
        ),
    ),
    "a cell far away": lambda: source(
        "a.xlsx", workbook(_sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    ),
    "a bomb in a letter": lambda: source("a.docx", letter(b" " * 600_000_000)),
    "entities in a letter": lambda: source(
        "a.docx", letter(_ENTITIES + _WORD % b"<w:p><w:r><w:t>&j;</w:t></w:r></w:p>")
    ),
    "a letter nested deeply": lambda: source("a.docx", letter(_WORD % (b"<w:p>" * 200_000))),
    "tables within tables": lambda: source("a.docx", letter(_WORD % (b"<w:tbl><w:tr><w:tc>" * 50_000))),
    "a PDF that runs a script": lambda: source(
        "a.pdf",
        printed(
            _ROOT % b"/OpenAction << /S /JavaScript /JS (while\\(1\\) {}; app.launchURL\\('http://a.example'\\)) >> ",
            _PAGES,
            _PAGE % b"",
            _stream(b""),
        ),
    ),
    "a PDF whose pages hold themselves": lambda: source(
        "a.pdf", printed(_ROOT % b"", b"<< /Type /Pages /Count 1 /Parent 2 0 R /Kids [2 0 R 2 0 R] >>")
    ),
    "a PDF whose table leads back to itself": lambda: source(
        "a.pdf", printed(_ROOT % b"", _PAGES, _PAGE % b"", _stream(b""), trailer=b"/Prev TABLE")
    ),
    "a PDF whose form draws itself": lambda: source(
        "a.pdf",
        printed(
            _ROOT % b"",
            _PAGES,
            _PAGE % b"/XObject << /F 5 0 R >> ",
            _stream(b"/F Do " * 1000),
            _stream(
                b"/F Do /F Do",
                b"/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /F 5 0 R >> >> ",
            ),
        ),
    ),
    "a bomb in a PDF": lambda: source(
        "a.pdf",
        printed(
            _ROOT % b"", _PAGES, _PAGE % b"", _stream(zlib.compress(b"q " * 200_000_000, 9), b"/Filter /FlateDecode ")
        ),
    ),
    "a PDF with a length that is itself": lambda: source(
        "a.pdf", printed(_ROOT % b"", _PAGES, _PAGE % b"", b"<< /Length 4 0 R >>\nstream\nx\nendstream")
    ),
    "JSON nested deeply": lambda: source("a.json", b"[" * 200_000),
    "a number without end": lambda: source("a.json", b'[{"titre": ' + b"9" * 500_000 + b"}]"),
    "a document of another format": lambda: source("a.exe", b"MZ"),
}
