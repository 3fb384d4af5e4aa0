"""The ``course`` command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .bench.commands import app as bench
from .checkout import root as checkout
from .grading import arguments

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Make, run and look after the course."
)
app.add_typer(bench, name="bench")


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail on any difference.")] = False,
) -> None:
    """Make lessons/ from solutions/."""
    from .author import build as building

    root = checkout()
    try:
        lines = building.stale(root) if check else [f"wrote {p.relative_to(root)}" for p in building.build(root)]
    except building.BuildError as error:
        typer.echo(error)
        raise typer.Exit(1) from None
    typer.echo("\n".join(lines) or "lessons/ is up to date.")
    if check and lines:
        raise typer.Exit(1)


@app.command()
def tables(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail on any difference.")] = False,
) -> None:
    """Make docs/ERRATA.md, docs/MISCONCEPTIONS.md and docs/teaching/lessons.md from lessons and exercises."""
    from .author import pages
    from .author.solved import BuildError

    root = checkout()
    try:
        lines = pages.stale(root) if check else [f"wrote {path.relative_to(root)}" for path in pages.write(root)]
    except BuildError as error:
        typer.echo(error)
        raise typer.Exit(1) from None
    typer.echo("\n".join(lines) or "The tables in docs/ are up to date.")
    if check and lines:
        raise typer.Exit(1)


def _solutions(lessons: list[str] | None) -> list[Path]:
    """The solved notebooks of some lessons, or of all."""
    paths = sorted((checkout() / "solutions").glob("*.ipynb"))
    numbers = {path.name[:2] for path in paths}
    if unknown := set(lessons or ()) - numbers:
        raise typer.BadParameter(f"There is no lesson {', '.join(sorted(unknown))}: {', '.join(sorted(numbers))}.")
    return [path for path in paths if not lessons or path.name[:2] in lessons]


@app.command()
def run(
    lessons: Annotated[list[str] | None, typer.Argument(help="Lesson numbers, such as 02; default: all.")] = None,
) -> None:
    """Execute solved notebooks, store their outputs, then build the lessons."""
    from .author import execute
    from .author.solved import BuildError

    for path in _solutions(lessons):
        typer.echo(f"running {path.name}")
        try:
            execute.run(path)
        except BuildError as error:
            typer.echo(error)
            raise typer.Exit(1) from None
    build()


@app.command()
def figures(
    out: Annotated[Path, typer.Argument(help="Folder for the pictures and figures.md, the list of their alt texts.")],
    lesson: Annotated[list[str] | None, typer.Option(help="Two digits, once or more often; default: all.")] = None,
    svg: Annotated[bool, typer.Option("--svg", help="SVG as well: runs a copy of each lesson.")] = False,
) -> None:
    """Put the lessons' figures into a folder, for slides: PNG as stored, with --svg drawn anew as SVG too."""
    from .author import figures as drawing
    from .author.solved import BuildError

    paths = _solutions(lesson)
    try:
        for path in drawing.write(paths, out, svg):
            typer.echo(f"wrote {path}")
    except BuildError as error:
        typer.echo(error)
        raise typer.Exit(1) from None


@app.command()
def bundle(
    source: Annotated[Path, typer.Argument(help="Folder with mnist/ and fashion-mnist/, idx files as published.")],
) -> None:
    """Make the data that ships in the package from the published files."""
    from .author import bundle as bundling
    from .data import ASSETS

    bundling.build_bundle(source, ASSETS)
    typer.echo(f"wrote {ASSETS}")


@app.command()
def train(
    names: Annotated[list[str] | None, typer.Argument(help="Checkpoints, such as e or b-latent-2.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every checkpoint whose card is not up to date.")] = False,
) -> None:
    """Train checkpoints and store weights and cards; a long run that was stopped goes on from its last epoch."""
    from .checkpoints import classifiers, fits, gans, vaes
    from .checkpoints.store import Store

    kinds = (vaes.STORE, fits.STORE, gans.STORE, classifiers.STORE)
    stores: dict[str, Store] = {name: kind for kind in kinds for name in kind.plans}
    chosen = [name for name, store in stores.items() if not store.up_to_date(name)] if every else names or []
    if not set(chosen) <= set(stores) or not (chosen or every):
        raise typer.BadParameter(f"Give --all, or some of: {', '.join(stores)}.")
    for number, name in enumerate(chosen, 1):
        typer.echo(f"{number} of {len(chosen)}: {name}, {stores[name].plans[name].says}")
        card = stores[name].make(name, checkout() / "build" / "training")
        typer.echo(f"    {card.reaches()}, in {card.seconds} s")


@app.command()
def board(
    results: Annotated[Path, typer.Argument(help="Folder with results files of lesson 14 and their weights.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for board.html and board.md.")],
) -> None:
    """Rank results files beside the reports and the course's cards; their numbers are computed again."""
    from . import leaderboard
    from .files import write_whole

    rows, refused = leaderboard.handed_in(sorted(results.rglob("*.json")))
    for sentence in refused:
        typer.echo(sentence)
    for name, page in (("board.html", leaderboard.html), ("board.md", leaderboard.markdown)):
        write_whole(out / name, page([*leaderboard.known(), *rows], refused).encode())
        typer.echo(f"wrote {out / name}")


@app.command()
def grade(
    submissions: arguments.Submissions,
    out: arguments.Out,
    roster: arguments.Roster = None,
    layout: arguments.Layout = None,
    mapping: arguments.Mapping = None,
    dry_run: arguments.DryRun = False,
    lesson: arguments.Lesson = None,
    workers: arguments.Workers = None,
    secret: arguments.Secret = None,
    seconds: arguments.Seconds = 10.0,
    memory: arguments.Memory = 1500,
    manual: arguments.Manual = None,
    capstone: arguments.Capstone = 0.0,
    canvas: arguments.Canvas = None,
    canvas_column: arguments.CanvasColumn = None,
    moodle: arguments.Moodle = None,
    gradescope: arguments.Gradescope = False,
    oral: arguments.Oral = None,
    dask: arguments.Dask = None,
    trust: arguments.Trust = False,
) -> None:
    """Grade a class: notebooks of people one cannot vouch for, behind a wall; a gradebook comes out."""
    from .grading import command

    options = command.Options(
        submissions=submissions,
        out=out,
        handed_out=checkout() / "lessons",
        roster=roster,
        layout=layout,
        mapping=mapping,
        dry_run=dry_run,
        lesson=lesson,
        workers=workers,
        secret=secret,
        limits=command.Limits(seconds=seconds, memory=memory),
        wall=command.Wall.NONE if trust else command.Wall.NAMESPACES,
        manual=manual,
        capstone=capstone,
        canvas=canvas,
        canvas_column=canvas_column,
        moodle=moodle,
        gradescope=gradescope,
        oral=oral,
        dask=dask,
    )
    raise typer.Exit(command.grade_or_say_why(options, typer.echo))


@app.command()
def start(
    folder: Annotated[Path, typer.Argument(help="Where your lessons shall be; made if it is not there.")],
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only write the lessons.")] = False,
) -> None:
    """Write the lessons that a folder does not hold yet, and open JupyterLab on lesson 00."""
    from . import start as starting

    try:
        new = starting.write(folder)
    except OSError as error:
        typer.echo(error)
        raise typer.Exit(1) from None
    typer.echo(f"{folder}: {len(new)} new lessons; what was there is as it was.")
    if not no_browser:
        raise typer.Exit(starting.open_lab(folder))


@app.command()
def site(
    lessons: Annotated[list[str] | None, typer.Argument(help="Only these, such as 02, for a first look.")] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder for the pages.")] = Path("build/site"),
) -> None:
    """Make the static site from the solved lessons and the docs; needs pip install -e ".[site]"."""
    try:
        from .site import builder
    except ModuleNotFoundError as missing:
        typer.echo(f'{missing.name} is not installed: pip install -e ".[site]".')
        raise typer.Exit(1) from None

    wrong = builder.build(checkout(), out, lessons or ())
    typer.echo("\n".join([*wrong, f"wrote {out / 'index.html'}"]))
    if wrong:
        raise typer.Exit(1)


@app.command()
def doctor() -> None:
    """Say whether this machine is ready for the course, and what to do if not."""
    from . import doctor as checkup

    results = checkup.examine()
    for result in results:
        typer.echo(f"{'ok  ' if result.ok else 'FAIL'}  {result.says}")
    typer.echo(f"note  {checkup.grading()}")
    if not all(result.ok for result in results):
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
