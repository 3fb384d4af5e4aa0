"""Sentences of an exercise's own beside an exception whose words mean one thing there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from .contract import Finding


def explained(findings: Iterable[Finding], remedies: Iterable[tuple[str, str]]) -> list[Finding]:
    """The findings; an exception gets the sentence of the first pattern that its words fit.

    Args:
        findings: what a verdict found.
        remedies: (pattern of the exception's words, cause): what only one slip can lead to in this exercise.
    """
    known = tuple(remedies)

    def cause(finding: Finding) -> str:
        return next((cause for words, cause in known if re.search(words, finding.says)), finding.cause)

    return [replace(finding, cause=cause(finding)) if finding.code == "raised" else finding for finding in findings]
