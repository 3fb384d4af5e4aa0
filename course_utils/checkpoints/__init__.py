"""Trained models that ship with the course, each with a card that says how it was made and what it reaches."""

from .comparison import comparison
from .store import COMPARISON, Card, CheckpointError, card, load, names

__all__ = ["COMPARISON", "Card", "CheckpointError", "card", "comparison", "load", "names"]
