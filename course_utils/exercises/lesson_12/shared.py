"""What several exercises of lesson 12 use."""

from __future__ import annotations

ONE_NUMBER = "One number for the batch: the mean over its pictures."

FLAT = "No useful slope where the discriminator is sure: the loss was clamped, or a probability was rounded."
