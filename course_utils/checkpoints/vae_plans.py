"""Which VAEs the course trains, and how: one plan for each checkpoint, from the reports' coverage rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from ..recipes import COURSE
from ..reports import report_a, report_b, report_e
from ..schedules import Constant, OneCycle
from ..training import Recipe
from ..vae import VAE, course_model, small_model
from .store import Plan

LONG = replace(COURSE, epochs=24, bfloat16=False)
"""For models whose last tenth of a nat counts."""

_PLANE = replace(COURSE, epochs=16, lr=1.5e-2, muon_lr=0.015)
"""For the many models of Report B's tables, all with 2 latents: half the usual rates."""

_LONGER = replace(COURSE, epochs=50, muon_decay=0.1)
"""For what 24 epochs do not exhaust. Without weight decay, so many steps leave most gates open or shut for good."""

_GENTLE = replace(_LONGER, lr=1.5e-2, muon_lr=0.015)
"""Half the usual rates: with 2 latents they ended 3 nats lower, in one run of each."""

_LATENT = {2: ("B-10", 140.63), 5: ("B-10", 108.80), 6: ("B-2", 108.73), 10: ("B-10", 94.42), 20: ("B-10", 92.91)}
_HIDDEN = {64: 145.64, 256: 143.59}
_DECODER = {1: 142.38, 2: 143.02, 3: 142.27, 4: 146.99, 5: 143.28, 6: 142.25}


VaePlan = Plan[VAE, Recipe]


def _report_b() -> Iterator[VaePlan]:
    for latent, (row, reported) in _LATENT.items():
        as_coded = VaePlan(
            name=f"b-latent-{latent}-as-coded",
            says=f"Report B's base as coded, without that ReLU: LSTM of 128, {latent} latents",
            model=partial(report_b, latent=latent),
            recipe=_GENTLE if latent == 2 else _LONGER,
            rows=(row,),
            reported=reported,
        )
        yield replace(
            as_coded,
            name=f"b-latent-{latent}",
            says=f"Report B's base with a ReLU after the decoder's linear layer: LSTM of 128, {latent} latents",
            model=partial(report_b, latent=latent, start_relu=True),
        )
        if latent == 20:
            yield as_coded
    for hidden, reported in _HIDDEN.items():
        yield VaePlan(
            name=f"b-hidden-{hidden}",
            says=f"Report B's base with an LSTM of {hidden}, 2 latents",
            model=partial(report_b, hidden=hidden),
            recipe=_PLANE,
            rows=("B-3",),
            reported=reported,
        )
    for decoder, reported in _DECODER.items():
        yield VaePlan(
            name=f"b-decoder-{decoder}",
            says=f"Report B's encoder with decoder {decoder}, repaired where it did not give 28 x 28, 2 latents",
            model=partial(report_b, decoder=decoder),
            recipe=_PLANE,
            rows=("B-1", "B-3", "B-4") if decoder == 1 else (f"B-{decoder + 3}",),
            reported=reported,
            ships_weights=decoder != 4,  # 11 MB
        )


def _seeds() -> Iterator[VaePlan]:
    """The tables of Report B whose differences must be held against seed noise."""
    for plan in _report_b():
        if plan.name.startswith(("b-hidden", "b-decoder")):
            for seed in (1, 2):
                recipe = replace(plan.recipe, seed=seed)
                yield replace(plan, name=f"{plan.name}-seed-{seed}", recipe=recipe, ships_weights=False)


def _report_e() -> Iterator[VaePlan]:
    yield VaePlan(
        name="e",
        says="Report E's model: bidirectional LSTM of 64, four transposed convolutions, 64 latents",
        model=report_e,
        recipe=LONG,
        rows=("E-1", "E-5"),
        reported=98.04,
    )
    yield VaePlan(
        name="e-no-fc",
        says="Report E's model without the linear layer before the transposed convolutions",
        model=partial(report_e, linear_start=False),
        recipe=LONG,
        rows=("E-2",),
    )
    for hidden in (32, 128):
        yield VaePlan(
            name=f"e-hidden-{hidden}",
            says=f"Report E's model with LSTMs of {hidden} instead of 64",
            model=partial(report_e, hidden=hidden),
            recipe=LONG,
            rows=("E-2",),
        )


def _report_a() -> Iterator[VaePlan]:
    """Each step of Report A's diary with the likely slip, pixels averaged and the KL summed, and without it."""
    for step in range(1, 7):
        for name, weight, says in (
            (f"a-{step}", 784.0, "pixels averaged, so that the KL weighs 784 times too much"),
            (f"a-{step}-sum", 1.0, "pixels summed: the ELBO"),
        ):
            yield VaePlan(
                name=name,
                says=f"Report A's model, step {step} of 6; {says}",
                model=partial(report_a, step=step),
                recipe=Recipe(epochs=3, kl_weight=Constant(weight)),
                rows=(f"A-{step}",),
                ships_weights=step == 1,  # the explorer shows them
            )


def _weights() -> Iterator[VaePlan]:
    """One small model under four weights of the KL: Report E's advice, and Report A's likely slip at the end."""
    for weight in (1, 4, 16, 784):
        yield VaePlan(
            name=f"beta-{weight}",
            says=f"A small VAE of two hidden layers and 10 latents, trained with {weight} times the KL",
            model=small_model,
            recipe=Recipe(epochs=4, lr=3e-3, lr_schedule=OneCycle(), kl_weight=Constant(float(weight))),
            rows=("E-6",),
        )


def _small() -> Iterator[VaePlan]:
    """The capstone's example: the small model with 10 latents, as ``beta-1``, and with 20, three seeds of each."""
    recipe = Recipe(epochs=4, lr=3e-3, lr_schedule=OneCycle(), kl_weight=Constant(1.0))
    for base, latent, seed in (
        ("beta-1", 10, 1),
        ("beta-1", 10, 2),
        *(("beta-1-latent-20", 20, seed) for seed in range(3)),
    ):
        yield VaePlan(
            name=f"{base}-seed-{seed}" if seed else base,
            says=f"A small VAE of two hidden layers and {latent} latents, seed {seed}",
            model=small_model if latent == 10 else partial(small_model, latent=latent),
            recipe=replace(recipe, seed=seed),
            rows=("B-10",),
        )


_COURSE = VaePlan(
    name="course",
    says="The course's own model: LSTM of 192 reading four rows at a time, 24 latents",
    model=course_model,
    recipe=_GENTLE,
)
PLANS = (*_report_a(), *_report_e(), _COURSE, *_weights(), *_small(), *_report_b(), *_seeds())
