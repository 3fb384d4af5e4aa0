"""Checkpoints: what ships is what its card says; making one is atomic, resumable and honest about float16."""

import dataclasses
import functools
import json

import pytest
import torch

from course_utils import checkpoints, data, training
from course_utils.autodecoder import FitRecipe
from course_utils.checkpoints import CheckpointError, classifiers, fits, gans, store, vaes
from course_utils.checkpoints.comparison import comparison
from course_utils.evaluation import evaluate
from course_utils.gan import GanRecipe
from course_utils.reports import report_b
from course_utils.schedules import Constant, WarmUp
from course_utils.training import Recipe
from course_utils.vae import parameter_count

PLANS = vaes.STORE.plans
STORES = (vaes.STORE, fits.STORE, gans.STORE, classifiers.STORE)
SHIPPED = checkpoints.names()
TINY = Recipe(epochs=2, batch=100, lr=1e-3)


def test_the_stored_comparison_is_what_the_cards_give():
    assert vaes.STORE.table.read_text() == comparison(map(checkpoints.card, SHIPPED)) + "\n"
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
    found = evaluate(model, images, batch=100)  # its feature maps fit into the cache: a quarter sooner than by 500
    assert found.bce == pytest.approx(card.test_bce, abs=0.005)
    assert found.kl == pytest.approx(card.test_kl, abs=0.005)
    assert found.active_units == card.active_units


@pytest.mark.parametrize("name", SHIPPED)
def test_every_vae_was_chosen_on_validation(name):
    card = checkpoints.card(name)
    assert card.validation == pytest.approx(min(epoch.total for epoch in card.history), abs=0.02)
    assert card.epochs <= PLANS[name].recipe.epochs


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in STORES for name in kind.names()])
def test_every_card_follows_its_plan_and_stands_as_it_would_be_written(kind, name):
    card, plan = kind.card(name), kind.plans[name]
    assert kind.up_to_date(name)
    assert (card.name, card.says, card.rows, card.reported) == (name, plan.says, plan.rows, plan.reported)
    assert card.seed == plan.recipe.seed and (card.sha256 or not plan.ships_weights)
    assert (kind.folder / f"{name}.json").read_text() == store.as_json(card)


def test_no_plan_reads_more_than_it_says():
    for name, plan in PLANS.items():
        assert name.endswith("-seed-1") == (plan.recipe.seed == 1), name
        assert parameter_count(plan.model()) > 40_000
    plans = [plan for kind in STORES for plan in kind.plans.values()]
    assert len({plan.name for plan in plans}) == len(plans)
    assert not any(getattr(plan.model, "args", ()) for plan in plans), "a card knows arguments by name"


def test_a_plan_is_known_by_what_differs_from_the_defaults():
    """A field that is added to a recipe, with a default, must not make a card look as if it were of another plan."""
    more = dataclasses.make_dataclass("Recipe", [("added", bool, False)], bases=(Recipe,), frozen=True)
    settings = {"epochs": 3, "betas": (0.9, 0.99), "lr": 1e-3, "kl_weight": WarmUp(0.05), "lr_schedule": Constant()}
    plan = vaes.VaePlan(
        name="x", says="X", model=functools.partial(report_b, latent=5), recipe=more(**settings), rows=("B-1",)
    )
    assert plan.identity() == {
        "model": {"report_b": {"latent": 5}},
        "recipe": {"epochs": 3, "betas": [0.9, 0.99], "kl_weight": {"WarmUp": {"until": 0.05}}},
    }
    for changed in ({"seed": 1}, {"added": True}, {"kl_weight": Constant(784.0)}):
        other = dataclasses.replace(plan, recipe=more(**{**settings, **changed}))
        assert other.identity() != plan.identity() and json.loads(json.dumps(other.identity())) == other.identity()


def test_the_defaults_that_cards_rely_on_stand():
    """A card says nothing of what was left at its default: who changes one trains anew, or says it in the plans."""
    relied_on = {
        Recipe: {
            "batch": 128,
            "optimizer": "adam",
            "lr": 1e-3,
            "betas": (0.9, 0.999),
            "muon_decay": 0.0,
            "bfloat16": False,
            "lr_schedule": Constant(1.0),
            "kl_weight": Constant(1.0),
            "free_bits": 0.0,
            "clip": None,
            "patience": None,
            "seed": 0,
        },
        FitRecipe: {"batch": 64, "lr": 2e-3, "kl_weight": 1.0, "seed": 0},
        GanRecipe: {"batch": 100, "generator_lr": 5e-5, "discriminator_lr": 1e-4, "betas": (0.9, 0.999), "seed": 0},
        classifiers.ClassifierRecipe: {"epochs": 10, "batch": 100, "lr": 4e-3, "seed": 0},
        WarmUp: {"weight": 1.0},
        Constant: {"value": 1.0},
    }
    for recipe, defaults in relied_on.items():
        stands = {field.name: field.default for field in dataclasses.fields(recipe)}
        assert {name: stands[name] for name in defaults} == defaults, recipe


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A quick plan on a few images, and a folder of its own."""
    few = {split: (data.load("mnist", split)[0][:200], None) for split in ("train", "validation", "test")}
    monkeypatch.setattr(vaes.data, "load", lambda kind, split: few[split])
    monkeypatch.setattr(vaes.STORE, "folder", tmp_path / "made")

    def planned(name, **changes):
        plan = dataclasses.replace(PLANS["e"], **{"name": name, "recipe": TINY, **changes})
        monkeypatch.setitem(PLANS, name, plan)
        return plan

    return planned, tmp_path


def test_a_made_checkpoint_loads_and_is_what_its_card_says(tiny):
    planned, folder = tiny
    planned("small")
    card = vaes.STORE.make("small", folder / "work")
    assert card == checkpoints.card("small") and card.reaches().startswith("test ")
    model = checkpoints.load("small")
    assert evaluate(model, data.load("mnist", "test")[0]).total == pytest.approx(card.test)
    assert not list((folder / "work").iterdir())
    with pytest.raises(CheckpointError, match="choose one of small"):
        checkpoints.card("large")
    (folder / "made" / "small.safetensors").write_bytes(b"half a file")
    with pytest.raises(CheckpointError, match="damaged"):
        checkpoints.load("small")
    assert vaes.STORE.up_to_date("small")
    planned("small", recipe=dataclasses.replace(TINY, seed=1))
    assert not vaes.STORE.up_to_date("small")


def test_a_killed_making_goes_on_to_the_same_weights(tiny, monkeypatch):
    planned, folder = tiny
    planned("whole")

    def killed(epoch):
        raise RuntimeError("killed")

    whole = vaes.STORE.make("whole", folder / "work")
    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="killed"):
        patch.setattr(vaes, "train", functools.partial(training.train, watch=killed))
        vaes.STORE.make("whole", folder / "work")
    (unfinished,) = (folder / "work" / "whole").iterdir()
    assert len(torch.load(unfinished)["history"]) == 1
    assert vaes.STORE.make("whole", folder / "work").sha256 == whole.sha256


def test_weights_that_do_not_ship_are_made_by_the_command_that_the_message_names(tiny):
    planned, folder = tiny
    planned("heavy", ships_weights=False)
    vaes.STORE.make("heavy", folder / "work")
    assert parameter_count(checkpoints.load("heavy")) == checkpoints.card("heavy").parameters
    (folder / "made" / "heavy.safetensors").unlink()
    with pytest.raises(CheckpointError, match="course train heavy"):
        checkpoints.load("heavy")


def test_git_ignores_the_weights_that_do_not_ship_and_no_others():
    root = data.ASSETS.parents[2]
    ignored = [line for line in (root / ".gitignore").read_text().split() if line.endswith(".safetensors")]
    for kind in STORES:
        for name, plan in kind.plans.items():
            path = (kind.folder / f"{name}.safetensors").relative_to(root)
            assert plan.ships_weights != any(map(path.match, ignored)), name


def test_float16_is_refused_where_it_costs_too_much(tiny, monkeypatch):
    monkeypatch.setattr(vaes, "HALF_IS_ENOUGH", -1.0)
    weights = vaes.rounded(PLANS["e"].model(), torch.rand(4, 1, 28, 28))
    assert all(value.dtype == torch.float32 for value in weights.values())


def test_the_comparison_puts_seeds_together(tiny):
    planned, folder = tiny
    for name, seed in (("b-2", 0), ("b-2-seed-1", 1), ("b-10", 0)):
        planned(name, recipe=dataclasses.replace(TINY, seed=seed, epochs=1), reported=99.5)
        made = vaes.STORE.make(name, folder / "work")
    rows = vaes.STORE.table.read_text().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == ["b-2", "b-10"]
    assert "| 99.50 |" in rows[0] and "over 2 seeds" in rows[0] and "seeds" not in rows[1]
    assert f"{made.test:.2f}" in rows[1]
