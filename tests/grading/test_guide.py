"""The guide's table of what the grader withstands names tests and submissions that exist."""

import re
from pathlib import Path

from .conftest import CATALOGUE
from .notebooks import ROOT


def _table():
    """The rows of the table, as (kind, what happens, names of its proofs)."""
    text = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
    section = text.partition("## What it withstands")[2].partition("\n## ")[0]
    rows = [row.strip("|").split("|") for row in section.splitlines() if row.startswith("| ")][1:]
    return [(kind.strip(), says.strip(), re.findall(r"`([\w-]+)`", proof)) for kind, says, proof in rows]


def test_every_kind_has_a_proof_that_exists():
    tests = {
        name
        for path in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(_table()) >= 20
    for kind, _, proofs in _table():
        assert proofs, kind
        for name in proofs:
            assert name in (tests if name.startswith("test_") else CATALOGUE), (kind, name)
