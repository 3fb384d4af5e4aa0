"""Exercises of lesson 10: a metric, rows that stay, the codes of a linear decoder, fitting with frozen weights, a
loss in nats."""

from __future__ import annotations

from . import _lesson_10_fitting as fitting
from . import _lesson_10_measures as measures
from . import _lesson_10_rows as rows
from .contract import Exercise

EXERCISES = (
    Exercise(
        id="10.1",
        title="the report's metric",
        name="report_metric",
        points=1,
        hints=(
            "A loop over batches: split(batch) cuts pictures and images alike; each batch gives one "
            "number, and the mean of these is the answer.",
            "For a batch of n_b images: 255 |x - x_rec|_F / (n_b P), with P pixels in an image, so n_b P "
            "numbers in the batch; then the mean over batches, each counting the same.",
            "def report_metric(pictures, images, batch):\n    numbers = []\n    for some, others in "
            "zip(pictures.split(batch), images.split(batch)):\n"
            "        error = ___ * (some - others)\n        numbers.append(error.___() / error.___())\n  "
            "  return torch.stack(numbers).___()",
        ),
        reference=measures.frobenius_metric,
        inputs=measures.picture_inputs,
        probe=measures.probe_metric,
        verdict=measures.judge_metric,
    ),
    Exercise(
        id="10.2",
        title="only the batch's rows move",
        name="move_rows",
        points=2,
        hints=(
            "Copy both tables first. Then read, renew and write the batch's rows, and only those: "
            "velocity[rows] picks them out.",
            "For n in rows: v_n = 0.9 v_n + g_n and z_n = z_n - lr v_n, with the new v_n. For all others "
            "both stay as they are.",
            "def move_rows(codes, velocity, rows, gradient, lr):\n    z, v = codes.clone(), velocity.clone()\n"
            "    v[rows] = ___ * v[___] + ___\n    z[rows] = z[___] - ___ * v[___]\n    return ___, ___",
        ),
        reference=rows.move_rows,
        inputs=rows.table_inputs,
        probe=rows.probe_rows,
        verdict=rows.judge_rows,
    ),
    Exercise(
        id="10.3",
        title="the codes of a linear decoder",
        name="best_codes",
        points=2,
        hints=(
            "The decoder adds its mean: take it off the images first. What is left must be written as a "
            "sum of the matrix's rows as well as possible: least squares.",
            "Z = (X - mean) A^+ with the pseudoinverse A^+ = A'(A A')^-1 of the matrix A, (P, D).",
            "def best_codes(matrix, mean, images):\n    rest = images - ___\n    return rest @ torch.linalg.pinv(___)",
        ),
        reference=rows.best_codes,
        inputs=rows.linear_inputs,
        probe=rows.probe_codes,
        verdict=rows.judge_codes,
    ),
    Exercise(
        id="10.4",
        title="fit codes, move nothing else",
        name="fit_codes",
        points=3,
        hints=(
            "It is lesson 04's training loop with one difference: what the optimizer holds. The decoder "
            "is switched to evaluation mode before the first step.",
            "Codes: a detached copy with requires_grad. Then steps times: clear the gradient, "
            "loss(decoder(codes), codes), backward, step. Return them detached.",
            "def fit_codes(decoder, loss, codes, steps, lr):\n    decoder.___()\n    codes = "
            "codes.clone().requires_grad_(___)\n"
            "    adam = torch.optim.Adam([___], lr=lr)\n    for _ in range(___):\n        adam.___()\n   "
            "     value = loss(___, ___)\n        value.___()\n        adam.___()\n"
            "    return ___.detach()",
        ),
        reference=fitting.fit_codes,
        inputs=fitting.fitting_inputs,
        probe=fitting.probe_fitting,
        verdict=fitting.judge_fitting,
    ),
    Exercise(
        id="10.5",
        title="what an image costs a variational auto-decoder",
        name="vad_loss",
        points=2,
        hints=(
            "Two sums for each image. First minus the logarithm of a Gaussian density for each pixel, "
            "added up; then lesson 02's KL for each latent, added up. flatten(1).sum(1) adds up "
            "everything but the first axis.",
            "sum over pixels of [((x - picture) / s)^2 + ln(2 pi) + 2 ln s] / 2, plus sum over latents "
            "of (mu^2 + exp(logvar) - 1 - logvar) / 2.",
            "def vad_loss(pictures, images, mu, logvar, s):\n    squares = ((images - pictures) / ___) ** 2\n"
            "    reconstruction = (squares + ___ + 2 * math.log(s)) / 2\n    kl = (mu**2 + ___ - 1 - ___) / 2\n"
            "    return reconstruction.flatten(1).___ + kl.___",
        ),
        reference=measures.vad_loss,
        inputs=measures.posterior_inputs,
        probe=measures.probe_loss,
        verdict=measures.judge_loss,
    ),
)
