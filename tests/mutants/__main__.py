"""``python -m tests.mutants [ids]``: the kill rate of each exercise, and what survives."""

from __future__ import annotations

import argparse
import time

from course_utils.exercises import registry

from .running import SEEDS, mutants, refused_rewrites, tally


def main() -> int:
    """Print a table with a line for each exercise, and below it each survivor; 1 where there is one."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("ids", nargs="*", help="exercises, such as 2.4; none: all of them")
    parser.add_argument("--every", type=int, default=1, help="try only each so-manieth mutant")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="on how many seeds, the notebook's first")
    parser.add_argument(
        "--own", action="store_true", help="change the reference only, not the catalogue's right answers"
    )
    arguments = parser.parse_args()
    names = arguments.ids or [e.id for lesson in registry.lessons() for e in registry.of_lesson(lesson)]
    print(_row("exercise", "same", "alike", "refused", "excused", "survive", "rate", "seconds"))
    bad = 0
    for name in names:
        start = time.process_time()
        exercise, seeds = registry.find(name), SEEDS[: arguments.seeds]
        found = tally(exercise, list(mutants(exercise, not arguments.own))[:: arguments.every], seeds)
        rejected = refused_rewrites(exercise, seeds)
        took = time.process_time() - start
        counts = found.same, found.alike, found.refused, found.excused, len(found.survivors)
        print(_row(name, *counts, f"{found.rate:.1%}", f"{took:.1f}"), flush=True)
        for mutant, passed in found.survivors:
            where = "all seeds" if len(passed) == len(seeds) else f"seeds {', '.join(map(str, passed))}"
            print(f"         survives on {where}: {mutant.name}")
        for mutant, status in found.broken:
            print(f"         {status}: {mutant.name}")
        for rewrite, (status, seed, findings) in rejected:
            print(f"         right, and {status} on seed {seed}: {rewrite}: {[(f.code, f.says) for f in findings]}")
        bad += len(found.survivors) + len(found.broken) + len(rejected)
    return int(bad > 0)


def _row(*cells: object) -> str:
    return " ".join(f"{cell!s:>8}" for cell in cells)


if __name__ == "__main__":
    raise SystemExit(main())
