"""Exercise 10.2: only the batch's rows move."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge, Suspect, attempts, told_apart
from .probe_10_2 import FAR

TITLE = "only the batch's rows move"
NAME = "move_rows"
POINTS = 2
HINTS = (
    "Copy both tables first. Then read, renew and write the batch's rows, and only those: "
    "velocity[rows] picks them out.",
    "For n in rows: v_n = 0.9 v_n + g_n and z_n = z_n - lr v_n, with the new v_n. For all others "
    "both stay as they are.",
    "def move_rows(codes, velocity, rows, gradient, lr):\n    z, v = codes.clone(), velocity.clone()\n"
    "    v[rows] = ___ * v[___] + ___\n    z[rows] = z[___] - ___ * v[___]\n    return ___, ___",
)

TWO_TABLES = (
    "Two tensors: the new codes (N, D) and the new velocity (N, D), whole tables and not only the batch's rows."
)

KEEP = 0.9


def reference(codes: Tensor, velocity: Tensor, rows: Tensor, gradient: Tensor, lr: float) -> tuple[Tensor, Tensor]:
    """One step with momentum for the rows of a batch: (N, D), (N, D), (n,), (n, D) -> new codes and velocity."""
    fresh = KEEP * velocity[rows] + gradient
    return codes.index_add(0, rows, -lr * fresh), velocity.index_copy(0, rows, fresh)


def inputs(generator: torch.Generator) -> Inputs:
    """Random inputs of exercise 10.2: seven codes, three of them in the batch, not in order, row 0 not among them; and
    all seven in the batch."""
    for _ in attempts():
        rows = 1 + torch.randperm(6, generator=generator)[:3]
        table = torch.randn((7, 2), generator=generator), _away_from_0(generator, 7)
        gradient, lr = 2 * _away_from_0(generator, 3), 0.1 + 0.2 * torch.rand((), generator=generator).item()
        suspects = _step_suspects(*table, rows, gradient, lr)
        if _mixed(rows) and told_apart(torch.stack(reference(*table, rows, gradient, lr)), suspects):
            break
    everybody = torch.randperm(7, generator=generator)
    while not _mixed(everybody):
        everybody = torch.randperm(7, generator=generator)
    return {
        "codes": table[0],
        "velocity": table[1],
        "rows": rows,
        "gradient": gradient,
        "lr": lr,
        "everybody": everybody,
        "slopes": FAR * _away_from_0(generator, 7),
    }


def _away_from_0(generator: torch.Generator, rows: int) -> Tensor:
    """Rows of two numbers between 0.5 and 1.5, some of them, but not all, negative."""
    size = 0.5 + torch.rand((rows, 2), generator=generator)
    return size * torch.where(torch.arange(2 * rows).view(rows, 2) % 3 == 1, -1.0, 1.0)


def _mixed(rows: Tensor) -> bool:
    """Whether rows stand neither in rising nor in falling order."""
    return bool((rows.diff() > 0).any() and (rows.diff() < 0).any())


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


REMEDIES = (
    (
        "out of bounds for dimension 0 with size 3",
        "gradient holds the batch's rows already, in the order of rows: gradient itself, not gradient[rows].",
    ),
    (
        "size of tensor|broadcast|shape mismatch",
        "codes and velocity are whole tables, gradient the batch's rows: pick theirs, velocity[rows].",
    ),
)


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 10.2."""
    lr = inputs["lr"]
    codes, velocity, gradient = (inputs[name].double() for name in ("codes", "velocity", "gradient"))
    rows = inputs["rows"]
    judge.close(
        "step",
        torch.stack(reference(codes, velocity, rows, gradient, lr)),
        axes=TWO_TABLES,
        case="7 codes, 3 of them in the batch",
        suspects=_step_suspects(codes, velocity, rows, gradient, lr),
        otherwise="For the batch's rows: v = 0.9 v + gradient, code = code - lr v. All others stay.",
    )
    judge.close(
        "still",
        torch.stack(reference(codes, velocity, rows, torch.zeros_like(gradient), lr)),
        axes=TWO_TABLES,
        case="a gradient of 0",
        otherwise="Rows of the batch move by their old momentum even then; the others do not.",
    )
    judge.close(
        "one",
        torch.stack(reference(codes, torch.zeros_like(velocity), rows[:1], gradient[:1], 1.0)),
        axes=TWO_TABLES,
        case="a batch of one",
    )
    judge.close(
        "everybody",
        torch.stack(reference(FAR * codes, FAR * velocity, inputs["everybody"], inputs["slopes"].double(), 0.01)),
        axes=TWO_TABLES,
        case="a batch of all 7 codes, large numbers, and lr = 0.01",
        otherwise="Row n of gradient belongs to rows[n], whichever and however many rows there are.",
    )
