"""The options of ``course grade``, as the command line explains them; imports nothing heavy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .intake import layouts

Submissions = Annotated[Path, typer.Argument(help="Folder or zip file with the notebooks.")]
Out = Annotated[Path, typer.Option(help="Folder for the results, kept from run to run.")]
Roster = Annotated[
    Path | None, typer.Option(help="CSV file of the class, your own or the platform's export; everyone gets a line.")
]
Layout = Annotated[
    layouts.Layout | None, typer.Option(help="What names the student, where the files do not make it clear.")
]
Mapping = Annotated[Path | None, typer.Option(help="CSV file of files and students, as --dry-run writes it.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only find out whose each file is; write mapping.csv.")]
Lesson = Annotated[str | None, typer.Option(help="Two digits; default: every lesson that is found.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Default: one per core.")]
Secret = Annotated[Path | None, typer.Option(help="The class secret; default: one is made in --out.")]
Seconds = Annotated[float, typer.Option(min=0.1, help="Time for one exercise.")]
Memory = Annotated[int, typer.Option(min=100, help="MiB for one process of a submission.")]
Manual = Annotated[Path | None, typer.Option(help="CSV file of marks given by hand; they stay.")]
Capstone = Annotated[float, typer.Option(min=0, help="Points of a capstone that stands, beside lesson 14's exercises.")]
Canvas = Annotated[Path | None, typer.Option(help="Canvas's gradebook export; a filled-in copy is made.")]
CanvasColumn = Annotated[str | None, typer.Option(help="The heading of its column, a part of it, or its number.")]
Moodle = Annotated[Path | None, typer.Option(help="Moodle's grading worksheet; a filled-in copy is made.")]
Gradescope = Annotated[bool, typer.Option("--gradescope", help="Write a results.json for each submission.")]
Oral = Annotated[
    int | None, typer.Option(help="Any number: write oral.html, three questions for each student; it draws which.")
]
Dask = Annotated[str | None, typer.Option(help="Address of a Dask cluster to grade on.")]
Trust = Annotated[bool, typer.Option("--trust-submissions", help="Grade without a wall.")]
