"""Batches in parts: the same gradients as whole, whatever the cores, and no trace in PyTorch's settings."""

import threading

import pytest
import torch
from torch import nn

from course_utils import vae
from course_utils.decoders import MLPDecoder
from course_utils.encoders import MLPEncoder
from course_utils.engine.parts import in_parts

X = torch.rand(7, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def small_model(dropout=0.0):
    torch.manual_seed(0)
    return vae.VAE(MLPEncoder(4, (16,), dropout=dropout), MLPDecoder(4, (16,)))


@pytest.fixture(params=[1, 2])
def threads(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield
    torch.set_num_threads(before)


def test_ragged_halves_give_the_losses_and_gradients_of_the_batch(threads):
    model = small_model()
    weights = list(model.parameters())
    with in_parts(model, 2):
        elbo = model(X, torch.Generator().manual_seed(1))
        elbo.loss(0.5).backward()
    draws = [torch.Generator().manual_seed(seed) for seed in (1, 10_000_020)]
    halves = [model(part, draw) for part, draw in zip((X[:4], X[4:]), draws, strict=True)]
    expected = torch.autograd.grad(sum(half.loss(0.5) * len(half.kl) / 7 for half in halves), weights)
    torch.testing.assert_close(elbo.total, torch.cat([half.total for half in halves]))
    for weight, gradient in zip(weights, expected, strict=True):
        torch.testing.assert_close(weight.grad, gradient, rtol=1e-4, atol=1e-5)


def test_a_second_batch_draws_other_noise_and_a_generator_of_the_same_seed_the_same():
    model = small_model()
    with in_parts(model, 2):
        first, second = (torch.Generator().manual_seed(1) for _ in range(2))
        once, again = model(X, first).total, model(X, first).total
        assert ((once - again).abs() > 1e-6).all()
        assert torch.equal(model(X, second).total, once)


def test_a_floor_under_the_mean_of_the_kl_sees_the_whole_batch():
    model = small_model()
    with in_parts(model, 2):
        elbo = model(X, torch.Generator().manual_seed(1))
        elbo.loss(free_bits=1000.0).backward()
    assert model.encoder.heads.logvar.bias.grad.abs().sum() > 0, "the noise is scaled by it"
    expected = elbo.reconstruction.mean() + 4000
    torch.testing.assert_close(elbo.loss(free_bits=1000.0), expected)


def test_a_batch_smaller_than_the_parts_and_a_call_without_a_generator():
    model = small_model()
    with in_parts(model, 2):
        assert model(X[:1], torch.Generator()).total.shape == (1,)
        torch.manual_seed(3)
        found = model(X).total
    torch.manual_seed(3)
    assert torch.equal(found, model(X).total)


def test_weights_that_take_no_part_or_are_frozen_get_no_gradient():
    model = small_model()
    model.unused = nn.Linear(2, 2)
    model.decoder.requires_grad_(False)
    with in_parts(model, 2):
        model(X, torch.Generator()).loss().backward()
    assert model.unused.weight.grad is None and model.decoder[0].weight.grad is None
    assert model.encoder.heads.mu.weight.grad.abs().sum() > 0


@pytest.mark.parametrize("layer", [nn.Dropout2d(0.5), nn.BatchNorm2d(1)])
def test_layers_that_need_the_whole_batch_get_it(layer):
    whole = vae.VAE(small_model().encoder, nn.Sequential(MLPDecoder(4, (16,)), layer))
    for model, parted in ((whole, False), (small_model(), True)):
        with in_parts(model, 2):
            assert ("forward" in vars(model)) == parted


@pytest.mark.parametrize("parts", [1, 2])
def test_pytorchs_threads_are_as_before_also_after_an_error(parts):
    before, model = torch.get_num_threads(), small_model()
    with pytest.raises(RuntimeError, match="mat1 and mat2"), in_parts(model, parts):
        model(X[..., 1:], torch.Generator())
    seen = [torch.get_num_threads()]
    later = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
    later.start()
    later.join()
    assert seen == [before, before]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("batch")]
