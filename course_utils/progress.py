"""A progress bar on standard output, quiet where nobody watches."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm


def quiet() -> bool:
    """Whether to show nothing: under pytest, and wherever COURSE_QUIET is set (stored notebooks, CI)."""
    return "COURSE_QUIET" in os.environ or "PYTEST_CURRENT_TEST" in os.environ


@contextmanager
def bar(total: int, unit: str) -> Iterator[tqdm]:
    """A bar over ``total`` units, gone when done; text on stdout, since stderr stays empty in a lesson.

    Args:
        total: how many units make the whole.
        unit: what is counted, such as ``"images"``.
    """
    with tqdm(
        total=total,
        unit=f" {unit}",
        file=sys.stdout,
        disable=quiet(),
        leave=False,
        unit_scale=True,
        bar_format="{percentage:3.0f}% |{bar:30}| {remaining} left, {rate_fmt}{postfix}",
    ) as shown:
        yield shown
