"""The numbers in the prose of lesson 02, computed again."""

import math

import pytest
import torch

from course_utils import data, divergences
from course_utils.distributions import STANDARD_NORMAL, Normal
from tests.numbers import prose, states


def kl(mu, sigma):
    q = Normal(torch.tensor(mu).double(), torch.tensor(2 * math.log(sigma)).double())
    return divergences.kl(q, Normal(torch.tensor(0.0).double(), torch.tensor(0.0).double())).item()


def printed_formula(mu, sigma):
    return -(2 * math.log(sigma) + 1 + math.exp(2 * math.log(sigma) + mu**2)) / 2


def test_the_printed_formula():
    assert printed_formula(0, 1) == pytest.approx(-1)
    states("02", "-79.92", printed_formula(-2, 1.7))


def test_coins():
    states("02", "0.5108", 0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(0.5 / 0.1))
    states("02", "0.3681", 0.9 * math.log(0.9 / 0.5) + 0.1 * math.log(0.1 / 0.5))


def test_one_point_of_the_log_ratio():
    log_q, log_p = (n.log_prob(torch.tensor(1.0)).item() for n in (Normal(0.7, 2 * math.log(0.5)), STANDARD_NORMAL))
    states("02", "-0.4058", log_q)
    states("02", "-1.4189", log_p)
    states("02", "1.0131", log_q - log_p)


def test_one_dimension():
    states("02", "0.563147", kl(0.7, 0.5))
    states("02", "2.414372", kl(-2.0, 1.7))
    states("02", "0.32", kl(0.0, 0.5))
    states("02", "0.81", kl(0.0, 2.0))
    states("02", "1.30685", kl(1.0, 2.0))
    assert kl(1.0, 2.0) == pytest.approx(2 - math.log(2))
    states("02", "0.74", 0.7**2 + 0.5**2)


def test_many_dimensions():
    states("02", "0.368", math.exp(-1))
    states("02", "0.568", kl(0.0, math.exp(-1)))
    states("02", "1.068", kl(1.0, 1.0) + kl(0.0, math.exp(-1)))
    states("02", "0.305", 19.53 / 64)
    mu, cov = torch.tensor([1.0, -0.5]).double(), torch.tensor([[1.0, 0.8], [0.8, 1.0]]).double()
    full = divergences.kl_full_normal(mu, cov, torch.zeros(2).double(), torch.eye(2).double())
    states("02", "1.1358", full.item())


def test_digit_classes_in_two_components():
    images, labels = data.load("mnist", "train", limit=10_000)
    pixels = (images.flatten(1) - images.flatten(1).mean(0)).double()
    codes = pixels @ torch.linalg.eigh(pixels.T @ pixels).eigenvectors[:, -2:]
    codes = codes / codes.std(dim=0)
    stats = [(codes[labels == c].mean(0), torch.cov(codes[labels == c].T)) for c in range(10)]
    table = torch.stack([torch.stack([divergences.kl_full_normal(*q, *p) for p in stats]) for q in stats])
    states("02", "0.07", table[4, 9].item())
    states("02", "84.70", table[0, 1].item())
    states("02", "10.16", table[1, 0].item())
    assert table.argmax() == 1
    assert (table + 1e9 * torch.eye(10)).argmin() == 49


def _toy_elbo(m, s):
    return -math.log(2 * math.pi * 0.25) / 2 - ((1.5 - m) ** 2 + s**2) / 0.5 - kl(m, s)


def test_the_toy_model():
    log_px = -(math.log(2 * math.pi * 1.25) + 1.5**2 / 1.25) / 2
    states("02", "-1.9305", log_px)
    states("02", "-1.93", log_px)
    states("02", "4.8", log_px - _toy_elbo(0.0, 1.0))
    states("02", "1.20", log_px - _toy_elbo(1.2, 1.0))
    states("02", "0.40", log_px - _toy_elbo(1.2, 0.2))
    assert log_px - _toy_elbo(1.2, 0.45) < 0.001, "the gap all but disappears"
    assert [round(-0.5 - 0.5 / 0.25, 1), 1.5 / 0.25] == [-2.5, 6], "the completed square"
    states("02", "2.2", 1 / math.sqrt(0.2))
    states("02", "2.2", math.sqrt(0.2) / 0.2)
    states("02", "0.6931", math.log(2))


def test_more_samples_help_the_too_narrow_posterior_least():
    log_px = -(math.log(2 * math.pi * 1.25) + 1.5**2 / 1.25) / 2
    generator = torch.Generator().manual_seed(0)

    def shortfall(m, s, k):
        q = Normal(torch.tensor(m).double(), torch.tensor(2 * math.log(s)).double())
        z = q.rsample(generator, (k, 1_000_000 // k))
        log_w = Normal(1.5, math.log(0.25)).log_prob(z) + STANDARD_NORMAL.log_prob(z) - q.log_prob(z)
        return log_px - (torch.logsumexp(log_w, 0) - math.log(k)).mean().item()

    wide, narrow, prior = ([shortfall(m, s, k) for k in (1, 50)] for m, s in ((1.2, 1.0), (1.2, 0.2), (0.0, 1.0)))
    assert narrow[0] < wide[0] < prior[0]
    assert wide[1] < prior[1] < narrow[1]
    assert "ends worst" in prose("02")


def test_with_64_latents_neither_width_is_repaired_by_100_samples():
    log_px = -(math.log(2 * math.pi * 1.25) + 1.5**2 / 1.25) / 2
    generator = torch.Generator().manual_seed(0)
    for s, least, most in ((1.0, 30, 33), (0.2, 16, 18.5)):
        q, log_w = Normal(torch.tensor(1.2), torch.tensor(2 * math.log(s))), torch.zeros(100, 2000)
        for _ in range(64):
            z = q.rsample(generator, (100, 2000))
            log_w += Normal(1.5, math.log(0.25)).log_prob(z) + STANDARD_NORMAL.log_prob(z) - q.log_prob(z)
        assert least < 64 * log_px - (torch.logsumexp(log_w, 0) - math.log(100)).mean().item() < most
    assert "some 31 nats short and the narrow one 17" in prose("02")


def test_a_posterior_too_narrow_by_more_than_the_root_of_two_has_weights_without_a_variance():
    # w^2 q = p(x, z)^2 / q falls off only while 2 / var_posterior > 1 / var_q.
    assert 2 / 0.2 < 1 / 0.2**2 and 2 / 0.2 > 1 / 1.0**2
    assert math.sqrt(0.2) / 0.2 > math.sqrt(2)
