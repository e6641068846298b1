"""Any RDF file served as it is: where its pages are."""

from __future__ import annotations

from pathlib import Path

import pytest

from laurier.pipeline.wrap import base_of, wrapped
from laurier.settings import Settings


@pytest.mark.parametrize(
    ("subjects", "base", "told"),
    [
        (["https://autre.example/a", "https://autre.example/b", "http://rare.example/c"], "https://data.example.org/",
         "https://autre.example/"),
        (["https://autre.example/a", "https://data.example.org/x"], "https://data.example.org/", ""),
        (["https://autre.example/a"], "https://autre.example/", ""),
        (["urn:x:y", "_:b"], "https://data.example.org/", ""),
    ],
)  # fmt: skip
def test_the_base_that_gives_the_things_of_a_file_their_pages(
    subjects: list[str], base: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.nt"
    terms = (subject if subject.startswith("_:") else f"<{subject}>" for subject in subjects)
    path.write_text("".join(f'{term} <http://purl.org/dc/terms/title> "T" .\n' for term in terms), encoding="utf-8")
    settings = Settings(base=base)
    with wrapped(path, settings) as releases:
        assert base_of(releases, settings) == told
