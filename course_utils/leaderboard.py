"""The local page of results: what the reports printed, converted; the course's cards; results files that stand."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from html import escape
from pathlib import Path

from . import capstone, checkpoints
from .checkpoints.comparison import families

HEAD = ("who", "model", "−ELBO", "runs", "IWAE", "active units", "test images")
_TITLE = "Results, nats per image"
_NOTE = (
    "Grey MNIST, binary cross-entropy plus KL; less is better. A report's number is one run, converted, as it was "
    "chosen. Numbers on fewer than 10,000 images are of the first of them: compare only rows with as many. An IWAE "
    "bound is another quantity than the −ELBO of another row."
)


@dataclass(frozen=True)
class Row:
    """One line of the page, in the order of ``HEAD``; what is not known is empty."""

    who: str
    model: str
    nats: float
    runs: str
    iwae: str
    active_units: str
    images: str

    def cells(self) -> tuple[str, ...]:
        """Its texts."""
        return tuple(f"{cell:.2f}" if isinstance(cell, float) else cell for cell in astuple(self))


def known() -> list[Row]:
    """Rows of the reports and of the course's cards."""
    found = []
    for name, cards in families(map(checkpoints.card, checkpoints.names())).items():
        first, nats = cards[0], [card.test for card in cards]
        active = _range([card.active_units for card in cards])
        mean = statistics.mean(nats)
        found.append(Row("course", f"{name}: {first.says}", mean, _runs(nats), "", active, "10,000"))
        if first.reported is not None and first.reported not in (row.nats for row in found):
            told = f"{first.rows[0]}, which {name} rebuilds"
            found.append(Row(f"Report {first.rows[0][0]}", told, first.reported, "1, as reported", "", "", "10,000"))
    return found


def handed_in(files: Iterable[Path]) -> tuple[list[Row], list[str]]:
    """Rows of the results files that stand, and for each of the others a sentence."""
    found, refused = [], []
    for path in files:
        name = f"{path.parent.name}/{path.stem}"
        if against := capstone.review(path):
            refused.append(f"{name}: {against[0]}")
            continue
        results = capstone.read(path)
        for model in results.models:
            iwae = f"{statistics.mean(run.iwae for run in model.runs):.2f} ({results.samples} draws)"
            active = _range([run.active_units for run in model.runs])
            what = f"{results.row}, {model.name}"
            nats = statistics.mean(model.nats)
            found.append(Row(name, what, nats, _runs(model.nats), iwae, active, f"{results.images:,}"))
    return found, refused


def _runs(nats: Sequence[float]) -> str:
    """How many runs, and their spread."""
    return f"{len(nats)}, ± {statistics.stdev(nats):.2f}" if len(nats) > 1 else "1"


def _range(counts: Sequence[int]) -> str:
    least, most = min(counts), max(counts)
    return str(least) if least == most else f"{least} to {most}"


def markdown(rows: Iterable[Row], refused: Iterable[str] = ()) -> str:
    """The page in Markdown, best row first."""
    table = [HEAD, tuple("---" for _ in HEAD), *(row.cells() for row in sorted(rows, key=lambda row: row.nats))]
    lines = ["| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |" for cells in table]
    return "\n".join([f"# {_TITLE}", "", _NOTE, "", *lines, *(f"\n{line}" for line in _unranked(refused))]) + "\n"


def html(rows: Iterable[Row], refused: Iterable[str] = ()) -> str:
    """The page in HTML, best row first; it needs nothing from anywhere else."""
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row.cells())}</tr>\n"
        for row in sorted(rows, key=lambda row: row.nats)
    )
    head = "".join(f"<th scope='col'>{escape(cell)}</th>" for cell in HEAD)
    style = (
        ":root{color-scheme:light dark}body{font:16px/1.45 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
        "td,th{text-align:left;padding:3px 10px;border-bottom:1px solid #8888}td:nth-child(3){text-align:right}"
    )
    rest = "".join(f"<p>{escape(line)}</p>" for line in _unranked(refused))
    return (
        f"<!doctype html>\n<html lang='en'><meta charset='utf-8'><title>{_TITLE}</title><style>{style}</style>\n"
        f"<h1>{_TITLE}</h1>\n<p>{_NOTE}</p>\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n"
        f"</table>\n{rest}</html>\n"
    )


def _unranked(refused: Iterable[str]) -> list[str]:
    """What follows the table: files that do not stand, and why."""
    return [f"Not ranked. {sentence}" for sentence in refused]
