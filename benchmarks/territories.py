"""Accuracy, speed and load of the territorial links on names and misspellings made with a fixed seed.

    python benchmarks/territories.py [--names N] [--show N]

Official names are those of every vintage in the tables; each is misspelt in every way of `misspellings.py` and asked
with its département, with its région only, with another région (a national project), and without any context.
Beside it stands a peer: rapidfuzz's `extractOne` over the names of the same département, the usual short script.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Iterator

from misspellings import COMMUNES, EPCI
from rapidfuzz import fuzz, process, utils

from laurier.reconcile.accuracy import Case, Tally, judge, measure
from laurier.reconcile.gazetteer import PARTS, Gazetteer
from laurier.reconcile.territory import Context, link

SEED = 20260101
OTHER_REGION = "28", "94"


def official(gazetteer: Gazetteer) -> list[Case]:
    """Every name of every unit in force in a vintage 2019-2026, with its département."""
    found = {}
    for position, entry in enumerate(gazetteer.entries):
        if entry.end and entry.end <= "2019-01-01":
            continue
        departement = entry.departement
        if entry.kind in ("epci", "ept"):
            departement = (gazetteer.describe(position).departements or ("",))[0]
        elif entry.kind == "departement":
            departement = entry.code
        found[entry.name, entry.kind, departement, entry.code] = None
    return [Case(*key) for key in found]


def misspelt(cases: list[Case], draw: random.Random) -> Iterator[tuple[str, Case]]:
    for case in cases:
        for label, spell in (EPCI if case.kind in ("epci", "ept") else COMMUNES).items():
            name = spell(case.name, draw)
            if name and name != case.name:
                yield label, Case(name, case.kind, case.departement, case.code)


def contexts(case: Case, gazetteer: Gazetteer) -> dict[str, Context]:
    region = gazetteer.region_of(case.departement) or None
    other = next(code for code in OTHER_REGION if code != region)
    return {
        "departement": Context(departement=case.departement),
        "region": Context(region=region),
        "other region": Context(region=other),
        "none": Context(),
    }


def table(title: str, tallies: dict[str, Tally]) -> None:
    print(f"\n{title:<28}{'names':>9}{'right %':>10}{'heir %':>9}{'abstain %':>11}{'wrong %':>10}")
    for label, tally in tallies.items():
        shares = "".join(
            f"{tally.share(name):>{w}.3f}" for name, w in (("right", 10), ("heir", 9), ("abstained", 11), ("wrong", 10))
        )
        print(f"{label:<28}{tally.total:>9}{shares}")


def misspellings(gazetteer: Gazetteer, cases: list[Case], show: int) -> None:
    draw = random.Random(SEED)
    by_label: dict[str, dict[str, Tally]] = {}
    by_context: dict[str, Tally] = {}
    shown: dict[str, list[str]] = {}
    spent: dict[str, float] = {}
    asked = list(misspelt(cases, draw))
    for label, case in asked:
        for name, context in contexts(case, gazetteer).items():
            begun = time.process_time()
            segments = link(case.name, context, gazetteer)
            spent[name] = spent.get(name, 0.0) + time.process_time() - begun
            outcome, codes = judge(case, segments, gazetteer)
            for tally in (
                by_context.setdefault(name, Tally()),
                by_label.setdefault(name, {}).setdefault(label, Tally()),
            ):
                setattr(tally, outcome, getattr(tally, outcome) + 1)
            if outcome == "wrong":
                shown.setdefault(name, []).append(
                    f"    {label}: {case.name!r} ({case.kind} {case.code}) -> {codes} [{segments[0].method}]"
                )
    for name, labels in by_label.items():
        table(f"context: {name}", dict(sorted(labels.items())))
        print(f"{len(asked) / spent[name]:,.0f} mentions/s")
        print("\n".join(shown.get(name, [])[:show]))
    everything = Tally()
    for tally in by_context.values():
        for outcome in ("right", "heir", "abstained", "wrong"):
            setattr(everything, outcome, getattr(everything, outcome) + getattr(tally, outcome))
    table("all misspellings", {**by_context, "all contexts": everything})


def peer(gazetteer: Gazetteer, cases: list[Case]) -> None:
    """rapidfuzz over the names of the département, score 90 as in usual scripts."""
    draw = random.Random(SEED)
    communes = [case for case in cases if case.kind == "commune"]
    choices: dict[str, dict[str, str]] = {}
    for entry in gazetteer.entries:
        if entry.kind == "commune" and not entry.end:
            choices.setdefault(entry.departement, {})[entry.code] = utils.default_process(entry.name)
    tally, begun, count = Tally(), time.process_time(), 0
    for _, case in misspelt(communes, draw):
        found = process.extractOne(
            utils.default_process(case.name), choices.get(case.departement, {}), scorer=fuzz.ratio, score_cutoff=90
        )
        count += 1
        outcome = "abstained" if found is None else "right" if found[2] == case.code else "wrong"
        setattr(tally, outcome, getattr(tally, outcome) + 1)
    table("peer, communes, departement", {"rapidfuzz.extractOne >= 90": tally})
    print(f"{count / (time.process_time() - begun):,.0f} mentions/s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=3000, help="communes whose names are misspelt")
    parser.add_argument("--show", type=int, default=0, help="wrong links to print for each context")
    options = parser.parse_args()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    gazetteer = Gazetteer.load()
    seconds = time.process_time() - begun
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"loading: {seconds:.2f} s, {added:.0f} MB of resident memory added")
    cases = official(gazetteer)
    print("\nofficial names of every vintage, with their département, without the kind")
    print("\n".join(measure(cases, gazetteer, hint=False).lines()))
    print("\nthe same, with the kind")
    report = measure(cases, gazetteer)
    print("\n".join(report.lines()))
    for case, codes in report.shown[: options.show]:
        print(f"    {case} -> {codes}")
    draw = random.Random(SEED)
    communes = [case for case in cases if case.kind == "commune"]
    sample = draw.sample(communes, min(options.names, len(communes)))
    sample += draw.sample([c for c in cases if c.kind in PARTS[:2]], options.names // 20)
    sample += [case for case in cases if case.kind == "epci"]
    misspellings(gazetteer, sample, options.show)
    peer(gazetteer, sample)


if __name__ == "__main__":
    main()
