"""Exercises of lesson 12: both losses of a GAN, one step of the game, shares of classes, schedules and their test."""

from __future__ import annotations

from . import _lesson_12_classes as classes
from . import _lesson_12_losses as losses
from . import _lesson_12_step as step
from . import _lesson_12_turns as turns
from .contract import Exercise

EXERCISES = (
    Exercise(
        id="12.1",
        title="what the discriminator pays",
        name="discriminator_loss",
        points=2,
        hints=(
            'Two cross-entropies: one of real pictures, whose right answer is "real", one of drawn '
            'pictures, whose right answer is "drawn". Each is a mean; add them.',
            "-ln sigmoid(l) = softplus(-l) for real pictures, and -ln(1 - sigmoid(l)) = softplus(l) for drawn ones.",
            "def discriminator_loss(real, drawn):\n    of_real = F.softplus(___).mean()\n    of_drawn = "
            "F.softplus(___).___\n    return of_real + ___",
        ),
        reference=losses.discriminator_loss,
        inputs=losses.judged_inputs,
        probe=losses.probe_judged,
        verdict=losses.judge_judged,
    ),
    Exercise(
        id="12.2",
        title="what the generator pays",
        name="generator_loss",
        points=1,
        hints=(
            "The generator wants its pictures to be called real. So it pays what the discriminator pays "
            "for a real picture.",
            "The mean of -ln sigmoid(l) = softplus(-l) over the drawn pictures.",
            "def generator_loss(drawn):\n    return F.softplus(___).___",
        ),
        reference=losses.generator_loss,
        inputs=losses.fooled_inputs,
        probe=losses.probe_fooled,
        verdict=losses.judge_fooled,
    ),
    Exercise(
        id="12.3",
        title="one step of the game",
        name="train_step",
        points=3,
        hints=(
            "Draw once. The discriminator sees the drawn pictures as plain numbers (detached) and steps; "
            "then the generator shows them again, attached, to the discriminator as it is now.",
            "D: loss of D(real), D(drawn.detach()); zero_grad, backward, step with optimizers[0] if it "
            "has its turn. G: loss of D(drawn), the same with optimizers[1].",
            "def train_step(generator, discriminator, optimizers, real, codes, turns):\n    of_d, of_g = "
            "optimizers\n    drawn = torch.sigmoid(___)\n"
            "    judged = discriminator_loss(discriminator(real), discriminator(___))\n    if turns.___:\n "
            "       of_d.zero_grad()\n"
            "        judged.___\n        of_d.step()\n    fooled = generator_loss(___)\n    if "
            "turns.___:\n        of_g.___\n"
            "        fooled.backward()\n        ___\n    return judged.item(), ___",
        ),
        reference=step.train_step,
        inputs=step.step_inputs,
        probe=step.probe_step,
        verdict=step.judge_step,
    ),
    Exercise(
        id="12.4",
        title="which digits appear",
        name="class_shares",
        points=2,
        hints=(
            "From logits to probabilities, picture by picture; the best probability and its class; keep "
            "the classes of sure pictures; count.",
            "probability, label = softmax(logits).max(dim=1); count label[probability >= sure] in ten "
            "bins; divide by the number of all pictures.",
            "def class_shares(logits, sure=0.9):\n    probability, label = "
            "logits.softmax(dim=___).max(dim=___)\n    kept = label[___]\n"
            "    return torch.bincount(kept, minlength=___) / ___",
        ),
        reference=classes.class_shares,
        inputs=classes.logit_inputs,
        probe=classes.probe_shares,
        verdict=classes.judge_shares,
    ),
    Exercise(
        id="12.5",
        title="schedule A",
        name="schedule_a",
        points=1,
        hints=(
            "Everything follows from the last digit of the epoch. Write down its ten values and two answers for each.",
            "digit = epoch % 10. The discriminator trains for the digits 0 to 4, the generator for 0 and 5 to 9.",
            "def schedule_a(epoch, step):\n    digit = ___\n    return Turns(digit <= ___, digit == ___ "
            "or digit >= ___)",
        ),
        reference=turns.schedule_a,
        inputs=turns.epoch_inputs,
        probe=turns.probe_epochs,
        verdict=turns.judge_epochs,
    ),
    Exercise(
        id="12.6",
        title="the test that finds a skip which never fires",
        name="missed_steps",
        points=1,
        hints=(
            "Two loops, over epochs from 1 and over steps from 1; ask the schedule each time; count "
            "where the discriminator does not train.",
            "For each epoch: the number of steps s in 1, ..., steps for which schedule(epoch, "
            "s).discriminator is False.",
            "def missed_steps(schedule, epochs, steps):\n    missed = []\n    for epoch in range(1, ___):\n"
            "        rests = [not schedule(___, step).discriminator for step in range(1, ___)]\n        "
            "missed.append(___)\n    return missed",
        ),
        reference=turns.missed_steps,
        inputs=turns.schedule_inputs,
        probe=turns.probe_missed,
        verdict=turns.judge_missed,
    ),
)
