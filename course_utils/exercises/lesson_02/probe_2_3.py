"""What is tried on an answer to exercise 2.3; it runs beside the student's code and only collects."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ..contract import Inputs, Values
from ..probing import Probe, refuse_list

MU, LOG_SIGMA = (-4.0, 4.0), (math.log(0.02), math.log(10.0))
"""Between which mu and ln sigma a table holds; what lies outside is taken for the nearest that lies inside."""


def waves(values: Tensor, interval: tuple[float, float], count: int) -> Tensor:
    """The first Chebyshev polynomials of an interval at some of its points: (n,) -> (n, count)."""
    low, high = interval
    angle = torch.acos(((2 * values - low - high) / (high - low)).clamp(-1, 1))
    return torch.cos(angle[:, None] * torch.arange(count, dtype=values.dtype))


def formula(table: Tensor) -> Callable[[Any, Any], Tensor]:
    """The function of mu and sigma that a table of Chebyshev coefficients holds, right or wrong: it does not show.

    It takes tensors or plain numbers, of shapes that broadcast, and gives back the dtype it was given.
    """
    default = torch.get_default_dtype()

    def kl(mu: Any, sigma: Any) -> Tensor:
        both = [t if t.is_floating_point() else t.to(default) for t in map(torch.as_tensor, (mu, sigma))]
        means, widths = torch.broadcast_tensors(*both)
        rows = waves(means.double().flatten(), MU, table.shape[0])
        columns = waves(widths.double().log().flatten(), LOG_SIGMA, table.shape[1])
        values = ((rows @ table) * columns).sum(1)
        return values.view(means.shape).to(torch.promote_types(means.dtype, widths.dtype))

    return kl


def probe(answer: Callable[..., bool], inputs: Inputs) -> Values:
    """What the answer says of each formula, in the order in which they were drawn."""
    probe = Probe(answer)
    for i, table in enumerate(inputs["tables"]):
        refuse_list(probe, str(i), probe.call(str(i), formula(table)))
    return probe.values
