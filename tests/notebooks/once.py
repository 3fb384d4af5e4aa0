"""What takes long in a lesson and in its solution is computed once per run of the tests; the second takes the result.

The two notebooks of a lesson differ in the cells that students fill in. Most of their time goes into the same training:
the same weights, images, recipe and seed, so the same result, as other tests prove. The notebook that comes first (the
solution) computes, and keeps what came of it under a fingerprint of all that went in; the other finds it there. What
differs in one bit has another fingerprint and is computed anew.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import inspect
import io
import os
import pickle
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import torch
from IPython import get_ipython
from torch import Tensor, nn

from course_utils.turns import Turns

from . import ONCE


class _Fingerprint(cloudpickle.Pickler):
    """Pickles functions of notebooks by their code, and tensors by their numbers (torch adds addresses in memory)."""

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, Tensor):
            dense = thing.detach().contiguous()
            return bytes, (dense.view(-1).view(torch.uint8).numpy().tobytes(), str((thing.shape, thing.requires_grad)))
        if isinstance(thing, torch.Generator):
            return bytes, (thing.get_state().numpy().tobytes(),)
        return super().reducer_override(thing)


def fingerprint(*things: Any) -> str:
    """A name for all that these values hold."""
    buffer = io.BytesIO()
    _Fingerprint(buffer, protocol=5).dump(things)
    return hashlib.sha256(buffer.getvalue()).hexdigest()


def state(thing: Any) -> Any:
    """What a function may have changed in one of its arguments; ``None`` for what has no state."""
    if isinstance(thing, nn.Module):
        weights = {name: weight.detach().clone() for name, weight in thing.state_dict().items()}
        return weights, [part.training for part in thing.modules()]
    if isinstance(thing, Tensor):
        return thing.detach().clone()
    return dict(vars(thing)) if hasattr(thing, "get_params") else None  # an estimator of scikit-learn


def restore(thing: Any, kept: Any) -> None:
    """Bring an argument into the state that :func:`state` saw."""
    if isinstance(thing, nn.Module):
        thing.load_state_dict(kept[0])
        for part, training in zip(thing.modules(), kept[1], strict=True):
            part.training = training
    elif isinstance(thing, Tensor):
        thing.data.copy_(kept)
    elif kept is not None:
        vars(thing).update(kept)


def once(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which computes once for all kernels of a run what it makes of its arguments and changes in them."""

    @functools.wraps(function)
    def computed_once(*args: Any, **options: Any) -> Any:
        given = (*args, *options.values())
        path = _path(function, args, options, torch.get_rng_state(), np.random.get_state())
        if path is None:
            return function(*args, **options)
        if path.exists():
            result, states, (of_torch, of_numpy) = pickle.loads(path.read_bytes())
            for thing, kept in zip(given, states, strict=True):
                restore(thing, kept)
            torch.set_rng_state(of_torch)
            np.random.set_state(of_numpy)
            return result
        result = function(*args, **options)
        _keep(path, (result, [state(thing) for thing in given], (torch.get_rng_state(), np.random.get_state())))
        return result

    return computed_once


def train_once(train: Callable[..., Any]) -> Callable[..., Any]:
    """As :func:`once`, for ``training.train``: whoever watches sees every epoch again, with its weights.

    Two models are the same where they hold the same numbers and make the same loss and gradients of them, to the last
    bit: a student's class and the course's own, which stands in for it, differ in their names alone.
    """

    @functools.wraps(train)
    def trained_once(
        model: nn.Module,
        images: Tensor,
        validation: Tensor,
        recipe: Any,
        resume: Path | None = None,
        watch: Callable[[Any], None] | None = None,
    ) -> Any:
        path = _path(train, (_behaviour(model, images), images, validation, recipe), {}) if resume is None else None
        if path is None:
            return train(model, images, validation, recipe, resume, watch)
        if not path.exists():
            epochs: list[tuple[Any, Any]] = []

            def remember(epoch: Any) -> None:
                epochs.append((epoch, _numbers(model)))
                if watch is not None:
                    watch(epoch)

            history = train(model, images, validation, recipe, watch=remember)
            _keep(path, (history, epochs, _numbers(model)))
            return history
        history, epochs, last = pickle.loads(path.read_bytes())
        model.train()
        for epoch, weights in epochs if watch is not None else ():
            _set_numbers(model, weights)
            watch(epoch)
        _set_numbers(model, last)
        model.eval()
        return history

    return trained_once


def fit_once(fit: Callable[..., Any]) -> Callable[..., Any]:
    """As :func:`train_once`, for a loop that a lesson's cell defines; the loss, too, is known by what it computes."""

    @functools.wraps(fit)
    def fitted_once(model: nn.Module, images: Tensor, loss: Callable[..., Tensor], *args: Any, **options: Any) -> Any:
        known = fit, _behaviour(model, images), _slopes(model, images[:4], loss), images
        path = _path(fit, (*known, *args), options, torch.get_rng_state())
        if path is not None and path.exists():
            numbers, of_torch = pickle.loads(path.read_bytes())
            _set_numbers(model, numbers)
            torch.set_rng_state(of_torch)
            return model.eval()
        fitted = fit(model, images, loss, *args, **options)
        if path is not None:
            _keep(path, (_numbers(model), torch.get_rng_state()))
        return fitted

    return fitted_once


def play_once(play: Callable[..., Any]) -> Callable[..., Any]:
    """As :func:`fit_once`, for two networks that play; a step is known by what it makes of copies of both.

    The optimizers stay as they were: nothing that a lesson does after the game asks for them.
    """

    @functools.wraps(play)
    def played_once(
        networks: Sequence[nn.Module],
        optimizers: Sequence[torch.optim.Optimizer],
        train_step: Callable[..., Any],
        images: Tensor,
        watch: Callable[[int, Any], None],
    ) -> Any:
        settings = [optimizer.state_dict() for optimizer in optimizers]
        known = play, settings, _one_step(networks, optimizers, train_step, images[:4]), images
        path = _path(play, known, {}, torch.get_rng_state())
        if path is not None and path.exists():
            log, scenes, last, of_torch = pickle.loads(path.read_bytes())
            for step, kept in scenes:
                _restore_all(networks, kept)
                watch(step, log[:step])
            _restore_all(networks, last)
            torch.set_rng_state(of_torch)
            return log
        scenes = []

        def remember(step: int, log: Any) -> None:
            scenes.append((step, list(map(state, networks))))
            watch(step, log)

        log = play(networks, optimizers, train_step, images, remember)
        if path is not None:
            _keep(path, (log, scenes, list(map(state, networks)), torch.get_rng_state()))
        return log

    return played_once


def _restore_all(things: Sequence[Any], kept: Sequence[Any]) -> None:
    for thing, its in zip(things, kept, strict=True):
        restore(thing, its)


def _one_step(
    networks: Sequence[nn.Module],
    optimizers: Sequence[torch.optim.Optimizer],
    train_step: Callable[..., Any],
    images: Tensor,
) -> tuple[Any, list[list[Tensor]]]:
    """What a step makes of copies of two networks: the losses, and all their numbers after it."""
    networks, optimizers = copy.deepcopy((networks, optimizers))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        codes = torch.randn(len(images), networks[0].latent)
        losses = train_step(*networks, optimizers, images, codes, Turns(True, True))
    return losses, list(map(_numbers, networks))


def _slopes(model: nn.Module, images: Tensor, loss: Callable[..., Tensor]) -> list[Tensor]:
    """What a loss makes of a model's outputs, and its gradient by each of them."""
    with torch.no_grad():
        mu, logvar = model.encoder(images)
        logits = model.decoder(mu)
    given = [tensor.requires_grad_() for tensor in (logits, mu, logvar)]
    nats = loss(logits, images, mu, logvar)
    return [nats.detach(), *torch.autograd.grad(nats, given)]


def _behaviour(model: nn.Module, images: Tensor) -> list[Tensor]:
    """The numbers of a model, and what it makes of a few images: losses, and their gradient by every weight."""
    numbers, mode, buffers = _numbers(model), model.training, list(map(torch.clone, model.buffers()))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        losses = model.train()(images[:4], torch.Generator().manual_seed(0)).total
        gradients = torch.autograd.grad(losses.sum(), list(model.parameters()), allow_unused=True)
    model.train(mode)
    for buffer, kept in zip(model.buffers(), buffers, strict=True):
        buffer.data.copy_(kept)  # BatchNorm's averages
    return [*numbers, losses.detach(), *(torch.zeros(0) if slope is None else slope for slope in gradients)]


def _numbers(model: nn.Module) -> list[Tensor]:
    return [tensor.detach().clone() for tensor in (*model.parameters(), *model.buffers())]


def _set_numbers(model: nn.Module, numbers: list[Tensor]) -> None:
    for tensor, kept in zip((*model.parameters(), *model.buffers()), numbers, strict=True):
        tensor.data.copy_(kept)


def install() -> None:
    """Compute once what lessons call and what takes them seconds; called in a kernel before its first cell."""
    if ONCE not in os.environ:
        return
    from sklearn.manifold import TSNE
    from sklearn.mixture import GaussianMixture

    from course_utils import autodecoder, training

    training.train = train_once(training.train)
    autodecoder.fit, autodecoder.fit_codes = once(autodecoder.fit), once(autodecoder.fit_codes)
    TSNE.fit_transform, GaussianMixture.fit = once(TSNE.fit_transform), once(GaussianMixture.fit)
    if (shell := get_ipython()) is not None:
        shell.events.register("post_run_cell", lambda _: take_over(shell.user_ns))


LOOPS = {
    "fit": (["model", "images", "loss"], fit_once),
    "play": (["networks", "optimizers", "train_step", "images", "watch"], play_once),
}
"""Loops that lessons' cells define: name -> its first parameters, and how it is shared."""


def take_over(names: dict[str, Any]) -> None:
    """Share the loops that a cell has defined; in that cell they always compute."""
    for name, (parameters, share) in LOOPS.items():
        loop = names.get(name)
        if not inspect.isfunction(loop) or hasattr(loop, "__wrapped__"):
            continue
        if [*inspect.signature(loop).parameters][: len(parameters)] == parameters:
            names[name] = share(loop)


def _path(function: Callable[..., Any], args: Sequence[Any], options: dict[str, Any], *more: Any) -> Path | None:
    """Where the result of this call is kept, or ``None`` where nothing is kept."""
    if ONCE not in os.environ:
        return None
    name = f"{function.__module__}.{function.__qualname__}"
    return Path(os.environ[ONCE]) / fingerprint(name, args, options, more)


def _keep(path: Path, result: Any) -> None:
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    temporary.write_bytes(pickle.dumps(result))
    os.replace(temporary, path)
