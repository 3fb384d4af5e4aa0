"""Trained models that ship with the course, each with a card that says how it was made and what it reaches."""

from .comparison import comparison
from .store import Card, CheckpointError, card, load, names

__all__ = ["Card", "CheckpointError", "card", "comparison", "load", "names"]
