"""Settings: read from TOML, overridden by the command line, refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from laurier.errors import UsageError
from laurier.settings import Settings, load


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "laurier.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_need_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load() == Settings()


def test_a_file_then_the_command_line(tmp_path: Path) -> None:
    path = written(
        tmp_path, 'base = "https://a.example"\ndata = "d"\nservice_allow = ["b.example"]\n[limits]\nquery_seconds = 5\n'
    )
    settings = load(path, releases=Path("r"), base=None)
    assert settings.base == "https://a.example/"
    assert settings.data == tmp_path / "d"
    assert settings.releases == Path("r")
    assert settings.service_allow == ("b.example",)
    assert settings.limits.query_seconds == 5.0
    assert load(path, base="https://c.example/x/").base == "https://c.example/x/"


def test_port_zero_takes_a_free_one(tmp_path: Path) -> None:
    assert load(written(tmp_path, "port = 0\n")).port == 0


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("port = 65536", "from 0 to 65535"),
        ("port = -1", "from 0 to 65535"),
        ("base = ", "not valid TOML"),
        ('colour = "red"', "colour"),
        ("workers = true", "workers"),
        ('workers = "two"', "workers"),
        ("base = 3", "base"),
        ("[limits]\nqueue = [1]", "queue"),
        ("[limits]\nfoo = 1", "foo"),
        ("limits = 3", "limits"),
        ('base = "data.example.org"', "base IRI"),
        ('base = "https://x.example/a b/"', "base IRI"),
        ('base = "https://x.example/?q"', "base IRI"),
        ('base = "ftp://x.example/"', "base IRI"),
        ("\x00", "TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, culprit: str) -> None:
    with pytest.raises(UsageError, match=culprit) as caught:
        load(written(tmp_path, text))
    assert caught.value.say("fr") != caught.value.say("en")


def test_a_missing_file_that_was_asked_for_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        load(tmp_path / "absent.toml")
