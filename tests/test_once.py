"""What two notebooks share: the second has all that the first had, and whatever differs is computed anew."""

import numpy as np
import pytest
import torch
from sklearn.manifold import TSNE

from course_utils import training, vae
from course_utils.decoders import MLPDecoder
from course_utils.encoders import MLPEncoder
from course_utils.gan import Discriminator, Generator
from course_utils.turns import Turns

from .notebooks import once

RECIPE = training.Recipe(2, batch=8, lr=0.01)
IMAGES = torch.rand(16, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(once.ONCE, str(tmp_path))
    return tmp_path


def _model(seed=0):
    torch.manual_seed(seed)
    return vae.VAE(MLPEncoder(2, (8,)), MLPDecoder(2, (8,)))


@pytest.fixture
def trained():
    """``train``, computed once, and the list of its real trainings."""
    calls = []

    def counted(*args, **options):
        calls.append(args)
        return training.train(*args, **options)

    return once.train_once(counted), calls


def _watched(train, model):
    """What somebody sees who watches a training: each epoch with a weight of it; and what remains in the end."""
    seen = []
    history = train(model, IMAGES, IMAGES, RECIPE, watch=lambda e: seen.append((e, model.encoder.heads.mu.bias.sum())))
    return history, seen, [weight.clone() for weight in model.parameters()], model.training


def test_the_second_training_is_the_first_one_seen_again(trained):
    train, calls = trained
    first, second = _watched(train, _model()), _watched(train, _model())
    plain = _watched(training.train, _model())
    assert len(calls) == 1
    for found in (first, second):
        assert found[0] == plain[0] and found[1] == plain[1] and found[3] == plain[3]
        assert all(map(torch.equal, found[2], plain[2]))


class _Renamed(torch.nn.Module):
    """Somebody else's class for the same encoder."""

    def __init__(self, scale=1.0):
        super().__init__()
        torch.manual_seed(0)
        self.body, self.scale = MLPEncoder(2, (8,)), scale

    def forward(self, x):
        mu, logvar = self.body(x)
        return self.scale * mu, logvar


def test_a_model_is_known_by_what_it_computes_not_by_its_name(trained):
    train, calls = trained
    same, other = (vae.VAE(_Renamed(scale), _model().decoder) for scale in (1.0, 1.01))
    history = train(_model(), IMAGES, IMAGES, RECIPE)
    assert train(same, IMAGES, IMAGES, RECIPE) == history and len(calls) == 1
    assert train(other, IMAGES, IMAGES, RECIPE) != history and len(calls) == 2


@pytest.mark.parametrize(
    "changed",
    [
        lambda given: {**given, "model": _model(1)},
        lambda given: {**given, "images": IMAGES.flip(0)},
        lambda given: {**given, "validation": IMAGES[:8]},
        lambda given: {**given, "recipe": training.Recipe(2, batch=8, lr=0.01, seed=1)},
    ],
    ids=["weights", "images", "validation", "seed"],
)
def test_what_differs_is_trained_anew(changed, trained):
    train, calls = trained
    given = {"model": _model(), "images": IMAGES, "validation": IMAGES, "recipe": RECIPE}
    train(**given)
    train(**changed({**given, "model": _model()}))
    assert len(calls) == 2


def test_functions_are_known_by_what_they_do():
    def scaled(by):
        return lambda x: by * x

    assert once.fingerprint(scaled(2)) == once.fingerprint(scaled(2))
    assert once.fingerprint(scaled(2)) != once.fingerprint(scaled(3))


def test_changed_arguments_and_random_numbers_are_as_after_the_first_call():
    calls = []

    def noisy(x, *, by):
        calls.append(by)
        x += by * torch.randn(3)
        return float(np.random.rand())

    found, shared = [], once.once(noisy)
    for _ in range(2):
        torch.manual_seed(0)
        np.random.seed(0)
        x = torch.zeros(3)
        found.append((shared(x, by=2), x.tolist(), torch.rand(1).item(), np.random.rand()))
    assert len(calls) == 1 and found[0] == found[1]
    assert shared(torch.zeros(3), by=2) != found[0][0], "other random numbers went in"


def test_an_estimator_has_its_attributes_the_second_time():
    points, fit_transform = torch.rand(12, 3).numpy(), once.once(TSNE.fit_transform)
    one, other = (TSNE(perplexity=3, max_iter=250, random_state=0) for _ in range(2))
    assert np.array_equal(fit_transform(one, points), fit_transform(other, points))
    assert other.kl_divergence_ == one.kl_divergence_


@pytest.fixture
def fit():
    """A loop as a lesson's cell defines it, shared after that cell."""

    def fit(model, images, loss, epochs):
        optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
        for _ in range(epochs):
            mu, logvar = model.encoder(images)
            loss(model.decoder(vae.reparameterize(mu, logvar)), images, mu, logvar).backward()
            optimiser.step()
        return model.eval()

    names = {"fit": fit}
    for _ in range(2):
        once.take_over(names)  # after every cell
    return names["fit"]


def _squares(logits, x, mu, logvar):
    return (logits**2).mean() + mu.mean() + logvar.mean()


def _fitted(fit, loss, epochs=2):
    """The weights that a loop leaves, the random number that comes next, the model's mode; and how often it asked."""
    model, asked = _model(), []
    assert fit(model, IMAGES, lambda *given: asked.append(1) or loss(*given), epochs=epochs) is model
    return [weight.tolist() for weight in model.parameters()], torch.rand(1).item(), model.training, len(asked)


def test_a_lessons_own_loop_is_taken_over_where_the_loss_has_the_same_slopes(fit):
    first, again = _fitted(fit, _squares), _fitted(fit, lambda *given: 1.0 * _squares(*given))
    assert again[:3] == first[:3] and (first[3], again[3]) == (1 + 2, 1), "a look at the loss, and two steps or none"


@pytest.fixture
def play():
    """A loop of two networks as lesson 12's cell defines it, shared after that cell."""

    def play(networks, optimizers, train_step, images, watch):
        log = []
        for step in range(3):
            watch(step, log)
            codes = torch.randn(len(images), networks[0].latent)
            log.append(train_step(*networks, optimizers, images, codes, Turns(True, True)))
        return log

    names = {"play": play}
    once.take_over(names)
    return names["play"]


def _played(play, lr=0.1, by=1.0):
    """The losses, weights and random number that a game leaves, what was seen of it, and how often it took a step."""
    torch.manual_seed(0)
    networks, asked, seen = (Generator(latent=2), Discriminator()), [], []
    optimizers = [torch.optim.SGD(network.parameters(), lr) for network in reversed(networks)]

    def train_step(generator, discriminator, optimizers, real, codes, turns):
        asked.append(turns)
        loss = by * discriminator(torch.sigmoid(generator(codes))).mean() - discriminator(real).mean()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        return loss.item(), -loss.item()

    def watch(step, log):
        seen.append((step, list(log), [network[-2].bias.tolist() for network in networks]))

    log = play(networks, optimizers, train_step, IMAGES, watch)
    weights = [weight.tolist() for network in networks for weight in network.parameters()]
    return (log, weights, torch.rand(1).item(), seen), len(asked)


def test_a_game_is_seen_again_where_a_step_makes_the_same_of_both_networks(play):
    (first, steps), (again, asked) = _played(play), _played(play)
    assert again == first and len({str(scene) for scene in first[3]}) == 3
    assert (steps, asked) == (1 + 3, 1), "a look at one step, and three steps or none"
    assert [_played(play, **other)[1] for other in ({"lr": 0.2}, {"by": 1.01})] == [4, 4], "another game"


def test_another_function_of_that_name_is_left_alone():
    def fit(estimator, seed):
        return estimator, seed

    names = {"fit": fit}
    once.take_over(names)
    assert names["fit"] is fit


@pytest.mark.parametrize(("by", "epochs"), [(1.01, 2), (1.0, 3)])
def test_another_loss_or_length_is_fitted_anew(fit, by, epochs):
    first, other = _fitted(fit, _squares), _fitted(fit, lambda *given: by * _squares(*given), epochs)
    assert other[0] != first[0] and other[3] == 1 + epochs


def test_without_a_folder_everything_is_computed(monkeypatch, trained):
    monkeypatch.delenv(once.ONCE)
    train, calls = trained
    for _ in range(2):
        train(_model(), IMAGES, IMAGES, RECIPE)
    assert len(calls) == 2
