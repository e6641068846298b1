"""Hostile sources: a sentence and exit code 1 in bounded time and memory; nothing written, nothing reached for."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from estate import ROOT, Done, Estate, environment
from hostile import CASES, TOML, Files

WATCHED = Path(__file__).with_name("watched.py")
#: The one program that may be started: the reader of PDF, in a process of its own with limits of time and memory.
PROGRAM = f"subprocess.Popen ({sys.executable!r}, [{sys.executable!r}, '-m', 'laurier.sources.pdf_pages', "
#: Bounds of one refusal: processor time in seconds, address space in bytes.
SECONDS, MEMORY = 60, 3 << 30


def checked(folder: Path, files: Files) -> tuple[Done, list[str]]:
    """Runs `laurier check` on one hostile source; what it said, and what it reached for."""
    where = folder / "data" / "sources" / "hostile"
    where.mkdir(parents=True)
    for name, content in files.items():
        (where / name).write_bytes(content)
    return ran(folder)


def ran(folder: Path) -> tuple[Done, list[str]]:
    report = folder.parent / f"{folder.name}.json"

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    command = [sys.executable, str(WATCHED), str(report), str(folder), "--", "check"]
    command += ["--data", str(folder / "data"), "--releases", str(folder / "releases")]
    process = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=bounded,
        cwd=folder,
        env=environment(folder),
        timeout=600,
    )
    reached = json.loads(report.read_bytes()) if report.exists() else ["it ended without a word"]
    reached = [entry for entry in reached if not entry.startswith(PROGRAM)]
    return Done(process.returncode, process.stdout, process.stderr), reached


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "estate"
    done, reached = checked(folder, CASES[name]())
    assert done.sentence, done
    assert len(done.err) < 4000
    assert reached == []
    assert not any((folder / "releases").glob("[!.]*"))
    assert not list((folder / "releases").glob(".staging*"))


@pytest.mark.parametrize("what", ["document", "toml", "folder"])
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, what: str) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.txt").write_text("SECRET\n", encoding="utf-8")
    (secret / "source.toml").write_text(TOML.format(name="a.txt"), encoding="utf-8")
    sources = tmp_path / "estate" / "data" / "sources"
    sources.mkdir(parents=True)
    if what == "folder":
        (sources / "hostile").symlink_to(secret)
    else:
        (sources / "hostile").mkdir()
        for name in ("a.txt", "source.toml"):
            linked = (name == "a.txt") == (what == "document")
            (sources / "hostile" / name).symlink_to(secret / name) if linked else shutil.copy(
                secret / name, sources / "hostile" / name
            )
    done, reached = ran(tmp_path / "estate")
    assert done.sentence, done
    assert not any("secret" in entry for entry in reached)


DECISIONS = {
    "no text": b"\xff\xfe",
    "NUL": b"date,who,why,mention,place,source,unit,status\n\x00\n",
    "a header of another file": b"a,b\n1,2\n",
    "a quote never closed": b'date,who,why,mention,place,source,unit,status\n"' + b"x" * 100_000,
    "no date": b"date,who,why,mention,place,source,unit,status\nhier,a,b,,c,,aucune,\n",
    "a unit that is none": b"date,who,why,mention,place,source,unit,status\n2026-01-01,a,b,,c,,planete/../../x,\n",
    "a cell of 200 KB": b"date,who,why,mention,place,source,unit,status\n2026-01-01,"
    + b"a" * 200_000
    + b",b,,c,,aucune\n",
}


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize("file", ["decisions/territories.csv", "registry.csv"])
def test_a_damaged_memory_is_a_sentence_and_is_left_as_it_is(tmp_path: Path, name: str, file: str) -> None:
    estate = Estate.made(tmp_path / "estate")
    path = estate.data / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(DECISIONS[name])
    done, _ = ran(estate.folder)
    assert done.sentence, done
    assert path.read_bytes() == DECISIONS[name]


SETTINGS = {
    "no text": b"\xff",
    "no TOML": b"base = \n",
    "nested deeply": b"a = " + b"[" * 50_000,
    "another kind": b"workers = 'two'\n",
    "unknown": b"colour = 1\n",
    "a base that is none": b"base = 'javascript:alert(1)'\n",
    "a base with a line end": b'base = "https://a.example/\\r\\nX: y"\n',
    "limits that are none": b"limits = 3\n",
    "a limit below zero": b"[limits]\nquery_seconds = -1\n",
    "a limit that is no number": b"[limits]\nquery_seconds = nan\n",
    "no workers": b"workers = 0\n",
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / "laurier.toml"
    path.write_bytes(SETTINGS[name])
    command = [
        sys.executable,
        str(Path(__file__).with_name("faulty.py")),
        "none",
        "--",
        "--config",
        str(path),
        "verify",
    ]
    process = subprocess.run(
        command, check=False, capture_output=True, text=True, env=environment(tmp_path), timeout=120
    )
    assert process.returncode == 2, process
    assert "Traceback" not in process.stderr
    assert "laurier.toml" in process.stderr or "base" in process.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--why", " ", "Centre Manche", "aucune"),
        ("--why", "x", " ", "aucune"),
        ("--why", os.fsdecode(b"\xff"), "Centre Manche", "aucune"),
        ("--why", "x", "Centre Manche", "commune/\udcff"),
        ("--why", "x", "--status", "faux", "Centre Manche", "aucune"),
    ],
)
def test_a_decision_that_could_not_be_read_back_is_not_written(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "data").mkdir()
    done = Estate(tmp_path).run("decide", *arguments)
    assert done.code in (1, 2)
    assert "Traceback" not in done.err, done.err
    assert not (tmp_path / "data" / "decisions" / "territories.csv").exists()


def test_the_cases_are_more_than_a_few() -> None:
    assert len(CASES) > 20
    assert (ROOT / "src").is_dir()
