"""The numbers in the prose of lesson 10, computed again."""

import math

import pytest
import torch
from sklearn.decomposition import PCA

from course_utils import data, units
from course_utils.checkpoints import fits
from course_utils.decoders import MLPDecoder
from course_utils.exercises.registry import find
from course_utils.reconstruction import frobenius_metric, principal_directions, rmse
from course_utils.reports import report_c_decoder
from course_utils.vae import parameter_count
from tests.numbers import prose, states

move_rows = find("10.2").reference
best_codes = find("10.3").reference
vad_loss = find("10.5").reference

MODELS = ("ad", "vad-normal", "vad-laplace", "vad-uniform")


@pytest.fixture(scope="module")
def by_pca():
    """Test images, and what PCA with 100 numbers makes of them."""
    splits = ("train+validation", "test")
    train, test = (data.load("fashion_mnist", split, limit=1000)[0].flatten(1) for split in splits)
    mean, directions = principal_directions(train, 100)
    return mean + best_codes(directions, mean, test) @ directions, test


def test_pca_is_ahead_in_grey_levels_and_in_the_reports_unit(by_pca):
    states("10", "23.7", rmse(*by_pca))
    states("10", "0.1080", frobenius_metric(*by_pca))
    states("10", "24.5", units.from_frobenius(0.1112, 1000, 64))
    states("10", "5.6", units.from_frobenius(0.0252, 1000, 64))
    states("10", "26", units.from_frobenius(0.1186, 1000, 64))


def test_a_better_estimated_linear_decoder_wins_on_test():
    train = data.load("fashion_mnist", "train+validation", limit=1000)[0]
    test = data.load("fashion_mnist", "test", limit=1000)[0].flatten(1)

    def error(images):
        pca = PCA(100, svd_solver="covariance_eigh").fit(images.flatten(1).numpy())
        return rmse(torch.tensor(pca.inverse_transform(pca.transform(test.numpy()))), test)

    frame = torch.nn.functional.pad(train, (1, 1, 1, 1))
    moved = [frame[:, :, top : top + 28, left : left + 28] for top, left in ((0, 1), (2, 1), (1, 0), (1, 2))]
    states("10", "0.8", float(error(train) - error(torch.cat([train, *moved]))))


def test_the_metric_falls_with_the_batch(by_pca):
    states("10", "0.813", frobenius_metric(*by_pca, batch=1))
    states("10", "0.027", frobenius_metric(*by_pca, batch=1000))
    states("10", "30", round(frobenius_metric(*by_pca, batch=1) / frobenius_metric(*by_pca, batch=1000), -1))
    states("10", "224", math.sqrt(784 * 64))
    states("10", "0.107", 24 / math.sqrt(784 * 64))
    assert len(units.batch_sizes(1000, 64)) == 16 and "In the fifteen batches without its image" in prose("10")


def _purity(codes, labels):
    nearest = torch.cdist(codes, codes).fill_diagonal_(torch.inf).topk(10, largest=False).indices
    return (labels[nearest] == labels[:, None]).float().mean().item()


def test_maps_are_less_pure_than_pixels_and_stretched_pca_is_so_too():
    train = data.load("fashion_mnist", "train+validation", limit=1000)[0].flatten(1)
    images, labels = data.load("fashion_mnist", "test", limit=1000)
    mean, directions = principal_directions(train, 100)
    stretched = (images.flatten(1) - mean) @ torch.linalg.pinv(directions)
    codes = stretched * directions.norm(dim=1)
    states("10", "0.66", _purity(images.flatten(1), labels))
    states("10", "0.67", _purity(codes, labels))
    states("10", "0.56", _purity(stretched, labels))
    models = [_purity(fits.load(name).test_codes.mean(), labels) for name in MODELS]
    states("10", "0.47", min(models))
    states("10", "0.59", max(models))


def test_some_directions_hardly_show_in_the_upper_half():
    train = data.load("fashion_mnist", "train+validation", limit=1000)[0].flatten(1)
    directions = torch.nn.functional.normalize(principal_directions(train, 100)[1])
    strengths = torch.linalg.svdvals(directions[:, :392])
    assert strengths[-1] < 0.05 * strengths[0] and "hardly show in the upper half" in prose("10")


def test_the_bent_pca_is_between_the_models_and_the_vads():
    """0.0885, of the cell that fits its codes: behind the auto-decoder, level with Laplace, ahead of the others."""
    ours = {name: fits.card(name).test_metric for name in (*MODELS, "ad-random")}
    assert "has 0.0885" in prose("10")
    states("10", "0.0857", ours["ad"])
    assert ours["ad"] < 0.0884 and abs(ours["vad-laplace"] - 0.0885) < 0.0003
    assert min(ours["vad-normal"], ours["vad-uniform"], ours["ad-random"]) > 0.0890


def test_the_minus_elbo_depends_on_the_unit_of_a_pixel():
    assert -912 + 784 * math.log(255) == pytest.approx(3432, abs=1)
    assert "-912" in prose("10") and "3432 nats" in prose("10")


def test_parameters():
    report, ours = parameter_count(report_c_decoder()), parameter_count(MLPDecoder(100, ()))
    states("10", "1,375,313", report)
    states("10", "79,184", ours)
    assert round(report / ours) == 17 and "seventeen times fewer" in prose("10")
    states("10", "615,440", 784 * 784 + 784)


def test_the_report_memorises():
    states("10", "4.7", 0.1186 / 0.0252)
    card = fits.card("ad")
    assert card.test_metric / card.train_metric < 2 and "less than two" in prose("10")


def test_worked_examples():
    one = torch.ones(1, 1)
    codes, velocity = move_rows(0 * one, 2 * one, torch.tensor([0]), one, 0.1)
    assert (velocity.item(), codes.item()) == pytest.approx((2.8, -0.28)) and "$v=2.8$ and $z=-0.28$" in prose("10")
    matrix = torch.tensor([[2.0, 0.0], [1.0, 1.0]])
    x = torch.tensor([[3.0, 1.0]])
    assert best_codes(matrix, torch.zeros(2), x)[0].tolist() == pytest.approx([1, 1])
    assert (x @ matrix.T)[0].tolist() == [6, 4] and "$xA^\\top=(6,4)$" in prose("10")
    cost = vad_loss(torch.zeros(1, 1), torch.full((1, 1), 0.1), torch.zeros(1, 1), torch.zeros(1, 1), 0.1)
    states("10", "-0.884", cost.item())
    states("10", "-2.303", math.log(0.1))
    states("10", "0.919", math.log(2 * math.pi) / 2)


def test_codes_are_met_once_in_an_epoch():
    steps = -(-1000 // 64)
    assert steps == 16 and "the decoder takes sixteen steps, but a code only one" in prose("10")
    assert 5e-2 == pytest.approx(10 * 5e-3) and "the codes' rate ten times the decoder's" in prose("10")


def test_how_far_the_centres_of_a_start_by_class_are_apart():
    centres = torch.randn((400, 100), generator=torch.Generator().manual_seed(0))
    assert torch.pdist(centres).mean().item() == pytest.approx(14, abs=0.2) and "$\\sqrt{200}=14$" in prose("10")


def test_half_of_the_pixels_are_empty(by_pca):
    assert 0.48 < (by_pca[1] == 0).float().mean() < 0.52 and "Half of all pixels are exactly 0" in prose("10")


def test_what_the_text_says_about_seeds_and_families_holds_for_the_cards():
    """All below PCA; the plain auto-decoder ahead of the VADs on what is wholly visible."""

    def test_metrics(name):
        return [fits.card(f"{name}{suffix}").test_metric for suffix in ("", "-seed-1", "-seed-2")]

    plain = test_metrics("ad")
    assert max(plain) - min(plain) < 0.2 * (0.1080 - max(plain))
    for family in ("normal", "laplace", "uniform"):
        assert max(plain) < min(test_metrics(f"vad-{family}")) < 0.1080
