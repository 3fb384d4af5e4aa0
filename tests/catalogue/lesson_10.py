"""Answers to the exercises of lesson 10: unusual right ones, and wrong ones with the finding meant for them."""

import copy
import math
from functools import partial

import numpy as np
import torch
from torch.distributions import Independent, Normal, kl_divergence
from torch.func import functional_call


# 10.1 -----------------------------------------------------------------------------------------------------------
def _errors(pictures, images):
    return 255 * (pictures - images).flatten(1)


def _metric(pictures, images, batch):
    return torch.stack([part.norm() / part.numel() for part in _errors(pictures, images).split(batch)]).mean()


def _metric_in_numpy(pictures, images, batch):
    x, y = pictures.double().numpy() * 255, images.double().numpy() * 255
    parts = [slice(start, start + batch) for start in range(0, len(x), batch)]
    return np.mean([np.linalg.norm((x[part] - y[part]).ravel()) / x[part].size for part in parts])


def _metric_by_loop(pictures, images, batch=64):
    total, count = 0.0, 0
    for start in range(0, len(images), batch):
        error = 255.0 * (images[start : start + batch].double() - pictures[start : start + batch].double())
        total += math.sqrt(float((error * error).sum())) / math.prod(error.shape)
        count += 1
    return total / count


def _per_batch(change):
    def answer(pictures, images, batch):
        return torch.stack([change(part) for part in _errors(pictures, images).split(batch)]).mean()

    return answer


# 10.2 -----------------------------------------------------------------------------------------------------------
def _move(codes, velocity, rows, gradient, lr):
    codes, velocity = codes.clone(), velocity.clone()
    velocity[rows] = 0.9 * velocity[rows] + gradient
    codes[rows] -= lr * velocity[rows]
    return codes, velocity


def _move_by_loop(codes, velocity, rows, gradient, lr):
    codes, velocity = codes.double().tolist(), velocity.double().tolist()
    for row, slope in zip(rows.tolist(), gradient.tolist(), strict=True):
        velocity[row] = [0.9 * v + g for v, g in zip(velocity[row], slope, strict=True)]
        codes[row] = [z - lr * v for z, v in zip(codes[row], velocity[row], strict=True)]
    return torch.tensor(codes), torch.tensor(velocity)


def _move_by_mask(codes, velocity, rows, gradient, lr, keep=0.9):
    inside = torch.zeros(len(codes), 1).index_fill_(0, rows, 1.0)
    spread = torch.zeros_like(codes).index_copy_(0, rows, gradient)
    velocity = torch.where(inside > 0, keep * velocity + spread, velocity)
    return codes - lr * inside * velocity, velocity


def _move_in_numpy(codes, velocity, rows, gradient, lr):
    codes, velocity = codes.numpy().copy(), velocity.numpy().copy()
    velocity[rows.numpy()] = 0.9 * velocity[rows.numpy()] + gradient.numpy()
    codes[rows.numpy()] -= lr * velocity[rows.numpy()]
    return [codes, velocity]


def _move_with_sgd(codes, velocity, rows, gradient, lr):
    z = codes[rows].clone().requires_grad_(True)
    optimizer = torch.optim.SGD([z], lr=lr, momentum=0.9)
    optimizer.state[z]["momentum_buffer"] = velocity[rows].clone()
    z.grad = gradient
    optimizer.step()
    return codes.index_copy(0, rows, z.detach()), velocity.index_copy(0, rows, optimizer.state[z]["momentum_buffer"])


def _dense(codes, velocity, rows, gradient, lr):
    velocity = 0.9 * velocity
    velocity[rows] += gradient
    return codes - lr * velocity, velocity


def _slowed(codes, velocity, rows, gradient, lr):
    dense = _dense(codes, velocity, rows, gradient, lr)[1]
    return _move(codes, velocity, rows, gradient, lr)[0], dense


def _lost(codes, velocity, rows, gradient, lr):
    codes, fresh = _move(codes, velocity, rows, gradient, lr)
    return codes, torch.zeros_like(fresh).index_copy(0, rows, fresh[rows])


def _nesterov(codes, velocity, rows, gradient, lr):
    fresh = _move(codes, velocity, rows, gradient, lr)[1]
    return codes.index_add(0, rows, -lr * (gradient + 0.9 * fresh[rows])), fresh


def _on_detached(codes, velocity, rows, gradient, lr):
    """A detached tensor is no copy."""
    return _in_place(codes.detach(), velocity.detach(), rows, gradient, lr)


def _by_one_hot(codes, velocity, rows, gradient, lr):
    chosen = torch.nn.functional.one_hot(rows, len(codes)).float()
    fresh = 0.9 * chosen @ velocity + gradient
    return codes - lr * chosen.T @ fresh, velocity + chosen.T @ (fresh - chosen @ velocity)


def _carried(codes, velocity, rows, gradient, lr):
    velocity = _move(codes, velocity, rows, gradient, lr)[1]
    return codes - lr * velocity, velocity


def _old_velocity(codes, velocity, rows, gradient, lr):
    codes, velocity = codes.clone(), velocity.clone()
    codes[rows] -= lr * velocity[rows]
    velocity[rows] = 0.9 * velocity[rows] + gradient
    return codes, velocity


def _in_place(codes, velocity, rows, gradient, lr):
    velocity[rows] = 0.9 * velocity[rows] + gradient
    codes[rows] -= lr * velocity[rows]
    return codes, velocity


def _first_rows(codes, velocity, rows, gradient, lr):
    return _move(codes, velocity, torch.arange(len(rows)), gradient, lr)


def _lr_inside(codes, velocity, rows, gradient, lr):
    return _move(codes, velocity, rows, lr * gradient, 1.0)


def _move_into_a_copy(codes, velocity, rows, gradient, lr):
    codes, velocity = codes.clone(), velocity.clone()
    velocity[rows] = 0.9 * velocity[rows] + gradient
    codes[rows][:] = codes[rows] - lr * velocity[rows]
    return codes, velocity


def _other_convention(codes, velocity, rows, gradient, lr):
    codes, velocity = codes.clone(), velocity.clone()
    velocity[rows] = 0.9 * velocity[rows] - lr * gradient
    codes[rows] += velocity[rows]
    return codes, velocity


def _averaged(codes, velocity, rows, gradient, lr):
    return _move(codes, velocity, rows, 0.1 * gradient, lr)


def _no_memory(codes, velocity, rows, gradient, lr):
    codes, velocity = codes.clone(), velocity.clone()
    velocity[rows] = gradient
    codes[rows] -= lr * gradient
    return codes, velocity


def _rows_only(codes, velocity, rows, gradient, lr):
    velocity = 0.9 * velocity[rows] + gradient
    return codes[rows] - lr * velocity, velocity


# 10.3 -----------------------------------------------------------------------------------------------------------
def _by_normal_equations(matrix, mean, images):
    matrix, rest = matrix.double(), (images - mean).double()
    return torch.linalg.solve(matrix @ matrix.T, matrix @ rest.T).T


def _by_svd(matrix, mean, images):
    u, s, vh = torch.linalg.svd(matrix, full_matrices=False)
    return (images - mean) @ vh.T / s @ u.T


def _ridge(matrix, mean, images):
    return torch.linalg.solve(matrix @ matrix.T + 0.01 * torch.eye(len(matrix)), matrix @ (images - mean).T).T


def _by_qr(matrix, mean, images):
    q, r = torch.linalg.qr(matrix.T)
    return torch.linalg.solve_triangular(r, q.T @ (images - mean).T, upper=True).T


def _codes_in_numpy(matrix, mean, images):
    return np.linalg.lstsq(matrix.numpy().T, (images - mean).numpy().T, rcond=None)[0].T


def _codes_one_by_one(matrix, mean, images):
    return torch.stack(
        [torch.linalg.lstsq(matrix.T.double(), (x - mean).double()[:, None]).solution[:, 0] for x in images]
    )


def _codes_by_descent(matrix, mean, images):
    matrix, rest = matrix.double(), (images - mean).double()
    z, step = torch.zeros(len(images), len(matrix), dtype=torch.double), 1 / torch.linalg.matrix_norm(matrix, 2) ** 2
    for _ in range(2000):
        z = z - step * (z @ matrix - rest) @ matrix.T
    return z


# 10.4 -----------------------------------------------------------------------------------------------------------
def _fit(decoder, loss, codes, steps, lr, optimizer=torch.optim.Adam, clear=True, change=0, **options):
    decoder.eval()
    z = codes.clone().requires_grad_(True)
    stepper = optimizer([z], lr=lr, **options)
    for _ in range(steps + change):
        if clear:
            stepper.zero_grad()
        loss(decoder(z), z).backward()
        stepper.step()
    return z.detach()


def _fit_restoring_the_mode(decoder, loss, codes, steps, lr, verbose=False):
    mode = decoder.training
    decoder.eval()
    z = torch.nn.Parameter(codes.detach().clone())
    adam = torch.optim.Adam([z], lr)
    for _ in range(steps):
        (z.grad,) = torch.autograd.grad(loss(decoder(z), z), z)
        adam.step()
    decoder.train(mode)
    return z.data


def _fit_a_copy(decoder, loss, codes, steps, lr):
    decoder = copy.deepcopy(decoder).eval().requires_grad_(False)
    return _fit(decoder, loss, codes, steps, lr).numpy()


def _adam_by_hand(decoder, loss, codes, steps, lr, memory=0.999):
    decoder.eval().requires_grad_(False)
    z, m, v = codes.clone(), torch.zeros_like(codes), torch.zeros_like(codes)
    for step in range(1, steps + 1):
        z.requires_grad_(True)
        (g,) = torch.autograd.grad(loss(decoder(z), z), z)
        m, v = 0.9 * m + 0.1 * g, memory * v + 0.001 * g**2
        z = z.detach() - lr * (m / (1 - 0.9**step)) / ((v / (1 - 0.999**step)).sqrt() + 1e-8)
    return z.detach()


def _functional(decoder, loss, codes, steps, lr):
    weights = {name: value.detach() for name, value in decoder.state_dict().items()}
    z = codes.clone().requires_grad_(True)
    adam = torch.optim.Adam([z], lr=lr)
    decoder.eval()
    for _ in range(steps):
        adam.zero_grad()
        loss(functional_call(decoder, weights, (z,)), z).backward()
        adam.step()
    return z.detach()


def _fit_everything(decoder, loss, codes, steps, lr):
    decoder.eval()
    z = codes.clone().requires_grad_(True)
    adam = torch.optim.Adam([z, *decoder.parameters()], lr=lr)
    for _ in range(steps):
        adam.zero_grad()
        loss(decoder(z), z).backward()
        adam.step()
    return z.detach()


def _fit_in_training_mode(decoder, loss, codes, steps, lr):
    decoder.requires_grad_(False).train()
    z = codes.clone().requires_grad_(True)
    adam = torch.optim.Adam([z], lr=lr)
    for _ in range(steps):
        adam.zero_grad()
        loss(decoder(z), z).backward()
        adam.step()
    return z.detach()


def _fit_and_put_back(decoder, loss, codes, steps, lr):
    """In training mode, with the decoder's numbers put back at the end."""
    kept = copy.deepcopy(decoder.state_dict())
    found = _fit_in_training_mode(decoder, loss, codes, steps, lr)
    decoder.load_state_dict(kept)
    return found


def _new_adam_each_step(decoder, loss, codes, steps, lr):
    for _ in range(steps):
        codes = _fit(decoder, loss, codes, 1, lr)
    return codes


def _fit_by_closure(decoder, loss, codes, steps, lr):
    z = torch.nn.Parameter(codes.clone())
    adam = torch.optim.Adam([z], lr=lr)

    def closure():
        adam.zero_grad()
        cost = loss(decoder.train(False)(z), z)
        cost.backward()
        return cost

    for _ in range(steps):
        adam.step(closure)
    return z.detach().numpy()


def _fit_in_place(decoder, loss, codes, steps, lr):
    decoder.eval()
    codes.requires_grad_(True)
    adam = torch.optim.Adam([codes], lr=lr)
    for _ in range(steps):
        adam.zero_grad()
        loss(decoder(codes), codes).backward()
        adam.step()
    return codes.detach()


def _fit_a_stranger(decoder, loss, codes, steps, lr):
    decoder.eval()
    held, z = codes.clone().requires_grad_(True), codes.clone().requires_grad_(True)
    adam = torch.optim.Adam([held], lr=lr)
    for _ in range(steps):
        adam.zero_grad()
        loss(decoder(z), z).backward()
        adam.step()
    return z.detach()


def _fit_with_adam_anew(decoder, loss, codes, steps, lr):
    for _ in range(steps):
        codes = _fit(decoder, loss, codes, 1, lr)
    return codes


def _fit_until_it_rises(decoder, loss, codes, steps, lr):
    decoder.eval()
    z = codes.clone().requires_grad_(True)
    adam = torch.optim.Adam([z], lr=lr)
    last = torch.inf
    for _ in range(steps):
        adam.zero_grad()
        price = loss(decoder(z), z)
        if price.item() > last:
            break
        price.backward()
        adam.step()
        last = price.item()
    return z.detach()


def _best_of_the_steps(decoder, loss, codes, steps, lr):
    """The codes with the least loss after any step, where those after the last step are asked for."""
    tried = [_fit(decoder.eval(), loss, codes, many, lr) for many in range(1, steps + 1)]
    return min(tried, key=lambda z: loss(decoder(z), z).item(), default=codes)


def _fit_in_doubles(decoder, loss, codes, steps, lr):
    torch.set_default_dtype(torch.float64)
    return _fit(decoder, loss, codes, steps, lr)


def _fit_and_no_more_gradients(decoder, loss, codes, steps, lr):
    found = _fit(decoder, loss, codes, steps, lr)
    torch.set_grad_enabled(False)
    return found


def _fit_within_3(decoder, loss, codes, steps, lr):
    return _fit(decoder, loss, codes, steps, lr).clamp(-3, 3)


@torch.no_grad()
def _fit_without_gradients(decoder, loss, codes, steps, lr):
    return _fit(decoder, loss, codes, steps, lr)


def _fit_without_detaching(decoder, loss, codes, steps, lr):
    return _fit(decoder, loss, codes, steps, lr).requires_grad_(True)


def _fit_detached(decoder, loss, codes, steps, lr):
    decoder.eval()
    z = codes.clone().requires_grad_(True)
    for _ in range(steps):
        loss(decoder(z).detach(), z.detach()).backward()
    return z.detach()


def _pictures(decoder, loss, codes, steps, lr):
    return decoder(_fit(decoder, loss, codes, steps, lr))


# 10.5 -----------------------------------------------------------------------------------------------------------
def _squares(pictures, images, s):
    return ((images - pictures) ** 2).flatten(1).sum(1) / s**2


def _kl(mu, logvar):
    return ((mu**2 + logvar.exp() - 1 - logvar) / 2).sum(1)


def _pixels(images):
    return images[0].numel()


def _constant(images, s):
    return _pixels(images) * (math.log(2 * math.pi) / 2 + math.log(s))


def _cost(pictures, images, mu, logvar, s):
    return _squares(pictures, images, s) / 2 + _constant(images, s) + _kl(mu, logvar)


def _cost_by_torch(pictures, images, mu, logvar, s):
    pixels = Independent(Normal(pictures.flatten(1), s), 1).log_prob(images.flatten(1))
    return kl_divergence(Normal(mu, (logvar / 2).exp()), Normal(0.0, 1.0)).sum(1) - pixels


def _cost_by_nll(pictures, images, mu, logvar, s):
    variance = torch.full_like(pictures, s**2)
    pixels = torch.nn.functional.gaussian_nll_loss(pictures, images, variance, full=True, eps=1e-12, reduction="none")
    return torch.einsum("np->n", pixels.flatten(1)) - 0.5 * (1 + logvar - mu**2 - logvar.exp()).sum(-1)


def _cost_by_loop(pictures, images, mu, logvar, s, beta=1.0):
    return torch.stack(
        [
            _cost(pictures[i : i + 1], images[i : i + 1], mu[i : i + 1], logvar[i : i + 1], s)[0]
            for i in range(len(images))
        ]
    )


RIGHT = {
    "10.1": [
        _metric_in_numpy,
        _metric_by_loop,
        lambda pictures, images, batch: torch.tensor(
            [
                ((a - b) * 255).double().square().sum().sqrt() / a.numel()
                for a, b in zip(pictures.split(batch), images.split(batch), strict=True)
            ]
        ).mean(),
        _per_batch(lambda part: part.square().mean().sqrt() / part.numel() ** 0.5),
        lambda pictures, images, batch: _metric(pictures.double(), images.double(), batch)[None],
    ],
    "10.2": [
        _move,
        _by_one_hot,
        _move_by_loop,
        _move_by_mask,
        _move_in_numpy,
        _move_with_sgd,
        lambda codes, velocity, rows, gradient, lr: torch.stack(
            _move(codes.double(), velocity.double(), rows, gradient, lr)
        ),
    ],
    "10.3": [
        _by_normal_equations,
        _by_svd,
        _by_qr,
        _codes_in_numpy,
        _codes_one_by_one,
        _codes_by_descent,
        lambda matrix, mean, images: (images - mean) @ torch.linalg.pinv(matrix),
    ],
    "10.4": [_fit, _fit_by_closure, _fit_restoring_the_mode, _fit_a_copy, _adam_by_hand, _functional],
    "10.5": [
        _cost,
        _cost_by_torch,
        _cost_by_nll,
        _cost_by_loop,
        lambda pictures, images, mu, logvar, s: _cost(
            pictures.double(), images.double(), mu.double(), logvar.double(), s
        ),
    ],
}

WRONG = {
    "10.1": [
        (lambda pictures, images, batch: _metric(pictures, images, batch) / 255, "not-grey-levels"),
        (lambda pictures, images, batch: _errors(pictures, images).square().mean().sqrt(), "rmse"),
        (_per_batch(lambda part: part.square().mean().sqrt()), "rmse"),
        (lambda pictures, images, batch: _errors(pictures, images).norm() / images.numel(), "one-batch"),
        (lambda pictures, images, batch: _metric(pictures, images, 1), "image-by-image"),
        (
            lambda pictures, images, batch: (
                sum(p.norm() for p in _errors(pictures, images).split(batch)) / -(-len(images) // batch) / batch / 36
            ),
            "last-divided-by-a-full-batch",
        ),
        (
            lambda pictures, images, batch: _metric(
                pictures[: len(images) // batch * batch], images[: len(images) // batch * batch], batch
            ),
            "last-dropped",
        ),
        (
            lambda pictures, images, batch: (
                sum(p.norm() / p.shape[1] for p in _errors(pictures, images).split(batch)) / len(images)
            ),
            "weighed-by-size",
        ),
        (
            lambda pictures, images, batch: sum(p.norm() / p.numel() for p in _errors(pictures, images).split(batch)),
            "sum-over-batches",
        ),
        (
            lambda pictures, images, batch: (
                sum(p.norm() / p.numel() for p in _errors(pictures, images).split(batch)) / (len(images) // batch)
            ),
            "batches-miscounted",
        ),
        (_per_batch(lambda part: part.square().mean()), "squared"),
        (_per_batch(lambda part: part.abs().mean()), "absolute"),
        (_per_batch(lambda part: part.norm()), "not-divided"),
        (_per_batch(lambda part: part.norm() / len(part)), "divided-by-images"),
        (_per_batch(lambda part: part.norm() / part.shape[1]), "divided-by-pixels"),
        (_per_batch(lambda part: part.norm() / (len(part) * 784)), "pixels-fixed"),
        (lambda pictures, images, batch: _metric(pictures.clamp(0, 1), images, batch), "value"),
        (
            lambda pictures, images, batch: torch.stack(
                [p.norm() / p.numel() for p in _errors(pictures, images).chunk(batch)]
            ).mean(),
            "chunks",
        ),
        (_per_batch(lambda part: part.clamp(min=0).norm() / part.numel()), "value"),
        (_per_batch(lambda part: (part ^ 2).sum().sqrt() / part.numel()), "raised"),
        (_per_batch(lambda part: part.round().norm() / part.numel()), "value"),
        (_per_batch(lambda part: (part - part.mean()).norm() / part.numel()), "value"),
        (_per_batch(lambda part: part.norm() / (part.numel() - 1)), "value"),
        (_per_batch(lambda part: part.sum().abs() / part.numel()), "value"),
        (_per_batch(lambda part: 1.03 * part.norm() / part.numel()), "value"),
        (lambda pictures, images, batch: _metric(pictures, images, batch).round(decimals=1), "value"),
        (
            lambda pictures, images, batch: torch.stack(
                [a.square().sum((1, 2, 3)).sum().sqrt() / a.numel() for a in (255 * (pictures - images)).split(batch)]
            ).mean(),
            "raised",
        ),
        (
            lambda pictures, images, batch: torch.stack(
                [
                    (255 * (pictures[i : i + batch] - images[i : i + batch])).norm() / (36 * batch)
                    for i in range(0, len(images), batch)
                ]
            ).mean(),
            "last-divided-by-a-full-batch",
        ),
        (lambda pictures, images, batch: _metric(pictures, images, 4), "value"),
        (
            lambda pictures, images, batch: torch.stack(
                [p.norm() / p.numel() for p in _errors(pictures, images).split(batch)]
            ),
            "shape",
        ),
        (lambda pictures, images, batch: _metric(pictures.sub_(images), 0 * images, batch), "changed-input"),
        (lambda pictures, images, batch: None, "returned-nothing"),
    ],
    "10.2": [
        (_dense, "others-moved"),
        (_carried, "others-moved"),
        (_slowed, "others-slowed"),
        (_lost, "others-slowed"),
        (_nesterov, "value"),
        (_on_detached, "changed-input"),
        (lambda codes, velocity, rows, gradient, lr: _move(codes, velocity, rows, gradient, -lr), "sign"),
        (_no_memory, "no-momentum"),
        (
            lambda codes, velocity, rows, gradient, lr: (
                codes.index_add(0, rows, -lr * gradient),
                _move(codes, velocity, rows, gradient, lr)[1],
            ),
            "no-momentum",
        ),
        (_old_velocity, "old-velocity"),
        (
            lambda codes, velocity, rows, gradient, lr: (_move(codes, velocity, rows, gradient, lr)[0], velocity),
            "velocity-not-renewed",
        ),
        (lambda codes, velocity, rows, gradient, lr: _move(codes, velocity / 0.9, rows, gradient, lr), "value"),
        (_averaged, "gradient-shrunk"),
        (_lr_inside, "lr-in-velocity"),
        (lambda codes, velocity, rows, gradient, lr: _move(codes, velocity, rows, gradient, 1.0), "lr-forgotten"),
        (_first_rows, "first-rows"),
        (lambda codes, velocity, rows, gradient, lr: _move(codes, velocity, rows, gradient, lr)[::-1], "swapped"),
        (_rows_only, "shape"),
        (lambda codes, velocity, rows, gradient, lr: _move(codes, velocity, rows, gradient, lr)[0], "shape"),
        (_in_place, "changed-input"),
        (
            lambda codes, velocity, rows, gradient, lr: _move(codes, velocity, rows.sort().values, gradient, lr),
            "rows-in-order",
        ),
        (_move_into_a_copy, "not-written"),
        (lambda codes, velocity, rows, gradient, lr: (codes, velocity), "not-written"),
        (_other_convention, "lr-in-velocity"),
        (lambda codes, velocity, rows, gradient, lr: _move(codes, velocity, rows, gradient[rows], lr), "raised"),
        (lambda codes, velocity, rows, gradient, lr: (codes - lr * gradient, velocity), "raised"),
        (lambda codes, velocity, rows, gradient, lr: _move(codes, velocity.abs(), rows, gradient, lr), "value"),
        (lambda codes, velocity, rows, gradient, lr: _move(codes, velocity, rows, gradient.abs(), lr), "value"),
        (
            lambda codes, velocity, rows, gradient, lr: _move(codes, velocity, rows, gradient.clamp(-1, 1), lr),
            "value",
        ),
        (
            lambda codes, velocity, rows, gradient, lr: _move(
                codes, velocity, rows[rows > 0], gradient[: len(rows[rows > 0])], lr
            ),
            "value",
        ),
        (
            lambda codes, velocity, rows, gradient, lr: _move(
                codes, velocity, rows.sort(descending=True).values, gradient, lr
            ),
            "value",
        ),
        (lambda codes, velocity, rows, gradient, lr: _move_by_mask(codes, velocity, rows, gradient, lr, 0.93), "value"),
        (lambda codes, velocity, rows, gradient, lr: _move(codes, velocity, rows, gradient, 1.03 * lr), "value"),
        (
            lambda codes, velocity, rows, gradient, lr: _move(
                codes, velocity, rows, gradient.mean(0, keepdim=True).expand_as(gradient), lr
            ),
            "value",
        ),
        (lambda codes, velocity, rows, gradient, lr: None, "returned-nothing"),
        (lambda *a: _move_by_mask(*a, keep=1.0), "nothing-kept-away"),
    ],
    "10.3": [
        (lambda matrix, mean, images: (images - mean) @ matrix.T, "products-only"),
        (lambda matrix, mean, images: images @ matrix.T, "products-only"),
        (lambda matrix, mean, images: (images - mean) @ matrix.T / matrix.square().sum(1), "one-by-one"),
        (lambda matrix, mean, images: (images - mean) @ (matrix / matrix.norm(dim=1, keepdim=True)).T, "one-by-one"),
        (lambda matrix, mean, images: images @ torch.linalg.pinv(matrix), "mean-forgotten"),
        (lambda matrix, mean, images: (images + mean) @ torch.linalg.pinv(matrix), "mean-added"),
        (lambda matrix, mean, images: (images - images.mean(0)) @ torch.linalg.pinv(matrix), "mean-over-images"),
        (lambda matrix, mean, images: (mean - images) @ torch.linalg.pinv(matrix), "sign"),
        (lambda matrix, mean, images: (images - mean) @ matrix.T @ (matrix @ matrix.T), "wrong-inverse"),
        (
            lambda matrix, mean, images: (images - mean) @ torch.linalg.pinv(matrix / matrix.norm(dim=1, keepdim=True)),
            "rows-of-length-1",
        ),
        (lambda matrix, mean, images: ((images - mean) @ torch.linalg.pinv(matrix)).T, "shape"),
        (lambda matrix, mean, images: mean + (images - mean) @ torch.linalg.pinv(matrix) @ matrix, "shape"),
        (lambda matrix, mean, images: torch.linalg.lstsq(matrix, images - mean).solution, "raised"),
        (lambda matrix, mean, images: torch.linalg.pinv(matrix) @ (images - mean), "raised"),
        (lambda matrix, mean, images: torch.linalg.lstsq(matrix.T, (images - mean).T).solution, "shape"),
        (lambda matrix, mean, images: 1.03 * (images - mean) @ torch.linalg.pinv(matrix), "value"),
        (lambda matrix, mean, images: ((images - mean) @ torch.linalg.pinv(matrix)).clamp(min=0), "value"),
        (lambda matrix, mean, images: (images - mean.mean()) @ torch.linalg.pinv(matrix), "value"),
        (lambda matrix, mean, images: (images - mean).clamp(0, 1) @ torch.linalg.pinv(matrix), "value"),
        (lambda matrix, mean, images: ((images - mean) @ torch.linalg.pinv(matrix)).round(decimals=2), "value"),
        (lambda matrix, mean, images: images.sub_(mean) @ torch.linalg.pinv(matrix), "changed-input"),
        (lambda matrix, mean, images: torch.zeros(len(images), len(matrix)), "value"),
        (_ridge, "value"),
        (lambda matrix, mean, images: (images - mean) @ torch.linalg.qr(matrix.T).Q, "value"),
        (lambda matrix, mean, images: None, "returned-nothing"),
    ],
    "10.4": [
        (_fit_everything, "decoder-moved"),
        (_fit_in_training_mode, "buffers-moved"),
        (_fit_and_put_back, "value"),
        (_new_adam_each_step, "adam-anew"),
        (
            lambda decoder, loss, codes, steps, lr: _fit(
                decoder, loss, codes, steps, lr, optimizer=torch.optim.AdamW, weight_decay=0.1
            ),
            "value",
        ),
        (lambda decoder, loss, codes, steps, lr: codes, "not-moved"),
        (_fit_a_stranger, "not-moved"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, lr, maximize=True), "uphill"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, lr, change=-1), "one-step-too-few"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, lr, change=1), "one-step-too-many"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, torch.zeros_like(codes), steps, lr), "own-start"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, torch.randn(codes.shape), steps, lr), "value"),
        (
            lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, lr, clear=False),
            "gradients-add-up",
        ),
        (
            lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, lr, optimizer=torch.optim.SGD),
            "no-adam",
        ),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, 3, 0.1), "value"),
        (
            lambda decoder, loss, codes, steps, lr: _fit(
                copy.deepcopy(decoder).train().requires_grad_(False), loss, codes, steps, lr, weight_decay=1.0
            ),
            "value",
        ),
        (
            lambda decoder, loss, codes, steps, lr: _fit(
                decoder, lambda pictures, z: loss(pictures, z.detach()), codes, steps, lr
            ),
            "value",
        ),
        (_fit_with_adam_anew, "adam-anew"),
        (_fit_without_detaching, "not-detached"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, 1e-3), "own-rate"),
        (
            lambda decoder, loss, codes, steps, lr: _fit(
                decoder, lambda pictures, z: loss(pictures.detach(), z), codes, steps, lr
            ),
            "cut",
        ),
        (_fit_in_place, "changed-input"),
        (_fit_in_doubles, "left-behind"),
        (_fit_and_no_more_gradients, "left-behind"),
        (_fit_until_it_rises, "value"),
        (partial(_adam_by_hand, memory=1.0), "value"),
        (_fit_within_3, "value"),
        (_fit_without_gradients, "raised"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, 1.03 * lr), "value"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, lr, betas=(0.5, 0.999)), "value"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, lr, torch.optim.AdamW), "value"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, lr, torch.optim.RMSprop), "value"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, lr, torch.optim.Adagrad), "value"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, min(steps, 50), min(lr, 0.1)), "value"),
        (lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes.mean(0, True), steps, lr), "shape"),
        (
            lambda decoder, loss, codes, steps, lr: _fit(decoder, loss, codes, steps, lr).round(decimals=2),
            "value",
        ),
        (_fit_detached, "raised"),
        (_pictures, "shape"),
        (lambda decoder, loss, codes, steps, lr: None, "returned-nothing"),
        (_best_of_the_steps, "value"),
    ],
    "10.5": [
        (lambda *a: _cost(*a) + _squares(a[0], a[1], a[4]) / 2, "half-missing"),
        (lambda *a: _cost(*a) + _kl(a[2], a[3]), "half-missing"),
        (lambda *a: _cost(*a) + _pixels(a[1]) * math.log(2 * math.pi) / 2, "half-missing"),
        (lambda *a: _cost(*a) + a[2].shape[1], "one-sign"),
        (lambda *a: _cost(*a) - _pixels(a[1]) * math.log(2 * math.pi) / 2, "constant-missing"),
        (lambda *a: _cost(*a) - _pixels(a[1]) * math.log(a[4]), "spread-missing"),
        (lambda *a: _squares(a[0], a[1], a[4]) / 2 + _kl(a[2], a[3]), "only-the-squares"),
        (
            lambda *a: _squares(a[0], a[1], a[4]) / 2 + _constant(a[1], a[4]) / _pixels(a[1]) + _kl(a[2], a[3]),
            "constant-once",
        ),
        (lambda *a: _cost(*a[:4], a[4] ** 0.5), "s-is-the-variance"),
        (lambda *a: _cost(*a) + _constant(a[1], a[4]) * (784 / _pixels(a[1]) - 1), "pixels-fixed"),
        (lambda *a: _cost(a[0].clamp(0, 1), *a[1:]), "value"),
        (lambda *a: _cost(*a) / len(a[1]), "value"),
        (lambda *a: _cost(*a) + _pixels(a[1]) * math.log(a[4]), "variance-for-spread"),
        (
            lambda *a: (_squares(a[0], a[1], a[4]) / 2 + _constant(a[1], a[4])) / _pixels(a[1]) + _kl(a[2], a[3]),
            "mean-over-pixels",
        ),
        (lambda *a: _cost(*a) - _kl(a[2], a[3]) * (1 - 1 / a[2].shape[1]), "mean-over-latents"),
        (lambda *a: _cost(*a) - _kl(a[2], a[3]), "kl-missing"),
        (lambda *a: _kl(a[2], a[3]), "kl-only"),
        (lambda *a: _cost(*a) - 2 * _kl(a[2], a[3]), "kl-sign"),
        (lambda *a: -_cost(*a), "sign"),
        (lambda *a: 2 * _kl(a[2], a[3]) - _cost(*a), "sign-of-log-likelihood"),
        (lambda *a: _cost(*a) + ((a[3] / 2).exp() - a[3].exp()).sum(1) / 2, "sigma-for-variance"),
        (lambda *a: _cost(*a) / math.log(2), "bits"),
        (lambda *a: _cost(*a).mean(), "shape"),
        (lambda *a: _cost(*a)[:, None], "shape"),
        (lambda *a: torch.tensor(_cost(*a).detach().numpy()), "detached"),
        (lambda *a: _cost(*a[:4], 0.1), "value"),
        (lambda *a: _cost(*a).clamp(min=0), "value"),
        (lambda *a: ((a[1] - a[0]) ^ 2).flatten(1).sum(1) / a[4] ** 2 / 2 + _kl(a[2], a[3]), "raised"),
        (lambda *a: _cost(*a).abs(), "value"),
        (lambda *a: _cost(*a[:4], min(a[4], 1.0)), "value"),
        (lambda *a: _cost(*a[:2], a[2], a[3].clamp(max=0), a[4]), "value"),
        (lambda *a: _cost(*a[:2], a[2], a[3].clamp(min=-5), a[4]), "value"),
        (lambda *a: _squares(a[0], a[1], a[4]) / 2 + _constant(a[1], a[4]) + _kl(a[2], a[3]).detach(), "detached"),
        (lambda *a: _cost(*a[:2], a[2].detach(), *a[3:]), "detached"),
        (lambda *a: _cost(*a[:3], a[3].detach(), a[4]), "detached"),
        (lambda *a: _cost(a[0].detach(), *a[1:]), "detached"),
        (
            lambda *a: (
                _squares(a[0], a[1], a[4]) / 2
                + _constant(a[1], a[4])
                + ((a[2].detach() ** 2 + a[3].exp() - 1 - a[3]) / 2).sum(1)
            ),
            "detached",
        ),
        (lambda *a: _cost(255 * a[0], 255 * a[1], *a[2:]), "grey-levels"),
        (lambda *a: _cost(*a[:3], 2 * a[3], a[4]), "sigma-is-exp-logvar"),
        (lambda *a: _cost(*a) - _kl(a[2], a[3]) + (a[2] ** 2 - 1).sum(1) / 2, "logvar-as-variance"),
        (lambda *a: _cost(*a) + a[3].sum(1) / 2, "logarithm-missing"),
        (lambda *a: 1.03 * _cost(*a), "value"),
        (
            lambda *a: (
                (((a[1] - a[0]) / a[4]) ** 2 / 2 + math.log(a[4]) + math.log(2 * math.pi) / 2).sum(1) + _kl(a[2], a[3])
            ),
            "raised",
        ),
        (lambda *a: None, "returned-nothing"),
        (lambda *a: _cost(*a) + _squares(a[0], a[1], a[4]) * (a[4] ** 2 - 1) / 2, "s-forgotten"),
        (lambda pictures, images, mu, logvar, s: _cost(pictures, images, mu, (logvar**2).log(), s), "logvar-as-sigma"),
    ],
}
