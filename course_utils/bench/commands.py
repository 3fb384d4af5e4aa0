"""The commands ``course bench ...``: each measures, prints its table, and keeps a record of a whole run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ..checkout import root

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Measure, on this machine.")

Quick = Annotated[bool, typer.Option("--quick", help="One seed instead of three; replaces no stored record.")]
Out = Annotated[Path | None, typer.Option(help="Folder to write to, in place of benchmarks/.")]


def _keep(
    benchmark: str,
    result: Any,
    table: Callable[[Any], str],
    picture: Callable[[Any, Path], None] | None = None,
    whole: bool = True,
    out: Path | None = None,
    bfloat16: bool | None = None,
) -> None:
    """Print a result's table, and keep it as :func:`course_utils.bench.records.keep` does."""
    from . import machine, records

    record = records.Record(machine=machine.describe(root(), bfloat16), result=result)
    typer.echo(records.keep(root(), benchmark, record, table, picture, whole, out))


@app.command("train")
def train(quick: Quick = False, out: Out = None) -> None:
    """Race Report E's recipe, the course's on the same model, and the course's on an open one."""
    from . import race

    result = race.run(root() / "benchmarks", seeds=1 if quick else 3)
    _keep("train", result, race.table, race.picture, not quick, out)


@app.command("peers")
def peers(quick: Quick = False, out: Out = None) -> None:
    """Race the course's recipe against those that students would otherwise run; installs pythae beside benchmarks/."""
    from . import peers as race

    result = race.run(root() / "benchmarks", seeds=1 if quick else 3)
    _keep("peers", result, race.table, race.picture, not quick, out)


@app.command("ablations")
def ablations(quick: Quick = False, out: Out = None) -> None:
    """Train Report E's model with one part of the course's recipe taken away at a time."""
    from . import ablations as rows

    _keep("ablations", rows.run(seeds=1 if quick else 3), rows.table, None, not quick, out)


@app.command("grade")
def grade(
    quick: Annotated[bool, typer.Option("--quick", help="A tenth of the submissions; replaces no record.")] = False,
    out: Out = None,
) -> None:
    """Grade copies of a solved lesson behind the wall, and let nbgrader grade some of them; needs the test extra."""
    from . import grading

    _keep("grade", grading.run(root(), quick), grading.table, None, not quick, out)


@app.command("lessons")
def lessons(
    numbers: Annotated[list[str] | None, typer.Argument(help="Lesson numbers, such as 05; default: all.")] = None,
    out: Out = None,
) -> None:
    """Execute every lesson, untouched and solved, and say how long a reader waits and how much memory it takes.

    Where the CPU has bfloat16, once with it and once without.
    """
    from . import lessons as reading

    failed = False
    for bfloat16, environment in _ways():
        result = []
        for found in reading.run(root(), numbers or [], environment):
            typer.echo(reading.says(found))
            result.append(found)
        failed |= any(found["failed"] for found in result)
        _keep("lessons", result, reading.table, None, not (numbers or failed), out, bfloat16)
    raise typer.Exit(int(failed))


@app.command("suite")
def suite(out: Out = None) -> None:
    """Run README's test command and say where its processor time goes; where the CPU has bfloat16, without it, too."""
    from . import suite as whole

    failed = False
    for bfloat16, environment in _ways():
        result = whole.run(root(), environment)
        failed |= result["status"] != 0
        _keep("suite", result, whole.table, None, result["status"] == 0, out, bfloat16)
    raise typer.Exit(int(failed))


def _ways() -> list[tuple[bool, dict[str, str]]]:
    """(whether with bfloat16, environment that makes it so): both ways where this CPU has it."""
    from ..cpu import has_bfloat16
    from .machine import HELD_OFF

    return [(True, {}), (False, HELD_OFF)] if has_bfloat16() else [(False, {})]
