"""Recipes that lessons, checkpoints and benchmarks share."""

from __future__ import annotations

from .schedules import OneCycle
from .training import Recipe

REPORT_E = Recipe(epochs=50, batch=64, lr=1e-3)
"""Report E's: Adam at 1e-3, batches of 64, 50 epochs."""

COURSE = Recipe(epochs=9, batch=128, optimizer="muon", lr=5e-3, betas=(0.9, 0.99), lr_schedule=OneCycle(), clip=10.0)
"""The course's, for models with an LSTM encoder: start from :func:`course_utils.initialisation.initialise`."""
