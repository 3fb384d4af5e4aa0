"""Checkpoints of auto-decoders: cards tell the truth about real images, and the opponent is beaten by every seed."""

import dataclasses
from functools import partial

import pytest
import torch
from typer.testing import CliRunner

from course_utils import data
from course_utils.autodecoder import FitRecipe, GaussianPixels, PointCodes, PosteriorCodes, fit_codes
from course_utils.checkpoints import CheckpointError, fit_plans, fits, vaes
from course_utils.cli import app
from course_utils.reconstruction import frobenius_metric, rmse

PLANS = fits.STORE.plans
SHIPPED = fits.names()
FAMILIES = ("normal", "laplace", "uniform")
PCA_100, REPORTED_BEST = 0.1080, 0.1112
ONE = FitRecipe(epochs=1, batch=250)


@pytest.fixture(scope="module")
def images():
    return {
        split: data.load("fashion_mnist", name, limit=1000)[0]
        for split, name in (("train", "train+validation"), ("test", "test"))
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_every_fit_learned_in_all_its_epochs(name):
    card = fits.card(name)
    assert len(card.history) == PLANS[name].recipe.epochs and card.history[-1] < card.history[0]


@pytest.mark.parametrize("name", [name for name in SHIPPED if PLANS[name].ships_weights])
def test_every_card_tells_the_truth_about_real_images(name, images):
    found = fits.load(name)
    for split, codes in (("train", found.codes), ("test", found.test_codes)):
        pictures = found.pictures(codes.mean())
        metric, error = (getattr(found.card, f"{split}_{unit}") for unit in ("metric", "rmse"))
        assert frobenius_metric(pictures, images[split]) == pytest.approx(metric, abs=1e-5)
        assert rmse(pictures, images[split]) == pytest.approx(error, abs=1e-3)
    assert not found.decoder.training
    assert sum(p.numel() for p in found.decoder.parameters()) == found.card.parameters
    assert fits.price(found.test_codes) == pytest.approx(found.card.test_kl, abs=1e-2)


def test_every_seed_of_the_auto_decoder_beats_pca_and_the_report_with_as_many_numbers():
    for start in ("ad", "ad-random"):
        cards = [fits.card(f"{start}{suffix}") for suffix in ("", "-seed-1", "-seed-2")]
        assert len({card.seed for card in cards}) == 3
        assert all(card.test_metric < PCA_100 < REPORTED_BEST for card in cards)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_trains_on_every_seed_and_beats_the_report(family):
    for suffix in ("", "-seed-1", "-seed-2"):
        card = fits.card(f"vad-{family}{suffix}")
        assert all(map(float.__lt__, card.history[1:2], card.history[:1])) and card.test_kl > 1
        assert card.test_metric < min(0.13, card.reported[1])


def test_the_stored_test_codes_are_what_fitting_finds(images):
    torch.manual_seed(7)
    found, codes, some = fits.load("ad"), PointCodes(200, fit_plans.LATENT), images["test"][:200]
    fit_codes(found.decoder, codes, some, FitRecipe(epochs=150, batch=200, code_lr=0.1), GaussianPixels(found.card.s))
    stored, again = (rmse(found.pictures(z), some) for z in (found.test_codes.mean()[:200], codes.mean()))
    assert again == pytest.approx(stored, rel=0.03)


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """One quick plan of each kind, and a folder of their own."""
    codes = partial(PosteriorCodes, items=1000, latent=100, family="uniform", scale=-3.0)
    small = dataclasses.replace(PLANS["ad"], name="small", first=ONE, recipe=ONE, test_recipe=ONE)
    for plan in (small, dataclasses.replace(small, name="narrow", codes=codes)):
        monkeypatch.setitem(PLANS, plan.name, plan)
    monkeypatch.setattr(fits.STORE, "folder", tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["small", "narrow"])
def test_a_made_fit_loads_and_is_what_its_card_says(name, tiny, images):
    assert not fits.STORE.up_to_date(name)
    assert fits.STORE.make(name, tiny / "work").reaches().startswith("Report C's metric on test 0.")
    found = fits.load(name)
    assert fits.STORE.up_to_date(name) and found.card.test_kl >= 0
    pictures = found.pictures(found.codes.mean())
    assert frobenius_metric(pictures, images["train"]) == pytest.approx(found.card.train_metric)
    (tiny / f"{name}.safetensors").write_bytes(b"half a file")
    with pytest.raises(CheckpointError, match="damaged"):
        fits.load(name)


def test_a_fit_whose_weights_do_not_ship_says_how_to_make_them(tiny, monkeypatch):
    monkeypatch.setitem(PLANS, "small", dataclasses.replace(PLANS["small"], first=None, ships_weights=False))
    fits.STORE.make("small", tiny)
    assert fits.load("small").card.name == "small"
    (tiny / "small.safetensors").unlink()
    with pytest.raises(CheckpointError, match="course train small"):
        fits.load("small")
    with pytest.raises(CheckpointError, match="choose one of small"):
        fits.card("large")


def test_course_train_makes_fits_by_name(monkeypatch):
    made = []
    monkeypatch.setattr(fits.STORE, "make", lambda name, work: made.append(name) or fits.card(name))
    result = CliRunner().invoke(app, ["train", "ad", "vad-uniform"])
    assert result.exit_code == 0 and made == ["ad", "vad-uniform"]
    assert "2 of 2: vad-uniform, Variational" in result.output
    assert f"    Report C's metric on test {fits.card('ad').test_metric:.4f}, in " in result.output
    assert not set(PLANS) & set(vaes.STORE.plans)
    assert CliRunner().invoke(app, ["train", "nobody"]).exit_code == 2


def test_report_cs_loss_is_its_metric_on_a_batch_and_its_pictures_are_grey_levels():
    torch.manual_seed(3)
    pictures, x = torch.rand(2, 6, 1, 28, 28)
    loss = fits.report_c_loss(255 * pictures, x)
    assert loss.shape == (6,) and loss[0].item() == pytest.approx(frobenius_metric(pictures, x, 6), rel=1e-5)
    decoder, z = PLANS["ad-report"].model().eval(), torch.randn(2, fit_plans.LATENT)
    torch.testing.assert_close(255 * fits.draw(decoder, z, PLANS["ad-report"].grey_levels), decoder(z))


def test_fits_stay_small():
    assert sum(path.stat().st_size for path in fits.STORE.folder.iterdir()) < 8e6
