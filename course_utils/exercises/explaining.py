"""Sentences of an exercise's own beside an exception whose words mean one thing there."""

from __future__ import annotations

import re

from .contract import Finding


def explained(findings: list[Finding], *remedies: tuple[str, str]) -> list[Finding]:
    """The findings; an exception gets the sentence of the first pattern that its words fit.

    Args:
        findings: what a verdict found.
        remedies: (pattern of the exception's words, cause); one that only one slip can lead to in this exercise.
    """
    return [_explained(finding, remedies) if finding.code == "raised" else finding for finding in findings]


def _explained(finding: Finding, remedies: tuple[tuple[str, str], ...]) -> Finding:
    cause = next((cause for words, cause in remedies if re.search(words, finding.says)), finding.cause)
    return Finding(finding.code, finding.says, cause)
