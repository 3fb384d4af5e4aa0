"""Exercises: ``check`` an answer, ask for a ``hint``, see your ``score``; ``expect`` what the lesson found."""

from .session import check, expect, hint, preview, score

__all__ = ["check", "expect", "hint", "preview", "score"]
