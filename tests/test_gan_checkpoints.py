"""GANs and the classifier that judges them: what ships is what its card says; a killed making goes on."""

import dataclasses
import itertools
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from typer.testing import CliRunner

from course_utils import cli, data
from course_utils.checkpoints import CheckpointError, classifiers, gans
from course_utils.class_coverage import accuracy, diversity, features
from course_utils.gan import GanRecipe, train_gan
from course_utils.vae import parameter_count

PLANS = gans.STORE.plans
SHIPPED = gans.names()
CLASSIFIER = "digit-classifier"


def test_the_classifier_is_as_good_as_its_card_says():
    card, classifier = classifiers.card(CLASSIFIER), classifiers.load(CLASSIFIER)
    assert accuracy(classifier, *data.load("mnist", "test")) == pytest.approx(card.test, abs=2e-4)
    assert card.test >= 0.985 and parameter_count(classifier) == card.parameters


@pytest.mark.parametrize("name", SHIPPED)
def test_every_gan_was_looked_at_as_planned(name):
    card, plan = gans.card(name), PLANS[name]
    assert [epoch.epoch for epoch in card.history] == list(range(1, plan.recipe.epochs + 1))
    assert [snapshot.epoch for snapshot in card.snapshots] == plan.looks()
    generator, discriminator = plan.model(), plan.discriminator()
    assert card.parameters == parameter_count(generator)
    assert card.discriminator_parameters == parameter_count(discriminator)
    if generator.latent == 100:
        batchnorm = any(isinstance(layer, nn.BatchNorm1d) for layer in discriminator)
        assert parameter_count(generator) == 959_512
        assert parameter_count(discriminator) == 1_329_153 + 2 * 1536 * batchnorm


@pytest.mark.parametrize("name", SHIPPED)
def test_snapshots_are_pictures_of_the_epochs_that_the_card_names(name):
    pictures = gans.snapshots(name)
    assert list(pictures) == [snapshot.epoch for snapshot in gans.card(name).snapshots]
    for shown in pictures.values():
        assert shown.shape == (50, 1, 28, 28) and 0 <= shown.min() and 0.5 < shown.max() <= 1


def test_the_stored_generator_draws_what_its_card_says():
    card, generator, classifier = gans.card("gan-both"), gans.load("gan-both"), classifiers.load(CLASSIFIER)
    codes = torch.randn(2000, 100, generator=torch.Generator().manual_seed(12))
    pictures = generator.pictures(codes)
    real = features(classifier, data.load("mnist", "test")[0])
    found, last = diversity(classifier, pictures, real), card.snapshots[-1]
    assert found.shares == pytest.approx(last.shares, abs=2e-3)
    assert found.frechet == pytest.approx(last.frechet, rel=0.01)
    assert found.covered == last.covered >= 9
    shown = gans.snapshots("gan-both")[last.epoch]
    torch.testing.assert_close(pictures[:50], shown, atol=0.01, rtol=0)
    fresh = diversity(classifier, generator.draw(2000, torch.Generator().manual_seed(1)).detach(), real)
    assert fresh.covered >= 9, "other codes are covered, too"


def test_gans_without_weights_say_what_to_take_instead():
    with pytest.raises(CheckpointError, match=r"snapshots\('gan-a'\)"):
        gans.load("gan-a")
    with pytest.raises(CheckpointError, match="choose one of gan-a"):
        gans.card("gan-z")


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A quick plan on few images, and a folder of its own with the classifier in it."""
    few = {
        split: tuple(part[:300] for part in data.load("mnist", split, limit=300))
        for split in ("train", "validation", "test", "train+validation")
    }
    monkeypatch.setattr(gans.data, "load", lambda kind, split, limit=None: few[split])
    monkeypatch.setattr(gans.STORE, "folder", tmp_path / "made")
    monkeypatch.setattr(gans, "_JUDGED", 100)
    plan = dataclasses.replace(PLANS["gan-d"], name="small", says="Small", recipe=GanRecipe(3, batch=60))
    monkeypatch.setitem(PLANS, "small", dataclasses.replace(plan, snapshots=(1, 2), keeps_generator=True))
    return tmp_path


def test_a_killed_making_goes_on_to_the_same_file(tiny, monkeypatch):
    ticks = itertools.count(0, 10)
    monkeypatch.setattr(gans, "time", SimpleNamespace(perf_counter=lambda: next(ticks)))

    def trained_until_killed(generator, discriminator, images, recipe, schedule, watch, resume):
        def killed(epoch):
            watch(epoch)
            if epoch.epoch == 2:
                raise RuntimeError("killed")

        train_gan(generator, discriminator, images, recipe, schedule, killed, resume)

    whole = gans.STORE.make("small", tiny / "work")
    assert not list((tiny / "work").iterdir()) and gans.STORE.up_to_date("small")
    assert gans.card("small") == whole and "of 10 digits" in whole.reaches()
    assert list(gans.snapshots("small")) == [1, 2, 3] and gans.load("small").latent == 100
    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="killed"):
        patch.setattr(gans, "train_gan", trained_until_killed)
        gans.STORE.make("small", tiny / "work")
    sister = tiny / "work" / "small-sister"
    sister.mkdir()
    again = gans.STORE.make("small", tiny / "work")
    assert again.sha256 == whole.sha256 and list((tiny / "work").iterdir()) == [sister]
    assert (whole.seconds, again.seconds) == (40, 50), "both legs, the second epoch twice"
    (tiny / "made" / "small.safetensors").write_bytes(b"half a file")
    with pytest.raises(CheckpointError, match="damaged"):
        gans.load("small")


def test_a_classifier_is_made_and_loads(tiny, monkeypatch):
    plan = dataclasses.replace(classifiers.DIGITS, name="small", recipe=classifiers.ClassifierRecipe(epochs=1))
    monkeypatch.setitem(classifiers.STORE.plans, "small", plan)
    monkeypatch.setattr(classifiers.STORE, "folder", tiny / "classifiers")
    card = classifiers.STORE.make("small", tiny / "work")
    found = accuracy(classifiers.load("small"), *data.load("mnist", "test"))
    assert found == card.test and "of the test images" in card.reaches()


def test_the_command_makes_them_and_names_them(tiny, monkeypatch):
    monkeypatch.setattr(cli, "checkout", lambda: tiny)
    result = CliRunner().invoke(cli.app, ["train", "small"])
    assert result.exit_code == 0 and "1 of 1: small, Small" in result.output and "of 10 digits" in result.output
    result = CliRunner().invoke(cli.app, ["train", "large"])
    assert result.exit_code != 0 and "gan-both" in result.output and "b-latent-2" in result.output


def test_everything_stays_small():
    assert sum(path.stat().st_size for path in gans.STORE.folder.iterdir()) < 8e6
