"""Mutated copies of a text of lines, each with its name: what scanning, copying and hands do to a document."""

from __future__ import annotations

import random
import re
import textwrap
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

SEED = 20210701


def mutated(text: str) -> Iterator[tuple[str, str]]:
    """Every mutated copy of a text, with its name."""
    lines = text.split("\n")
    filled = [at for at, line in enumerate(lines) if line.strip()]
    yield from _one_line(lines, filled)
    yield from _layout(text, lines, filled)
    yield from _characters(text)
    yield from _labels(text)
    yield from _pages(lines, filled)
    yield from _combined(text, lines, filled)


def _one_line(lines: list[str], filled: list[int]) -> Iterator[tuple[str, str]]:
    for at in filled:
        yield f"drop {at + 1}", "\n".join(lines[:at] + lines[at + 1 :])
        yield f"double {at + 1}", "\n".join(lines[: at + 1] + lines[at:])
    for at, after in pairwise(filled):
        swapped = list(lines)
        swapped[at], swapped[after] = lines[after], lines[at]
        yield f"swap {at + 1} {after + 1}", "\n".join(swapped)
        between = range(at + 1, after)
        if between:
            yield f"no blank before {after + 1}", "\n".join(lines[: at + 1] + lines[after:])
    for at in filled:
        words = lines[at].split()
        if len(words) > 1:
            cut = len(words) // 2
            halves = [" ".join(words[:cut]), " ".join(words[cut:])]
            yield f"cut {at + 1}", "\n".join([*lines[:at], *halves, *lines[at + 1 :]])
            yield f"cut apart {at + 1}", "\n".join([*lines[:at], halves[0], "", halves[1], *lines[at + 1 :]])


def _layout(text: str, lines: list[str], filled: list[int]) -> Iterator[tuple[str, str]]:
    for width in (50, 60, 70, 72, 80, 90, 100, 120):
        wrapped = [part for line in lines for part in (textwrap.wrap(line, width) or [""])]
        yield f"wrap {width}", "\n".join(wrapped)
        yield f"wrap {width}, no blank", "\n".join(line for line in wrapped if line.strip())
    yield "no blank lines", "\n".join(lines[at] for at in filled)
    yield "blank lines doubled", text.replace("\n\n", "\n\n\n")
    yield "lines doubled", text.replace("\n", "\n\n")
    yield "indented", "\n".join("    " + line for line in lines)
    yield "trailing spaces", "\n".join(line + "   " for line in lines)
    yield "ordinals glued", re.sub(r"(?m)^(\d)\n\n", r"\1 ", text)
    for mark in (". ", ") ", " - ", "° "):
        yield f"ordinals glued {mark!r}", re.sub(r"(?m)^(\d)\n\n", rf"\g<1>{mark}", text)
    yield "ordinals with a point", re.sub(r"(?m)^(\d)$", r"\1.", text)
    yield "ordinals with N°", re.sub(r"(?m)^(\d)$", r"N° \1", text)
    yield "no ordinals", re.sub(r"(?m)^\d\n\n", "", text)
    yield "bullets", re.sub(r"(?m)^- ", "• ", text)
    yield "bullets o", re.sub(r"(?m)^- ", "o ", text)
    yield "values on their own line", re.sub(r"(?m)^(Territoire|Public) : ", r"\1 :\n", text)


def _characters(text: str) -> Iterator[tuple[str, str]]:
    yield "nbsp", text.replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    yield "narrow nbsp", text.replace(" :", "\u202f:").replace("3 135 740 €", "3\u202f135\u202f740\u202f€")
    yield "curly", text.replace("'", "’")
    yield "nfd", unicodedata.normalize("NFD", text)
    yield "crlf", text.replace("\n", "\r\n")
    yield "cr", text.replace("\n", "\r")
    yield "tabs", text.replace(" : ", "\t:\t")
    yield "doubled spaces", text.replace(" ", "  ")
    yield "soft hyphens", text.replace("ement", "e\u00adment")
    yield "zero width", text.replace("Territoire", "Terri\u200btoire")
    yield "direction marks", text.replace("Territoire", "\u200eTerri\u202etoire").replace("Caen", "\u2066Caen\u2069")
    yield "ligatures", text.replace("ff", "\ufb00").replace("fi", "\ufb01")
    yield "no accents on capitals", "".join(unicodedata.normalize("NFD", c)[0] if c.isupper() else c for c in text)
    yield "no emoji", text.replace("🏆 ", "").replace("€ Budget", "Budget")
    yield "emoji everywhere", text.replace("Territoire", "📍 Territoire").replace("Public :", "👥 Public :")


def _labels(text: str) -> Iterator[tuple[str, str]]:
    yield "colon close", text.replace(" :", ":")
    yield "full-width colon", text.replace("Territoire :", "Territoire ：")
    yield "labels in capitals", text.replace("Territoire :", "TERRITOIRE :").replace("Public :", "PUBLIC :")
    yield "labels plural", text.replace("Territoire :", "Territoires :").replace("Public :", "Publics visés :")
    yield "labels (s)", text.replace("Territoire :", "Territoire(s) :").replace("Public :", "Public(s) :")
    yield "labels misspelt", text.replace("Territoire :", "Territiore :")
    yield "labels with a dash", text.replace("Territoire :", "Territoire –")
    yield "labels without colon", text.replace("Territoire : ", "Territoire ")
    yield "other labels", text.replace("Territoire :", "Périmètre :").replace("Date de démarrage", "Début")
    yield "unknown labels", text.replace("Public :", "Destinataires :")
    yield "unknown label once", text.replace("Public :", "Destinataires finaux :", 1)
    yield "no final points", re.sub(r"(?m)\.$", "", text)
    yield "status in capitals", text.replace("Projets en cours de réalisation", "PROJETS EN COURS DE RÉALISATION")
    yield "counts spelt", text.replace("6 Lauréats", "Six lauréats").replace("7 Lauréats", "Sept lauréats")
    yield "counts after", text.replace("🏆 6 Lauréats", "Nombre de lauréats : 6")
    yield "counts wrong", text.replace("7 Lauréats", "8 Lauréats")


def _pages(lines: list[str], filled: list[int]) -> Iterator[tuple[str, str]]:
    chance = random.Random(SEED)
    for trial in range(20):
        places = sorted(chance.sample(filled[3:], 4))
        paged: list[str] = []
        for at, line in enumerate(lines):
            if at in places:
                number = places.index(at) + 12
                paged += ["", str(number) if trial % 2 else f"Page {number}", ""]
            paged.append(line)
        yield f"page numbers {trial}", "\n".join(paged)
        footer = ["", "Plan d'investissement dans les compétences – Normandie", ""]
        footed = [part for at, line in enumerate(lines) for part in ([*footer, line] if at in places else [line])]
        yield f"footers {trial}", "\n".join(footed)


def _combined(text: str, lines: list[str], filled: list[int]) -> Iterator[tuple[str, str]]:
    chance = random.Random(SEED + 1)
    for trial in range(60):
        copy = list(lines)
        done = []
        for at in sorted(chance.sample(filled, 3), reverse=True):
            act = chance.choice(("drop", "double", "wrap", "noise"))
            done.append(f"{act} {at + 1}")
            if act == "drop":
                del copy[at]
            elif act == "double":
                copy.insert(at, copy[at])
            elif act == "wrap":
                copy[at : at + 1] = textwrap.wrap(copy[at], chance.randint(40, 90)) or [""]
            else:
                copy.insert(at, f"PIC 2021 | {chance.randint(1, 99)}")
        yield f"combined {trial}: {', '.join(done)}", "\n".join(copy)
