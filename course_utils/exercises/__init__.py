"""Exercises: ``check`` an answer, ask for a ``hint``, see your ``score``."""

from .session import check, hint, preview, score

__all__ = ["check", "hint", "preview", "score"]
