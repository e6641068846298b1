"""Documents made to break the reader: a sentence, nothing read outside the folder, within bounds."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from folders import MANIFEST, awards, codes, folder, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from laurier.errors import SourceError
from laurier.sources import brochure, layout, registry
from laurier.sources.lines import SourceText

TEXT = "AAP national\nEssai\n\n1 lauréat\n\nMISSION LOCALE ÉVREUX TREMPLIN\n\nTerritoire : Évreux\n"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "..", ".", "sub/x.txt", "absent.txt", "a\u0000b", "x" * 5000]
)
def test_a_document_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    made = folder(tmp_path, "x.txt", TEXT)
    quoted = name.replace("\u0000", "\\u0000")
    (made / "source.toml").write_text(f'file = "{quoted}"\n' + MANIFEST, encoding="utf-8")
    with pytest.raises(SourceError, match="not a file of this folder"):
        registry.read(made)


@pytest.mark.parametrize("linked", ["x.txt", "source.toml", "carriers.toml"])
def test_a_link_that_leads_out_is_refused(tmp_path: Path, linked: str) -> None:
    made = folder(tmp_path, "x.txt", TEXT)
    outside = tmp_path / "outside"
    outside.write_text(MANIFEST if linked.endswith("toml") else TEXT, encoding="utf-8")
    (made / linked).unlink(missing_ok=True)
    (made / linked).symlink_to(outside)
    with pytest.raises(SourceError):
        registry.read(made)


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "title = 3",
        'title = "T"',
        'title = "T"\nwibble = 1\n[programme]\ntitle = "P"',
        'title = "T"\nregion = "Normandie"\n[programme]\ntitle = "P"',
        'title = "T"\nissued = "hier"\n[programme]\ntitle = "P"',
        'title = "T"\nlanding_page = "javascript:alert(1)"\n[programme]\ntitle = "P"',
        'title = "T"\nlayout = "../x"\n[programme]\ntitle = "P"',
        'title = "T"\nencoding = "wibble"\n[programme]\ntitle = "P"',
        'title = "T"\n[programme]\ntitle = "P"\n[words]\nlabels = 3',
        'title = "T"\n[programme]\ntitle = "P"\n[words.labels]\nwibble = ["X"]',
        'title = "T"\n[programme]\ntitle = "P"\n[words.statuses]\nwibble = ["X"]',
        'title = "T"\n[programme]\ntitle = "P"\n[words]\nanchor = "wibble"',
        'title = "T"\n[programme]\ntitle = "P"\n[publics]\nX = ["wibble"]',
        'title = "T"\n[programme]\ntitle = "P"\n[publics]\nX = []',
        'title = "T"\n[programme]\ntitle = "P"\n[publics]\nX = 3',
        "not toml at all [",
    ],
)
def test_a_wrong_manifest_is_a_sentence(tmp_path: Path, manifest: str) -> None:
    with pytest.raises(SourceError) as refused:
        read(tmp_path, "x.txt", TEXT, manifest)
    assert refused.value.en.endswith(".")
    assert refused.value.fr.endswith(".")
    assert refused.value.en.startswith(f"{tmp_path}/essai/")
    assert refused.value.fr.startswith(f"{tmp_path}/essai/")


@pytest.mark.parametrize("table", ["[columns]\nPorteur = 'wibble'", "[words.labels]\nwibble = ['X']"])
def test_what_is_wrong_with_the_words_of_a_table_is_said_before_it_is_read(tmp_path: Path, table: str) -> None:
    manifest = f"title = 'T'\n[programme]\ntitle = 'P'\n{table}\n"
    with pytest.raises(SourceError) as refused:
        read(tmp_path, "x.csv", "Porteur;Projet\nA;B\n", manifest)
    assert refused.value.fr.startswith(f"{tmp_path}/essai/source.toml : [")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (TEXT.encode("utf-8-sig"), []),
        (TEXT.encode("utf-16"), []),
        (TEXT.encode("utf-32"), []),
        (TEXT.encode("utf-16-le"), ["encoding"]),
        (TEXT.encode("cp1252"), ["encoding"]),
        (TEXT.replace("\n", "\r").encode(), []),
        (TEXT.encode().replace("É".encode(), b"\xc9", 1) + "é".encode() * 20, ["encoding-mixed"]),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, told: list[str]) -> None:
    reading = read(tmp_path, "x.txt", content)
    assert [award.heading.value for award in awards(reading)] == ["MISSION LOCALE ÉVREUX TREMPLIN"]
    assert [code for code in codes(reading) if code.startswith("encoding")] == told
    text = reading.load_text()
    assert not text.startswith("\ufeff")
    [award] = awards(reading)
    assert text[award.heading.span.start : award.heading.span.end] == award.heading.span.exact


def test_a_label_in_letters_that_look_alike_is_told(tmp_path: Path) -> None:
    assert "unusual-label" not in codes(read(tmp_path, "x.txt", TEXT))
    reading = read(tmp_path, "x.txt", TEXT.replace("Territoire", "Territ\u043eire"))  # a Cyrillic o
    assert len(awards(reading)) == 1
    assert "unusual-label" in codes(reading)


@pytest.mark.parametrize("content", [b"a\x00b", b"\x00" * 100, bytes(range(256)) * 50, b"\x01\x02" * 500])
@pytest.mark.parametrize("name", ["x.txt", "x.csv", "x.md"])
def test_what_is_not_text_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(SourceError):
        awards(read(tmp_path, name, content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.txt", b"a" * 50_000_000),
        ("x.txt", b"a\n" * 40_000_000),
        ("x.csv", b"a" * 50_000_000),
        ("x.csv", b";".join([b"a"] * 500_000)),
        ("x.csv", b"a;b;c"),
        ("x.csv", "Porteur;Projet\nA;B\n".encode("utf-16") + b"\xb0\xde\xb0\xde"),
        ("x.csv", b""),
        ("x.json", b"[" * 1_000_000),
        ("x.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
        ("x.json", b"3"),
        ("x.xlsx", b"not a zip"),
        ("x.ods", b"PK\x03\x04 damaged"),
        ("x.xyz", b"x"),
    ],
)
def test_too_much_or_nothing_is_a_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(SourceError):
        awards(read(tmp_path, name, content))


def zipped(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize("name", ["x.xlsx", "x.ods"])
def test_bombs_and_entities_are_refused(tmp_path: Path, name: str) -> None:
    bomb = zipped("content.xml", b"\x00" * 60_000_000)
    with pytest.raises(SourceError, match="bomb"):
        awards(read(tmp_path, name, bomb))
    entities = zipped("content.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>')
    with pytest.raises(SourceError, match="entities"):
        awards(read(tmp_path, name, entities))


@pytest.mark.parametrize("name", ["x.xlsx", "x.ods", "x.docx"])
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_an_archive_with_any_byte_damaged_is_read_or_refused(tmp_path: Path, name: str, data: st.DataObject) -> None:
    whole = bytearray(zipped("content.xml", b"<x>" + b"<y>some text</y>" * 40 + b"</x>"))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=1, max_size=4)):
        whole[place] = data.draw(st.integers(0, 255))
    with suppress(SourceError):
        awards(read(tmp_path, name, bytes(whole)))


LAYOUT = layout.load("pic")
ALPHABET = st.one_of(
    st.text(max_size=30), st.sampled_from(TEXT.split("\n")), st.sampled_from(["Public : 12 jeunes", "1", "- a", "AAP"])
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ALPHABET, max_size=25))
def test_any_text_is_read_without_an_exception_and_quoted_right(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = brochure.read(SourceText(text), LAYOUT)
    for award in found.awards:
        for span in (award.span, award.heading.span, award.title.span, *(p.span for p in award.description)):
            assert text[span.start : span.end] == span.exact
    assert found.coverage.understood <= found.coverage.lines
