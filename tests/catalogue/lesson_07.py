"""Answers to the exercises of lesson 07: unusual right ones, and wrong ones with the finding meant for them."""

import copy
import math
import random

import numpy as np
import torch
from torch import nn


# 7.1 ------------------------------------------------------------------------------------------------------------
def _measure(
    end,
    each=lambda elbo: elbo.total,
    mode=True,
    restore=True,
    graphs=False,
    pieces=lambda images, batch: images.split(batch),
):
    """An answer to 7.1 with something changed; ``end`` makes the number from the nats of each batch."""

    def answer(model, images, batch):
        was = model.training
        if mode:
            model.eval()
        with torch.set_grad_enabled(graphs):
            nats = [each(model(x)).detach() for x in pieces(images, batch)]
        if restore:
            model.train(was)
        return end(nats, images, batch)

    return answer


def _exact(nats, images, batch):
    return torch.cat(nats).mean()


def _batch_means(nats, images, batch):
    return torch.stack([part.mean() for part in nats]).mean()


def _padded(nats, images, batch):
    return sum(part.sum() for part in nats) / (len(nats) * batch)


def _by_index(model, images, batch, *, verbose=False):
    was, total = model.training, 0.0
    model.train(False)
    with torch.inference_mode():
        for start in range(0, len(images), batch):
            x = images[start : start + batch]
            elbo = model(x)
            total += float(elbo.loss()) * x.shape[0]
    model.train(mode=was)
    return total / images.shape[0]


def _with_loader(model, images, batch):
    mode = model.training
    model.eval()
    found = np.zeros(0)
    with torch.no_grad():
        for x in torch.utils.data.DataLoader(images, batch_size=batch):
            elbo = model(x)
            found = np.append(found, (elbo.reconstruction + elbo.kl).numpy().astype("f8"))
    if mode:
        model.train()
    return found.mean()


@torch.no_grad()
def _one_by_one(model, images, batch):
    training = model.training
    model.eval()
    total = sum(model(image[None]).total.item() for image in images)
    model.train(training)
    return torch.tensor(total / len(images), dtype=torch.float64)


def _running_mean(nats, images, batch):
    mean, seen = 0.0, 0
    for part in nats:
        seen += len(part)
        mean += (part.mean().item() - mean) * len(part) / seen
    return [mean]


def _on_a_copy(model, images, batch):
    copied = copy.deepcopy(model).eval()
    with torch.inference_mode():
        return sum(copied(x).total.double().sum().item() for x in images.split(batch)) / images.shape[0]


def _late(model, images, batch):
    was, total = model.training, 0.0
    with torch.no_grad():
        for x in images.split(batch):
            total += model(x).total.sum().item()
            model.eval()
    model.train(was)
    return total / len(images)


def _attribute(before=True, after=True):
    """Switches the model by its attribute, which leaves its parts alone."""

    def answer(model, images, batch):
        was = model.training
        if before:
            model.training = False
        else:
            model.eval()
        with torch.no_grad():
            total = sum(model(x).total.sum() for x in images.split(batch))
        if after:
            model.training = was
        else:
            model.train(was)
        return total / len(images)

    return answer


def _without_sum(model, images, batch):
    model.eval()
    total = 0.0
    with torch.no_grad():
        for x in images.split(batch):
            total += model(x).total
    return total / len(images)


def _slices_overlap(model, images, batch):
    return _measure(
        lambda nats, images, batch: torch.cat(nats).sum() / len(images),
        pieces=lambda images, batch: [images[i : i + batch + 1] for i in range(0, len(images), batch)],
    )(model, images, batch)


def _trains_on_test(model, images, batch):
    value = _measure(_exact)(model, images, batch)
    with torch.no_grad():
        model.price.mul_(0.99)
    return value


def _always_training(model, images, batch):
    value = _measure(_exact)(model, images, batch)
    model.train()
    return value


def _darkens(model, images, batch):
    return _measure(_exact)(model, images.mul_(0.5), batch)


# 7.2 ------------------------------------------------------------------------------------------------------------
def _split(order, cut=lambda rows, n, held_out: (rows[held_out:], rows[:held_out])):
    return lambda n, held_out, seed: cut(order(n, seed), n, held_out)


def _own(n, seed):
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed))


def _subsets(n, held_out, seed):
    parts = torch.utils.data.random_split(
        range(n), [n - held_out, held_out], generator=torch.Generator().manual_seed(seed)
    )
    return parts[0].indices, parts[1].indices


def _by_sampling(n, held_out, seed):
    held = sorted(random.Random(seed).sample(range(n), held_out))
    return [row for row in range(n) if row not in held], held


def _by_mask(n, held_out, seed):
    mask = torch.zeros(n, dtype=torch.bool)
    mask[_own(n, seed)[:held_out]] = True
    return (~mask).nonzero().squeeze(1), mask.nonzero().squeeze(1)


def _forked(n, seed):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return torch.randperm(n)


def _turned(n, seed):
    return torch.arange(n).roll(int(torch.randint(n, (), generator=torch.Generator().manual_seed(seed))))


def _reseeded(n, seed):
    torch.manual_seed(seed)
    return torch.randperm(n)


def _numpy_reseeded(n, seed):
    np.random.seed(seed % 2**32)
    return np.random.permutation(n)


def _two_draws(n, held_out, seed):
    own = torch.Generator().manual_seed(seed)
    return torch.randperm(n, generator=own)[held_out:], torch.randperm(n, generator=own)[:held_out]


def _with_replacement(n, held_out, seed):
    rows = torch.randint(0, n, (n,), generator=torch.Generator().manual_seed(seed))
    train, held = rows[held_out:], rows[:held_out]
    free = torch.tensor(sorted(set(range(n)) - set(train.tolist())))
    return train, free[:held_out] if len(free) >= held_out else held


# 7.3 ------------------------------------------------------------------------------------------------------------
def _loop_choice(validation, test):
    found = []
    for row in range(len(validation)):
        best = min(range(validation.shape[1]), key=lambda model: float(validation[row, model]))
        found.append(test[row, best])
    return torch.stack(found)


def _not_reset(validation, test):
    best, model, found = math.inf, 0, []
    for row in range(len(validation)):
        for m in range(validation.shape[1]):
            if validation[row, m] < best:
                best, model = validation[row, m], m
        found.append(test[row, model])
    return torch.stack(found)


def _at(validation, test):
    return test[torch.arange(len(test)), validation.argmin(1)]


# 7.4 ------------------------------------------------------------------------------------------------------------
class _Stopper:
    """Every other stopper here is this one with something changed."""

    start = math.inf

    def __init__(self, patience):
        self.patience, self.best, self.best_epoch = patience, self.start, 0

    def better(self, value):
        return value < self.best

    def improved(self, epoch, value):
        better = self.better(value)
        if better:
            self.best, self.best_epoch = value, epoch
        return better

    def should_stop(self, epoch):
        return epoch - self.best_epoch >= self.patience


def _with(**methods):
    return type("Changed", (_Stopper,), methods)


class _Counting(_Stopper):
    bad = 0

    def improved(self, epoch, value):
        better = super().improved(epoch, value)
        self.bad = 0 if better else self.bad + 1
        return better

    def should_stop(self, epoch):
        return self.bad >= self.patience


class _NeverReset(_Counting):
    def improved(self, epoch, value):
        before = self.bad
        better = super().improved(epoch, value)
        self.bad = before + (not better)
        return better


class _Rises(_Stopper):
    last, rises = math.inf, 0

    def improved(self, epoch, value):
        self.rises = self.rises + 1 if value >= self.last else 0
        self.last = value
        return super().improved(epoch, value)

    def should_stop(self, epoch):
        return self.rises >= self.patience


class _Previous(_Stopper):
    last = math.inf

    def better(self, value):
        better = value < self.last
        self.last = value
        return better


class _History:
    """Keeps everything, and looks it up."""

    def __init__(self, patience, verbose=False):
        self.patience, self.seen = torch.tensor(patience), []

    @property
    def best(self):
        return min((value for value in self.seen if value == value), default=math.inf)

    @property
    def best_epoch(self):
        return self.seen.index(self.best) + 1 if self.best < math.inf else 0

    def improved(self, epoch, value):
        self.seen.append(value)
        return np.bool_(value == value and self.best_epoch == epoch)

    def should_stop(self, epoch):
        return torch.tensor(epoch - self.best_epoch) >= self.patience


def _closure(patience):
    class State:
        best, best_epoch = float("inf"), 0

    state = State()

    def improved(epoch, value):
        if value < state.best:
            state.best, state.best_epoch = torch.tensor(value), epoch
            return 1
        return 0

    state.improved, state.should_stop = improved, lambda epoch: int(epoch >= state.best_epoch + patience)
    return state


class _OnTheClass:
    best, best_epoch, patience = math.inf, 0, 0

    def improved(self, epoch, value):
        kind = type(self)
        if epoch == 1 and kind.best_epoch != 1:
            kind.best = math.inf
        if value < kind.best:
            kind.best, kind.best_epoch = value, epoch
            return True
        return False

    def should_stop(self, epoch):
        return epoch - self.best_epoch >= self.patience


def _shared(patience):
    _OnTheClass.patience, _OnTheClass.best, _OnTheClass.best_epoch = patience, math.inf, 0
    return _OnTheClass()


def _one_for_all(patience, _made=[]):  # noqa: B006
    if not _made:
        _made.append(_Stopper(patience))
    return _made[0]


def _epoch_forgotten(self, epoch, value):
    better = value < self.best
    self.best = min(self.best, value) if value == value else self.best
    return better


class _Latched(_Stopper):
    stopped = False

    def should_stop(self, epoch):
        self.stopped = self.stopped or super().should_stop(epoch)
        return self.stopped


class _FirstIsBest(_Stopper):
    start = None

    def better(self, value):
        return self.best is None or value < self.best


def _only_if_better(self, epoch, value):
    if value < self.best:
        self.best, self.best_epoch = value, epoch
        return True


def _open(self, epoch):
    raise NotImplementedError


def _value_forgotten(self, epoch, value):
    better = value < self.best
    if better:
        self.best, self.best_epoch = value + 0.5, epoch
    return better


# 7.5 ------------------------------------------------------------------------------------------------------------
def _cloned(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def _through_a_file(model):
    import io

    memory = io.BytesIO()
    torch.save(model.state_dict(), memory)
    memory.seek(0)
    return torch.load(memory, weights_only=True)


def _by_double(model):
    return {name: value.detach().double().cpu() for name, value in model.state_dict().items()}


def _parameters_and_buffers(model):
    both = [*model.named_parameters(), *model.named_buffers()]
    return {name: torch.empty_like(value).copy_(value).detach() for name, value in both}


def _weights_only(model):
    kept = model.state_dict()
    return {
        name: value.clone() if "running" not in name and "num" not in name else value for name, value in kept.items()
    }


def _buffers_only(model):
    kept = model.state_dict()
    return {name: value.clone() if "running" in name or "num" in name else value for name, value in kept.items()}


def _zeroes(model):
    kept = _cloned(model)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    return kept


def _freezes(model):
    kept = _cloned(model)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return kept


def _one_for_all_snapshots(model, _kept={}):  # noqa: B006
    _kept.update(_cloned(model))
    return _kept


def _first_for_all(model):
    if not hasattr(model, "kept"):
        model.kept = _cloned(model)
    return dict(model.kept)


def _evaluates(model):
    return copy.deepcopy(model.eval().state_dict())


RIGHT = {
    "7.1": [
        _measure(_exact),
        _by_index,
        _on_a_copy,
        _with_loader,
        _one_by_one,
        _measure(_running_mean),
        _measure(lambda nats, images, batch: sum(part.mean() * len(part) for part in nats) / len(images)),
        _measure(
            lambda nats, images, batch: np.average(
                [part.double().mean().item() for part in nats], weights=[len(part) for part in nats]
            )
        ),
        _measure(_exact, each=lambda elbo: elbo.reconstruction.double() + elbo.kl_per_latent.double().sum(1)),
        _measure(_exact, pieces=lambda images, batch: images.chunk(math.ceil(len(images) / batch))),
    ],
    "7.2": [
        _split(_own),
        _split(_forked),
        _subsets,
        _by_sampling,
        _by_mask,
        _split(lambda n, seed: np.random.default_rng(seed).permutation(n)),
        _split(
            lambda n, seed: torch.rand(n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).argsort()
        ),
        _split(_own, lambda rows, n, held_out: [rows[: n - held_out].tolist(), rows[n - held_out :].numpy()]),
        _split(_own, lambda rows, n, held_out: rows.split([n - held_out, held_out])),
    ],
    "7.3": [
        _loop_choice,
        lambda v, t: t[range(len(t)), v.argmin(1)],
        lambda v, t: t.numpy()[np.arange(len(t)), v.numpy().argmin(axis=1)],
        lambda v, t: torch.take_along_dim(t.double(), v.sort(dim=1).indices[:, :1], dim=1)[:, 0],
        lambda v, t, *_: torch.einsum("rm,rm->r", t, nn.functional.one_hot(v.argmin(-1), v.shape[1]).to(t.dtype)),
        lambda v, t: [float(b[int(a.argmin())]) for a, b in zip(v, t, strict=True)],
    ],
    "7.4": [
        _Stopper,
        _Counting,
        _History,
        _closure,
        lambda patience=20, *_: _Stopper(patience),
        _with(better=lambda self, value: not math.isnan(value) and not value >= self.best),
    ],
    "7.5": [
        _cloned,
        _through_a_file,
        _by_double,
        _parameters_and_buffers,
        lambda model: copy.deepcopy(model).state_dict(),
        lambda model: copy.deepcopy(dict(model.state_dict())),
        lambda model: {k: torch.tensor(v.numpy()) for k, v in model.state_dict().items()},
        lambda model, *_: {k: v + 0 for k, v in model.state_dict().items()},
    ],
}

WRONG = {
    "7.1": [
        (_measure(_batch_means), "batch-means"),
        (_measure(_padded), "padded"),
        (_measure(_exact, mode=False), "training-mode"),
        (_measure(_batch_means, mode=False), "training-mode"),
        (_measure(_padded, mode=False, restore=False), "training-mode"),
        (_measure(_exact, each=lambda elbo: elbo.reconstruction), "half-missing"),
        (_measure(_exact, each=lambda elbo: elbo.kl), "half-missing"),
        (_measure(_exact, each=lambda elbo: elbo.reconstruction, mode=False), "training-mode"),
        (_measure(lambda nats, images, batch: sum(part.sum() for part in nats)), "not-divided"),
        (_measure(lambda nats, images, batch: sum(part.sum() for part in nats) / len(nats)), "per-batch"),
        (_measure(lambda nats, images, batch: sum(part.mean() for part in nats)), "sum-of-means"),
        (_measure(lambda nats, images, batch: sum(len(part) * part.sum() for part in nats) / len(images)), "report-b"),
        (_measure(lambda nats, images, batch: nats[0].mean()), "one-batch"),
        (_measure(lambda nats, images, batch: nats[-1].mean()), "one-batch"),
        (
            _measure(
                _exact, pieces=lambda images, batch: [x for x in images.split(batch) if len(x) == batch] or [images]
            ),
            "last-batch-dropped",
        ),
        (_measure(lambda nats, images, batch: torch.cat(nats)), "shape"),
        (_measure(lambda nats, images, batch: torch.cat(nats).median()), "value"),
        (_measure(_exact, graphs=True), "gradients-on"),
        (_late, "value"),
        (_slices_overlap, "value"),
        (lambda model, images, batch: _measure(_exact)(model, images, 64), "too-many-at-once"),
        (_measure(_exact, pieces=lambda images, batch: [images]), "too-many-at-once"),
        (_measure(_exact, pieces=lambda images, batch: images.chunk(batch)), "too-many-at-once"),
        (_attribute(), "training-mode"),
        (_attribute(before=False), "parts-not-restored"),
        (_without_sum, "raised"),
        (_measure(lambda nats, images, batch: sum(p.mean() * batch for p in nats) / len(images)), "batch-for-size"),
        (_measure(lambda nats, images, batch: 1.03 * torch.cat(nats).mean()), "value"),
        (_measure(lambda nats, images, batch: round(torch.cat(nats).mean().item())), "value"),
        (_measure(_exact, restore=False), "mode-not-restored"),
        (_always_training, "mode-not-restored"),
        (_trains_on_test, "weights-moved"),
        (_darkens, "changed-input"),
        (_measure(lambda nats, images, batch: None), "returned-nothing"),
        (lambda model, images, batch: model(images), "not-numbers"),
        (_measure(lambda nats, images, batch: sum(map(sum, nats)) / (len(images) // batch * batch)), "too-few-images"),
        (_measure(lambda nats, images, batch: _exact(nats, images, batch) / batch), "divided-twice"),
    ],
    "7.2": [
        (_split(lambda n, seed: torch.arange(n)), "not-shuffled"),
        (
            _split(lambda n, seed: torch.arange(n), lambda rows, n, held_out: (rows[:-held_out], rows[-held_out:])),
            "not-shuffled",
        ),
        (lambda n, held_out, seed: (range(held_out, n), range(held_out)), "not-shuffled"),
        (_split(_turned), "not-shuffled"),
        (lambda n, held_out, seed: (held_out + _own(n - held_out, seed), _own(held_out, seed)), "not-shuffled"),
        (_split(_own, lambda rows, n, held_out: (rows[:held_out], rows[held_out:])), "swapped"),
        (_split(_own, lambda rows, n, held_out: (rows[:-held_out], rows[-held_out:])), "minus-zero"),
        (_two_draws, "overlap"),
        (_split(_own, lambda rows, n, held_out: (rows[: n - held_out], rows[:held_out])), "overlap"),
        (_with_replacement, "twice"),
        (_split(_own, lambda rows, n, held_out: (rows, rows[:held_out])), "shape"),
        (_split(_own, lambda rows, n, held_out: (rows + 1)[None].repeat(1, 1)), "not-a-pair"),
        (_split(_own, lambda rows, n, held_out: (rows[held_out:] + 1, rows[:held_out] + 1)), "not-rows"),
        (_split(lambda n, seed: torch.randperm(n, generator=torch.Generator().manual_seed(0))), "seed-ignored"),
        (_split(lambda n, seed: np.random.default_rng().permutation(n)), "not-repeatable"),
        (_split(_reseeded), "global-seed"),
        (_split(_numpy_reseeded), "global-seed"),
        (_split(_own, lambda rows, n, held_out: rows), "not-a-pair"),
        (_split(_own, lambda rows, n, held_out: None), "returned-nothing"),
        (_split(_own, lambda rows, n, held_out: (rows[held_out:], rows[:held_out], n)), "not-a-pair"),
        (lambda n, held_out, seed: _own(n, seed).undefined, "raised"),
    ],
    "7.3": [
        (lambda v, t: t.min(dim=1).values, "chosen-on-test"),
        (lambda v, t: v.min(dim=1).values, "validation-number"),
        (lambda v, t: v.gather(1, t.argmin(1, keepdim=True))[:, 0], "roles-exchanged"),
        (lambda v, t: t.gather(1, v.argmax(1, keepdim=True))[:, 0], "worst"),
        (lambda v, t: t.gather(1, (v + t).argmin(1, keepdim=True))[:, 0], "both-looked-at"),
        (lambda v, t: t[:, v.argmin() % v.shape[1]], "one-for-all"),
        (lambda v, t: t[:, v.mean(0).argmin()], "one-for-all"),
        (lambda v, t: t[:, -1], "first-or-last"),
        (lambda v, t: v.argmin(1), "indices"),
        (lambda v, t: t[torch.arange(5), v.argmin(1)], "raised"),
        (lambda v, t: t.gather(1, v.topk(min(2, v.shape[1]), largest=False).indices).mean(1), "value"),
        (lambda v, t: t.mean(1), "mean-of-all"),
        (_not_reset, "best-not-reset"),
        (lambda v, t: _at(v.int(), t), "whole-numbers"),
        (lambda v, t: _at(v.round(), t), "whole-numbers"),
        (lambda v, t: _at(v.bfloat16(), t), "whole-numbers"),
        (lambda v, t: t[torch.arange(len(t)), v.argmin()], "raised"),
        (lambda v, t: t[v.argmin()], "raised"),
        (lambda v, t: t[torch.arange(len(t)), v.argmin(0)], "raised"),
        (lambda v, t: t[0, v.argmin(1)], "value"),
        (lambda v, t: 1.03 * _at(v, t), "value"),
        (lambda v, t: _at(v, t).sort().values, "value"),
        (lambda v, t: t.gather(1, v.argmin(1, keepdim=True)), "shape"),
        (lambda v, t: t[:, v.argmin(1)], "shape"),
        (lambda v, t: _loop_choice(v, t).min(), "shape"),
        (lambda v, t: _loop_choice(v, t).squeeze(), "shape"),
        (lambda v, t: t.gather(1, v.abs().argmin(1, keepdim=True))[:, 0], "value"),
        (lambda v, t: None, "returned-nothing"),
    ],
    "7.4": [
        (_with(should_stop=lambda self, epoch: epoch - self.best_epoch > self.patience), "one-late"),
        (_with(should_stop=lambda self, epoch: epoch - self.best_epoch >= self.patience - 1), "one-early"),
        (_with(should_stop=lambda self, epoch: False), "never-stops"),
        (_with(should_stop=lambda self, epoch: epoch - self.best_epoch == self.patience), "once-only"),
        (_with(should_stop=lambda self, epoch: epoch - self.best_epoch >= 10), "value"),
        (_with(better=lambda self, value: value < self.best - 1e-3), "margin-asked"),
        (_with(better=lambda self, value: value < 0.99 * self.best), "margin-asked"),
        (_with(should_stop=lambda self, epoch: epoch >= self.patience), "counts-epochs"),
        (_with(should_stop=lambda self, epoch: epoch != self.best_epoch), "no-patience"),
        (_with(should_stop=lambda self, epoch: epoch - self.best_epoch < self.patience), "opposite-stop"),
        (_NeverReset, "not-reset"),
        (_Latched, "latched"),
        (_FirstIsBest, "nan-kept"),
        (_with(better=lambda self, value: abs(value) < abs(self.best)), "size-compared"),
        (_with(better=lambda self, value: 0 < value < self.best), "value"),
        (_with(should_stop=lambda self, epoch: epoch - self.best_epoch >= max(self.patience, 4)), "value"),
        (_Rises, "counts-rises"),
        (_Previous, "compares-with-previous"),
        (_with(better=lambda self, value: value <= self.best), "ties-count"),
        (_with(better=lambda self, value: not value >= self.best), "nan-kept"),
        (_with(start=1000), "start-too-small"),
        (_with(start=0.0), "start-too-small"),
        (_with(start=-math.inf, better=lambda self, value: value > self.best), "greatest-kept"),
        (_with(better=lambda self, value: True), "always-improved"),
        (_with(improved=lambda self, epoch, value: not _Stopper.improved(self, epoch, value)), "opposite"),
        (_with(improved=_only_if_better), "improved-says-nothing"),
        (_with(should_stop=lambda self, epoch: None), "should-stop-says-nothing"),
        (_with(should_stop=_open), "methods-open"),
        (_with(improved=_epoch_forgotten), "counts-epochs"),
        (_with(improved=_value_forgotten), "value"),
        (_with(improved=None), "raised"),
        (_one_for_all, "shared"),
        (_shared, "shared"),
        (lambda patience: None, "returned-nothing"),
        (lambda patience: _Stopper, "raised"),
        (lambda patience: object(), "attribute-missing"),
    ],
    "7.5": [
        (lambda model: model.state_dict(), "not-a-copy"),
        (lambda model: dict(model.state_dict()), "not-a-copy"),
        (lambda model: copy.copy(model.state_dict()), "not-a-copy"),
        (lambda model: {k: v.detach() for k, v in model.state_dict().items()}, "not-a-copy"),
        (lambda model: {k: v.data for k, v in model.state_dict().items()}, "not-a-copy"),
        (lambda model: {k: torch.from_numpy(v.numpy()) for k, v in model.state_dict().items()}, "not-a-copy"),
        (_weights_only, "not-a-copy"),
        (_buffers_only, "not-a-copy"),
        (lambda model: {k: v.detach().clone() for k, v in model.named_parameters()}, "buffers-missing"),
        (lambda model: {k: v.clone() for k, v in model.state_dict().items() if "weight" in k}, "weights-missing"),
        (lambda model: {f"best.{k}": v.clone() for k, v in model.state_dict().items()}, "weights-missing"),
        (lambda model: {k: v.numpy().copy() for k, v in model.state_dict().items()}, "not-tensors"),
        (lambda model: copy.deepcopy(model), "not-a-dict"),
        (lambda model: [v.clone() for v in model.parameters()], "not-a-dict"),
        (lambda model: list(_cloned(model).items()), "not-a-dict"),
        (lambda model: {k: v.round() for k, v in model.state_dict().items()}, "value"),
        (lambda model: {k: v.half() for k, v in model.state_dict().items()}, "value"),
        (lambda model: {k: v.clone() if v.is_floating_point() else v for k, v in model.state_dict().items()}, "value"),
        (_zeroes, "value"),
        (_freezes, "model-frozen"),
        (_evaluates, "mode-changed"),
        (_one_for_all_snapshots, "one-for-all"),
        (_first_for_all, "kept-from-before"),
        (lambda model: {**_cloned(model), "epoch": torch.tensor(3)}, "does-not-load"),
        (lambda model: {k: v[None].clone() for k, v in model.state_dict().items()}, "does-not-load"),
        (lambda model: {k: 1.03 * v for k, v in model.state_dict().items()}, "value"),
        (lambda model: None, "returned-nothing"),
        (lambda model: model.weights, "raised"),
    ],
}
