"""Exercises of lesson 05: rows as steps, one LSTM step, the last state of each direction, the whole encoder."""

from __future__ import annotations

from . import _lesson_05_cell as cell
from . import _lesson_05_encoder as encoder
from . import _lesson_05_states as states
from .contract import Exercise

EXERCISES = (
    Exercise(
        id="5.1",
        title="an image as a sequence",
        name="to_sequence",
        points=1,
        hints=(
            "The pixels already stand in memory in reading order: nothing must move, only the shape changes.",
            "(N, 1, 28, 28) -> (N, 28 // rows, 28 * rows), with reshape; len(images) is N.",
            "def to_sequence(images, rows=1):\n    return images.reshape(len(images), ___, ___)",
        ),
        reference=cell.to_sequence,
        inputs=cell.image_inputs,
        probe=cell.probe_sequence,
        verdict=cell.judge_sequence,
    ),
    Exercise(
        id="5.2",
        title="one step of an LSTM",
        name="lstm_step",
        points=3,
        hints=(
            "Three lines: all four gates at once, (N, 4H); cut them apart and squash them; then the two "
            "equations for c and h.",
            "gates = x @ w_ih.T + b_ih + h @ w_hh.T + b_hh; chunk(4, dim=1) gives i, f, g, o; sigmoid "
            "for i, f, o and tanh for g; "
            "c' = f c + i g; h' = o tanh(c').",
            "def lstm_step(x, h, c, w_ih, w_hh, b_ih, b_hh):\n    gates = x @ w_ih.T + b_ih + ___ + b_hh\n"
            "    i, f, g, o = gates.chunk(___, dim=1)\n    c = torch.sigmoid(f) * ___ + torch.sigmoid(i) * ___\n"
            "    h = torch.sigmoid(___) * torch.tanh(___)\n    return h, c",
        ),
        reference=cell.lstm_step,
        inputs=cell.step_inputs,
        probe=cell.probe_step,
        verdict=cell.judge_step,
    ),
    Exercise(
        id="5.3",
        title="the last state of each direction",
        name="last_states",
        points=2,
        hints=(
            "Where in out does the forward reader stand when it has read everything? And the backward reader?",
            "H = out.shape[2] // 2. Forward half: out[:, -1, :H]. Backward half: it ends at the top row, "
            "step 0. torch.cat joins them along axis 1.",
            "def last_states(out):\n    H = out.shape[2] // 2\n    forward = out[:, ___, :H]\n    "
            "backward = out[:, ___, H:]\n"
            "    return torch.cat([___, ___], dim=1)",
        ),
        reference=states.last_states,
        inputs=states.out_inputs,
        probe=states.probe_states,
        verdict=states.judge_states,
    ),
    Exercise(
        id="5.4",
        title="Report E's encoder",
        name="make_lstm_encoder",
        points=3,
        hints=(
            "Start from OneWayEncoder. Three things change: the LSTM reads both ways, the heads see "
            "twice as many numbers, "
            "and h_n now holds two states.",
            "An nn.LSTM(28, hidden) with batch_first and bidirectional; encoders.Heads with a width of 2 * hidden; "
            "features: h_n[0] beside h_n[1], by torch.cat along axis 1, (N, 2 * hidden).",
            "class Encoder(torch.nn.Module):\n    def __init__(self, latent, hidden):\n        super().__init__()\n"
            "        self.lstm = torch.nn.LSTM(28, hidden, batch_first=___, bidirectional=___)\n"
            "        self.heads = encoders.Heads(___, latent)\n\n    def forward(self, images):\n"
            "        out, (h_n, c_n) = self.lstm(to_sequence(___))\n"
            "        return self.heads(torch.cat([___, ___], dim=1))\n\n"
            "def make_lstm_encoder(latent, hidden):\n    return Encoder(latent, hidden)",
        ),
        reference=encoder.make_lstm_encoder,
        inputs=encoder.encoder_inputs,
        probe=encoder.probe_encoder,
        verdict=encoder.judge_encoder,
    ),
)
