"""The commands ``course bench ...``: each measures, prints its table, and keeps a record of a whole run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..checkout import root

if TYPE_CHECKING:  # they import torch, which `course --help` does not wait for
    from .lessons import Waiting
    from .machine import Machine
    from .records import Shown

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Measure, on this machine.")

Quick = Annotated[bool, typer.Option("--quick", help="One seed instead of three; replaces no stored record.")]
Out = Annotated[Path | None, typer.Option(help="Folder to write to, in place of benchmarks/.")]


def _here(bfloat16: bool | None = None) -> Machine:
    """This machine and this commit: asked before a run, because the checkout may move on meanwhile."""
    from . import machine

    return machine.describe(root(), bfloat16)


def _keep(
    benchmark: str, here: Machine, result: Any, shown: Shown, whole: bool = True, out: Path | None = None
) -> None:
    """Print a result's table, keep it as :func:`course_utils.bench.records.keep` does, and say where."""
    from . import records

    record = records.Record(machine=here, result=result)
    typer.echo(records.text(record, shown.table))
    folder = records.keep(root(), benchmark, record, shown, whole, out)
    typer.echo(
        f"Written to {folder}."
        if folder
        else "No record was replaced, because this was not a whole run that passed; --out FOLDER keeps such a one."
    )


@app.command("train")
def train(quick: Quick = False, out: Out = None) -> None:
    """Race Report E's recipe, the course's on the same model, and the course's on an open one."""
    from . import race, records

    here, result = _here(), race.run(root() / "benchmarks", seeds=1 if quick else 3)
    _keep("train", here, result, records.Shown(race.table, race.headline, race.picture), not quick, out)


@app.command("peers")
def peers(quick: Quick = False, out: Out = None) -> None:
    """Race the course's recipe against those that students would otherwise run; installs pythae beside benchmarks/."""
    from . import peers as race
    from . import records

    here, result = _here(), race.run(root() / "benchmarks", seeds=1 if quick else 3)
    _keep("peers", here, result, records.Shown(race.table, picture=race.picture), not quick, out)


@app.command("ablations")
def ablations(quick: Quick = False, out: Out = None) -> None:
    """Train Report E's model with one part of the course's recipe taken away at a time."""
    from . import ablations as rows
    from . import records

    here, result = _here(), rows.run(seeds=1 if quick else 3)
    _keep("ablations", here, result, records.Shown(rows.table), not quick, out)


@app.command("grade")
def grade(
    quick: Annotated[bool, typer.Option("--quick", help="A tenth of the submissions; replaces no record.")] = False,
    out: Out = None,
) -> None:
    """Grade copies of a solved lesson behind the wall, and let nbgrader grade some of them; needs the test extra."""
    from . import grading, records

    here, result = _here(), grading.run(root(), quick)
    _keep("grade", here, result, records.Shown(grading.table), not quick, out)


@app.command("lessons")
def lessons(
    numbers: Annotated[list[str] | None, typer.Argument(help="Lesson numbers, such as 05; default: all.")] = None,
    out: Out = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last run that did not end well.")] = False,
) -> None:
    """Execute every lesson, untouched and solved, and say how long a reader waits and how much memory it takes.

    Where the CPU has bfloat16, once with it and once without.
    """
    from . import lessons as reading

    known = reading.numbers(root())
    chosen = [number.zfill(2) for number in numbers or known]
    if unknown := sorted(set(chosen) - set(known)):
        raise typer.BadParameter(f"There is no lesson {', '.join(unknown)}: give some of {', '.join(known)}.")
    if numbers and resume:
        raise typer.BadParameter("--resume goes on with a run of all lessons: give no numbers beside it.")
    ended_well = False
    try:
        ended_well = all([_read(chosen, not numbers, *way, out, resume) for way in _ways()])
    finally:  # interrupted, too
        if not numbers and not ended_well:
            typer.echo("What was measured is kept: `course bench lessons --resume` measures what is missing.")
    if not ended_well:
        raise typer.Exit(1)
    if not numbers:
        for path in _kept().glob("lessons*.json"):
            path.unlink()


def _read(
    chosen: list[str], every: bool, bfloat16: bool, environment: dict[str, str], out: Path | None, resume: bool
) -> bool:
    """Measure lessons one way, with bfloat16 or without; whether all of them ran to their end."""
    from . import lessons as reading
    from . import records

    here, done = _unfinished(_here(bfloat16), resume)
    result: list[Waiting] = []
    for waiting in reading.run(root(), chosen, environment, done):
        typer.echo(reading.says(waiting))
        result.append(waiting)
        if every:
            records.save(_kept(), "lessons", records.Record(machine=here, result=result))
    ended_well = not any(waiting["failed"] for waiting in result)
    _keep("lessons", here, result, records.Shown(reading.table), every and ended_well, out)
    return ended_well


def _kept() -> Path:
    """Folder with what a whole run of the lessons has measured so far; it is emptied when all has ended well."""
    return root() / "build" / "bench"


def _unfinished(here: Machine, resume: bool) -> tuple[Machine, list[Waiting]]:
    """Machine and notebooks of the run to go on with; this machine and none where there is nothing to go on with."""
    from . import records

    try:
        record = records.load(_kept(), "lessons", here["bfloat16"]) if resume else None
    except FileNotFoundError:
        record = None
    if record is None:
        return here, []
    if {**record["machine"], "date": ""} != {**here, "date": ""}:
        typer.echo(f"Starting afresh, because the last run was of another machine or commit ({record['machine']}).")
        return here, []
    return record["machine"], record["result"]


@app.command("suite")
def suite(out: Out = None) -> None:
    """Run README's test command and say where its processor time goes; where the CPU has bfloat16, without it, too."""
    from . import records
    from . import suite as whole

    failed = False
    for bfloat16, environment in _ways():
        here, result = _here(bfloat16), whole.run(root(), environment)
        failed |= result["status"] != 0
        _keep("suite", here, result, records.Shown(whole.table), result["status"] == 0, out)
    raise typer.Exit(int(failed))


def _ways() -> list[tuple[bool, dict[str, str]]]:
    """(whether with bfloat16, environment that makes it so): both ways where this CPU has it."""
    from ..engine.precision import has_bfloat16
    from .machine import HELD_OFF

    return [(True, {}), (False, HELD_OFF)] if has_bfloat16() else [(False, {})]
