"""Exercises of lesson 01: cross-entropy from logits, its floor, a baseline, and two unit converters."""

from __future__ import annotations

from . import _lesson_01_pixels as pixels
from . import _lesson_01_units as units
from .contract import Exercise

EXERCISES = (
    Exercise(
        id="1.1",
        title="cross-entropy from logits",
        name="bce_from_logits",
        points=2,
        hints=(
            "Two steps: one number per pixel, then add the pixels of each image. Which function gives softplus?",
            "loss per pixel = softplus(l) - x * l; F.softplus(l) is safe for every l; t.flatten(1) puts "
            "an image's pixels in a row.",
            "def bce_from_logits(logits, x):\n    per_pixel = F.softplus(___) - x * ___\n    return "
            "per_pixel.flatten(1).sum(dim=___)",
        ),
        reference=pixels.bce_from_logits,
        inputs=pixels.logits_inputs,
        probe=pixels.probe_logits,
        verdict=pixels.judge_logits,
    ),
    Exercise(
        id="1.2",
        title="the floor under the loss",
        name="entropy_floor",
        points=2,
        hints=(
            "The best output for a pixel is the pixel itself. Put p = x into the cross-entropy, and mind 0 ln 0.",
            "H(x) = -x ln x - (1 - x) ln(1 - x), summed over an image; torch.xlogy(a, b) is a ln b with 0 ln 0 = 0.",
            "def entropy_floor(x):\n    per_pixel = -torch.xlogy(x, ___) - torch.xlogy(1 - x, ___)\n    "
            "return per_pixel.flatten(1).sum(dim=___)",
        ),
        reference=pixels.entropy_floor,
        inputs=pixels.grey_inputs,
        probe=pixels.probe_grey,
        verdict=pixels.judge_grey,
    ),
    Exercise(
        id="1.3",
        title="the mean image as a model",
        name="mean_image_nats",
        points=2,
        hints=(
            "Three steps: the mean over the training images, clamp it, then the cross-entropy with each test image.",
            "p = mean over images, clamped to [1e-6, 1 - 1e-6]; the logit of p is ln(p / (1 - p)), torch.logit(p).",
            "def mean_image_nats(train_images, test_images):\n    p = train_images.mean(dim=___).clamp(___, ___)\n"
            "    logits = torch.logit(p).expand_as(___)\n    return bce_from_logits(logits, ___)",
        ),
        reference=pixels.mean_image_nats,
        inputs=pixels.piles,
        probe=pixels.probe_piles,
        verdict=pixels.judge_piles,
    ),
    Exercise(
        id="1.4",
        title="Report B's number in nats",
        name="report_b_to_nats",
        points=2,
        hints=(
            "If every image costs L nats, what does the report print? Solve that for L.",
            "printed = L * (sum of squared batch sizes) / n. There are n // batch full batches and one "
            "of n % batch images.",
            "def report_b_to_nats(printed, n, batch):\n    full, rest = n // batch, ___\n    squares = "
            "full * ___ + ___\n"
            "    return printed * ___ / squares",
        ),
        reference=units.report_b_to_nats,
        inputs=units.printed_inputs,
        probe=units.probe_printed,
        verdict=units.judge_report_b,
    ),
    Exercise(
        id="1.5",
        title="Report E's number in nats",
        name="report_e_to_nats",
        points=1,
        hints=(
            "By how many images did the report divide, and how many were there?",
            "true = printed * (number of batches * batch) / n, and the number of batches is n / batch rounded up.",
            "def report_e_to_nats(printed, n, batch):\n    batches = math.ceil(___)\n    return printed "
            "* ___ * batch / ___",
        ),
        reference=units.report_e_to_nats,
        inputs=units.printed_inputs,
        probe=units.probe_printed,
        verdict=units.judge_report_e,
    ),
)
