"""Batches in parts: the same gradients as whole, whatever the cores, and no trace in PyTorch's settings."""

import threading

import pytest
import torch
from torch import nn

from course_utils import vae
from course_utils.decoders import MLPDecoder
from course_utils.encoders import MLPEncoder
from course_utils.objectives import Elbo
from course_utils.parallel import PartedGradient

X = torch.rand(7, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def generators():
    return [torch.Generator().manual_seed(seed) for seed in (1, 2)]


def small_model(dropout=0.0):
    torch.manual_seed(0)
    return vae.VAE(MLPEncoder(4, (16,), dropout=dropout), MLPDecoder(4, (16,)))


def parted(model, threads):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with PartedGradient(model, 2) as gradient:
            elbo = gradient(X, Elbo.loss, generators())
    finally:
        torch.set_num_threads(before)
    return elbo, [weight.grad for weight in model.parameters()]


@pytest.mark.parametrize("threads", [1, 2])
def test_ragged_halves_give_the_gradient_of_the_mean_over_the_batch(threads):
    elbo, found = parted(small_model(), threads)
    model, draws = small_model(), generators()
    halves = [model(part, draw) for part, draw in zip((X[:4], X[4:]), draws, strict=True)]
    total = torch.cat([half.total for half in halves])
    expected = torch.autograd.grad(total.mean(), list(model.parameters()))
    torch.testing.assert_close(elbo.total, total.detach())
    assert not elbo.total.requires_grad
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_a_batch_smaller_than_the_parts():
    with PartedGradient(small_model(), 2) as gradient:
        assert gradient(X[:1], Elbo.loss, generators()).total.shape == (1,)


@pytest.mark.parametrize("layer", [nn.Dropout2d(0.5), nn.BatchNorm2d(1)])
def test_layers_that_need_the_whole_batch_get_it(layer):
    model = vae.VAE(small_model().encoder, nn.Sequential(MLPDecoder(4, (16,)), layer))
    assert PartedGradient(model, 2).parts == 1
    assert PartedGradient(small_model(), 2).parts == 2


@pytest.mark.parametrize("parts", [1, 2])
def test_pytorchs_threads_are_as_before_also_after_an_error(parts):
    before = torch.get_num_threads()

    def fails(elbo):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), PartedGradient(small_model(), parts) as gradient:
        gradient(X, fails, generators())
    seen = [torch.get_num_threads()]
    later = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
    later.start()
    later.join()
    assert seen == [before, before]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("batch")]
