"""Answers to the exercises of lesson 13: tests that are right in unusual ways, and tests that miss something."""

import copy
import inspect
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import distributions, nn

from course_utils.exercises.lesson_13 import ex_13_1, ex_13_2, ex_13_3, ex_13_4, ex_13_5


def _ward(exercise, **tests):
    """An answer with other tests for some of the patients."""
    return lambda patient, implementation: (
        tests[patient](implementation) if patient in tests else exercise.reference(patient, implementation)
    )


def _raising(exercise):
    """An answer in the manner of pytest: it asserts, and returns nothing."""

    def answer(patient, implementation):
        assert exercise.reference(patient, implementation), f"{patient} is ill"

    return answer


def _in_numpy(exercise):
    return lambda patient, implementation: np.bool_(exercise.reference(patient, implementation))


def _as_tensor(exercise):
    return lambda patient, implementation: torch.tensor([exercise.reference(patient, implementation)])


def _generator():
    return torch.Generator().manual_seed(7)


def _close(a, b, room=1e-3):
    return np.allclose(np.asarray(a), np.asarray(b), rtol=room, atol=room)


# 13.1 -----------------------------------------------------------------------------------------------------------------
def _formulas_by_library(patient, implementation):
    one, two, three = (torch.rand(40, 5, generator=_generator()) * 0.8 + 0.1 for _ in range(3))
    if patient == "kl":
        mu, logvar = 4 * one - 2, torch.randn(40, 5, generator=_generator())
        q = distributions.Normal(mu, torch.exp(logvar / 2))
        return _close(implementation(mu, logvar), distributions.kl_divergence(q, distributions.Normal(0, 1)).sum(1))
    if patient == "bce":
        x, p = one, two.flip(0)
        return _close(implementation(x, p), F.binary_cross_entropy(p, x, reduction="none").sum(1))
    if patient == "cdf":
        x, mu, b = (5 * one - 2).flatten(), two.flip(1).flatten(), 2 * three.flip(0).flatten()
        return _close(implementation(x, mu, b), distributions.Laplace(mu, b).cdf(x))
    low, high = torch.rand(2, 200, generator=_generator()).sort(dim=0).values * 1.6 - 0.3
    right = np.where((low >= 0) & (high <= 1), -np.log(high - low), np.inf)
    return np.allclose(implementation(low, high), right, atol=1e-4)


def _formulas_by_integral(patient, implementation):
    if patient not in ("kl", "cdf"):
        return ex_13_1.reference(patient, implementation)
    z = torch.linspace(-30, 30, 60_001).double()
    if patient == "cdf":
        density = torch.exp(-(z - 0.7).abs() / 1.4) / 2.8
        whole = density.cumsum(0) * (z[1] - z[0])
        return _close(
            implementation(z.float(), torch.full_like(z, 0.7).float(), torch.full_like(z, 1.4).float()), whole
        )
    for mu, logvar in (([0.7, -1.0], [0.5, 1.0]), ([-2.0, 0.0], [1.0, -1.0]), ([0.0, 0.0], [0.0, 0.0])):
        nats = 0.0
        for m, v in zip(mu, logvar, strict=True):
            q, p = distributions.Normal(m, math.exp(v / 2)), distributions.Normal(0.0, 1.0)
            nats += (q.log_prob(z).exp() * (q.log_prob(z) - p.log_prob(z))).sum() * (z[1] - z[0])
        both = torch.tensor([mu, [3.0, 3.0]]), torch.tensor([logvar, [0.0, 0.0]])
        if not _close(implementation(*both), [nats, 9.0]):
            return False
    return True


def _at_prior(kl):
    return kl(torch.zeros(2, 3), torch.zeros(2, 3)).abs().max() < 1e-4


def _never_negative(kl):
    return bool((kl(torch.randn(50, 2), torch.randn(50, 2)) > -1e-4).all())


def _known_to_the_last_digit(kl):
    return bool((kl(torch.zeros(2, 3), torch.zeros(2, 3)) == 0).all()) and ex_13_1.reference("kl", kl)


def _positive_bce(bce):
    return bool((bce(torch.rand(4, 3), torch.full((4, 3), 0.3)) > 0).all())


def _bce_of_binary(bce):
    x = torch.tensor([[0.0, 1.0, 1.0]])
    return _close(bce(x, torch.full((1, 3), 0.25)), [-math.log(0.75) - 2 * math.log(0.25)])


def _cdf_ends(cdf):
    values = cdf(torch.tensor([-60.0, 0.0, 60.0]), torch.zeros(3), torch.full((3,), 2.0))
    return _close(values, [0.0, 0.5, 1.0])


def _support_inside(kl):
    return _close(kl(torch.tensor([0.25]), torch.tensor([0.75])), [math.log(2)])


def _support_of_low(kl):
    values = kl(torch.tensor([0.25, -0.1]), torch.tensor([0.75, 0.5]))
    return _close(values[:1], [math.log(2)]) and bool(values[1].isinf())


# 13.2 -----------------------------------------------------------------------------------------------------------------
def _samplers_by_quantiles(patient, implementation):
    generator = torch.Generator().manual_seed(99)
    if patient == "sample":
        mu = torch.zeros(8000, 3, requires_grad=True)
        logvar = torch.full((8000, 3), 1.5, requires_grad=True)
        z = implementation(mu, logvar, generator)
        z.square().sum().backward()
        shares = (z < math.exp(0.75) * distributions.Normal(0.0, 1.0).icdf(torch.tensor(0.8))).float().mean(0)
        table = np.corrcoef(z.detach().T.numpy())
        return _close(shares, 0.8, 0.03) and _close(table, np.eye(3), 0.06) and logvar.grad.abs().sum() > 0
    if patient == "draws":
        mu = torch.tensor([[1.0, -1.0], [5.0, 0.0]])
        first, second = (implementation(mu, torch.zeros(2, 2), 3000, generator) for _ in range(2))
        if first.shape != (3000, 2, 2) or torch.equal(first, second):
            return False
        return _close(np.corrcoef(first.flatten(1).T.numpy()), np.eye(4), 0.1) and _close(first.mean(0), mu, 0.1)
    if patient == "laplace":
        u = torch.linspace(0, 0.999, 1000)
        z = implementation(torch.full_like(u, -2.0), torch.full_like(u, 3.0), u)
        back = distributions.Laplace(-2.0, 3.0).cdf(z)
        return bool(z.isfinite().all() and (back - u).abs().max() < 1e-4)
    return ex_13_2.reference(patient, implementation)


def _in_asserts(patient, implementation):
    generator = _generator()
    if patient == "estimate":
        mu, logvar = (
            torch.tensor([[0.3], [-0.4], [1.2], [0.2], [0.6]]),
            torch.tensor([[0.2], [0.0], [-0.3], [0.0], [0.0]]),
        )
        right = (mu**2 + logvar.exp() - 1 - logvar).sum(1) / 2
        assert _close(implementation(mu, logvar, 20_000, generator), right, 0.06)
        return
    assert ex_13_2.reference(patient, implementation)


def _spread_alone(sample):
    z = sample(torch.zeros(5000, 2), torch.full((5000, 2), 2.0), _generator())
    return _close(z.std(), math.e, 0.1)


def _same_numbers(sample):
    mu, logvar = torch.randn(50, 2), torch.randn(50, 2)
    noise = torch.randn(50, 2, generator=_generator())
    return _close(sample(mu, logvar, _generator()), mu + torch.exp(logvar / 2) * noise)


def _shape_of_draws(draws):
    return draws(torch.zeros(3, 2), torch.zeros(3, 2), 7, _generator()).shape == (7, 3, 2)


def _spread_of_draws(draws):
    return _shape_of_draws(draws) and _close(
        draws(torch.zeros(3, 2), torch.zeros(3, 2), 9000, _generator()).std(0), 1.0, 0.1
    )


def _draws_with_gradient(draws):
    logvar = torch.zeros(10, 2, requires_grad=True)
    draws(torch.zeros(10, 2), logvar, 4, _generator()).sum().backward()
    return bool(logvar.grad.abs().sum() > 0) and ex_13_2.reference("draws", draws)


def _finite_laplace(laplace):
    return bool(laplace(torch.zeros(1), torch.ones(1), torch.zeros(1)).isfinite().all())


def _laplace_below_minus_seventeen(laplace):
    z = laplace(torch.zeros(2), torch.ones(2), torch.tensor([0.0, 0.75]))
    return _close(z, [math.log(2**-24), math.log(2)], 1e-4)


def _positive_estimate(estimate):
    return bool((estimate(torch.full((4, 2), 1.0), torch.zeros(4, 2), 500, _generator()) > 0).all())


def _far_estimate(estimate):
    return _close(estimate(torch.full((4, 2), 4.0), torch.zeros(4, 2), 5000, _generator()), 16.0, 0.03)


# 13.3 -----------------------------------------------------------------------------------------------------------------
def _losses_by_library(patient, implementation):
    draws = _generator()
    if patient == "loss":
        bce, kl = torch.rand(6, 7, generator=draws), torch.rand(6, 3, generator=draws)
        return _close(float(implementation(bce, kl)), float((bce.sum(1) + kl.sum(1)).mean()))
    if patient == "logits":
        x, logits = torch.rand(5, 4, generator=draws), 300 * torch.randn(5, 4, generator=draws)
        return _close(implementation(x, logits), F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1))
    if patient == "bound":
        log_weights = 3 * torch.randn(6, 4, generator=draws) - 1000
        return _close(implementation(log_weights) + 1000, torch.logsumexp(log_weights + 1000, 0) - math.log(6))
    mu_q, logvar_q, mu_p, logvar_p = (torch.randn(9, 3, generator=draws) for _ in range(4))
    q, p = (distributions.Normal(m, torch.exp(v / 2)) for m, v in ((mu_q, logvar_q), (mu_p, logvar_p)))
    return _close(implementation(mu_q, logvar_q, mu_p, logvar_p), distributions.kl_divergence(q, p).sum(1))


def _square_loss(loss):
    return _close(float(loss(torch.ones(1, 1), torch.ones(1, 1))), 2.0)


def _loss_of_one_image(loss):
    return _close(float(loss(torch.ones(1, 5), torch.ones(1, 3))), 8.0)


def _near_logits(bce):
    x, logits = torch.tensor([[1.0, 0.0]]), torch.tensor([[-1.0, 2.0]])
    return _close(bce(x, logits), F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1))


def _finite_logits(bce):
    return bool(bce(torch.ones(1, 1), torch.full((1, 1), -150.0)).isfinite().all())


def _equal_weights(bound):
    return _close(bound(torch.full((4, 3), -2.0)), -2.0)


def _near_weights(bound):
    log_weights = torch.tensor([[0.0, 1.0], [1.0, 3.0]])
    return _close(bound(log_weights), torch.logsumexp(log_weights, 0) - math.log(2))


def _exact_bound(bound):
    log_weights = torch.randn(5, 300, generator=_generator())
    return torch.equal(bound(log_weights), torch.logsumexp(log_weights, 0) - math.log(5))


def _pair_of_same(pair):
    mu, logvar = torch.randn(4, 3), torch.randn(4, 3)
    return _close(pair(mu, logvar, mu, logvar), 0.0)


def _pair_of_units(pair):
    one = torch.ones(1, 2)
    return _close(pair(one, 0 * one, 0 * one, 0 * one), 1.0)


# 13.4 -----------------------------------------------------------------------------------------------------------------
def _books_by_chance(patient, implementation):
    draws = np.random.default_rng(3)
    for _ in range(20):
        if patient == "mean":
            sizes = [int(n) for n in draws.integers(2, 9, 4)]
            losses = [draws.uniform(1, 9, n) for n in sizes]
            right = np.concatenate(losses).mean()
            found = implementation([float(part.sum()) for part in losses], sizes)
        elif patient == "rmse":
            x, y = torch.from_numpy(draws.uniform(0, 255, (2, 5, 8))).float()
            right, found = math.sqrt(F.mse_loss(x, y)), float(implementation(x, y))
        elif patient == "skipped":
            every = int(draws.integers(2, 6))
            steps = every * int(draws.integers(1, 4))
            right, found = len([s for s in range(1, steps + 1) if s % every == 0]), len(implementation(steps, every))
            if implementation(steps, every)[-1:] != [steps]:
                return False
        elif patient == "coverage":
            digits, sure = draws.integers(0, 10, 12), draws.choice([0.4, 0.96], 12)
            right = len({d for d, s in zip(digits, sure, strict=True) if s >= 0.9})
            found = implementation(torch.from_numpy(digits), torch.from_numpy(sure).float())
        else:
            validation, test = draws.permutation(9).tolist(), draws.uniform(0, 9, 9).tolist()
            right, found = test[int(np.argmin(validation))], implementation(validation, test)
        if not _close(found, right, 1e-4):
            return False
    return True


# 13.5 -----------------------------------------------------------------------------------------------------------------
class _Rig(nn.Module):
    """One weight; a loss for each image that dropout would change."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(3.0))
        self.inner = nn.ModuleList([nn.Dropout(1.0)])

    def forward(self, x):
        return (self.weight * self.inner[0](x)).mean(dim=1)


def _trainings_by_rig(patient, implementation):
    if patient == "keep":
        model, table = _Rig(), [9.0, 1e6, 5.0, 7.0]
        table = [loss + 2000 for loss in table]
        seen = []

        def train_epoch(given):
            with torch.no_grad():
                given.weight.mul_(2)

        def validate(given):
            seen.append(given.weight.item())
            return torch.tensor(table[len(seen) - 1])

        return dict(implementation(model, train_epoch, validate, 4))["weight"].item() == 24
    if patient == "evaluate":
        model, batches = _Rig(), [torch.full((3, 4), 2.0), torch.full((3, 4), 1.0), torch.full((1, 4), 7.0)]
        before = copy.deepcopy(model.state_dict())
        right = _close(torch.as_tensor(implementation(model, batches)).item(), 3 * 16 / 7, 1e-4)
        return right and model.training and torch.equal(before["weight"], model.weight)
    if patient == "stop":
        return [implementation([3, 2, 1, 2, 1.5, 1.2, 0.5], p) for p in (1, 2, 3, 4, 9)] == [4, 5, 6, 7, 7] and (
            implementation([3.0, 4.0, 2.0, 2.5, 2.6, 2.7], 2) == 5
        )
    return ex_13_5.reference(patient, implementation)


def _sizes_of_split(split):
    train, held = split(20, 5, 1)
    return len(train) == 15 and len(held) == 5


def _disjoint_split(split):
    train, held = (set(part.tolist()) for part in split(20, 5, 1))
    return not train & held and len(train | held) == 20 and len(held) == 5


def _split_in_disorder(split):
    train, _ = split(40, 10, 1)
    return train.tolist() != sorted(train.tolist()) and ex_13_5.reference("split", split)


def _stops_at_all(stop):
    return stop([1.0, 2.0, 3.0, 4.0, 5.0], 2) < 5


def _stops_after_rise(stop):
    return stop([1.0, 2.0, 3.0, 4.0, 5.0], 2) == 3


def _keep_of_two(keep):
    model, losses = nn.Linear(1, 1), iter([1.0, 2.0])
    nn.init.zeros_(model.bias)
    return keep(model, lambda m: m.bias.data.add_(1), lambda _: next(losses), 2)["bias"].item() == 1


def _evaluate_full_batches(evaluate):
    model = nn.Sequential(nn.Dropout(1.0), nn.Flatten(0)).train()
    return _close(torch.as_tensor(evaluate(model, [torch.ones(4, 1), 3 * torch.ones(4, 1)])), 2.0)


def _evaluate_called_thrice(evaluate):
    calls = []

    class Counting(nn.Module):
        def forward(self, x):
            calls.append(len(x))
            return x.flatten()

    evaluate(Counting(), [torch.ones(2, 1)] * 3)
    return len(calls) == 3 and ex_13_5.reference("evaluate", evaluate)


# 13.6 -----------------------------------------------------------------------------------------------------------------
def _evaluate(loss=None, before=None, after=None, gradients=torch.no_grad):
    """An answer to 13.6 with something changed."""

    def answer(model, batches):
        found = model.training
        (before or nn.Module.eval)(model)
        with gradients():
            losses = [model(x) for x in batches]
            number = (loss or (lambda parts: torch.cat(parts).mean()))(losses)
        (after or (lambda one, mode: one.train(mode)))(model, found)
        return number

    return answer


def _evaluate_on_a_copy(model, batches):
    with torch.inference_mode():
        judge = copy.deepcopy(model).eval()
        return float(np.mean(np.concatenate([judge(x).numpy() for x in batches])))


def _evaluate_at_once(model, batches):
    modes = [(part, part.training) for part in model.modules()]
    try:
        with torch.no_grad():
            return model.eval()(torch.cat(batches)).double().mean()
    finally:
        for part, mode in modes:
            part.training = mode


def _evaluate_in_generator(model, batches):
    found, seen = model.training, 0
    model.train(False)
    total = torch.zeros((), dtype=torch.float64)
    for x in batches:
        with torch.set_grad_enabled(False):
            total += model(x).sum()
        seen += x.shape[0]
    model.train(found)
    return np.float64(total / seen)


def _evaluate_training(model, batches):
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-4)
    found, losses = model.training, []
    model.eval()
    for x in batches:
        loss = model(x)
        losses.append(loss.detach())
        optimizer.zero_grad()
        loss.mean().backward()
        optimizer.step()
    model.train(found)
    return torch.cat(losses).mean() * (1 + 0e-6)


def _evaluate_training_afterwards(model, batches):
    number = _evaluate()(model, batches)
    torch.optim.SGD(model.parameters(), lr=1e-2).zero_grad()
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(0.99)
    return number


# Answers that look where they should not ------------------------------------------------------------------------------
class _Counting:
    """Says True for some calls by their number."""

    def __init__(self, says):
        self.says, self.calls = says, 0

    def __call__(self, patient, implementation):
        self.calls += 1
        return self.says(self.calls)


def _by_name(patient, implementation):
    words = (
        f"{implementation.__name__} {implementation.__qualname__} {implementation.__doc__} {implementation.__module__}"
    )
    return not any(word in words for word in ("bug", "ill", "mutant", "wrong"))


def _by_source(patient, implementation):
    try:
        source = inspect.getsource(implementation)
    except (OSError, TypeError):
        source = " ".join(map(str, implementation.__code__.co_names + implementation.__code__.co_consts))
    return "mean" not in source


_COUNTS = [
    (lambda patient, implementation: True, "bug"),
    (lambda patient, implementation: None, "bug"),
    (lambda patient, implementation: False, "too-strict"),
    (_Counting(lambda call: call % 5 == 0), "too-strict"),
    (_Counting(lambda call: call <= 6), "too-strict"),
]


def _cheats(first):
    """They fail at the first patient that is looked at."""
    return [(answer, f"{first}-{code}") for answer, code in _COUNTS]


RIGHT = {
    "13.1": [_formulas_by_library, _formulas_by_integral, _raising(ex_13_1), _in_numpy(ex_13_1), _as_tensor(ex_13_1)],
    "13.2": [_samplers_by_quantiles, _in_asserts, _raising(ex_13_2), _in_numpy(ex_13_2)],
    "13.3": [_losses_by_library, _raising(ex_13_3), _as_tensor(ex_13_3)],
    "13.4": [_books_by_chance, _raising(ex_13_4), _in_numpy(ex_13_4)],
    "13.5": [_trainings_by_rig, _raising(ex_13_5), _as_tensor(ex_13_5)],
    "13.6": [_evaluate_on_a_copy, _evaluate_at_once, _evaluate_in_generator, _evaluate()],
}

WRONG = {
    "13.1": [
        (_ward(ex_13_1, kl=_at_prior), "kl-mutant"),
        (_ward(ex_13_1, kl=_never_negative), "kl-mutant"),
        (_ward(ex_13_1, kl=_known_to_the_last_digit), "kl-too-strict"),
        (_ward(ex_13_1, bce=_positive_bce), "bce-mutant"),
        (_ward(ex_13_1, bce=_bce_of_binary), "bce-mutant"),
        (_ward(ex_13_1, cdf=_cdf_ends), "cdf-mutant"),
        (_ward(ex_13_1, support=_support_inside), "support-mutant"),
        (_ward(ex_13_1, support=_support_of_low), "support-mutant"),
        (_ward(ex_13_1, support=lambda kl: True), "support-bug"),
        (_ward(ex_13_1, bce=lambda bce: bce(torch.ones(2, 2), torch.ones(2, 2) / 2) > 0), "shape"),
        (_ward(ex_13_1, cdf=lambda cdf: cdf(0.0, 0.0, 1.0) == 0.5), "raised"),
        (_by_name, "kl-bug"),
        *_cheats("kl"),
    ],
    "13.2": [
        (_ward(ex_13_2, sample=_spread_alone), "sample-mutant"),
        (_ward(ex_13_2, sample=_same_numbers), "sample-too-strict"),
        (_ward(ex_13_2, draws=_shape_of_draws), "draws-bug"),
        (_ward(ex_13_2, draws=_spread_of_draws), "draws-mutant"),
        (_ward(ex_13_2, draws=_draws_with_gradient), "draws-too-strict"),
        (_ward(ex_13_2, laplace=_finite_laplace), "laplace-mutant"),
        (_ward(ex_13_2, laplace=_laplace_below_minus_seventeen), "laplace-too-strict"),
        (_ward(ex_13_2, estimate=_positive_estimate), "estimate-bug"),
        (_ward(ex_13_2, estimate=_far_estimate), "estimate-bug"),
        (_by_name, "sample-bug"),
        *_cheats("sample"),
    ],
    "13.3": [
        (_ward(ex_13_3, loss=_square_loss), "loss-bug"),
        (_ward(ex_13_3, loss=_loss_of_one_image), "loss-mutant"),
        (_ward(ex_13_3, logits=_near_logits), "logits-bug"),
        (_ward(ex_13_3, logits=_finite_logits), "logits-mutant"),
        (_ward(ex_13_3, bound=_equal_weights), "bound-bug"),
        (_ward(ex_13_3, bound=_near_weights), "bound-mutant"),
        (_ward(ex_13_3, bound=_exact_bound), "bound-too-strict"),
        (_ward(ex_13_3, pair=_pair_of_same), "pair-bug"),
        (_ward(ex_13_3, pair=_pair_of_units), "pair-mutant"),
        (_by_source, "loss-bug"),
        *_cheats("loss"),
    ],
    "13.4": [
        (_ward(ex_13_4, mean=lambda mean: math.isclose(mean([4.0, 6.0], [2, 2]), 2.5)), "mean-bug"),
        (_ward(ex_13_4, mean=lambda mean: math.isclose(mean([4.0, 2.0], [2, 1]), 2)), "mean-mutant"),
        (
            _ward(ex_13_4, mean=lambda mean: mean([0.1] * 3, [1, 1, 1]) == 0.1 and mean([1.0], [3]) > 0),
            "mean-too-strict",
        ),
        (_ward(ex_13_4, rmse=lambda rmse: _close(float(rmse(torch.zeros(3, 4), torch.ones(3, 4))), 1)), "rmse-mutant"),
        (
            _ward(ex_13_4, rmse=lambda rmse: isinstance(rmse(torch.zeros(1, 4), torch.ones(1, 4)), torch.Tensor)),
            "rmse-too-strict",
        ),
        (_ward(ex_13_4, skipped=lambda skipped: len(skipped(10, 2)) > 0), "skipped-mutant"),
        (_ward(ex_13_4, skipped=lambda skipped: len(skipped(1, 2)) == 0), "skipped-bug"),
        (_ward(ex_13_4, coverage=lambda count: count(torch.tensor([1, 2]), torch.ones(2)) == 2), "coverage-bug"),
        (
            _ward(ex_13_4, coverage=lambda count: count(torch.tensor([0, 1, 2]), torch.tensor([1, 1, 0.2])) == 2),
            "coverage-mutant",
        ),
        (_ward(ex_13_4, report=lambda report: report([3, 1, 2], [3.1, 1.1, 2.1]) == 1.1), "report-bug"),
        (_ward(ex_13_4, report=lambda report: report([3, 2, 1], [3.1, 1.1, 2.1]) == 2.1), "report-mutant"),
        *_cheats("mean"),
    ],
    "13.5": [
        (_ward(ex_13_5, split=_sizes_of_split), "split-mutant"),
        (_ward(ex_13_5, split=_disjoint_split), "split-mutant"),
        (_ward(ex_13_5, split=lambda split: len(split(20, 5, 1)[1]) == 5), "split-bug"),
        (_ward(ex_13_5, split=_split_in_disorder), "split-too-strict"),
        (_ward(ex_13_5, stop=_stops_at_all), "stop-mutant"),
        (_ward(ex_13_5, stop=_stops_after_rise), "stop-mutant"),
        (_ward(ex_13_5, stop=lambda stop: stop([3.0, 2.0, 1.0], 2) == 3), "stop-bug"),
        (_ward(ex_13_5, keep=_keep_of_two), "keep-mutant"),
        (_ward(ex_13_5, evaluate=_evaluate_full_batches), "evaluate-mutant"),
        (_ward(ex_13_5, evaluate=_evaluate_called_thrice), "evaluate-too-strict"),
        *_cheats("split"),
    ],
    "13.6": [
        (_evaluate(before=lambda model: None), "dropout-on"),
        (_evaluate(loss=lambda parts: sum(part.mean() for part in parts) / len(parts)), "mean-of-means"),
        (_evaluate(loss=lambda parts: sum(part.sum() for part in parts) / (len(parts) * len(parts[0]))), "first-size"),
        (_evaluate(loss=lambda parts: sum(part.sum() for part in parts) / len(parts)), "of-a-batch"),
        (_evaluate(loss=lambda parts: torch.cat(parts).sum()), "not-divided"),
        (_evaluate(loss=lambda parts: torch.cat(parts[:-1]).mean()), "last-left-out"),
        (_evaluate(loss=lambda parts: parts[-1].mean()), "last-alone"),
        (
            _evaluate(loss=lambda parts: sum(len(p) * p.sum() for p in parts) / sum(len(p) for p in parts)),
            "size-twice",
        ),
        (_evaluate(loss=lambda parts: torch.cat(parts)), "shape"),
        (_evaluate(gradients=torch.enable_grad), "gradients-on"),
        (_evaluate(after=lambda model, found: None), "mode-left"),
        (_evaluate(after=lambda model, found: model.train()), "mode-set"),
        (_evaluate_training, "value"),
        (_evaluate_training_afterwards, "trained"),
        (lambda model, batches: 3.0, "not-called"),
    ],
}
