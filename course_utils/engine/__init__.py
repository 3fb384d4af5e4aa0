"""Speed, put on a model from outside and taken off again.

::

    with engine.on(model, parts=2, bfloat16=True):
        loss = model(x, generator).loss()
        loss.backward()

Models, losses and the loop are written as a textbook would print them and know nothing of this package. Inside the
``with``, some of the model's modules run another forward pass, with the same weights and, up to rounding, the same
results: :mod:`.convolution` computes a decoder's products in another order, :mod:`.precision` in another number format,
:mod:`.parts` on several cores at once. What each of them brings is a row of ``course bench ablations``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn

from ..decoders import ConvDecoder
from ..encoders import LSTMEncoder
from ..vae import VAE
from .convolution import quick_forwards
from .parts import in_parts
from .precision import forward_in_bfloat16, has_bfloat16
from .swap import swapped


@contextmanager
def on(model: VAE, parts: int = 1, bfloat16: bool = False) -> Iterator[None]:
    """Inside, the model trains faster; afterwards, also after an error, it is what it was.

    Args:
        model: its LSTM encoder and its transposed-convolution decoder are made faster; other layers stay.
        parts: into how many parts a batch falls, see :func:`course_utils.engine.parts.in_parts`.
        bfloat16: whether LSTM and transposed convolutions multiply in bfloat16, on CPUs that can.
    """
    bfloat16 = bfloat16 and has_bfloat16()
    forwards: dict[nn.Module, Callable[..., Any]] = {}
    for module in model.modules():
        if isinstance(module, ConvDecoder):
            forwards |= quick_forwards(module, bfloat16)
        elif isinstance(module, LSTMEncoder) and bfloat16:
            forwards[module.lstm] = forward_in_bfloat16(module.lstm)
    with swapped(forwards), in_parts(model, parts):
        yield


@contextmanager
def in_bfloat16(*networks: nn.Module, wanted: bool = True) -> Iterator[None]:
    """Inside, whole networks multiply in bfloat16, if that is wanted and this CPU can."""
    able = wanted and has_bfloat16()
    with swapped({network: forward_in_bfloat16(network) for network in networks} if able else {}):
        yield
