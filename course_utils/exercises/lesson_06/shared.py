"""What several exercises of lesson 06 use."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.decoders import Layer


def words(size: int, layers: Sequence[Layer]) -> str:
    """The decoder as the card says it."""
    return f"{size} x {size}, then (kernel, stride, padding) = " + ", ".join(str(tuple(layer[1:4])) for layer in layers)
