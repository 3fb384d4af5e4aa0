"""Exercise 10.4: fit codes, move nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from ..contract import Inputs
from ..judging import Judge, Suspect, attempts, told_apart
from .probe_10_4 import FEW, LONG, LR, STRIDE, frozen_decoder, target_loss

TITLE = "fit codes, move nothing else"
NAME = "fit_codes"
POINTS = 3
HINTS = (
    "It is lesson 04's training loop with one difference: what the optimizer holds. The decoder "
    "is switched to evaluation mode before the first step.",
    "Codes: a detached copy with requires_grad. Then steps times: clear the gradient, "
    "loss(decoder(codes), codes), backward, step. Return them detached.",
    "def fit_codes(decoder, loss, codes, steps, lr):\n    decoder.___()\n    codes = "
    "codes.clone().requires_grad_(___)\n"
    "    adam = torch.optim.Adam([___], lr=lr)\n    for _ in range(___):\n        adam.___()\n   "
    "     value = loss(___, ___)\n        value.___()\n        adam.___()\n"
    "    return ___.detach()",
)

PER_IMAGE = "The fitted codes, (n, D), in the shape they came in."


def reference(
    decoder: nn.Module, loss: Callable[[Tensor, Tensor], Tensor], codes: Tensor, steps: int, lr: float
) -> Tensor:
    """Codes after ``steps`` of Adam on ``loss(decoder(codes), codes)``; the decoder, in evaluation mode, does not
    move."""
    decoder.eval().requires_grad_(False)
    codes = codes.detach().clone().requires_grad_(True)
    optimizer = torch.optim.Adam([codes], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(decoder(codes), codes).backward()
        optimizer.step()
    return codes.detach()


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 10.4: the numbers of a decoder with BatchNorm and dropout, codes, and pictures to
    fit, such that every suspect shows."""
    for _ in attempts():
        inputs = _drawn(generator)
        right = reference(frozen_decoder(inputs), target_loss(inputs), inputs["codes"], FEW, LR)
        if _overshoots(inputs) and told_apart(right, _suspects(inputs)):
            return inputs
    raise AssertionError("unreachable")


def _overshoots(inputs: Inputs) -> bool:
    """Whether the second of the long steps costs more than the first: the last codes are not the best ones."""
    decoder, loss = frozen_decoder(inputs), target_loss(inputs)
    codes = [reference(decoder, loss, inputs["wanted"][:1] + STRIDE, steps, STRIDE) for steps in (1, 2)]
    first, second = (loss(decoder(z), z).item() for z in codes)
    return second > 1.1 * first


def _drawn(generator: torch.Generator) -> Inputs:
    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    first, last = torch.linalg.qr(draw(8, 3))[0], torch.linalg.qr(draw(16, 8))[0]
    return {
        "first": 1.5 * first,
        "last": last,
        "mean": draw(8),
        "variance": 0.7 + 0.6 * torch.rand(8, generator=generator),
        "codes": draw(5, 3),
        "wanted": draw(5, 3),
    }


def _suspects(inputs: Inputs) -> Iterator[Suspect]:
    """What slips lead to, each fitted only when it is asked for."""
    codes, loss = inputs["codes"], target_loss(inputs)

    def run(steps: int = FEW, start: Tensor = codes, sign: float = 1.0, lr: float = LR) -> Tensor:
        return reference(frozen_decoder(inputs), lambda pictures, z: sign * loss(pictures, z), start, steps, lr)

    yield ("own-rate", run(lr=1e-3), "These are steps of Adam's own rate, 0.001: give it lr.")
    yield (
        "cut",
        reference(frozen_decoder(inputs), lambda pictures, z: loss(pictures.detach(), z), codes, FEW, LR),
        "No gradient came through the decoder: no torch.no_grad() and no .detach() around decoder(codes).",
    )
    yield (
        "not-moved",
        codes,
        "The codes came back as they went in: does the optimizer hold the very tensor that the decoder is given?",
    )
    yield ("uphill", run(sign=-1.0), "The loss was climbed: step against the gradient.")
    yield ("one-step-too-few", run(FEW - 1), "One step too few.")
    yield ("one-step-too-many", run(FEW + 1), "One step too many.")
    yield (
        "own-start",
        run(start=torch.zeros_like(codes)),
        "The fit started from zeros: start from the codes that were given.",
    )
    yield (
        "adam-anew",
        _by_hand(inputs, "adam-anew"),
        "Adam was made anew in each step and forgot what it had seen: make it once, before the loop.",
    )
    yield (
        "gradients-add-up",
        _by_hand(inputs, "gradients-add-up"),
        "The gradients of earlier steps were added: zero_grad() before each backward().",
    )
    yield ("no-adam", _by_hand(inputs, "no-adam"), "These are steps of plain gradient descent: take torch.optim.Adam.")


def _by_hand(inputs: Inputs, slip: str) -> Tensor:
    """The codes of three slips: Adam made anew in each step, gradients that are never cleared, and no Adam at all."""
    decoder, loss = frozen_decoder(inputs).eval().requires_grad_(False), target_loss(inputs)
    codes = inputs["codes"].clone().requires_grad_(True)
    kind = torch.optim.SGD if slip == "no-adam" else torch.optim.Adam
    optimizer = kind([codes], lr=LR)
    for _ in range(FEW):
        if slip == "adam-anew":
            optimizer = kind([codes], lr=LR)
        if slip != "gradients-add-up":
            optimizer.zero_grad()
        loss(decoder(codes), codes).backward()
        optimizer.step()
    return codes.detach()


REMEDIES = (
    ("params argument", "Adam wants a list of what it may move: [codes]."),
    ("non-leaf", "Adam moves only tensors that were made to be moved: clone first, then requires_grad_(True)."),
    (
        "does not require grad",
        "The search needs gradients by the codes: no torch.no_grad() and no .detach() within it, and "
        "codes.clone().requires_grad_(True) before it.",
    ),
    ("second time", "decoder(codes) belongs into the loop: every step needs a graph of its own."),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 10.4."""
    codes = inputs["codes"]
    judge.array("few", tuple(codes.shape), PER_IMAGE)
    judge.that(
        judge.values.get("few weights") == 0,
        "decoder-moved",
        "A weight of the decoder moved during fitting.",
        "The optimizer must hold the codes and nothing else.",
    )
    judge.that(
        judge.values.get("few buffers") == 0,
        "buffers-moved",
        "A buffer of the decoder (BatchNorm's running mean or variance) moved.",
        "In training mode BatchNorm writes down what it sees, weights frozen or not: decoder.eval() first.",
    )

    def right(start: Tensor, steps: int, lr: float) -> Tensor:
        return reference(frozen_decoder(inputs), target_loss(inputs), start, steps, lr)

    judge.close(
        "few",
        right(codes, FEW, LR),
        axes=PER_IMAGE,
        case=f"{FEW} steps with lr = {LR}",
        suspects=_suspects(inputs),
        rtol=1e-3,
        atol=1e-4,
        otherwise="Adam on the codes alone, one step of loss(decoder(codes), codes) after another, the decoder in "
        "evaluation mode (dropout off).",
    )
    judge.close(
        "none", codes, axes=PER_IMAGE, case="no steps", otherwise="Without steps the codes come back as they are."
    )
    judge.close(
        "one",
        right(inputs["wanted"][:1] + STRIDE, FEW, STRIDE),
        axes=PER_IMAGE,
        case=f"one image, far out, and {FEW} steps with lr = {STRIDE}",
        rtol=1e-3,
        atol=1e-4,
        otherwise="Are steps and lr used, and are codes taken wherever they lead, also where the loss has risen?",
    )
    judge.close("long", right(codes, LONG, LR), axes=PER_IMAGE, case=f"{LONG} steps", rtol=1e-3, atol=1e-3)
    judge.that(
        not judge.values.get("few attached"),
        "not-detached",
        "The codes that fit_codes returned still want gradients.",
        "return codes.detach(): the search is over.",
    )
    parts = [f"{label} {part}" for label in ("none", "one", "long") for part in ("weights", "buffers")]
    judge.that(
        all(judge.values.get(part, 0.0) == 0 for part in parts),
        "decoder-moved",
        "The decoder moved in a longer fit.",
        "Neither weights nor buffers may change.",
    )
