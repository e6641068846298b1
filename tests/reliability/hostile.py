"""Documents made to harm: name of a case -> files of a source folder."""

from __future__ import annotations

import io
import zipfile
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
    "JSON nested deeply": lambda: source("a.json", b"[" * 200_000),
    "a number without end": lambda: source("a.json", b'[{"titre": ' + b"9" * 500_000 + b"}]"),
    "a document of another format": lambda: source("a.exe", b"MZ"),
}
