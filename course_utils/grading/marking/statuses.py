"""What can become of a submission, by name, the gravest first: no zero without one of these."""

from __future__ import annotations

GRADER_ERROR = "grader_error"
TAMPERING = "tampering_suspected"
UNREADABLE = "unreadable"
NOT_SUBMITTED = "not_submitted"
CRASHED = "crashed"
MEMORY = "memory"
TIMEOUT = "timeout"
TOO_MUCH_OUTPUT = "too_much_output"
LOOK = "to_be_looked_at"
WITH_NOTES = "graded_with_notes"
GRADED = "graded"

MEANING = {
    GRADER_ERROR: "The grader itself failed: there is no mark. Run the command again; if it stays, report it.",
    TAMPERING: "Something was written where only the grader writes. The points stand; please look at the notebook.",
    UNREADABLE: "The file is no notebook; the note says why.",
    NOT_SUBMITTED: "No notebook was found.",
    CRASHED: "The process ended in one of the exercises; the others were graded.",
    MEMORY: "One of the exercises asked for too much memory; the others were graded.",
    TIMEOUT: "One of the exercises ran out of time; the others were graded.",
    TOO_MUCH_OUTPUT: "One of the exercises printed without end; the others were graded.",
    LOOK: "One of the exercises needs what is not on the grading machine: it has no points, please look at it.",
    WITH_NOTES: "Graded; there is something to know.",
    GRADED: "Graded.",
}
"""Every status with what it means, the gravest first."""


def gravest(statuses: set[str]) -> str:
    """The status of a submission in which several things happened."""
    return next((status for status in MEANING if status in statuses), GRADED)
