"""The GAN: parameter counts, losses in nats, truth tables of the schedules, and who moves on whose turn."""

import math

import pytest
import torch

from course_utils import engine, files, gan, turns
from course_utils.gan import Discriminator, GanRecipe, Generator, train_gan
from course_utils.turns import SkipSteps, SkipStepsAsCoded, Turns
from course_utils.vae import parameter_count

IMAGES = torch.rand((60, 1, 28, 28), generator=torch.Generator().manual_seed(0))


def test_report_ds_networks_have_their_parameters():
    assert parameter_count(Generator()) == 959_512 and parameter_count(Discriminator()) == 1_329_153
    assert Generator(80)(torch.randn(3, 80)).shape == (3, 1, 28, 28) and Discriminator()(IMAGES[:3]).shape == (3,)


def test_losses_of_a_discriminator_that_cannot_tell():
    zeros = torch.zeros(7)
    assert gan.discriminator_loss(zeros, zeros).item() == pytest.approx(2 * math.log(2))
    assert gan.generator_loss(zeros).item() == pytest.approx(math.log(2))


def test_losses_are_cross_entropies_and_never_overflow():
    real, drawn = torch.tensor([2.0, -1.0]), torch.tensor([0.5, 3.0])
    by_hand = -torch.sigmoid(real).log().mean() - (1 - torch.sigmoid(drawn)).log().mean()
    torch.testing.assert_close(gan.discriminator_loss(real, drawn), by_hand)
    sure = torch.tensor([1e4])
    assert gan.discriminator_loss(-sure, sure).item() == 2e4 and gan.generator_loss(-sure).item() == 1e4


D, G, BOTH = Turns(True, False), Turns(False, True), Turns(True, True)


def test_schedule_a():
    assert [turns.schedule_a(epoch, 1) for epoch in range(1, 12)] == [D] * 4 + [G] * 5 + [BOTH, D]


@pytest.mark.parametrize(("every", "skipped"), [(500, 1), (50, 11)])
def test_b_and_c_skip_the_discriminator_as_described_and_never_as_coded(every, skipped):
    described = [SkipSteps(every)(1, step) for step in range(1, 551)]
    coded = [SkipStepsAsCoded(every)(1, step) for step in range(1, 551)]
    assert described.count(G) == skipped and described.count(BOTH) == 550 - skipped
    assert described[every - 1] == G and coded == [BOTH] * 550


def test_schedule_d_begins_with_a_generator_that_trains_against_chance():
    assert [turns.schedule_d(epoch, 3) for epoch in range(1, 8)] == [G, BOTH, BOTH, BOTH, BOTH, G, BOTH]


@pytest.mark.parametrize("who", [D, G, BOTH])
def test_only_those_whose_turn_it_is_move(who):
    torch.manual_seed(1)
    networks = Discriminator(), Generator(8)
    before = [[p.clone() for p in network.parameters()] for network in networks]
    train_gan(networks[1], networks[0], IMAGES, GanRecipe(epochs=1, batch=20), lambda epoch, step: who)
    for network, old, moves in zip(networks, before, who, strict=True):
        assert all(torch.equal(a, b) != moves for a, b in zip(old, network.parameters(), strict=True))


def test_the_discriminators_step_leaves_no_gradient_in_the_generator():
    torch.manual_seed(2)
    generator, discriminator = Generator(8), Discriminator()
    train_gan(generator, discriminator, IMAGES, GanRecipe(epochs=1, batch=20), lambda epoch, step: D)
    assert all(parameter.grad is None for parameter in generator.parameters())


def test_the_same_seed_gives_the_same_history_and_the_global_numbers_stay():
    runs, state = [], torch.get_rng_state()
    for _ in range(2):
        torch.manual_seed(3)
        networks = Generator(8), Discriminator()
        state = torch.get_rng_state()
        runs.append(train_gan(*networks, IMAGES, GanRecipe(epochs=2, batch=20), turns.both))
        assert torch.equal(torch.get_rng_state(), state) and not networks[0].training
    assert runs[0] == runs[1] and [epoch.epoch for epoch in runs[0]] == [1, 2]


def test_a_recipe_in_bfloat16_trains_in_float32_where_the_cpu_has_none(monkeypatch):
    monkeypatch.setattr(engine, "has_bfloat16", lambda: False)
    runs = []
    for wanted in (True, False):
        torch.manual_seed(0)
        networks = Generator(8), Discriminator()
        runs.append(train_gan(*networks, IMAGES, GanRecipe(epochs=1, batch=20, bfloat16=wanted), turns.both))
    assert runs[0] == runs[1]


def test_a_killed_run_goes_on_to_the_same_weights(tmp_path):
    def networks():
        torch.manual_seed(5)
        return Generator(8), Discriminator(batchnorm=True)

    def killed(epoch):
        if epoch.epoch == 2:
            raise RuntimeError("killed")

    whole, parts, recipe = networks(), networks(), GanRecipe(epochs=3, batch=20, betas=(0.5, 0.999))
    history = train_gan(*whole, IMAGES, recipe, turns.schedule_d)
    with pytest.raises(RuntimeError, match="killed"):
        train_gan(*parts, IMAGES, recipe, turns.schedule_d, killed, tmp_path / "run")
    fresh = networks()
    assert train_gan(*fresh, IMAGES, recipe, turns.schedule_d, resume=tmp_path / "run") == history
    for network, other in zip(whole, fresh, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(network.parameters(), other.parameters(), strict=True))


def test_a_run_killed_while_it_writes_leaves_the_file_before(tmp_path, monkeypatch):
    files.save_whole([1], tmp_path / "run")

    def killed(temporary, path):
        raise RuntimeError("killed")

    monkeypatch.setattr(files.os, "replace", killed)
    with pytest.raises(RuntimeError, match="killed"):
        files.save_whole([2], tmp_path / "run")
    assert torch.load(tmp_path / "run") == [1] and len(list(tmp_path.iterdir())) == 1


def test_the_skip_as_coded_trains_exactly_as_if_both_always_trained():
    runs = []
    for schedule in (turns.both, SkipStepsAsCoded(2), SkipSteps(2)):
        torch.manual_seed(6)
        runs.append(train_gan(Generator(8), Discriminator(), IMAGES, GanRecipe(epochs=1, batch=20), schedule))
    assert runs[0] == runs[1] != runs[2]


def test_a_discriminator_learns_to_tell_noise_from_bars():
    torch.manual_seed(4)
    bars = torch.zeros(200, 1, 28, 28)
    bars[:, :, :, 10:14] = 1
    recipe = GanRecipe(epochs=4, batch=20, discriminator_lr=1e-3)
    history = train_gan(Generator(8), Discriminator(), bars, recipe, lambda epoch, step: D)
    assert history[-1].discriminator < 0.2 < 2 * math.log(2)
