"""Results as small tables: HTML whose heads a screen reader says with each cell, the same words in a plain terminal."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from IPython.display import display


def show(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Display a table.

    Args:
        heads: what each column holds, with its unit.
        rows: as many cells each; the first names the row. Numbers are written as they shall be read (``f"{x:.2f}"``)
            and stand at the right where a column has nothing else; an empty text is a cell without a value.

    Raises:
        ValueError: for a row with more or fewer cells than there are heads.
    """
    texts = [[str(cell) for cell in row] for row in rows]
    if wrong := next((row for row in texts if len(row) != len(heads)), None):
        raise ValueError(f"A row has {len(wrong)} cells under {len(heads)} heads: {wrong}.")
    right = [all(_is_number(row[i]) for row in texts) for i in range(len(heads))]
    display({"text/html": _html(heads, texts, right), "text/plain": _text(heads, texts, right)}, raw=True)


def _is_number(cell: str) -> bool:
    return not cell or cell.lstrip("+-−").startswith(tuple("0123456789")) or cell.lstrip("+-−") == "inf"


def _html(heads: Sequence[str], rows: list[list[str]], right: list[bool]) -> str:
    def row(cells: Sequence[str], tags: Sequence[str]) -> str:
        return "".join(
            f"<{tag} style='text-align:{'right' if at_right else 'left'};font-variant-numeric:tabular-nums'>"
            f"{html.escape(cell, quote=False)}</{tag.split()[0]}>"
            for cell, tag, at_right in zip(cells, tags, right, strict=True)
        )

    body = "".join(f"<tr>{row(cells, ['th scope=row', *['td'] * (len(cells) - 1)])}</tr>" for cells in rows)
    return f"<table><thead><tr>{row(heads, ['th scope=col'] * len(heads))}</tr></thead><tbody>{body}</tbody></table>"


def _text(heads: Sequence[str], rows: list[list[str]], right: list[bool]) -> str:
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    lines = (
        "  ".join(
            cell.rjust(width) if at_right else cell.ljust(width)
            for cell, width, at_right in zip(cells, widths, right, strict=True)
        )
        for cells in (heads, *rows)
    )
    return "\n".join(line.rstrip() for line in lines)
