"""Trained models that ship with the course, each with a card that says how it was made and what it reaches."""

from .store import CheckpointError
from .vaes import card, load, names

__all__ = ["CheckpointError", "card", "load", "names"]
