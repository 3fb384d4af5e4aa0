"""Who trains when: the schedules of Report D's GAN, each a pure function of epoch and step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Turns(NamedTuple):
    """Who takes a step on a batch."""

    discriminator: bool
    generator: bool


TurnSchedule = Callable[[int, int], Turns]
"""(epoch, step) -> who trains; epochs count from 1, steps from 1 within their epoch."""


def both(epoch: int, step: int) -> Turns:
    """The usual schedule: both, always."""
    return Turns(True, True)


def schedule_a(epoch: int, step: int) -> Turns:
    """Report D's A: the discriminator in epochs that end in 1 to 4, the generator in 5 to 9, both in every tenth."""
    last = epoch % 10
    return Turns(last <= 4, last == 0 or last >= 5)


@dataclass(frozen=True)
class SkipSteps:
    """Report D's B (500) and C (50): the discriminator misses every n-th batch; the generator never does."""

    every: int

    def __call__(self, epoch: int, step: int) -> Turns:
        """Who trains."""
        return Turns(step % self.every != 0, True)


@dataclass(frozen=True)
class SkipStepsAsCoded:
    """The same, by a counter that is raised at both ends of each step: odd whenever it is asked, so it never skips."""

    every: int

    def __call__(self, epoch: int, step: int) -> Turns:
        """Who trains."""
        count = 2 * step - 1
        return Turns(count % self.every != 0, True)


def schedule_d(epoch: int, step: int) -> Turns:
    """Report D's D: the discriminator misses every fifth epoch, counted from 0, so that it misses the first one."""
    return Turns((epoch - 1) % 5 != 0, True)


SCHEDULES: dict[str, TurnSchedule] = {
    "both": both,
    "A": schedule_a,
    "B": SkipSteps(500),
    "C": SkipSteps(50),
    "D": schedule_d,
}
