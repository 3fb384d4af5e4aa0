"""Exercises of lesson 07: the exact mean, a split, an honest choice, early stopping, and a copy of the weights."""

from __future__ import annotations

from . import _lesson_07_choice as choice
from . import _lesson_07_means as means
from . import _lesson_07_snapshot as keeping
from . import _lesson_07_stopping as stopping
from .contract import Exercise

EXERCISES = (
    Exercise(
        id="7.1",
        title="the exact mean over images",
        name="mean_nats",
        points=3,
        hints=(
            "Four steps: note the mode and switch to evaluation; add up the nats of every image, batch "
            "by batch, without gradients; give the mode back; divide once.",
            "(sum over batches x of model(x).total.sum()) / len(images), inside torch.no_grad(), between "
            "model.eval() and model.train(was_training).",
            "def mean_nats(model, images, batch):\n    was_training = ___\n    model.eval()\n    total = "
            "0.0\n    with ___:\n"
            "        for x in images.split(batch):\n            total += model(x).total.___\n    "
            "model.train(___)\n    return total / ___",
        ),
        reference=means.mean_nats,
        inputs=means.image_inputs,
        probe=means.probe_mean,
        verdict=means.judge_mean,
    ),
    Exercise(
        id="7.2",
        title="a split that can be repeated",
        name="split",
        points=1,
        hints=(
            "Shuffle all row numbers once, by a generator of the split's own, and cut the list in two.",
            "order = torch.randperm(n, generator=g), with g = torch.Generator().manual_seed(seed); the "
            "first held_out of them are the validation part.",
            "def split(n, held_out, seed):\n    own = torch.Generator().manual_seed(___)\n    shuffled = "
            "torch.randperm(___, generator=own)\n"
            "    return shuffled[___:], shuffled[:___]",
        ),
        reference=choice.split,
        inputs=choice.split_inputs,
        probe=choice.probe_split,
        verdict=choice.judge_split,
    ),
    Exercise(
        id="7.3",
        title="chosen on validation, read on test",
        name="honest_choice",
        points=1,
        hints=(
            "In each row, ask the validation numbers which model is best; only then look up that model's test number.",
            "k = validation.argmin(dim=1), (R,), names a model in each row; the answer in row r is test[r, k[r]].",
            "def honest_choice(validation, test):\n    chosen = validation.argmin(dim=___)\n    rows = "
            "torch.arange(len(test))\n    return test[rows, ___]",
        ),
        reference=choice.honest_choice,
        inputs=choice.score_inputs,
        probe=choice.probe_choice,
        verdict=choice.judge_choice,
    ),
    Exercise(
        id="7.4",
        title="when to stop",
        name="make_stopper",
        points=3,
        hints=(
            "Remember two things only: the least value so far, and its epoch. Both questions can be "
            "answered from them.",
            "improved: if value < best, set best and best_epoch and say True, else say False. "
            "should_stop: epoch - best_epoch >= patience. In the beginning, best is infinite.",
            "class Stopper:\n    def __init__(self, patience):\n        self.patience, self.best, "
            "self.best_epoch = patience, ___, 0\n\n"
            "    def improved(self, epoch, value):\n        if not value < ___:\n            return ___\n"
            "        self.best, self.best_epoch = ___, ___\n        return ___\n\n"
            "    def should_stop(self, epoch):\n        return epoch - ___ >= ___\n\n"
            "def make_stopper(patience):\n    return Stopper(patience)",
        ),
        reference=stopping.make_stopper,
        inputs=stopping.curve_inputs,
        probe=stopping.probe_stopper,
        verdict=stopping.judge_stopper,
    ),
    Exercise(
        id="7.5",
        title="a copy that stays",
        name="snapshot",
        points=2,
        hints=(
            "state_dict() hands out the model's own tensors, which training goes on changing. Each of "
            "them needs a copy.",
            "Go through model.state_dict().items() and keep value.clone() under each name; copy.deepcopy "
            "does the same in one go.",
            "def snapshot(model):\n    kept = {}\n    for name, value in model.state_dict().items():\n   "
            "     kept[name] = value.___\n    return ___",
        ),
        reference=keeping.snapshot,
        inputs=keeping.weight_inputs,
        probe=keeping.probe_snapshot,
        verdict=keeping.judge_snapshot,
    ),
)
