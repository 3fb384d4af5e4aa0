"""``python -m tests.mutants [ids]``: the kill rate of each exercise, and what survives."""

from __future__ import annotations

import argparse
import time

from course_utils.exercises import registry

from .running import SEEDS, tally


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
    print(f"{'exercise':>8} {'same':>6} {'alike':>6} {'refused':>8} {'survive':>8} {'rate':>7} {'seconds':>8}")
    bad = 0
    for name in names:
        start = time.process_time()
        found = tally(registry.find(name), SEEDS[: arguments.seeds], arguments.every, catalogued=not arguments.own)
        took = time.process_time() - start
        print(
            f"{name:>8} {found.same:>6} {found.alike:>6} {found.refused:>8} {len(found.survivors):>8} "
            f"{found.rate:>7.1%} {took:>8.1f}",
            flush=True,
        )
        for mutant, seeds in found.survivors:
            where = "all seeds" if len(seeds) == arguments.seeds else f"seeds {', '.join(map(str, seeds))}"
            print(f"         survives on {where}: {mutant.name}")
        for mutant, status in found.broken:
            print(f"         {status}: {mutant.name}")
        for rewrite, (status, seed, findings) in found.rejected:
            print(f"         right, and {status} on seed {seed}: {rewrite}: {[(f.code, f.says) for f in findings]}")
        bad += len(found.survivors) + len(found.broken) + len(found.rejected)
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
