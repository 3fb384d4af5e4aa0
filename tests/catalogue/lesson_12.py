"""Answers to the exercises of lesson 12: unusual right ones, and wrong ones with the finding meant for them."""

import math
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Categorical

from course_utils.gan import discriminator_loss, generator_loss
from course_utils.turns import Turns


# 12.1 -----------------------------------------------------------------------------------------------------------
def _with_labels(real, drawn, real_label=1.0, drawn_label=0.0):
    bce = F.binary_cross_entropy_with_logits
    return bce(real, torch.full_like(real, real_label)) + bce(drawn, torch.full_like(drawn, drawn_label))


def _weighted(real, drawn):
    logits = torch.cat([real, drawn])
    labels = torch.cat([torch.ones_like(real), torch.zeros_like(drawn)])
    weight = torch.cat([torch.ones_like(real) / len(real), torch.ones_like(drawn) / len(drawn)])
    return F.binary_cross_entropy_with_logits(logits, labels, weight=weight, reduction="sum")


def _probabilities(real, drawn):
    return -real.sigmoid().log().mean() - (1 - drawn.sigmoid()).log().mean()


def _rounded_away(real, drawn):
    return -(real.sigmoid() + 1e-8).log().mean() - (1 - drawn.sigmoid() + 1e-8).log().mean()


def _bce_of_probabilities(real, drawn):
    return F.binary_cross_entropy(real.sigmoid(), torch.ones_like(real)) + F.binary_cross_entropy(
        drawn.sigmoid(), torch.zeros_like(drawn)
    )


def _loop_loss(real, drawn, base=0.0):
    for logit in real:
        base = base + torch.logaddexp(torch.zeros(()), -logit) / len(real)
    for logit in drawn:
        base = base + torch.logaddexp(torch.zeros(()), logit) / len(drawn)
    return base


def _doubled_in_place(real, drawn):
    return F.softplus(real.neg_()).mean() + F.softplus(drawn).mean()


# 12.3 -----------------------------------------------------------------------------------------------------------
def _step(generator, discriminator, optimizers, real, codes, turns):
    drawn = generator(codes).sigmoid()
    d_loss = discriminator_loss(discriminator(real), discriminator(drawn.detach()))
    if turns.discriminator:
        optimizers[0].zero_grad()
        d_loss.backward()
        optimizers[0].step()
    g_loss = generator_loss(discriminator(drawn))
    if turns.generator:
        optimizers[1].zero_grad()
        g_loss.backward()
        optimizers[1].step()
    return d_loss.item(), g_loss.item()


def _step_by_autograd(generator, discriminator, optimizers, real, codes, turns):
    losses = []
    for network, optimizer, turn in ((discriminator, optimizers[0], turns[0]), (generator, optimizers[1], turns[1])):
        drawn = torch.sigmoid(generator(codes))
        if network is discriminator:
            loss = _with_labels(discriminator(real), discriminator(drawn))
        else:
            loss = F.softplus(-discriminator(drawn)).mean()
        if turn:
            weights = list(network.parameters())
            for weight, slope in zip(weights, torch.autograd.grad(loss, weights), strict=True):
                weight.grad = slope
            optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses)


def _step_drawing_twice(generator, discriminator, optimizers, real, codes, turns, mixed=False, clears=True):
    d_turn, g_turn = turns
    with torch.no_grad():
        plain = torch.sigmoid(generator(codes))
    if mixed:
        opinions = discriminator(torch.cat([real, plain]))
        of_real, seen = opinions[: len(real)], opinions[len(real) :]
    else:
        seen, of_real = discriminator(plain), discriminator(real)
    d_loss = discriminator_loss(of_real, seen)
    if d_turn:
        d_loss.backward()
        optimizers[0].step()
        if clears:
            optimizers[0].zero_grad()
    g_loss = generator_loss(discriminator(torch.sigmoid(generator(codes))))
    if g_turn:
        g_loss.backward()
        optimizers[1].step()
        optimizers[1].zero_grad()
        optimizers[0].zero_grad()
    return [float(d_loss), float(g_loss)]


def _step_with_inputs(generator, discriminator, optimizers, real, codes, turns, log=None):
    del log
    fake = torch.sigmoid(generator(codes))
    d_loss = discriminator_loss(discriminator(real), discriminator(fake))
    if turns.discriminator:
        optimizers[0].zero_grad(set_to_none=False)
        d_loss.backward(inputs=list(discriminator.parameters()), retain_graph=True)
        optimizers[0].step()
    g_loss = generator_loss(discriminator(torch.sigmoid(generator(codes))))
    if turns.generator:
        generator.zero_grad()
        g_loss.backward(inputs=list(generator.parameters()))
        optimizers[1].step()
    return np.float64(d_loss.item()), np.float64(g_loss.item())


def _step_clearing_both_first(generator, discriminator, optimizers, real, codes, turns):
    for optimizer in optimizers:
        optimizer.zero_grad()
    drawn = torch.sigmoid(generator(codes))
    d_loss = discriminator_loss(discriminator(real), discriminator(drawn.detach()))
    if turns.discriminator:
        d_loss.backward()
        optimizers[0].step()
    g_loss = generator_loss(discriminator(drawn))
    if turns.generator:
        g_loss.backward()
        optimizers[1].step()
    return d_loss.item(), g_loss.item()


def _zero_for_who_rests(*a):
    losses = _step(*a)
    return losses[0] * a[-1].discriminator, losses[1] * a[-1].generator


def _in_evaluation_mode(generator, discriminator, *a):
    losses = _step(generator, discriminator.eval(), *a)
    discriminator.train()
    return losses


def _half_zeroed(generator, discriminator, optimizers, real, codes, turns, never):
    drawn = torch.sigmoid(generator(codes))
    d_loss = discriminator_loss(discriminator(real), discriminator(drawn.detach()))
    if turns.discriminator:
        if never != 0:
            optimizers[0].zero_grad()
        d_loss.backward()
        optimizers[0].step()
    g_loss = generator_loss(discriminator(drawn))
    if turns.generator:
        if never != 1:
            optimizers[1].zero_grad()
        g_loss.backward()
        optimizers[1].step()
    return d_loss.item(), g_loss.item()


class _ZeroesBefore:
    """An optimiser that clears the gradients just before each step."""

    def __init__(self, optimizer):
        self.optimizer = optimizer

    def zero_grad(self):
        pass

    def step(self):
        self.optimizer.zero_grad()
        self.optimizer.step()


def _zeroed_late(generator, discriminator, optimizers, *a):
    return _step(generator, discriminator, [_ZeroesBefore(optimizer) for optimizer in optimizers], *a)


def _exchanged_optimizers(generator, discriminator, optimizers, *a):
    return _step(generator, discriminator, optimizers[::-1], *a)


def _in_graph(generator, discriminator, optimizers, real, codes, turns):
    drawn = torch.sigmoid(generator(codes))
    d_loss = discriminator_loss(discriminator(real), discriminator(drawn.detach()))
    if turns.discriminator:
        optimizers[0].zero_grad()
        d_loss.backward()
        optimizers[0].step()
    g_loss = generator_loss(discriminator(drawn))
    if turns.generator:
        optimizers[1].zero_grad()
        g_loss.backward()
        optimizers[1].step()
    return d_loss, g_loss


def _left_resting(generator, discriminator, *a):
    return _step(generator, discriminator.eval(), *a)


def _resting(generator, discriminator, *a, of_g=False, of_d=False):
    losses = _step(generator.train(not of_g), discriminator.train(not of_d), *a)
    generator.train()
    discriminator.train()
    return losses


def _resting_afterwards(generator, discriminator, *a):
    losses = _step(generator, discriminator, *a)
    generator.eval()
    return losses


def _awake_only_within(generator, discriminator, *a):
    losses = _step(generator.train(), discriminator.train(), *a)
    generator.eval()
    return losses


def _halves_add_up(generator, discriminator, optimizers, real, codes, turns):
    drawn = torch.sigmoid(generator(codes))
    d_loss = discriminator_loss(discriminator(real), discriminator(drawn))
    if turns[0]:
        d_loss.backward(retain_graph=True)
        optimizers[0].step()
    g_loss = generator_loss(discriminator(drawn))
    if turns[1]:
        g_loss.backward()
        optimizers[1].step()
    for optimizer in optimizers:
        optimizer.zero_grad()
    return d_loss.item(), g_loss.item()


def _codes_of_its_own(generator, discriminator, optimizers, real, codes, turns):
    return _step(generator, discriminator, optimizers, real, torch.randn(len(real), 100), turns)


def _one_size(generator, discriminator, optimizers, real, codes, turns):
    labels = torch.ones(len(real))
    bce = F.binary_cross_entropy_with_logits
    drawn = torch.sigmoid(generator(codes))
    d_loss = bce(discriminator(real), labels) + bce(discriminator(drawn.detach()), 0 * labels)
    return d_loss.item(), bce(discriminator(drawn), labels).item()


def _attached_without_retaining(generator, discriminator, optimizers, real, codes, turns):
    drawn = torch.sigmoid(generator(codes))
    d_loss = discriminator_loss(discriminator(real), discriminator(drawn))
    optimizers[0].zero_grad()
    d_loss.backward()
    if turns.discriminator:
        optimizers[0].step()
    g_loss = generator_loss(discriminator(drawn))
    optimizers[1].zero_grad()
    g_loss.backward()
    if turns.generator:
        optimizers[1].step()
    return d_loss.item(), g_loss.item()


def _own_codes(generator, discriminator, optimizers, real, codes, turns):
    return _step(generator, discriminator, optimizers, real, torch.randn_like(codes), turns)


def _changed_step(
    detach=True,
    late_detach=False,
    zero=True,
    swap_turns=False,
    always=False,
    sigmoid=True,
    order=False,
    other=None,
    swap_losses=False,
    hope=generator_loss,
    verdict=discriminator_loss,
    together=False,
):
    """The step with one thing changed."""

    def answer(generator, discriminator, optimizers, real, codes, turns):
        turns = Turns(True, True) if always else Turns(turns[1], turns[0]) if swap_turns else turns
        drawn = torch.sigmoid(generator(codes)) if sigmoid else generator(codes)
        for optimizer in optimizers:
            if zero and not detach:
                optimizer.zero_grad()

        def move(loss, optimizer, turn):
            if turn:
                if zero and detach:
                    optimizer.zero_grad()
                loss.backward(retain_graph=True)
                for one in optimizers if together else [optimizer]:
                    one.step()
            return loss

        def judge():
            return move(
                verdict(discriminator(real), discriminator(drawn.detach() if detach else drawn)),
                optimizers[0],
                turns.discriminator,
            )

        def fool():
            return move(hope(discriminator(drawn.detach() if late_detach else drawn)), optimizers[1], turns.generator)

        fooled, judged = (fool(), judge()) if order else (judge(), fool())[::-1]
        losses = judged.item(), fooled.item()
        return losses[::-1] if swap_losses else losses if other is None else other(losses)

    return answer


def _old_verdict(generator, discriminator, optimizers, real, codes, turns):
    drawn = torch.sigmoid(generator(codes))
    seen = discriminator(drawn)
    d_loss, g_loss = discriminator_loss(discriminator(real), seen), generator_loss(seen)
    if turns.discriminator:
        optimizers[0].zero_grad()
        d_loss.backward(retain_graph=True)
        optimizers[0].step()
    if turns.generator:
        optimizers[1].zero_grad()
        g_loss.backward()
        optimizers[1].step()
    return d_loss.item(), g_loss.item()


def _no_step(generator, discriminator, optimizers, real, codes, turns):
    drawn = torch.sigmoid(generator(codes))
    return discriminator_loss(discriminator(real), discriminator(drawn)).item(), generator_loss(
        discriminator(drawn)
    ).item()


def _undetached_but_right_weights(generator, discriminator, optimizers, real, codes, turns):
    drawn = torch.sigmoid(generator(codes))
    d_loss = discriminator_loss(discriminator(real), discriminator(drawn))
    if turns.discriminator:
        optimizers[0].zero_grad()
        d_loss.backward(retain_graph=True)
        optimizers[0].step()
    g_loss = generator_loss(discriminator(torch.sigmoid(generator(codes))))
    if turns.generator:
        optimizers[1].zero_grad()
        g_loss.backward()
        optimizers[1].step()
    return d_loss.item(), g_loss.item()


# 12.4 -----------------------------------------------------------------------------------------------------------
def _kept(logits, sure):
    probability, label = logits.softmax(1).max(1)
    return label[probability >= sure]


def _shares(logits, sure=0.9):
    return torch.bincount(_kept(logits, sure), minlength=10) / len(logits)


def _by_sigmoids(logits, sure=0.9):
    return torch.bincount(logits.argmax(1)[logits.sigmoid().amax(1) >= sure], minlength=10) / len(logits)


def _shares_by_loop(logits, sure=0.9):
    shares = [0.0] * 10
    for row in logits:
        chance = torch.softmax(row, 0)
        if chance.max() >= sure:
            shares[int(chance.argmax())] += 1 / len(logits)
    return shares


def _shares_in_numpy(logits, sure=0.9):
    logits = logits.double().numpy()
    chance = np.exp(logits - logits.max(1, keepdims=True))
    chance /= chance.sum(1, keepdims=True)
    return np.bincount(chance.argmax(1)[chance.max(1) >= sure], minlength=10) / len(logits)


def _shares_by_one_hot(logits, sure=0.9):
    chance = Categorical(logits=logits.double()).probs
    return (
        (F.one_hot(chance.argmax(1), 10) * (chance >= sure).any(1, keepdim=True)).double().mean(0)
        if sure
        else F.one_hot(chance.argmax(1), 10).double().mean(0)
    )


def _shares_by_histogram(logits, sure=0.9):
    return torch.histc(_kept(logits, sure).float(), bins=10, min=0, max=9) / logits.shape[0]


def _own_softmax(logits, sure=0.9):
    chance = logits.exp() / logits.exp().sum(1, keepdim=True)
    return torch.bincount(chance.argmax(1)[chance.max(1).values >= sure], minlength=10) / len(logits)


# 12.5 -----------------------------------------------------------------------------------------------------------
def _a(epoch, step):
    return Turns(epoch % 10 < 5, epoch % 10 > 4 or epoch % 10 == 0)


class _OwnTurns(NamedTuple):
    """A pair with the names of the course's own."""

    discriminator: torch.Tensor
    generator: torch.Tensor


def _a_without_an_else(epoch, step):
    if epoch % 10 == 0:
        return Turns(True, True)
    if epoch % 10 < 5:
        return Turns(True, False)
    if epoch < 40:
        return Turns(False, True)
    return None


def _a_by_a_list(epoch, step):
    return [*[Turns(True, False)] * 4, *[Turns(False, True)] * 5, Turns(True, True)][(epoch - 1) % 10]


class _Counting:
    """Schedule A by a counter of its own calls."""

    def __init__(self):
        self.calls = 0

    def __call__(self, epoch, step):
        self.calls += 1
        return _a(self.calls - 1 if self.calls > 1 else 1, step)


def _counting(epoch, step, memory=[0]):  # noqa: B006
    memory[0] = memory[0] % (2 * 40 + 2) + 1
    return _a(memory[0] - 1 if 1 < memory[0] <= 41 else 1, step)


# 12.6 -----------------------------------------------------------------------------------------------------------
def _missed(schedule, epochs, steps):
    return [sum(not schedule(e, s).discriminator for s in range(1, steps + 1)) for e in range(1, epochs + 1)]


def _missed_in_numpy(schedule, epochs, steps):
    table = np.array([[schedule(e + 1, s + 1)[0] for s in range(steps)] for e in range(epochs)])
    return (~table).sum(axis=1)


def _missed_in_torch(schedule, epochs, steps, who=0):
    return (
        torch.tensor([[1 - int(schedule(e, s)[who]) for s in range(1, 1 + steps)] for e in range(1, 1 + epochs)])
        .sum(1)
        .double()
    )


def _missed_by_loop(schedule, epochs, steps):
    missed = torch.zeros(epochs)
    for epoch in range(epochs):
        for step in range(steps):
            discriminator, _ = schedule(epoch=epoch + 1, step=step + 1)
            if not discriminator:
                missed[epoch] += 1
    return missed


RIGHT = {
    "12.1": [
        _with_labels,
        _weighted,
        _loop_loss,
        lambda real, drawn: _with_labels(real.double(), drawn.double()),
        lambda real, drawn: -F.logsigmoid(real).mean() - F.logsigmoid(-drawn).mean(),
        lambda real, drawn: (
            -Bernoulli(logits=real).log_prob(torch.ones_like(real)).mean()
            - Bernoulli(logits=drawn).log_prob(torch.zeros_like(drawn)).mean()
        ),
        lambda real, drawn, smooth=0.0: (
            torch.logaddexp(-real, torch.zeros_like(real)).mean() + torch.nn.Softplus()(drawn).mean() + smooth
        ),
        lambda real, drawn: (F.softplus(-real).sum() / real.numel() + F.softplus(drawn).sum() / drawn.numel()).reshape(
            1
        ),
    ],
    "12.2": [
        lambda drawn: F.binary_cross_entropy_with_logits(drawn, torch.ones_like(drawn)),
        lambda drawn: -F.logsigmoid(drawn).mean(),
        lambda drawn: sum(F.softplus(-logit) for logit in drawn) / len(drawn),
        lambda drawn: torch.logaddexp(torch.zeros((), dtype=torch.float64), -drawn.double()).mean(),
        lambda drawn: torch.nn.BCEWithLogitsLoss(reduction="sum")(drawn, drawn * 0 + 1) / drawn.shape[0],
        lambda drawn: -Bernoulli(logits=drawn).log_prob(torch.ones_like(drawn)).mean(),
    ],
    "12.3": [_step, _step_clearing_both_first, _step_by_autograd, _step_drawing_twice, _step_with_inputs],
    "12.4": [
        _shares_by_loop,
        _shares_in_numpy,
        _shares_by_one_hot,
        _shares_by_histogram,
        lambda logits, sure=0.9: _shares(logits.double(), sure),
        lambda logits, sure=0.9: torch.stack([(_kept(logits, sure) == k).sum() / len(logits) for k in range(10)]),
        lambda logits, sure=0.9: torch.zeros(10).index_add(
            0, _kept(logits, sure), torch.ones(len(_kept(logits, sure))) / len(logits)
        ),
    ],
    "12.5": [
        _a,
        lambda epoch, step: Turns(str(epoch)[-1] in "01234", str(epoch)[-1] in "056789"),
        _a_by_a_list,
        lambda epoch, step: Turns((epoch % 10) in {0, 1, 2, 3, 4}, not 1 <= epoch % 10 <= 4),
        lambda epoch, step: Turns(*((1, 1) if epoch % 10 == 0 else (1, 0) if epoch % 10 < 5 else (0, 1))),
        lambda epoch, step: _OwnTurns(*torch.tensor([epoch % 10 <= 4, (epoch - 1) % 10 >= 4])),
        lambda epoch, step: Turns(np.bool_(epoch % 10 < 5), np.int64(epoch % 10 == 0 or epoch % 10 > 4)),
        lambda epoch, step=1: Turns(discriminator=bool((epoch % 10) // 5 == 0), generator=(epoch - 5) % 10 <= 5),
    ],
    "12.6": [
        _missed,
        _missed_in_numpy,
        _missed_in_torch,
        _missed_by_loop,
        lambda schedule, epochs, steps: tuple(
            steps - sum(bool(schedule(e, s)[0]) for s in range(1, steps + 1)) for e in range(1, epochs + 1)
        ),
    ],
}

WRONG = {
    "12.1": [
        (lambda real, drawn: _with_labels(real, drawn, 0.0, 1.0), "labels-swapped"),
        (lambda real, drawn: _with_labels(drawn, real), "labels-swapped"),
        (lambda real, drawn: _with_labels(real, drawn, 1.0, 1.0), "one-label"),
        (lambda real, drawn: _with_labels(real, drawn, 0.0, 0.0), "one-label"),
        (lambda real, drawn: -_with_labels(real, drawn), "sign"),
        (lambda real, drawn: F.softplus(-real).mean(), "drawn-missing"),
        (lambda real, drawn: F.softplus(drawn).mean(), "real-missing"),
        (lambda real, drawn: _with_labels(real, drawn) / 2, "halved"),
        (lambda real, drawn: torch.cat([F.softplus(-real), F.softplus(drawn)]).mean(), "joint-mean"),
        (lambda real, drawn: F.softplus(-real).sum() + F.softplus(drawn).sum(), "sum-of-batch"),
        (lambda real, drawn: (F.softplus(-real).sum() + F.softplus(drawn).sum()) / len(real), "sum-of-batch"),
        (lambda real, drawn: _with_labels(real, drawn) / math.log(2), "bits"),
        (lambda real, drawn: _with_labels(real.sigmoid(), drawn.sigmoid()), "sigmoid-twice"),
        (lambda real, drawn: 1 - real.sigmoid().mean() + drawn.sigmoid().mean(), "probabilities"),
        (lambda real, drawn: drawn.mean() - real.mean(), "wasserstein"),
        (lambda real, drawn: (1 - real.sigmoid()).square().mean() + drawn.sigmoid().square().mean(), "squared"),
        (lambda real, drawn: F.softplus(-real.mean()) + F.softplus(drawn.mean()), "mean-first"),
        (_probabilities, "not-finite"),
        (
            lambda real, drawn: (
                F.soft_margin_loss(real, torch.ones_like(real)) + F.soft_margin_loss(drawn, -torch.ones_like(drawn))
            ),
            "not-finite",
        ),
        (lambda real, drawn: F.relu(1 - real).mean() + F.relu(1 + drawn).mean(), "value"),
        (lambda real, drawn: F.softplus(-real).sum() / 5 + F.softplus(drawn).sum() / 8, "value"),
        (lambda real, drawn: _with_labels(real.clamp(-20, 20), drawn.clamp(-20, 20)), "value"),
        (_rounded_away, "value"),
        (_bce_of_probabilities, "clamped"),
        (lambda real, drawn: _with_labels(real, drawn, 0.9), "value"),
        (lambda real, drawn: _with_labels(real, drawn.detach()), "detached"),
        (lambda real, drawn: _with_labels(real, drawn).item(), "detached"),
        (lambda real, drawn: (F.softplus(-real), F.softplus(drawn)), "not-numbers"),
        (lambda real, drawn: F.softplus(-real) + F.softplus(drawn), "raised"),
        (lambda real, drawn: F.softplus(-real[:, None]).mean(1) + F.softplus(drawn).mean(), "shape"),
        (
            lambda real, drawn: (
                F.binary_cross_entropy(real, torch.ones_like(real))
                + F.binary_cross_entropy(drawn, torch.zeros_like(drawn))
            ),
            "raised",
        ),
        (_doubled_in_place, "changed-input"),
        (lambda real, drawn: _with_labels(real.clamp(-5, 5), drawn.clamp(-5, 5)), "value"),
        (lambda real, drawn: F.softplus(-real).median() + F.softplus(drawn).median(), "value"),
        (lambda real, drawn: F.softplus(-real).amax() + F.softplus(drawn).amax(), "value"),
        (lambda real, drawn: F.softplus(-real.abs()).mean() + F.softplus(-drawn.abs()).mean(), "value"),
        (lambda real, drawn: 1.03 * _with_labels(real, drawn), "value"),
        (lambda real, drawn: _with_labels(real.detach(), drawn), "detached"),
        (lambda real, drawn: (F.softplus(-real) + F.softplus(drawn[: len(real)])).mean(), "value"),
        (lambda real, drawn: print(_with_labels(real, drawn)), "returned-nothing"),
    ],
    "12.2": [
        (lambda drawn: -F.softplus(drawn).mean(), "saturating"),
        (lambda drawn: F.binary_cross_entropy_with_logits(drawn, torch.zeros_like(drawn)), "label-drawn"),
        (lambda drawn: F.logsigmoid(drawn).mean(), "sign"),
        (lambda drawn: F.softplus(-drawn).sum(), "sum-of-batch"),
        (lambda drawn: F.softplus(-drawn).mean() / math.log(2), "bits"),
        (lambda drawn: F.softplus(-drawn).mean() / 2, "halved"),
        (lambda drawn: F.softplus(-drawn.sigmoid()).mean(), "sigmoid-twice"),
        (lambda drawn: (1 - drawn.sigmoid()).mean(), "probabilities"),
        (lambda drawn: -drawn.mean(), "wasserstein"),
        (lambda drawn: -drawn.sigmoid().mean().log(), "mean-first"),
        (lambda drawn: F.softplus(-drawn.mean()), "mean-first"),
        (lambda drawn: -drawn.sigmoid().log().mean(), "not-finite"),
        (lambda drawn: F.binary_cross_entropy(drawn.sigmoid(), torch.ones_like(drawn)), "clamped"),
        (lambda drawn: F.softplus(-drawn).mean().item(), "detached"),
        (lambda drawn: F.softplus(-drawn), "shape"),
        (lambda drawn: F.softplus(drawn.mul_(-1)).mean(), "changed-input"),
        (lambda drawn: F.softplus(-drawn.clamp(-50, 50)).mean(), "value"),
        (lambda drawn: 1.03 * F.softplus(-drawn).mean(), "value"),
        (lambda drawn: F.softplus(drawn.abs()).mean(), "value"),
        (lambda drawn: F.softplus(-drawn).median(), "value"),
        (lambda drawn: F.softplus(-drawn).sum() / 6, "value"),
        (lambda drawn: F.softplus(-drawn).mean().detach(), "detached"),
        (lambda drawn: None, "returned-nothing"),
    ],
    "12.3": [
        (partial(_step_drawing_twice, mixed=True), "mixed-batch"),
        (partial(_step_drawing_twice, clears=False), "value"),
        (
            lambda g, d, optimizers, real, codes, turns: _step(g, d, optimizers, real, codes.clamp(-5, 5), turns),
            "value",
        ),
        (_changed_step(swap_losses=True), "losses-swapped"),
        (_changed_step(always=True), "turns-ignored"),
        (_changed_step(swap_turns=True), "turns-swapped"),
        (_changed_step(sigmoid=False), "sigmoid-missing"),
        (_changed_step(verdict=lambda real, drawn: discriminator_loss(drawn, real)), "labels-swapped"),
        (_changed_step(order=True), "old-discriminator"),
        (_changed_step(detach=False), "gradient-left"),
        (_undetached_but_right_weights, "gradient-left"),
        (_changed_step(zero=False), "never-zeroed"),
        (partial(_half_zeroed, never=0), "never-zeroed"),
        (partial(_half_zeroed, never=1), "never-zeroed"),
        (_zeroed_late, "nobody-trains"),
        (_exchanged_optimizers, "optimizers-exchanged"),
        (_in_graph, "attached"),
        (_left_resting, "evaluation-mode"),
        (partial(_resting, of_g=True), "evaluation-mode"),
        (partial(_resting, of_g=True, of_d=True), "evaluation-mode"),
        (_resting_afterwards, "value"),
        (_awake_only_within, "mode-changed"),
        (_halves_add_up, "not-detached"),
        (_codes_of_its_own, "raised"),
        (_one_size, "raised"),
        (_attached_without_retaining, "raised"),
        (_changed_step(hope=lambda drawn: 1.03 * generator_loss(drawn)), "value"),
        (_changed_step(verdict=lambda real, drawn: discriminator_loss(real, drawn) / 2), "value"),
        (_changed_step(together=True), "both-optimizers"),
        (_changed_step(late_detach=True), "generator-detached"),
        (_changed_step(hope=lambda drawn: -F.softplus(drawn).mean()), "saturating"),
        (_changed_step(hope=lambda drawn: F.softplus(drawn).mean()), "label-drawn"),
        (_zero_for_who_rests, "value"),
        (_in_evaluation_mode, "evaluation-mode"),
        (_own_codes, "value"),
        (_changed_step(other=sum), "shape"),
        (_changed_step(other=lambda losses: losses[0]), "shape"),
        (_changed_step(other=lambda losses: None), "returned-nothing"),
        (_changed_step(other=lambda losses: {"d": losses[0]}), "not-numbers"),
        (_old_verdict, "old-discriminator"),
        (_no_step, "nobody-trains"),
    ],
    "12.4": [
        (lambda logits, sure=0.9: _shares(logits, 0.0), "unsure-counted"),
        (
            lambda logits, sure=0.9: (
                torch.bincount(_kept(logits, sure), minlength=10) / max(len(_kept(logits, sure)), 1)
            ),
            "share-of-the-sure",
        ),
        (lambda logits, sure=0.9: torch.bincount(_kept(logits, sure), minlength=10), "counts"),
        (lambda logits, sure=0.9: logits.softmax(1).mean(0), "mean-probability"),
        (lambda logits, sure=0.9: _shares(logits, 0.0) - _shares(logits, sure), "unsure-kept"),
        (
            lambda logits, sure=0.9: (
                torch.bincount(logits.argmax(1)[logits.max(1).values >= sure], minlength=10) / len(logits)
            ),
            "logits-compared",
        ),
        (
            lambda logits, sure=0.9: (
                torch.bincount(logits.softmax(0).max(1).indices[logits.softmax(0).max(1).values >= sure], minlength=10)
                / len(logits)
            ),
            "over-pictures",
        ),
        (lambda logits, sure=0.9: (_shares(logits, sure) > 0).float(), "present"),
        (lambda logits, sure=0.9: torch.bincount(_kept(logits, sure), minlength=10) / 10, "divided-by-classes"),
        (lambda logits, sure=0.9: torch.bincount(_kept(logits, sure)) / len(logits), "shape"),
        (lambda logits, sure=0.9: _shares(logits, 0.9), "sure-ignored"),
        (lambda logits: _shares(logits), "raised"),
        (lambda logits, sure=0.9: (_shares(logits, sure) >= 0.02).sum(), "shape"),
        (lambda logits, sure=0.9: _kept(logits, sure), "shape"),
        (_own_softmax, "value"),
        (lambda logits, sure=0.5: _shares(logits, sure), "value"),
        (
            lambda logits, sure=0.9: (
                torch.bincount(logits.argmax(1)[logits.softmax(1).amax(1) > sure], minlength=10) / len(logits)
            ),
            "strictly-more",
        ),
        (lambda logits, sure=0.9: torch.bincount(_kept(logits, sure), minlength=10) / 60, "value"),
        (
            lambda logits, sure=0.9: (
                torch.bincount(_kept(logits, sure), minlength=10)
                / len(_kept(logits, sure))
                * (len(_kept(logits, sure)) / len(logits))
            ),
            "not-finite",
        ),
        (lambda logits, sure=0.9: _shares(logits.sub_(1), sure), "changed-input"),
        (lambda logits, sure=0.9: (logits.softmax(1) >= sure).float().mean(0), "several-classes"),
        (lambda logits, sure=0.9: _shares(logits, sure) * (torch.arange(10) < 9), "value"),
        (lambda logits, sure=0.9: _shares(logits, sure).flip(0), "value"),
        (lambda logits, sure=0.9: 1.03 * _shares(logits, sure), "value"),
        (lambda logits, sure=0.9: _shares(logits, max(sure, 0.5)), "value"),
        (lambda logits, sure=0.9: _shares(logits.abs(), sure), "value"),
        (lambda logits, sure=0.9: _shares(logits, sure).round(decimals=1), "value"),
        (lambda logits, sure=0.9: None, "returned-nothing"),
        (_by_sigmoids, "per-class-sigmoid"),
    ],
    "12.5": [
        (lambda epoch, step: _a(epoch, step)[::-1], "swapped"),
        (lambda epoch, step: _a(epoch - 1, step), "from-zero"),
        (lambda epoch, step: (1 <= epoch % 10 <= 4, epoch % 10 >= 5 or epoch % 10 == 0), "tenth-without-discriminator"),
        (lambda epoch, step: (epoch % 10 <= 4, epoch % 10 >= 5), "tenth-without-generator"),
        (lambda epoch, step: (1 <= epoch % 10 <= 4, epoch % 10 >= 5), "nobody"),
        (lambda epoch, step: (epoch % 10 <= 5, epoch % 10 == 0 or epoch % 10 > 5), "fifth-to-discriminator"),
        (lambda epoch, step: (epoch <= 4 or epoch % 10 == 0, epoch >= 5), "first-ten-only"),
        (lambda epoch, step: tuple(not turn for turn in _a(epoch, step)), "opposite"),
        (lambda epoch, step: (True, True), "always"),
        (lambda epoch, step: _a(step, epoch), "value"),
        (lambda epoch, step: epoch % 10 <= 4, "shape"),
        (lambda epoch, step: "D" if epoch % 10 <= 4 else "G", "not-numbers"),
        (lambda epoch: _a(epoch, 1), "raised"),
        (_counting, "value"),
        (lambda epoch, step: tuple(_a(epoch, step)), "not-turns"),
        (lambda epoch, step: list(_a(epoch, step)), "not-turns"),
        (lambda epoch, step: torch.tensor(_a(epoch, step)), "not-turns"),
        (_a_without_an_else, "returned-nothing"),
        (lambda epoch, step: _a(epoch, step) if epoch < 7 else epoch % 10 <= 4, "not-a-pair"),
        (lambda epoch, step: _a(epoch, step) if epoch <= 40 else Turns(True, True), "value"),
        (lambda epoch, step: _a(min(epoch, 40), step), "value"),
        (lambda epoch, step: Turns(epoch % 10 <= 4, epoch % 10 >= 5 or epoch in (10, 20, 30, 40)), "value"),
        (lambda epoch, step: _a(epoch + step, step), "value"),
        (lambda epoch, step: (epoch % 5 > 0 or epoch % 10 == 0, _a(epoch, step)[1]), "value"),
        (lambda epoch, step: (_a(epoch, step)[0] and step % 50 != 0, _a(epoch, step)[1]), "value"),
        (lambda epoch, step: None, "returned-nothing"),
    ],
    "12.6": [
        (
            lambda schedule, epochs, steps: [
                sum(schedule(e, s).discriminator for s in range(1, steps + 1)) for e in range(1, epochs + 1)
            ],
            "trained-counted",
        ),
        (
            lambda schedule, epochs, steps: [
                sum(not schedule(e, s).generator for s in range(1, steps + 1)) for e in range(1, epochs + 1)
            ],
            "generator-counted",
        ),
        (
            lambda schedule, epochs, steps: [
                sum(schedule(e, s)[1] for s in range(1, steps + 1)) for e in range(1, epochs + 1)
            ],
            "generator-counted",
        ),
        (lambda schedule, epochs, steps: [m / steps for m in _missed(schedule, epochs, steps)], "shares"),
        (lambda schedule, epochs, steps: np.cumsum(_missed(schedule, epochs, steps)), "added-up"),
        (
            lambda schedule, epochs, steps: [
                sum(not all(schedule(e, s)) for s in range(1, steps + 1)) for e in range(1, epochs + 1)
            ],
            "either",
        ),
        (lambda schedule, epochs, steps: [m > 0 for m in _missed(schedule, epochs, steps)], "any"),
        (lambda schedule, epochs, steps: _missed(schedule, epochs, steps - 1), "last-step-missing"),
        (lambda schedule, epochs, steps: [_missed(schedule, epochs, steps)[0]] * epochs, "value"),
        (
            lambda schedule, epochs, steps: [
                sum(s % 50 == 0 for s in range(1, steps + 1)) for e in range(1, epochs + 1)
            ],
            "schedule-not-asked",
        ),
        (lambda schedule, epochs, steps: [steps // 50] * epochs, "schedule-not-asked"),
        (lambda schedule, epochs, steps: [int(m == steps) for m in _missed(schedule, epochs, steps)], "whole-epochs"),
        (lambda schedule, epochs, steps: [1.03 * m for m in _missed(schedule, epochs, steps)], "value"),
        (lambda schedule, epochs, steps: sorted(_missed(schedule, epochs, steps)), "value"),
        (lambda schedule, epochs, steps: [min(m, 9) for m in _missed(schedule, epochs, steps)], "value"),
        (
            lambda schedule, epochs, steps: [
                sum(not schedule(1, s)[0] for s in range(1, steps + 1)) for e in range(1, epochs + 1)
            ],
            "value",
        ),
        (lambda schedule, epochs, steps: [steps * (not schedule(e, 1)[0]) for e in range(1, epochs + 1)], "value"),
        (lambda schedule, epochs, steps: sum(_missed(schedule, epochs, steps)), "shape"),
        (lambda schedule, epochs, steps: _missed(schedule, epochs - 1, steps), "shape"),
        (
            lambda schedule, epochs, steps: [sum(not schedule(e, s)[0] for s in range(steps)) for e in range(epochs)],
            "raised",
        ),
        (
            lambda schedule, epochs, steps: [
                sum(not schedule(e, s) for s in range(1, steps + 1)) for e in range(1, epochs + 1)
            ],
            "zero",
        ),
        (
            lambda schedule, epochs, steps: [
                [not schedule(e, s)[0] for s in range(1, steps + 1)] for e in range(1, epochs + 1)
            ],
            "shape",
        ),
        (lambda schedule, epochs, steps: None, "returned-nothing"),
    ],
}
