"""Lesson 10, exercises 10.2 and 10.3: a step that moves only the batch's rows, and the codes of a linear decoder."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .contract import Finding, Inputs, Values
from .judging import Judge, Suspect
from .probing import Probe

TWO_TABLES = (
    "Two tensors: the new codes (N, D) and the new velocity (N, D), whole tables and not only the batch's rows."
)
PER_IMAGE = "One code for each image: (N, D)."
KEEP = 0.9


# 10.2 -----------------------------------------------------------------------------------------------------------
def move_rows(codes: Tensor, velocity: Tensor, rows: Tensor, gradient: Tensor, lr: float) -> tuple[Tensor, Tensor]:
    """One step with momentum for the rows of a batch: (N, D), (N, D), (n,), (n, D) -> new codes and velocity."""
    fresh = KEEP * velocity[rows] + gradient
    return codes.index_add(0, rows, -lr * fresh), velocity.index_copy(0, rows, fresh)


def table_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 10.2: seven codes, three of them in the batch, not in order, row 0 not among them."""
    rows = 1 + torch.randperm(6, generator=generator)[:3]
    while bool((rows.diff() > 0).all()):
        rows = 1 + torch.randperm(6, generator=generator)[:3]
    return {
        "codes": torch.randn((7, 2), generator=generator),
        "velocity": 0.5 + torch.rand((7, 2), generator=generator),
        "rows": rows,
        "gradient": 1 + torch.rand((3, 2), generator=generator),
        "lr": 0.1 + 0.2 * torch.rand((), generator=generator).item(),
    }


def probe_rows(answer: Callable[..., tuple[Tensor, Tensor]], inputs: Inputs) -> Values:
    """Call the answer of exercise 10.2 and collect what comes back."""
    probe, lr = Probe(answer), inputs["lr"]
    codes, velocity, rows, gradient = (inputs[name] for name in ("codes", "velocity", "rows", "gradient"))
    probe.call("step", codes, velocity, rows, gradient, lr)
    probe.call("still", codes, velocity, rows, torch.zeros_like(gradient), lr)
    probe.call("one", codes, torch.zeros_like(velocity), rows[:1], gradient[:1], 1.0)
    return probe.values


def _both(new_codes: Tensor, new_velocity: Tensor) -> Tensor:
    return torch.stack([new_codes, new_velocity])


def _spread(codes: Tensor, velocity: Tensor, rows: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Over the whole table: 1 for rows in the batch, their gradients, and the right new velocity."""
    inside = torch.zeros_like(codes).index_fill(0, rows, 1.0)
    spread = torch.zeros_like(codes).index_add(0, rows, gradient)
    return inside, spread, velocity * (1 - inside) + (KEEP * velocity + spread) * inside


def _step_suspects(codes: Tensor, velocity: Tensor, rows: Tensor, gradient: Tensor, lr: float) -> tuple[Suspect, ...]:
    table = codes, velocity, *_spread(codes, velocity, rows, gradient)
    return (*_row_suspects(*table, lr), *_formula_suspects(*table, lr), *_order_suspects(*table, gradient, lr))


def _row_suspects(
    codes: Tensor, velocity: Tensor, inside: Tensor, spread: Tensor, fresh: Tensor, lr: float
) -> tuple[Suspect, ...]:
    """Rows that should have rested, and momentum that was forgotten."""
    dense, sparse = KEEP * velocity + spread, inside * lr
    return (
        (
            "others-moved",
            _both(codes - lr * dense, dense),
            "Rows outside the batch moved: their old velocity carried them on. This is dense momentum.",
        ),
        (
            "others-moved",
            _both(codes - lr * fresh, fresh),
            "Codes outside the batch moved by their old velocity: change the batch's rows alone.",
        ),
        (
            "others-slowed",
            _both(codes - sparse * fresh, dense),
            "The velocity of rows outside the batch was changed: leave it as it is.",
        ),
        (
            "others-slowed",
            _both(codes - sparse * fresh, fresh * inside),
            "The velocity of rows outside the batch was lost: leave it as it is.",
        ),
        ("sign", _both(codes + sparse * fresh, fresh), "The step goes uphill: subtract lr times the velocity."),
        (
            "no-momentum",
            _both(codes - sparse * spread, fresh),
            "The codes moved by the gradient alone: they move by the new velocity.",
        ),
        (
            "no-momentum",
            _both(codes - sparse * spread, velocity * (1 - inside) + spread),
            "The old velocity was forgotten: keep 0.9 of it.",
        ),
    )


def _formula_suspects(
    codes: Tensor, velocity: Tensor, inside: Tensor, spread: Tensor, fresh: Tensor, lr: float
) -> tuple[Suspect, ...]:
    """The right rows, the wrong formula."""
    sparse = inside * lr
    return (
        (
            "old-velocity",
            _both(codes - sparse * velocity, fresh),
            "The codes moved by the old velocity: renew it first.",
        ),
        (
            "velocity-not-renewed",
            _both(codes - sparse * fresh, velocity),
            "The velocity that comes back is the old one.",
        ),
        (
            "nothing-kept-away",
            _both(codes - sparse * (velocity + spread), velocity + spread),
            "All of the old velocity was kept: 0.9 of it is asked for.",
        ),
        (
            "gradient-shrunk",
            _both(
                codes - sparse * (KEEP * velocity + (1 - KEEP) * spread),
                velocity * (1 - inside) + inside * (KEEP * velocity + (1 - KEEP) * spread),
            ),
            "The gradient was multiplied by 0.1: here it enters whole.",
        ),
        (
            "lr-in-velocity",
            _both(
                codes - inside * (KEEP * velocity + lr * spread),
                velocity * (1 - inside) + inside * (KEEP * velocity + lr * spread),
            ),
            "lr went into the velocity: it multiplies the step of the codes.",
        ),
        (
            "lr-in-velocity",
            _both(
                codes + inside * (KEEP * velocity - lr * spread),
                velocity * (1 - inside) + inside * (KEEP * velocity - lr * spread),
            ),
            "Here the velocity adds up gradients as they are; lr and the minus belong to the step of the codes.",
        ),
        ("lr-forgotten", _both(codes - inside * fresh, fresh), "lr is missing."),
    )


def _order_suspects(
    codes: Tensor, velocity: Tensor, inside: Tensor, spread: Tensor, fresh: Tensor, gradient: Tensor, lr: float
) -> tuple[Suspect, ...]:
    """The wrong rows, none at all, and the two tables exchanged."""
    first = torch.zeros_like(codes)
    first[: len(gradient)] = gradient
    in_order = torch.zeros_like(codes)
    in_order[inside[:, 0] > 0] = gradient
    turned = velocity * (1 - inside) + (KEEP * velocity + in_order) * inside
    return (
        (
            "rows-in-order",
            _both(codes - inside * lr * turned, turned),
            "Gradients went to the wrong rows: row n of gradient belongs to rows[n], and rows need not be "
            "in order. velocity[rows] keeps that order, a mask does not.",
        ),
        (
            "not-written",
            _both(codes, fresh),
            "The codes came back as they were: codes[rows] = ... writes, codes[rows][...] = ... writes into a copy.",
        ),
        (
            "not-written",
            _both(codes, velocity),
            "Both tables came back as they were: t[rows] = ... writes, t[rows][...] = ... writes into a copy.",
        ),
        (
            "first-rows",
            _both(
                codes - lr * (KEEP * velocity + first) * (first != 0),
                torch.where(first != 0, KEEP * velocity + first, velocity),
            ),
            "The first rows moved: rows says which ones are in the batch.",
        ),
        ("swapped", _both(fresh, codes - inside * lr * fresh), "The order is new codes, then new velocity."),
    )


def judge_rows(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 10.2."""
    judge, lr = Judge("move_rows", values), inputs["lr"]
    codes, velocity, gradient = (inputs[name].double() for name in ("codes", "velocity", "gradient"))
    rows = inputs["rows"]
    judge.close(
        "step",
        torch.stack(move_rows(codes, velocity, rows, gradient, lr)),
        axes=TWO_TABLES,
        case="7 codes, 3 of them in the batch",
        suspects=_step_suspects(codes, velocity, rows, gradient, lr),
        otherwise="For the batch's rows: v = 0.9 v + gradient, code = code - lr v. All others stay.",
    )
    judge.close(
        "still",
        torch.stack(move_rows(codes, velocity, rows, torch.zeros_like(gradient), lr)),
        axes=TWO_TABLES,
        case="a gradient of 0",
        otherwise="Rows of the batch move by their old momentum even then; the others do not.",
    )
    judge.close(
        "one",
        torch.stack(move_rows(codes, torch.zeros_like(velocity), rows[:1], gradient[:1], 1.0)),
        axes=TWO_TABLES,
        case="a batch of one",
    )
    return judge.findings


# 10.3 -----------------------------------------------------------------------------------------------------------
def best_codes(matrix: Tensor, mean: Tensor, images: Tensor) -> Tensor:
    """The codes z with the smallest squared error of mean + z matrix: (D, P), (P,), (N, P) -> (N, D)."""
    return torch.linalg.lstsq(matrix.T, (images - mean).T).solution.T


def linear_inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 10.3: three rows of 12 pixels, neither of length 1 nor at right angles."""
    basis = torch.linalg.qr(torch.randn((12, 3), generator=generator))[0].T
    mix = torch.tensor([[2.0, 0.0, 0.0], [1.0, 1.5, 0.0], [-0.8, 0.7, 0.6]])
    return {
        "matrix": mix @ basis,
        "mean": 0.5 + torch.rand(12, generator=generator),
        "images": 2 * torch.rand((5, 12), generator=generator),
    }


def probe_codes(answer: Callable[..., Tensor], inputs: Inputs) -> Values:
    """Call the answer of exercise 10.3 and collect what comes back."""
    probe = Probe(answer)
    matrix, mean, images = (inputs[name] for name in ("matrix", "mean", "images"))
    probe.call("batch", matrix, mean, images)
    probe.call("one", matrix, mean, images[:1])
    probe.call("line", matrix[:1], mean, images)
    probe.call("perfect", matrix, mean, mean + images[:, :3] @ matrix)
    return probe.values


def _code_suspects(matrix: Tensor, mean: Tensor, images: Tensor) -> tuple[Suspect, ...]:
    inverse, products = torch.linalg.pinv(matrix), (images - mean) @ matrix.T
    right, squares = (images - mean) @ inverse, matrix.square().sum(1)
    return (
        (
            "products-only",
            products,
            "These are the dot products with the rows. They are the best codes only for rows of length 1 "
            "at right angles, as PCA's are.",
        ),
        (
            "one-by-one",
            products / squares,
            "Each row was fitted by itself, as if the rows were at right angles: they must be fitted together.",
        ),
        ("one-by-one", products / squares.sqrt(), "Each row was fitted by itself: they must be fitted together."),
        (
            "mean-forgotten",
            images @ inverse,
            "The mean is missing: the decoder adds it, so take it off the images first.",
        ),
        ("mean-added", (images + mean) @ inverse, "The mean was added: take it off the images."),
        (
            "mean-over-images",
            (images - images.mean(0)) @ inverse,
            "The mean of these images was taken off: the decoder has a mean of its own.",
        ),
        ("sign", -right, "The sign is turned round: images minus mean."),
        ("products-only", images @ matrix.T, "These are dot products with the rows, and the mean is still in them."),
        (
            "rows-of-length-1",
            right * squares.sqrt(),
            "These are the codes for rows of length 1: the decoder takes the rows as they are.",
        ),
        ("wrong-inverse", products @ (matrix @ matrix.T), "Multiplied by matrix matrix', where its inverse is meant."),
    )


def judge_codes(inputs: Inputs, values: Values) -> list[Finding]:
    """Findings of exercise 10.3."""
    judge = Judge("best_codes", values)
    matrix, mean, images = (inputs[name].double() for name in ("matrix", "mean", "images"))
    judge.close(
        "batch",
        best_codes(matrix, mean, images),
        axes=PER_IMAGE,
        case="5 images and 3 latents",
        suspects=_code_suspects(matrix, mean, images),
        rtol=1e-3,
        atol=1e-4,
        otherwise="Least squares: solve (images - mean) = codes matrix, for instance with torch.linalg.lstsq or "
        "torch.linalg.pinv.",
    )
    judge.close("one", best_codes(matrix, mean, images[:1]), axes=PER_IMAGE, case="one image", rtol=1e-3, atol=1e-4)
    judge.close("line", best_codes(matrix[:1], mean, images), axes=PER_IMAGE, case="one latent", rtol=1e-3, atol=1e-4)
    judge.close(
        "perfect",
        images[:, :3],
        axes=PER_IMAGE,
        case="images that the decoder made itself",
        rtol=1e-3,
        atol=1e-3,
        otherwise="The codes that made them must come back.",
    )
    return judge.findings
