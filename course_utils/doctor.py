"""Checks that a machine is ready for the course; each answer is a sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One check: whether it went well, and what to say."""

    ok: bool
    says: str


def _python() -> str:
    return f"Python {sys.version.split()[0]}"  # pip refuses anything older than 3.11


def _torch_pair() -> str:
    import torch

    try:
        import torchvision
    except Exception as error:
        raise RuntimeError(
            f"torch {torch.__version__} and the installed torchvision do not fit together ({error}); "
            f"install both from the same place, as requirements.txt pins them."
        ) from error
    return f"torch {torch.__version__} and torchvision {torchvision.__version__} import together"


def _bundled_data() -> str:
    from . import data

    counts = [
        f"{name} {len(data.load(name, split, dtype=data.torch.uint8)[1]):,} {split}"
        for name in data.CLASS_NAMES
        for split in ("train+validation", "test")
    ]
    return "bundled data intact: " + ", ".join(counts)


def _cache() -> str:
    from . import data

    return f"torchvision reads the data from {data.torchvision_root()}"


def grading() -> str:
    """How far the wall goes behind which ``course grade`` runs submissions; students need none."""
    try:
        from .grading.jail import selftest

        return f"for instructors: {selftest.on_this_machine().says}"
    except Exception as error:
        return f"for instructors: the wall could not be tried ({error})"


def _try(check: Callable[[], str]) -> Result:
    try:
        return Result(True, check())
    except Exception as error:
        return Result(False, str(error))


def examine() -> list[Result]:
    """Run every check; none raises."""
    return [_try(check) for check in (_python, _torch_pair, _bundled_data, _cache)]
