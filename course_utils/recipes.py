"""Recipes that lessons, checkpoints and benchmarks share."""

from __future__ import annotations

from dataclasses import replace

from .schedules import OneCycle, WarmUp
from .training import Recipe

COURSE = Recipe(
    epochs=8,
    batch=256,
    optimizer="muon",
    lr=3e-2,
    muon_lr=0.03,
    betas=(0.9, 0.99),
    bfloat16=True,
    lr_schedule=OneCycle(warmup=0.02, final=0.0),
    kl_weight=WarmUp(until=0.05),
    clip=100.0,
)
"""The course's, for models with an LSTM encoder: start from :func:`course_utils.initialisation.initialise`."""

OPEN = replace(COURSE, epochs=7)
"""The same for :func:`course_utils.vae.course_model`, which needs fewer epochs."""
