"""A sentence of the course beside torch's own words, for the slips that an exercise knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .contract import Finding


def explained(findings: Iterable[Finding], remedies: Iterable[tuple[str, str]]) -> list[Finding]:
    """The findings; an exception without a cause gets that of the first remedy whose words it says.

    Args:
        findings: what the judge found.
        remedies: pairs of words of an exception and a sentence that helps.
    """
    known = tuple(remedies)

    def cause(finding: Finding) -> str:
        if finding.code != "raised" or finding.cause:
            return finding.cause
        return next((sentence for words, sentence in known if words in finding.says), "")

    return [replace(finding, cause=cause(finding)) for finding in findings]
