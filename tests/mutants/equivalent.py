"""Mutants that differ from the reference in the domain, and are right all the same: exercise, mutant, the reason."""

from __future__ import annotations

EQUIVALENT: dict[str, dict[str, str]] = {}
