"""The ``course`` command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None,
                  help="Make, run and look after the course.")


def _root() -> Path:
    """The checkout that the command is run in.

    Raises:
        typer.BadParameter: where there is no solutions/ folder.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "solutions").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    raise typer.BadParameter("Run this inside a checkout of the course: no solutions/ folder was found here or above.")


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail on any difference.")] = False,
) -> None:
    """Make lessons/ from solutions/."""
    from . import build as building

    root = _root()
    try:
        lines = building.stale(root) if check else [f"wrote {p.relative_to(root)}" for p in building.build(root)]
    except building.BuildError as error:
        typer.echo(error)
        raise typer.Exit(1) from None
    typer.echo("\n".join(lines) or "lessons/ is up to date.")
    if check and lines:
        raise typer.Exit(1)


@app.command()
def run(
    lessons: Annotated[list[str] | None, typer.Argument(help="Lesson numbers, such as 02; default: all.")] = None,
) -> None:
    """Execute solved notebooks, store their outputs, then build the lessons."""
    from . import execute

    root = _root()
    for path in sorted((root / "solutions").glob("*.ipynb")):
        if not lessons or path.name[:2] in lessons:
            typer.echo(f"running {path.name}")
            execute.run(path)
    build()


@app.command()
def bundle(
    source: Annotated[Path, typer.Argument(help="Folder with mnist/ and fashion-mnist/, idx files as published.")],
) -> None:
    """Make the data that ships in the package from the published files."""
    from . import bundle as bundling
    from .data import ASSETS

    bundling.build_bundle(source, ASSETS)
    typer.echo(f"wrote {ASSETS}")


bench = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Measure, on this machine.")
app.add_typer(bench, name="bench")


@bench.command("train")
def bench_train(
    quick: Annotated[bool, typer.Option(help="One seed instead of three, in about two minutes.")] = False,
) -> None:
    """Race Report E's recipe and the course's on Report E's model; writes benchmarks/train.json and train.png."""
    from . import bench as benchmarks
    from .recipes import COURSE

    folder = _root() / "benchmarks"
    result = benchmarks.race(folder, seeds=1 if quick else 3, epochs=COURSE.epochs)
    (folder / "train.json").write_text(json.dumps(result, indent=1) + "\n")
    benchmarks.picture(result, folder / "train.png")
    typer.echo(benchmarks.table(result))


@app.command()
def doctor() -> None:
    """Say whether this machine is ready for the course, and what to do if not."""
    from . import doctor as checkup

    results = checkup.examine()
    for result in results:
        typer.echo(f"{'ok  ' if result.ok else 'FAIL'}  {result.says}")
    if not all(result.ok for result in results):
        raise typer.Exit(1)
