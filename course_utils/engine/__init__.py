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

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from ..decoders import ConvDecoder
from ..encoders import LSTMEncoder
from ..vae import VAE
from .convolution import quick_decoder
from .parts import in_parts
from .precision import has_bfloat16, lstm_in_bfloat16, networks_in_bfloat16

__all__ = ["networks_in_bfloat16", "on"]


@contextmanager
def on(model: VAE, parts: int = 1, bfloat16: bool = False) -> Iterator[None]:
    """Inside, the model trains faster; afterwards, also after an error, it is what it was.

    Args:
        model: its forward pass, its LSTM encoder and its transposed-convolution decoder are replaced.
        parts: into how many parts a batch falls, see :func:`course_utils.engine.parts.in_parts`.
        bfloat16: whether LSTM and transposed convolutions multiply in bfloat16, on CPUs that can.
    """
    bfloat16 = bfloat16 and has_bfloat16()
    with ExitStack() as replaced:
        for module in model.modules():
            if isinstance(module, ConvDecoder):
                replaced.enter_context(quick_decoder(module, bfloat16))
            elif isinstance(module, LSTMEncoder) and bfloat16:
                replaced.enter_context(lstm_in_bfloat16(module.lstm))
        replaced.enter_context(in_parts(model, parts))
        yield
