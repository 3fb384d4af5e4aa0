"""Checkpoints: what ships is what its card says; making one is atomic, resumable and honest about float16."""

import dataclasses
import json
from fnmatch import fnmatch

import pytest
import torch

from course_utils import checkpoints, data
from course_utils.checkpoints import CheckpointError, fits, making, store
from course_utils.checkpoints.plans import PLANS
from course_utils.evaluation import evaluate
from course_utils.training import Recipe
from course_utils.vae import parameter_count

SHIPPED = checkpoints.names()
TINY = Recipe(epochs=2, batch=100, lr=1e-3)


def test_the_stored_comparison_is_what_the_cards_give():
    assert checkpoints.COMPARISON.read_text() == checkpoints.comparison() + "\n"
    readme = (data.ASSETS.parents[2] / "README.md").read_text()
    assert f"reaches {checkpoints.card('e').test:.2f} test nats" in readme
    assert f"reaches {checkpoints.card('b-latent-20').test:.2f} where" in readme


def test_every_latent_size_of_report_b_ends_below_the_reports_number():
    cards = [checkpoints.card(f"b-latent-{size}") for size in (2, 5, 6, 10, 20)]
    assert all(card.test <= card.reported for card in cards)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_card_tells_the_truth_about_real_test_images(name):
    card = checkpoints.card(name)
    if not PLANS[name].ships_weights:
        pytest.skip("its weights do not ship; `course train` makes them")
    model, images = checkpoints.load(name), data.load("mnist", "test")[0]
    assert parameter_count(model) == card.parameters
    found = evaluate(model, images)
    assert found.bce == pytest.approx(card.test_bce, abs=0.005)
    assert found.kl == pytest.approx(card.test_kl, abs=0.005)
    assert found.active_units == card.active_units


@pytest.mark.parametrize("name", SHIPPED)
def test_every_card_follows_its_plan_and_was_chosen_on_validation(name):
    card, plan = checkpoints.card(name), PLANS[name]
    assert (card.recipe, card.says) == (repr(plan.recipe), plan.says)
    assert (card.rows, card.reported) == (plan.rows, plan.reported)
    assert card.best_epoch == min(card.history, key=lambda epoch: epoch.total).epoch
    assert card.validation == pytest.approx(min(epoch.total for epoch in card.history), abs=0.02)


def test_no_plan_reads_more_than_it_says():
    for name, plan in PLANS.items():
        assert name.endswith("-seed-1") == (plan.recipe.seed == 1), name
        assert parameter_count(plan.model()) > 40_000


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A quick plan on a few images, and a folder of its own."""
    few = {split: (data.load("mnist", split)[0][:200], None) for split in ("train", "validation", "test")}
    monkeypatch.setattr(making.data, "load", lambda kind, split: few[split])
    monkeypatch.setattr(store, "FOLDER", tmp_path / "made")
    return dataclasses.replace(PLANS["e"], recipe=TINY), tmp_path


def test_a_made_checkpoint_loads_and_is_what_its_card_says(tiny, monkeypatch):
    plan, folder = tiny
    monkeypatch.setitem(PLANS, "small", plan)
    card = making.make("small", plan, folder / "work", folder / "made")
    model = checkpoints.load("small")
    assert evaluate(model, data.load("mnist", "test")[0]).total == pytest.approx(card["test_bce"] + card["test_kl"])
    assert not list((folder / "work").iterdir())
    with pytest.raises(CheckpointError, match="choose one of small"):
        checkpoints.card("large")
    (folder / "made" / "small.safetensors").write_bytes(b"half a file")
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoints.load("small")


def test_a_killed_making_goes_on_to_the_same_weights(tiny):
    plan, folder = tiny

    def killed(epoch):
        raise RuntimeError("killed")

    whole = making.make("whole", plan, folder / "work", folder / "made")
    with pytest.raises(RuntimeError, match="killed"):
        making.make("whole", plan, folder / "work", folder / "made", watch=killed)
    assert making.make("whole", plan, folder / "work", folder / "made")["sha256"] == whole["sha256"]


def test_weights_that_do_not_ship_are_made_by_the_command_that_the_message_names(tiny, monkeypatch):
    plan, folder = tiny
    monkeypatch.setitem(PLANS, "heavy", dataclasses.replace(plan, ships_weights=False))
    making.make("heavy", PLANS["heavy"], folder / "work", folder / "made")
    assert parameter_count(checkpoints.load("heavy")) == checkpoints.card("heavy").parameters
    (folder / "made" / "heavy.safetensors").unlink()
    with pytest.raises(CheckpointError, match="course train heavy"):
        checkpoints.load("heavy")


def test_git_ignores_the_weights_that_do_not_ship_and_no_others():
    root = data.ASSETS.parents[2]
    ignored = [line for line in (root / ".gitignore").read_text().split() if line.endswith(".safetensors")]
    for plans, folder in ((PLANS, store.FOLDER), (fits.PLANS, fits.FOLDER)):
        for name, plan in plans.items():
            path = (folder / f"{name}.safetensors").relative_to(root)
            assert plan.ships_weights != any(fnmatch(str(path), pattern) for pattern in ignored), name


def test_float16_is_refused_where_it_costs_too_much(tiny, monkeypatch):
    plan, _ = tiny
    model = plan.model()
    monkeypatch.setattr(making, "HALF_IS_ENOUGH", -1.0)
    assert all(value.dtype == torch.float32 for value in making._rounded(model, torch.rand(4, 1, 28, 28)).values())


def test_the_comparison_puts_seeds_together(tiny):
    plan, folder = tiny
    for name, seed in (("b-2", 0), ("b-2-seed-1", 1), ("b-10", 0)):
        seeded = dataclasses.replace(plan, recipe=dataclasses.replace(TINY, seed=seed, epochs=1), reported=99.5)
        making.make(name, seeded, folder / "work", folder / "made")
    rows = checkpoints.comparison().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == ["b-2", "b-10"]
    assert "| 99.50 |" in rows[0] and "over 2 seeds" in rows[0] and "seeds" not in rows[1]
    first = json.loads((folder / "made" / "b-10.json").read_text())
    assert f"{first['test_bce'] + first['test_kl']:.2f}" in rows[1]
