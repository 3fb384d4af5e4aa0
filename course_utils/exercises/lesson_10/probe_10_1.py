"""What is tried on an answer to exercise 10.1; it runs beside the student's code and only collects."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe

BATCH, SIDE = 4, 6


def faint(pictures: Tensor, images: Tensor) -> tuple[Tensor, Tensor]:
    """The same with errors of less than half a grey level."""
    return images + (pictures - images) / 300, images


def probe(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 10.1 and collect what comes back."""
    probe = Probe(answer)
    pictures, images = inputs["pictures"], inputs["images"]
    probe.call("ragged", pictures, images, BATCH)
    probe.call("single", pictures, images, 1)
    probe.call("whole", pictures, images, len(images))
    probe.call("wide", pictures[:, :, :2], images[:, :, :2], 5)
    probe.call("flat", pictures.flatten(1), images.flatten(1), BATCH)
    probe.call("few", pictures, images, 64)
    probe.call("faint", *faint(pictures, images), BATCH)
    probe.call("opposite", 1 - images.round(), images.round(), 1)
    probe.call("equal", images, images, BATCH)
    return probe.values
