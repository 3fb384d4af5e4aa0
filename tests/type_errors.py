"""``python -m tests.type_errors``: mypy finds no new error. Run by ``.ci/run``: it takes a minute."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ALLOWED = {"bench": 13, "exercises": 62, "grading": 13}
"""Folder of course_utils -> errors that mypy still finds there; they may fall, and none may come anywhere else."""


def too_many(said: str) -> list[str]:
    """Those of mypy's lines that belong to a folder with more errors than it may have."""
    by_folder: dict[str, list[str]] = {}
    for line in said.replace("\\", "/").splitlines():
        if " error: " in line:
            by_folder.setdefault(Path(line.partition(":")[0]).parts[1], []).append(line)
    return [line for folder, lines in by_folder.items() if len(lines) > ALLOWED.get(folder, 0) for line in lines]


def main() -> int:
    """Run mypy as pyproject.toml says; 1 where an error is new."""
    result = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False)
    found = too_many(result.stdout)
    print("\n".join([*found, result.stderr, result.stdout.splitlines()[-1]]).strip())
    return 1 if found or result.returncode not in (0, 1) else 0


if __name__ == "__main__":
    sys.exit(main())
