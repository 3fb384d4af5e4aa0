"""Holding the numbers in a lesson's prose against what computes them."""

from pathlib import Path

import nbformat

SOLUTIONS = Path(__file__).parent.parent / "solutions"


def prose(lesson: str) -> str:
    """All markdown of a lesson (``"02"``), with the typographic minus as a plain one."""
    (path,) = SOLUTIONS.glob(f"{lesson}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown").replace("−", "-")


def states(lesson: str, printed: str, value: float) -> None:
    """Assert that the prose prints ``printed`` and that ``value`` rounds to it."""
    assert printed in prose(lesson), f"lesson {lesson} does not print {printed}"
    decimals = len(printed.partition(".")[2])
    assert f"{value:.{decimals}f}" == printed.replace(",", ""), f"{printed} is {value}"


def printed(lesson: str, cell_id: str) -> str:
    """What a cell of the executed lesson printed, tables too, as it is stored."""
    (path,) = SOLUTIONS.glob(f"{lesson}_*.ipynb")
    (cell,) = (cell for cell in nbformat.read(path, as_version=4).cells if cell.id == cell_id)
    texts = (output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)
    return "\n".join(texts)
