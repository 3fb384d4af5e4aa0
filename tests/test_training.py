"""The loop: reproducible, resumable, honest about the best epoch, and clear when it cannot go on."""

import dataclasses
import math

import pytest
import torch

from course_utils import schedules, training, vae
from course_utils.decoders import MLPDecoder
from course_utils.encoders import MLPEncoder
from course_utils.evaluation import aggregate_mismatch, evaluate, importance_weighted_bound
from course_utils.training import EarlyStopping, Recipe, Stopped, TrainingError, train


def blobs(count, seed=0):
    """Images with one bright blob each: easy to learn, so that losses move."""
    draw = torch.Generator().manual_seed(seed)
    place = torch.rand(count, 2, 1, 1, generator=draw) * 16 + 6
    rows, columns = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    return torch.exp(-((rows - place[:, 0]) ** 2 + (columns - place[:, 1]) ** 2) / 20).unsqueeze(1)


IMAGES, VALIDATION = blobs(130), blobs(40, seed=1)
RECIPE = Recipe(epochs=4, batch=32, optimizer="muon", lr=3e-3, lr_schedule=schedules.OneCycle(), clip=5.0, seed=7)


def small_model(dropout=0.0):
    torch.manual_seed(0)
    return vae.VAE(MLPEncoder(4, (32,), dropout=dropout), MLPDecoder(4, (32,)))


def test_training_learns_and_the_history_is_in_nats_per_image():
    model = small_model()
    before = evaluate(model, VALIDATION).total
    history = train(model, IMAGES, VALIDATION, dataclasses.replace(RECIPE, epochs=12))
    assert [line.epoch for line in history] == list(range(1, 13))
    assert history[-1].total < before - 50
    assert 0 < history[-1].active_units <= 4


def test_the_same_recipe_gives_the_same_history():
    first, second = (train(small_model(0.3), IMAGES, VALIDATION, RECIPE) for _ in range(2))
    assert first == second
    other = train(small_model(0.3), IMAGES, VALIDATION, dataclasses.replace(RECIPE, seed=8))
    assert first != other


@pytest.mark.parametrize(("parts", "dropout"), [(1, 0.3), (2, 0.0)])
def test_a_killed_run_goes_on_as_if_nothing_had_happened(tmp_path, monkeypatch, parts, dropout):
    recipe = dataclasses.replace(RECIPE, parts=parts)
    whole, resumed = small_model(dropout), small_model(dropout)
    expected = train(whole, IMAGES, VALIDATION, recipe)
    one_epoch = training._one_epoch

    def killed_in_the_third(run, *rest):
        if len(run.history) == 2:
            raise SystemExit
        one_epoch(run, *rest)

    monkeypatch.setattr(training, "_one_epoch", killed_in_the_third)
    with pytest.raises(SystemExit):
        train(resumed, IMAGES, VALIDATION, recipe, resume=tmp_path / "run.pt")
    monkeypatch.undo()
    fresh = vae.VAE(MLPEncoder(4, (32,), dropout=dropout), MLPDecoder(4, (32,)))  # a new kernel: other initial weights
    assert train(fresh, IMAGES, VALIDATION, recipe, resume=tmp_path / "run.pt") == expected
    for name, weights in whole.state_dict().items():
        assert torch.equal(weights, fresh.state_dict()[name])
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def test_gradients_from_before_do_not_count():
    model = small_model()
    model(IMAGES).total.sum().backward()
    assert train(model, IMAGES, VALIDATION, RECIPE) == train(small_model(), IMAGES, VALIDATION, RECIPE)


def test_resuming_another_recipe_is_refused(tmp_path):
    train(small_model(), IMAGES, VALIDATION, dataclasses.replace(RECIPE, epochs=1), resume=tmp_path / "run.pt")
    with pytest.raises(TrainingError, match="another recipe"):
        train(small_model(), IMAGES, VALIDATION, RECIPE, resume=tmp_path / "run.pt")


def test_an_interrupt_keeps_what_was_learned(monkeypatch, capsys):
    one_epoch = training._one_epoch

    def interrupted_in_the_third(run, *rest):
        if len(run.history) == 2:
            raise KeyboardInterrupt
        one_epoch(run, *rest)

    monkeypatch.setattr(training, "_one_epoch", interrupted_in_the_third)
    model = small_model()
    history = train(model, IMAGES, VALIDATION, RECIPE)
    assert len(history) == 2 and "after 2 whole epochs" in capsys.readouterr().out
    assert evaluate(model, VALIDATION).total == pytest.approx(min(line.total for line in history), abs=1e-4)


def test_a_stop_before_the_first_whole_epoch_ends_the_cell_with_a_sentence_and_no_traceback(monkeypatch):
    def interrupted(run, *rest):
        next(run.model.parameters()).data.zero_()
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_one_epoch", interrupted)
    model = small_model()
    with pytest.raises(Stopped, match="no whole epoch") as stopped:
        train(model, IMAGES, VALIDATION, RECIPE)
    assert stopped.value._render_traceback_() == [str(stopped.value)]
    assert not model.training


def test_the_best_weights_come_back_not_the_last():
    spoiled = Recipe(epochs=8, batch=32, lr=3e-3, lr_schedule=Jump(), seed=1)
    model = small_model()
    history = train(model, IMAGES, VALIDATION, spoiled)
    best = min(line.total for line in history)
    assert history[-1].total > best + 1
    assert evaluate(model, VALIDATION).total == pytest.approx(best, abs=1e-4)
    assert not model.training


@dataclasses.dataclass(frozen=True)
class Jump:
    """A learning rate that goes wild in the last quarter."""

    def __call__(self, progress):
        return 1.0 if progress < 0.75 else 60.0


def test_early_stopping_on_a_rigged_curve():
    curve = [abs(epoch - 15) for epoch in range(1, 60)]
    stopping = EarlyStopping(patience=20)
    for epoch, value in enumerate(curve, 1):
        stopping.improved(epoch, value)
        if stopping.should_stop(epoch):
            break
    assert (stopping.best_epoch, epoch) == (15, 35), "Report B's decoder 5: best at 15, stops at 35"


def test_early_stopping_does_not_take_nan_or_a_tie_for_an_improvement():
    stopping = EarlyStopping(patience=1)
    assert stopping.improved(1, 5.0)
    assert not stopping.improved(2, math.nan)
    assert not stopping.improved(3, 5.0)
    assert stopping.should_stop(2) and not EarlyStopping(None).should_stop(99)


def test_patience_ends_training_early():
    hopeless = Recipe(epochs=9, batch=64, lr=0.0, patience=2)
    assert len(train(small_model(), IMAGES, VALIDATION, hopeless)) == 3


def test_nan_stops_with_the_step():
    poisoned = IMAGES.clone()
    model = small_model()
    model.decoder[-2].bias.data.fill_(math.inf)
    with pytest.raises(TrainingError, match="step 1 of epoch 1: lower the learning rate"):
        train(model, poisoned, VALIDATION, RECIPE)


def test_free_bits_leave_the_kl_alone_below_their_floor():
    recipe = Recipe(epochs=3, batch=32, lr=1e-3, parts=1)
    free = train(small_model(), IMAGES, VALIDATION, dataclasses.replace(recipe, free_bits=1000.0))
    unweighted = train(small_model(), IMAGES, VALIDATION, dataclasses.replace(recipe, kl_weight=schedules.Constant(0)))
    paid = train(small_model(), IMAGES, VALIDATION, recipe)
    assert [epoch.total for epoch in free] == pytest.approx([epoch.total for epoch in unweighted], rel=1e-5)
    assert free[-1].total != pytest.approx(paid[-1].total, rel=1e-5)


def test_a_kl_weight_of_zero_lets_the_kl_grow():
    weighted = (dataclasses.replace(RECIPE, kl_weight=schedules.Constant(weight)) for weight in (0.0, 1.0))
    without, one = (train(small_model(), IMAGES, VALIDATION, recipe) for recipe in weighted)
    assert without[-1].kl > one[-1].kl and without[-1].kl_weight == 0


@pytest.mark.parametrize("parts", [1, 2])
def test_one_and_two_threads_agree_to_rounding(parts):
    threads = torch.get_num_threads()
    try:
        histories = []
        for count in (1, 2):
            torch.set_num_threads(count)
            histories.append(train(small_model(), IMAGES, VALIDATION, dataclasses.replace(RECIPE, parts=parts)))
    finally:
        torch.set_num_threads(threads)
    for a, b in zip(*histories, strict=True):
        assert a.total == pytest.approx(b.total, rel=1e-4)


@pytest.mark.parametrize(
    ("schedule", "values"),
    [
        (schedules.Constant(0.45), [0.45, 0.45, 0.45, 0.45, 0.45]),
        (schedules.OneCycle(0.5, 0.1), [0, 0.5, 1, 0.55, 0.1]),
        (schedules.WarmUp(0.5, 2.0), [0, 1, 2, 2, 2]),
        (schedules.Cyclic(2, rise=0.5), [0, 1, 0, 1, 1]),
    ],
)
def test_schedules(schedule, values):
    assert [schedule(p) for p in (0, 0.25, 0.5, 0.75, 1)] == pytest.approx(values)
    assert schedule == dataclasses.replace(schedule) and repr(schedule) == repr(dataclasses.replace(schedule))


def test_evaluation_does_not_depend_on_the_batch_and_leaves_the_mode():
    model = small_model(dropout=0.5).train()
    values = [evaluate(model, VALIDATION, batch) for batch in (1, 7, 40)]
    assert values[0].total == pytest.approx(values[1].total, rel=1e-5) == pytest.approx(values[2].total, rel=1e-5)
    assert values[0].kl == pytest.approx(values[0].kl_per_unit.sum().item()) and model.training


def test_more_samples_tighten_the_bound():
    model = small_model()
    train(model, IMAGES, VALIDATION, RECIPE)
    one, many = (importance_weighted_bound(model, VALIDATION, k).mean().item() for k in (1, 120))
    assert many > one
    assert one == pytest.approx(-evaluate(model, VALIDATION).total, rel=0.05)


class FixedCodes(torch.nn.Module):
    """An encoder whose codes are known: mean proportional to the first pixel, unit-free spread."""

    def __init__(self, scale, logvar):
        super().__init__()
        self.scale, self.logvar = scale, logvar

    def forward(self, x):
        mu = self.scale * x[:, 0, 0, :1]
        return mu, torch.full_like(mu, self.logvar)


@pytest.mark.parametrize(
    ("scale", "sigma", "information", "aggregate"),
    [
        (0.0, 1.0, 0.0, 0.0),
        (0.6, 0.8, -math.log(0.8), 0.0),
        (1.0, 1.0, math.log(2) / 2, (2 - 1 - math.log(2)) / 2),
    ],
)
def test_mismatch_against_closed_forms(scale, sigma, information, aggregate):
    """With mu ~ N(0, scale^2), q(z) = N(0, scale^2 + sigma^2) and I = ln(sd of q(z) / sigma)."""
    pixels = torch.zeros(4000, 1, 28, 28)
    pixels[:, 0, 0, 0] = torch.distributions.Normal(0.0, 1.0).icdf((torch.arange(4000) + 0.5) / 4000)
    model = vae.VAE(FixedCodes(scale, 2 * math.log(sigma)), MLPDecoder(1, ()))
    found = aggregate_mismatch(model, pixels)
    assert found.information == pytest.approx(information, abs=0.05)
    assert found.aggregate == pytest.approx(aggregate, abs=0.06)
