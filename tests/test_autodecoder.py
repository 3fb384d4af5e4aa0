"""Auto-decoders: who moves and who does not, densities that stay valid, and codes that are where they should be."""

import math

import pytest
import torch
from torch import nn

from course_utils import objectives
from course_utils.autodecoder import (
    FAMILIES,
    FitRecipe,
    GaussianPixels,
    PointCodes,
    PosteriorCodes,
    fit,
    fit_codes,
)
from course_utils.divergences import kl
from course_utils.reports import report_c_decoder
from course_utils.vae import parameter_count

IMAGES = torch.rand((12, 1, 4, 4), generator=torch.Generator().manual_seed(0))


def small_decoder(latent=3):
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Linear(latent, 8),
        nn.BatchNorm1d(8),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(8, 16),
        nn.Unflatten(1, (1, 4, 4)),
    )


def codes_of(kind, items=12, latent=3, spread=0.1):
    torch.manual_seed(2)
    return PointCodes(items, latent, spread) if kind == "point" else PosteriorCodes(items, latent, kind, spread)


KINDS = ["point", *FAMILIES]


@pytest.mark.parametrize("kind", KINDS)
def test_images_outside_the_batch_do_not_move(kind):
    decoder, codes = small_decoder(), codes_of(kind)
    fit(decoder, codes, IMAGES[:6], FitRecipe(epochs=3, batch=3), objectives.bce)
    moved = (codes.table.weight != codes_of(kind).table.weight).any(1)
    assert moved[:6].all() and not moved[6:].any(), "with dense Adam, momentum would move all of them"


@pytest.mark.parametrize("kind", KINDS)
def test_fitting_new_codes_moves_nothing_in_the_decoder(kind):
    decoder, observation = small_decoder().train(), GaussianPixels()
    decoder[4].bias.requires_grad_(False)
    before = {name: value.clone() for name, value in [*decoder.state_dict().items(), *observation.state_dict().items()]}
    fit_codes(decoder, codes_of(kind), IMAGES, FitRecipe(epochs=5, batch=5), observation)
    after = dict([*decoder.state_dict().items(), *observation.state_dict().items()])
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert decoder.training and decoder[1].training and not decoder[4].bias.requires_grad
    assert decoder[0].weight.requires_grad and observation.log_s.requires_grad


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spread", [0.0, 1.0, 1e4])
def test_training_stays_finite_from_any_start(kind, spread):
    codes = codes_of(kind, spread=spread)
    history = fit(small_decoder(), codes, IMAGES, FitRecipe(epochs=20, batch=5, code_lr=0.1), GaussianPixels())
    assert all(map(math.isfinite, history)) and codes.table.weight.isfinite().all()


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_every_pair_of_numbers_is_a_valid_density_with_a_finite_price(family):
    free = torch.cat([10.0 ** torch.arange(-3, 6), torch.zeros(1)])
    free = torch.cat([-free, free])
    posterior = family.posterior(*torch.meshgrid(free, free, indexing="ij"))
    price = kl(posterior, family.prior)
    assert price.isfinite().all() and (price >= 0).all()
    if family.name == "uniform":
        assert (posterior.low >= family.prior.low).all() and (posterior.high <= family.prior.high).all()


@pytest.mark.parametrize("kind", FAMILIES)
def test_an_image_without_a_say_ends_at_the_prior(kind):
    codes = codes_of(kind, spread=1.0)

    def blind(logits, x):
        return 0 * logits.flatten(1).sum(1)

    fit_codes(small_decoder(), codes, IMAGES, FitRecipe(epochs=600, batch=12, code_lr=0.1), blind)
    assert kl(codes.posterior(torch.arange(12)), codes.family.prior).max() < 0.02


def test_a_linear_decoders_codes_are_where_algebra_puts_them():
    """x = A z + noise of standard deviation s: the posterior's mean is (A'A + s^2 I)^-1 A' x (Bishop 2006, 12.2)."""
    torch.manual_seed(3)
    matrix, s = torch.randn(16, 2), 0.5
    decoder = nn.Sequential(nn.Linear(2, 16, bias=False), nn.Unflatten(1, (1, 4, 4)))
    with torch.no_grad():
        decoder[0].weight.copy_(matrix)

    def observation(mean, x):
        return ((mean - x).square() / s**2 / 2).flatten(1).sum(1)

    codes = codes_of("normal", latent=2)
    fit_codes(decoder, codes, IMAGES, FitRecipe(epochs=1000, batch=12, code_lr=0.15), observation)
    precision = matrix.T @ matrix + s**2 * torch.eye(2)
    mean = torch.linalg.solve(precision, matrix.T @ IMAGES.flatten(1).T).T
    torch.testing.assert_close(codes.mean(), mean, atol=0.05, rtol=0.05)
    variance = codes.posterior(torch.arange(12)).variance.log().mean(0).exp()
    torch.testing.assert_close(variance, s**2 / precision.diagonal(), rtol=0.15, atol=1e-3)


def test_gaussian_pixels_are_a_density_and_learn_their_spread():
    observation, x = GaussianPixels(0.3), torch.full((5, 1, 2, 2), 0.6)
    expected = -torch.distributions.Normal(0.5, 0.3).log_prob(torch.tensor(0.6)) * 4
    torch.testing.assert_close(observation(torch.zeros(5, 1, 2, 2), x), expected.expand(5))
    optimizer = torch.optim.Adam(observation.parameters(), lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        observation(torch.zeros(5, 1, 2, 2), x).mean().backward()
        optimizer.step()
    assert observation.log_s.exp().item() == pytest.approx(0.1, rel=0.02), "the RMSE of the pixels"


def test_the_same_seed_gives_the_same_codes():
    runs = []
    for _ in range(2):
        codes = codes_of("laplace")
        decoder = nn.Sequential(nn.Linear(3, 16), nn.Unflatten(1, (1, 4, 4)))
        nn.init.ones_(decoder[0].weight)
        nn.init.zeros_(decoder[0].bias)
        runs.append((fit(decoder, codes, IMAGES, FitRecipe(epochs=3, batch=5), objectives.bce), codes.mean()))
    assert runs[0][0] == runs[1][0] and torch.equal(runs[0][1], runs[1][1])


def test_report_cs_decoder_has_its_parameters_and_no_bound():
    torch.manual_seed(4)
    decoder = report_c_decoder()
    assert parameter_count(decoder[0]) == 759_873 and parameter_count(decoder) == 759_873 + 615_440
    assert decoder[0].spec.sizes() == [1, 7, 14, 28]
    pictures = decoder(torch.randn(8, 100))
    assert pictures.shape == (8, 1, 28, 28) and pictures.min() < 0


def test_a_family_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="choose one of normal, laplace, uniform"):
        PosteriorCodes(3, 2, "cauchy")
