"""Answers to the exercises of lesson 05: unusual right ones, and wrong ones with the finding meant for them."""

from functools import partial

import torch
from torch import nn

from course_utils import encoders


# 5.1 ------------------------------------------------------------------------------------------------------------
def _row_loop(images, rows=1):
    return torch.stack(
        [torch.cat([images[:, 0, t + r] for r in range(rows)], dim=1) for t in range(0, 28, rows)], dim=1
    )


def _woven(images, rows=1):
    return torch.cat([images[:, 0, r * (28 // rows) : (r + 1) * (28 // rows)] for r in range(rows)], dim=2)


# 5.2 ------------------------------------------------------------------------------------------------------------
def _gates(x, h, w_ih, w_hh, b_ih, b_hh):
    return x @ w_ih.T + b_ih + h @ w_hh.T + b_hh


def _step(
    order="ifgo",
    c_rule=None,
    h_rule=None,
    gate=torch.sigmoid,
    candidate=torch.tanh,
    pack=lambda h, c: (h, c),
    pieces=4,
):
    """An LSTM step with parts that can be replaced."""

    def answer(x, h, c, w_ih, w_hh, b_ih, b_hh):
        p = dict(zip(order, _gates(x, h, w_ih, w_hh, b_ih, b_hh).chunk(pieces, dim=1), strict=True))
        i, f, g, o = gate(p["i"]), gate(p["f"]), candidate(p["g"]), gate(p["o"])
        new = (c_rule or (lambda i, f, g, c, h: f * c + i * g))(i, f, g, c, h)
        return pack((h_rule or (lambda o, new, c: o * torch.tanh(new)))(o, new, c), new)

    return answer


def _cell_itself(x, h, c, w_ih, w_hh, b_ih, b_hh):
    return torch.lstm_cell(x, (h, c), w_ih, w_hh, b_ih, b_hh)


def _joined(x, h, c, w_ih, w_hh, b_ih, b_hh):
    gates = torch.cat([x, h], 1) @ torch.cat([w_ih, w_hh], 1).mT + (b_ih + b_hh)
    H = h.shape[1]
    f, i, o = gates[:, H : 2 * H].sigmoid(), gates[:, :H].sigmoid(), gates[:, 3 * H :].sigmoid()
    c = torch.addcmul(f * c, i, gates[:, 2 * H : 3 * H].tanh())
    return [o * c.tanh(), c]


def _by_image(x, h, c, *weights):
    pairs = [_step()(x[n : n + 1], h[n : n + 1], c[n : n + 1], *weights) for n in range(len(x))]
    return torch.cat([pair[0] for pair in pairs]), torch.cat([pair[1] for pair in pairs])


def _einsum(x, h, c, w_ih, w_hh, b_ih, b_hh):
    gates = torch.einsum("nd,kd->nk", x, w_ih) + torch.einsum("nd,kd->nk", h, w_hh) + b_ih + b_hh
    i, f, g, o = gates.view(len(x), 4, -1).unbind(1)
    c = c / (1 + torch.exp(-f)) + (2 * torch.sigmoid(2 * g) - 1) / (1 + torch.exp(-i))
    return torch.tanh(c) * torch.sigmoid(o), c


def _unsafe_tanh(x, h, c, *weights):
    return _step(candidate=lambda t: (t.exp() - (-t).exp()) / (t.exp() + (-t).exp()))(x, h, c, *weights)


def _in_place(x, h, c, *weights):
    i, f, g, o = _gates(x, h, *weights).chunk(4, dim=1)
    c.mul_(f.sigmoid()).add_(i.sigmoid() * g.tanh())
    return o.sigmoid() * c.tanh(), c


def _in_place_on_a_copy(x, h, c, *weights):
    i, f, g, o = _gates(x, h, *weights).chunk(4, dim=1)
    c = c * f.sigmoid()
    c += i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def _without(name):
    def answer(x, h, c, w_ih, w_hh, b_ih, b_hh):
        given = {"h": h, "b_ih": b_ih, "b_hh": b_hh}
        given[name] = torch.zeros_like(given[name])
        return _step()(x, given["h"], c, w_ih, w_hh, given["b_ih"], given["b_hh"])

    return answer


def _graphless(*given):
    with torch.no_grad():
        return _step()(*given)


# 5.3 ------------------------------------------------------------------------------------------------------------
def _gathered(out):
    n, steps, width = out.shape
    where = torch.cat([torch.full((width // 2,), steps - 1), torch.zeros(width // 2, dtype=torch.long)])
    return out.gather(1, where.expand(n, 1, width)).squeeze(1)


def _halves(out):
    return out[:, :, : out.shape[2] // 2], out[:, :, out.shape[2] // 2 :]


def _for_five(out):
    states, half = torch.zeros(5, out.shape[2]), out.shape[2] // 2
    states[: len(out), :half], states[: len(out), half:] = out[:, -1, :half], out[:, 0, half:]
    return states


# 5.4 ------------------------------------------------------------------------------------------------------------
def _maker(feature, width=2, heads=None, reader=None, forward=None):
    """An encoder maker: ``feature(out, h_n, c_n, x)`` goes into heads of width * hidden numbers."""

    def make(latent, hidden):
        class Encoder(nn.Module):
            def __init__(self):
                super().__init__()
                self.lstm = (reader or (lambda size: nn.LSTM(28, size, batch_first=True, bidirectional=True)))(hidden)
                self.heads = (heads or encoders.Heads)(width * hidden, latent)

            def forward(self, x):
                if forward:
                    return forward(self, x)
                out, (h_n, c_n) = self.lstm(x.squeeze(1))
                return self.heads(feature(out, h_n, c_n, x))

        return Encoder()

    return make


def _both(out, h_n, c_n, x):
    return torch.cat([h_n[0], h_n[1]], dim=1)


class _OneLayer(nn.Linear):
    """Both heads in one matrix."""

    def __init__(self, width, latent):
        super().__init__(width, 2 * latent)

    def forward(self, features):
        return super().forward(features).chunk(2, dim=1)


class _SameHead(nn.Linear):
    def forward(self, features):
        code = super().forward(features)
        return code, code


class _Squashed(encoders.Heads):
    """Heads with something after logvar."""

    after = staticmethod(torch.tanh)

    def forward(self, features):
        mu, logvar = super().forward(features)
        return mu, self.after(logvar)


class _Positive(_Squashed):
    after = staticmethod(nn.functional.softplus)


class _Logarithm(_Squashed):
    after = staticmethod(torch.log)


def _twice(latent, hidden):
    """Two whole encoders; mu of one, logvar of the other."""
    one, other = _maker(_both)(latent, hidden), _maker(_both)(latent, hidden)

    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.other = one, other
            self.one.heads, self.other.heads = nn.Linear(2 * hidden, latent), nn.Linear(2 * hidden, latent)

        def forward(self, x):
            return self.one(x), self.other(x)

    return Encoder()


class _Chained(nn.Module):
    def __init__(self, width, latent):
        super().__init__()
        self.mu, self.logvar = nn.Linear(width, latent), nn.Linear(latent, latent)

    def forward(self, features):
        mu = self.mu(features)
        return mu, self.logvar(mu)


class _InDouble(nn.Module):
    """Float64 inside, float32 outside."""

    def __init__(self, latent, hidden):
        super().__init__()
        self.inside = encoders.LSTMEncoder(latent, hidden, bidirectional=True).double()

    def forward(self, x):
        mu, logvar = self.inside(x.double())
        return mu.float(), logvar.float()


class _Stacked(encoders.Heads):
    def forward(self, features):
        return torch.stack(super().forward(features))


class _Detached(encoders.Heads):
    def forward(self, features):
        return super().forward(features.detach())


class _HalfDetached(encoders.Heads):
    def forward(self, features):
        return self.mu(features), self.logvar(features.detach())


class _HalfUsed(encoders.Heads):
    def forward(self, features):
        mu, logvar = super().forward(features)
        return mu, logvar.detach()


def _two_lstms(latent, hidden):
    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.down, self.up = nn.LSTM(28, hidden), nn.LSTM(28, hidden)
            self.mean, self.spread = nn.Linear(2 * hidden, latent), nn.Linear(2 * hidden, latent)

        def forward(self, x):
            steps = x.squeeze(1).transpose(0, 1)
            h = torch.cat([self.down(steps)[0][-1], self.up(steps.flip(0))[0][-1]], dim=-1)
            return self.mean(h), self.spread(h)

    return Encoder()


def _cells(latent, hidden, state=0, upwards=range(27, -1, -1)):
    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.readers = nn.ModuleList(nn.LSTMCell(28, hidden) for _ in range(2))
            self.heads = _OneLayer(2 * hidden, latent)

        def forward(self, x):
            ends = []
            for reader, order in zip(self.readers, (range(28), upwards), strict=True):
                pair = None
                for row in order:
                    pair = reader(x[:, 0, row], pair)
                ends.append(pair[state])
            return self.heads(torch.cat(ends, 1))

    return Encoder()


def _remembering(latent, hidden):
    """Forget biases of 2."""
    encoder = encoders.LSTMEncoder(latent, hidden, bidirectional=True)
    for name, parameter in encoder.lstm.named_parameters():
        if "bias_ih" in name:
            parameter.data[hidden : 2 * hidden] = 2.0
    return encoder


def _seeded(latent, hidden):
    torch.manual_seed(0)
    return encoders.LSTMEncoder(latent, hidden, bidirectional=True)


def _upper_half(self, x):
    return self.heads(_both(None, self.lstm(x[:, 0, :14])[1][0], None, x))


def _centred_in_place(self, x):
    return self.heads(_both(None, self.lstm(x.sub_(0.5).squeeze(1))[1][0], None, x))


def _dropped(self, x):
    return self.heads(nn.functional.dropout(_both(None, self.lstm(x.squeeze(1))[1][0], None, x), 0.1, self.training))


def _random_start(self, x):
    start = torch.randn(2, 2, len(x), self.lstm.hidden_size).unbind(0)
    return self.heads(_both(None, self.lstm(x.squeeze(1), start)[1][0], None, x))


def _lost_layers(latent, hidden):
    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.parts = [nn.LSTM(28, hidden, batch_first=True, bidirectional=True), encoders.Heads(2 * hidden, latent)]

        def forward(self, x):
            return self.parts[1](_both(None, self.parts[0](x.squeeze(1))[1][0], None, x))

    return Encoder()


def _open(self, x):
    raise NotImplementedError()


def _class_itself(latent, hidden):
    return encoders.LSTMEncoder


def _exchanged(latent, hidden):
    class Exchanged(encoders.LSTMEncoder):
        def forward(self, x):
            mu, logvar = super().forward(x)
            return logvar, mu

    return Exchanged(latent, hidden, bidirectional=True)


RIGHT = {
    "5.1": [
        lambda images, rows=1: images.view(images.shape[0], -1, 28 * rows),
        _row_loop,
        lambda images, rows=1: images.squeeze(1).unfold(1, rows, rows).transpose(2, 3).flatten(2),
        lambda images, rows=1: images.flatten(1).unflatten(1, (28 // rows, 28 * rows)),
        lambda images, rows=1: torch.stack(images.flatten(1).split(28 * rows, dim=1), 1),
        lambda images, rows=1: nn.functional.unfold(images, (rows, 28), stride=(rows, 28)).mT,
        lambda images, rows=1, flat=False: torch.stack([image.reshape(28 // rows, 28 * rows) for image in images]),
    ],
    "5.2": [
        _cell_itself,
        _joined,
        _by_image,
        _einsum,
        _in_place_on_a_copy,
        _step(pack=lambda h, c: torch.stack([h, c])),
        lambda *given: _step()(*(value.double() for value in given)),
        lambda x, h, c, w_ih, w_hh, b_ih, b_hh, peephole=None: _step()(x, h, c, w_ih, w_hh, b_ih, b_hh),
    ],
    "5.3": [
        lambda out: torch.cat([out[:, -1].chunk(2, 1)[0], out[:, 0].chunk(2, 1)[1]], 1),
        _gathered,
        lambda out: torch.hstack([_halves(out)[0][:, out.shape[1] - 1], _halves(out)[1].flip(1)[:, -1]]),
        lambda out: torch.where(torch.arange(out.shape[2]) < out.shape[2] // 2, out[:, -1], out[:, 0]),
        lambda out: out.unflatten(2, (2, -1))[:, [-1, 0], [0, 1]].flatten(1).double(),
        lambda out, bidirectional=True: torch.stack([torch.cat([o[-1].chunk(2)[0], o[0].chunk(2)[1]]) for o in out]),
    ],
    "5.4": [
        _two_lstms,
        _cells,
        _remembering,
        _InDouble,
        _maker(lambda out, h_n, c_n, x: torch.cat([h_n[1], h_n[0]], -1)),
        _maker(lambda out, h_n, c_n, x: h_n.transpose(0, 1).flatten(1), heads=_OneLayer),
        _maker(lambda out, h_n, c_n, x: torch.cat([out[:, -1].chunk(2, 1)[0], out[:, 0].chunk(2, 1)[1]], 1)),
        lambda latent, hidden: encoders.LSTMEncoder(latent, hidden, bidirectional=True).double().float(),
        _maker(
            None,
            forward=lambda self, x: list(
                self.heads(
                    _both(
                        None,
                        self.lstm(x.reshape(len(x), 28, 28), (torch.zeros(2, len(x), self.lstm.hidden_size),) * 2)[1][
                            0
                        ],
                        None,
                        x,
                    )
                )
            ),
        ),
    ],
}

WRONG = {
    "5.1": [
        (lambda images, rows=1: images.reshape(len(images), 1, 28, 28), "channel-kept"),
        (lambda images, rows=1: images.flatten(1), "flattened"),
        (lambda images, rows=1: images.squeeze(1).transpose(0, 1), "steps-first"),
        (lambda images, rows=1: images.squeeze(1), "rows-ignored"),
        (lambda images, rows=1: images.squeeze().reshape(-1, 28 // rows, 28 * rows).squeeze(0), "batch-axis-lost"),
        (lambda images, rows=1: images.mT.reshape(len(images), 28 // rows, 28 * rows), "columns"),
        (lambda images, rows=1: images.flip(2).reshape(len(images), 28 // rows, 28 * rows), "bottom-up"),
        (lambda images, rows=1: images.flip(3).reshape(len(images), 28 // rows, 28 * rows), "mirrored"),
        (lambda images, rows=1: images.reshape(len(images), 28 // rows, 28 * rows) / 255, "scaled"),
        (_woven, "rows-woven"),
        (lambda images, rows=1: RIGHT["5.1"][0](images, min(rows, 14)), "shape"),
        (
            lambda images, rows=1: images.reshape(len(images), 28 // rows, rows, 28).transpose(2, 3).flatten(2),
            "pixels-woven",
        ),
        (lambda images, rows=1: images.reshape(len(images), 28 // rows, rows, 28).mean(2), "shape"),
        (lambda images, rows=1: images.reshape(64, 28 // rows, 28 * rows), "raised"),
        (lambda images, rows=1: images.squeeze(1)[:, ::rows].repeat(1, 1, rows), "value"),
        (lambda images, rows=1: images.flip(0).reshape(len(images), 28 // rows, 28 * rows), "value"),
        (lambda images: images.reshape(len(images), 28, 28), "raised"),
        (lambda images, rows=1: images.mul_(2).reshape(len(images), 28 // rows, 28 * rows), "changed-input"),
        (lambda images, rows=1: images.reshape(len(images), 28 * rows, 28 // rows), "shape"),
        (lambda images, rows=1: images.detach().reshape(len(images), 28 // rows, 28 * rows), "detached"),
        (lambda images, rows=1: images.numpy().reshape(len(images), 28 // rows, 28 * rows), "detached"),
        (lambda images, rows=1: images.double().reshape(len(images), 28 // rows, 28 * rows), "type-changed"),
        (lambda images, rows=1: None, "returned-nothing"),
    ],
    "5.2": [
        (_step(pieces=5), "raised"),
        (_step("ifog"), "gate-order"),
        (_step("igfo"), "gate-order"),
        (_step("figo"), "gate-order"),
        (_step("ofig"), "gate-order"),
        (_step(pack=lambda h, c: (c, h)), "exchanged"),
        (_step(h_rule=lambda o, new, c: o * new), "no-tanh-on-memory"),
        (_step(h_rule=lambda o, new, c: o * new.sigmoid()), "sigmoid-on-memory"),
        (_step(h_rule=lambda o, new, c: o * c.tanh()), "old-memory-shown"),
        (_step(h_rule=lambda o, new, c: new.tanh()), "output-gate-forgotten"),
        (_step(candidate=torch.sigmoid), "candidate-sigmoid"),
        (_step(gate=torch.tanh), "all-tanh"),
        (_step(gate=lambda t: t), "not-squashed"),
        (_step(candidate=lambda t: t), "not-squashed"),
        (_step(c_rule=lambda i, f, g, c, h: c + i * g), "nothing-forgotten"),
        (_step(c_rule=lambda i, f, g, c, h: f * c + g), "input-gate-forgotten"),
        (_step(c_rule=lambda i, f, g, c, h: (1 - f) * c + i * g), "forget-turned-round"),
        (_step(c_rule=lambda i, f, g, c, h: f * c + (1 - f) * g), "gates-coupled"),
        (_step(c_rule=lambda i, f, g, c, h: i * g), "memory-lost"),
        (_step(c_rule=lambda i, f, g, c, h: f * c * i * g), "memory-multiplied"),
        (_step(c_rule=lambda i, f, g, c, h: f * h + i * g), "h-for-c"),
        (_step(c_rule=lambda i, f, g, c, h: f * c - i * g), "value"),
        (lambda x, h, c, *weights: (_step()(x, h, c, *weights)[0], c), "old-memory-returned"),
        (lambda x, h, c, *weights: _step()(x, h, c.detach(), *weights), "detached"),
        (lambda x, h, c, *weights: _step()(x, h, c.abs(), *weights), "value"),
        (lambda x, h, c, *weights: _step()(x, h, c.clamp(min=0), *weights), "value"),
        (lambda x, h, c, w_ih, w_hh, b_ih, b_hh: _cell_itself(x @ w_ih, h, c, w_ih, w_hh, b_ih, b_hh), "raised"),
        (lambda x, h, c, *weights: (_gates(x, h, *weights).chunk(4)[1] * c, c), "raised"),
        (_without("b_ih"), "bias-missing"),
        (_without("b_hh"), "bias-missing"),
        (_without("h"), "old-h-ignored"),
        (_step(pack=lambda h, c: h), "not-a-pair"),
        (_step(pack=lambda h, c: torch.cat([h, c], 1)), "not-a-pair"),
        (_step(pack=lambda h, c: (h, (h, c))), "not-a-pair"),
        (_step(pack=lambda h, c: (h[0], c[0])), "not-a-pair"),
        (_step(pack=lambda h, c: None), "returned-nothing"),
        (_step(pack=lambda h, c: (h.detach(), c)), "detached"),
        (_graphless, "detached"),
        (_step(pack=lambda h, c: (h.detach().numpy(), c.detach().numpy())), "raised"),
        (_in_place, "changed-input"),
        (_unsafe_tanh, "not-finite"),
        (lambda x, h, c, w_ih, w_hh, b_ih, b_hh: _step()(x, h, c, w_ih.T, w_hh.T, b_ih, b_hh), "raised"),
        (lambda x, h, c, w_ih, w_hh, b_ih, b_hh: torch.lstm_cell(x, (c, h), w_ih, w_hh, b_ih, b_hh), "value"),
        (_step(gate=lambda t: t.sigmoid().sigmoid()), "squashed-twice"),
        (_step(candidate=lambda t: t.sigmoid().tanh()), "squashed-twice"),
    ],
    "5.3": [
        (lambda out: out[:, -1], "backward-read-one-row"),
        (lambda out: out[:, 0], "forward-read-one-row"),
        (lambda out: torch.cat([_halves(out)[0][:, 0], _halves(out)[1][:, -1]], 1), "both-first"),
        (lambda out: torch.cat([_halves(out)[1][:, 0], _halves(out)[0][:, -1]], 1), "halves-exchanged"),
        (lambda out: torch.cat([out[:, -1, ::2], out[:, 0, 1::2]], 1), "halves-misread"),
        (lambda out: torch.cat([_halves(out)[1][:, -1], _halves(out)[0][:, 0]], 1), "halves-misread"),
        (lambda out: out.mean(1), "mean-over-steps"),
        (lambda out: out.max(1).values, "largest-over-steps"),
        (lambda out: out.sum(1), "sum-over-steps"),
        (lambda out: _halves(out)[0][:, -1] + _halves(out)[1][:, 0], "one-half"),
        (lambda out: out[:, -1].chunk(2, 1)[0], "one-half"),
        (lambda out: torch.cat([out[:, 27, :64], out[:, 0, 64:]], 1), "sizes-fixed"),
        (lambda out: torch.cat([out[:, -1, :64], out[:, 0, 64:]], 1), "sizes-fixed"),
        (lambda out: torch.cat([_halves(out)[0][:, 27], _halves(out)[1][:, 0]], 1), "sizes-fixed"),
        (lambda out: torch.cat([_halves(out)[0][-1], _halves(out)[1][0]], 1), "shape"),
        (lambda out: torch.cat([_halves(out)[0][:, -1], _halves(out)[1][:, 0]], 0), "shape"),
        (lambda out: torch.stack([_halves(out)[0][:, -1], _halves(out)[1][:, 0]]), "shape"),
        (lambda out: _gathered(out.flip(0)).flip(0) / 2, "value"),
        (_for_five, "sizes-fixed"),
        (lambda out: torch.cat([_halves(out)[0][:, -1], _halves(out.detach())[1][:, 0]], 1), "value"),
        (lambda out: _gathered(out).detach(), "detached"),
        (lambda out: _gathered(out).squeeze(), "shape"),
        (lambda out: torch.cat([_halves(out)[0][:, -1], _halves(out)[0][:, 0]], 1), "same-half-twice"),
        (lambda out: torch.cat([_halves(out)[0][:, -2], _halves(out)[1][:, 1]], 1), "value"),
        (lambda out: None, "returned-nothing"),
        (
            lambda out: torch.stack([_halves(out)[0][:, -1], _halves(out)[1][:, 0]]).reshape(len(out), -1),
            "images-mixed",
        ),
        (lambda out: torch.cat([_halves(out)[0][:, -1], _halves(out)[1][:, 1]], dim=1), "not-the-top"),
    ],
    "5.4": [
        (_maker(lambda out, h_n, c_n, x: torch.cat([h_n[0], h_n[1]], 1).relu()), "activated"),
        (_maker(lambda out, h_n, c_n, x: torch.cat([h_n[0], h_n[1]], 1).tanh()), "activated"),
        (_maker(lambda out, h_n, c_n, x: torch.cat([h_n.sum(0), h_n.sum(0)], 1)), "directions-added"),
        (_exchanged, "outputs-exchanged"),
        (_maker(lambda out, h_n, c_n, x: out[:, -1]), "backward-read-one-row"),
        (_maker(lambda out, h_n, c_n, x: out[:, 0]), "forward-read-one-row"),
        (_maker(lambda out, h_n, c_n, x: out.mean(1)), "all-steps-used"),
        (_maker(lambda out, h_n, c_n, x: out.amax(1)), "all-steps-used"),
        (_maker(lambda out, h_n, c_n, x: torch.cat([c_n[0], c_n[1]], 1)), "memory-for-state"),
        (partial(_cells, state=1), "memory-for-state"),
        (partial(_cells, upwards=range(27, -1, -2)), "rows-unread"),
        (partial(_cells, upwards=range(27, -2, -1)), "one-way-twice"),
        (partial(_cells, upwards=range(28)), "one-way-twice"),
        (_maker(lambda out, h_n, c_n, x: h_n.reshape(len(x), -1)), "images-mixed"),
        (_maker(lambda out, h_n, c_n, x: h_n[-1], width=1), "one-direction-used"),
        (_maker(lambda out, h_n, c_n, x: h_n[0] + h_n[1], width=1), "one-direction-used"),
        (_maker(lambda out, h_n, c_n, x: out.flatten(1), width=56), "all-steps"),
        (
            _maker(lambda out, h_n, c_n, x: h_n[-1], width=1, reader=lambda size: nn.LSTM(28, size, batch_first=True)),
            "one-direction",
        ),
        (
            _maker(lambda out, h_n, c_n, x: h_n[-1], reader=lambda size: nn.LSTM(28, 2 * size, batch_first=True)),
            "hidden-doubled",
        ),
        (
            _maker(
                lambda out, h_n, c_n, x: _both(out, h_n[-2:], c_n, x),
                reader=lambda size: nn.LSTM(28, size, 2, batch_first=True, bidirectional=True),
            ),
            "two-layers",
        ),
        (_maker(lambda out, h_n, c_n, x: out[-1], reader=lambda size: nn.LSTM(28, size, bidirectional=True)), "shape"),
        (
            _maker(lambda out, h_n, c_n, x: out[:, -1], reader=lambda size: nn.LSTM(28, size, bidirectional=True)),
            "images-mixed",
        ),
        (
            _maker(None, forward=lambda self, x: self.heads(_both(None, self.lstm(x.squeeze(1).mT)[1][0], None, x))),
            "columns",
        ),
        (
            _maker(None, forward=lambda self, x: self.heads(_both(None, self.lstm(x.squeeze())[1][0], None, x))),
            "raised",
        ),
        (_maker(None, forward=lambda self, x: self.heads(_both(None, self.lstm(x)[1][0], None, x))), "raised"),
        (_maker(None, forward=_random_start), "not-repeatable"),
        (_maker(None, forward=_dropped), "not-repeatable"),
        (_maker(None, forward=_upper_half), "rows-unread"),
        (_maker(None, forward=_centred_in_place), "changed-input"),
        (_maker(lambda out, h_n, c_n, x: torch.cat([h_n[0], h_n[0]], 1)), "one-way-twice"),
        (_maker(lambda *states: nn.functional.layer_norm(_both(*states), (2 * states[1].shape[2],))), "states-changed"),
        (
            _maker(None, forward=lambda self, x: self.heads(_both(None, self.lstm(x.squeeze(1) / 255)[1][0], None, x))),
            "pixels-changed",
        ),
        (_maker(_both, heads=_SameHead), "one-head"),
        (_maker(_both, heads=_Stacked), "not-a-pair"),
        (_maker(_both, heads=_Squashed), "head-scaled"),
        (_maker(_both, heads=_Positive), "head-scaled"),
        (_maker(_both, heads=_Chained), "other-layers"),
        (_maker(_both, heads=_Detached), "idle-weights"),
        (_maker(_both, heads=_HalfUsed), "idle-weights"),
        (_maker(_both, heads=_HalfDetached), "head-detached"),
        (_maker(_both, width=1), "raised"),
        (_maker(_both, heads=nn.Linear), "not-a-pair"),
        (lambda latent, hidden: _maker(_both)(latent, 64), "hidden-ignored"),
        (lambda latent, hidden: _maker(_both)(64, hidden), "shape"),
        (_seeded, "same-encoder-again"),
        (_lost_layers, "weights-hidden"),
        (_class_itself, "not-a-module"),
        (
            _maker(
                None,
                forward=lambda self, x: [
                    half.double() for half in self.heads(_both(None, self.lstm(x.squeeze(1))[1][0], None, x))
                ],
            ),
            "dtype-changed",
        ),
        (_maker(None, forward=_open), "forward-open"),
        (_maker(None, forward=lambda self, x: None), "returned-nothing"),
        (lambda latent, hidden: None, "returned-nothing"),
        (_twice, "two-lstms"),
        (
            _maker(_both, reader=lambda size: nn.LSTM(28, size, bias=False, batch_first=True, bidirectional=True)),
            "no-bias",
        ),
        (_maker(_both, heads=_Logarithm), "not-finite"),
    ],
}
