"""The numbers in the prose of lesson 05, computed again."""

import math
import re

import nbformat
import numpy as np
import pytest
import torch
from torch import nn

from course_utils import checkpoints, data, reports, units, vae
from tests.numbers import SOLUTIONS, printed, prose, states


def _code(cell_id):
    (path,) = SOLUTIONS.glob("05_*.ipynb")
    (cell,) = (cell for cell in nbformat.read(path, as_version=4).cells if cell.id == cell_id)
    return cell.source


def _sigmoid(t):
    return 1 / (1 + math.exp(-t))


def test_the_reports_in_nats():
    states("05", "142.38", units.from_batch_sum_times_batch(9101.28, 10_000, 64))
    states("05", "98.04", units.from_padded_division(97.57, 10_000, 64))
    states("05", "0.47", 98.04 - 97.57)
    assert "10{,}048" in prose("05") and 157 * 64 == 10_048
    sizes = [units.from_batch_sum_times_batch(logged, 10_000, 64) for logged in (9309.64, 9101.28, 9178.56)]
    assert [f"{nats:.2f}" for nats in sizes] == ["145.64", "142.38", "143.59"]
    assert round(max(sizes) - min(sizes)) == 3 and "three nats apart" in prose("05")
    for logged in ("9309.64", "9101.28", "9178.56"):
        assert logged in prose("05")


def test_one_step_by_hand():
    c = 0.9 * 2 + 0.5 * -0.4
    states("05", "1.6", c)
    states("05", "0.46", 0.5 * math.tanh(c))


def test_gates_and_forgetting():
    states("05", "0.9997", _sigmoid(8))
    states("05", "0.731", _sigmoid(1))
    states("05", "0.881", _sigmoid(2))
    states("05", "0.03", _sigmoid(2) ** 27)
    assert round(0.5**27 * 1e9) == 7 and "seven billionths" in prose("05")
    assert round(_sigmoid(1) ** 27 * 10_000) == 2 and "about 2 in 10,000" in prose("05")


@pytest.mark.parametrize(("forget_bias", "low", "high"), [(8, 19.9, 20.05), (0, 0.9, 1.1)])
def test_the_counter_counts_and_leaks(forget_bias, low, high):
    counter, image = nn.LSTMCell(28, 1), data.load("mnist", "test", limit=1)[0][0, 0]
    with torch.no_grad():
        for parameter in counter.parameters():
            parameter.zero_()
        counter.weight_ih[0] = 20
        counter.bias_ih[:] = torch.tensor([-10.0, forget_bias, 10.0, 10.0])
        h = c = torch.zeros(1, 1)
        memory = []
        for row in image:
            h, c = counter(row[None], (h, c))
            memory.append(c.item())
    assert low < memory[-1] < high
    assert (image.sum(1) > 0).sum() == 20
    if forget_bias == 0:
        assert 1.9 < max(memory) < 2.01, "saturates near 2"
        assert "leaves 1.0 instead of 20" in prose("05")


def test_parameter_counts():
    def count(hidden, **options):
        return vae.parameter_count(nn.LSTM(28, hidden, **options))

    assert count(1) == 124 and "4\\,(28+1+2)=124" in prose("05")
    assert count(128) == 80_896 and "80,896" in prose("05")
    assert vae.parameter_count(reports.report_b().encoder) == 81_412 and "81,412" in prose("05")
    assert count(64, bidirectional=True) == 48_128 and "48,128" in prose("05")
    assert vae.parameter_count(reports.report_e()) == 175_665 and "175,665" in prose("05")
    saved = vae.parameter_count(reports.report_e()) - vae.parameter_count(reports.report_e(linear_start=False))
    assert saved == 4_160 and "4,160" in prose("05")


def test_the_biggest_item_on_the_bill_is_not_the_lstm():
    model = reports.report_e()
    layers = [vae.parameter_count(layer) for layer in model.decoder.layers if hasattr(layer, "weight")]
    assert max(layers) == 64 * 64 * 16 + 64 == 65_600 and "65{,}600" in prose("05")
    assert max(layers) > vae.parameter_count(model.encoder.lstm) == 48_128
    assert sum(layers) + vae.parameter_count(model.decoder.start) + vae.parameter_count(model.encoder) == 175_665


def test_how_large_a_difference_must_be():
    stats = pytest.importorskip("scipy.stats")
    states("05", "2.45", stats.t.ppf(0.975, 6))
    states("05", "4.00", 2.45 * 2 * math.sqrt(2 / 3))


def test_luck_finds_a_difference_among_three_pairs_about_once_in_ten_times():
    stats, rng = pytest.importorskip("scipy.stats"), np.random.default_rng(5)
    runs = rng.standard_normal((100_000, 3, 3))  # tables, sizes, seeds: no size differs from another
    needed = stats.t.ppf(0.975, 6) * np.sqrt(runs.var(axis=2, ddof=1).mean(axis=1) * 2 / 3)
    found = np.ptp(runs.mean(axis=2), axis=1) > needed
    assert 0.09 < found.mean() < 0.12 and "at least one such verdict about once in ten times" in prose("05")


def test_two_seeds_of_one_model_lie_as_far_apart_as_report_bs_table():
    whole = {
        128: ("b-decoder-1", "b-decoder-1-seed-1", "b-decoder-1-seed-2"),
        256: ("b-hidden-256", "b-hidden-256-seed-1"),
        64: ("b-hidden-64", "b-hidden-64-seed-1"),
    }
    runs = {size: [checkpoints.card(name).test for name in names] for size, names in whole.items()}
    reported = [units.from_batch_sum_times_batch(loss, 10_000, 64) for loss in (9309.64, 9101.28)]
    states("05", "3.74", max(runs[128]) - sorted(runs[128])[0])
    states("05", "3.26", reported[0] - reported[1])
    spreads = {size: np.std(values, ddof=1) for size, values in runs.items()}
    assert 5.5 < spreads[128] / max(spreads[64], spreads[256]) < 7.5, "six times as much as the others"
    states("05", "1.72", checkpoints.card("e-no-fc").test - checkpoints.card("e").test)


def test_the_checkpoints_beside_their_reports():
    states("05", "3.36", 98.04 - checkpoints.card("e").test)
    states("05", "2.69", checkpoints.card("b-decoder-1").test - 142.38)
    below = [epoch.epoch for epoch in checkpoints.card("e").history if epoch.total < 98.04]
    assert below[0] == 13 and "first dips below Report E's line at epoch 13" in prose("05")
    assert checkpoints.card("e").epochs == 24 and "trained for 24 epochs" in prose("05")


def test_what_the_short_runs_printed():
    gap, needed = re.findall(r"from 64 to 256: -(\S+) nats.*needed (\S+):", printed("05", "hidden-seeds"))[0]
    assert f"lie {gap} nats apart, and {needed} would be needed: seeds alone can do that" in prose("05")
    spreads = [
        re.findall(r"Spread of a run (\S+),", printed("05", cell))[0] for cell in ("hidden-cards", "hidden-seeds")
    ]
    assert "Whole runs scatter by {} nats, the short ones by {}".format(*spreads) in prose("05")


def test_the_verdict_knows_noise_from_a_difference():
    scope = {"torch": torch, "stats": pytest.importorskip("scipy.stats"), "plots": None}
    exec(_code("verdict"), scope)
    verdict, generator = scope["verdict"], torch.Generator().manual_seed(5)
    fooled = 0
    for _ in range(400):
        runs = {64: torch.randn(3, generator=generator).tolist(), 256: torch.randn(3, generator=generator).tolist()}
        fooled += "more than seeds" in verdict(runs, 64, 256)
    assert 6 <= fooled <= 40, "once in twenty"
    assert "-2.00 nats" in verdict({64: [3.0, 3.1], 256: [1.0, 1.1, 1.05]}, 64, 256)
    assert "more than seeds explain" in verdict({64: [3.0, 3.1], 256: [1.0, 1.1]}, 64, 256)
    assert "no verdict" in verdict({64: [3.0], 256: [1.0, 1.1]}, 64, 256)
    assert "no verdict" in verdict({64: [], 256: []}, 64, 256)


def test_the_quiz():
    assert 0.84 < 0.6 * math.sqrt(2) < 0.855
    assert -(-6000 // 64) == 94 and "94 steps" in prose("05")
