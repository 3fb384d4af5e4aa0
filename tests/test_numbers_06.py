"""The numbers in the prose of lesson 06, computed again."""

import itertools
import re
import statistics

import pytest
import torch

from course_utils import checkpoints, units
from course_utils.decoders import ConvDecoder, Layer, output_sizes
from course_utils.exercises.registry import find
from course_utils.reports import REPORT_B, REPORT_B_PRINTED, REPORT_E
from course_utils.vae import parameter_count
from tests.numbers import printed, prose, states

PRINTED = {1: 9101.28, 2: 9142.16, 3: 9094.46, 4: 9395.92, 5: 9158.79, 6: 9093.10}
NATS = {n: units.from_batch_sum_times_batch(value, 10_000, 64) for n, value in PRINTED.items()}


def test_report_b_in_nats():
    for value in PRINTED.values():
        assert f"{value:.2f}" in prose("06")
    states("06", "0.02", NATS[3] - NATS[6])
    assert min(NATS, key=NATS.get) == 6, "the minimum is #6"
    without_four = [nats for n, nats in NATS.items() if n != 4]
    states("06", "1.1", max(without_four) - min(without_four) + 0.05)
    assert max(without_four) - min(without_four) < 1.1


def test_the_stamps_by_hand():
    stamp = find("6.1").reference
    x, kernel = torch.tensor([1.0, 2, 3]), torch.tensor([1.0, 2, 1])
    assert stamp(x, kernel, 2, 0).tolist() == [1, 2, 3, 4, 5, 6, 3] and "(1,2,3,4,5,6,3)" in prose("06")
    assert stamp(x, kernel, 2, 1).tolist() == [2, 3, 4, 5, 6] and "(2,3,4,5,6)" in prose("06")


def test_one_of_six_gives_28_as_printed():
    ends = {n: spec.sizes()[-1] for n, spec in REPORT_B_PRINTED.items() if n != 5}
    assert ends == {1: 28, 2: 16, 3: 26, 4: 26, 6: 16}
    assert "**One of six**, #1" in prose("06") and "#2 and #6 end at 16, #3 and #4 at 26" in prose("06")
    assert 64 * 4 * 4 == 1024 and 64 * 7 * 7 == 3136 and "64\\cdot7\\cdot7=3136" in prose("06")
    assert all(spec.sizes()[-1] == 28 for spec in REPORT_B.values())
    assert (REPORT_B[2].size, REPORT_B[6].size) == (7, 7)
    assert [REPORT_B[n].layers[-1].padding for n in (3, 4)] == [1, 1]


def test_number_five_has_three_pasts_and_all_break_the_rule():
    pasts = set()
    for strides, kernel, last in itertools.product(itertools.product((1, 2), repeat=4), (2, 3, 4, 5), (0, 1, 2)):
        layers = [Layer(1, k, s, p) for k, s, p in zip((3, 3, kernel, 3), strides, (1, 1, 1, last), strict=True)]
        if output_sizes(7, layers)[-1] == 28:
            pasts.add(strides)
            assert any(layer.kernel % layer.stride for layer in layers)
    assert pasts == {(1, 2, 2, 1), (2, 1, 2, 1), (2, 2, 1, 1)}
    assert "(1,2,2,1), (2,1,2,1) or (2,2,1,1)" in prose("06")
    assert tuple(layer.stride for layer in REPORT_B[5].layers) == (1, 2, 2, 1), "the course takes the first"


def test_report_a_fits_124_decoders():
    shapes = [Layer(1, k, s) for k in (2, 3, 4, 5) for s in (1, 2)]
    lists = list(itertools.product(shapes, repeat=4))
    ways = [sum(output_sizes(start, four)[-1] == 28 for four in lists) for start in (1, 7)]
    assert ways == [2 * 45, 79], "from one pixel, the first stride does nothing: each decoder is found twice"
    assert "$45+79$" in prose("06") and "124 decoders fit" in prose("06")
    even = (Layer(64, 4), Layer(32, 4), Layer(16, 2, 2), Layer(1, 2, 2))
    assert output_sizes(1, even) == REPORT_E.sizes(), "passes through Report E's sizes"
    assert all(layer.kernel % layer.stride == 0 and layer.padding == 0 for layer in even)


def test_parameter_counts():
    count = find("6.4").reference
    linear, first = count(2, 128, 7, ()), count(2, 128, 7, REPORT_B[1].layers[:1])
    assert (linear, first - linear) == (18_816, 131_136)
    assert "18{,}816" in prose("06") and "131{,}136" in prose("06") and "1{,}025" in prose("06")
    assert count(2, 128, 7, REPORT_B[1].layers) == first + 1_025 == 150_977 and "150,977" in prose("06")
    four = REPORT_B[4]
    assert parameter_count(ConvDecoder(2, four)) == 5_667_299 and "5,667,299" in prose("06")
    assert count(2, four.channels, four.size, four.layers[:1]) == 5_638_584 and "5,638,584" in prose("06")
    assert 56 * 4 * 4 == 896 and 3 * 896 == 2_688 and "2{,}688" in prose("06")


def test_overlap():
    overlap_map = find("6.5").reference
    small = overlap_map(2, [Layer(1, 3, 2, 0)])
    assert small[2].tolist() == [2, 2, 4, 2, 2] and small[0].tolist() == [1, 1, 2, 1, 1]
    row = overlap_map(6, [Layer(1, 3, 2, 0)])[0]
    assert row[:7].tolist() == [1, 1, 2, 1, 2, 1, 2] and "$1,1,2,1,2,1,2,\\dots$" in prose("06")
    uneven = {}
    for n, spec in REPORT_B.items():
        inner = overlap_map(spec.size, spec.layers).double()[8:-8, 8:-8]
        uneven[n] = (inner.std(correction=0) / inner.mean()).item()
    assert all(uneven[n] > 0.4 for n in (3, 4)) and all(uneven[n] < 0.005 for n in (1, 2, 5, 6))


@pytest.mark.parametrize(("decoder", "low", "high"), [(1, 0.0, 0.2), (3, 0.4, 0.56)])
def test_fresh_decoders_show_the_map_of_paths(decoder, low, high):
    torch.manual_seed(6)
    with torch.no_grad():
        each = [ConvDecoder(2, REPORT_B[decoder])(torch.randn(40, 2))[:, 0].var(dim=0) for _ in range(60)]
    inner = (sum(variance / variance.mean() for variance in each) / len(each))[6:-6, 6:-6]
    assert low < inner.std() / inner.mean() < high


def test_how_high_the_bar_is():
    stats = pytest.importorskip("scipy.stats")
    pairs = len(list(itertools.combinations(range(6), 2)))
    assert pairs == 15 and "**15 pairs**" in prose("06")
    states("06", "0.75", pairs / 20)
    assert 20 * pairs == 300 and "once in $20\\cdot15=300$" in prose("06")
    states("06", "3.18", stats.t.ppf(0.975, (3 - 1) + (2 - 1)))
    states("06", "2.90", 3.18 * (1 / 3 + 1 / 2) ** 0.5)


def test_nothing_stands_in_the_table_of_decoders():
    first = [checkpoints.card(f"b-decoder-1{seed}").test for seed in ("", "-seed-1", "-seed-2")]
    fifth = [checkpoints.card(f"b-decoder-5{seed}").test for seed in ("", "-seed-1")]
    states("06", "141.33", min(first))
    states("06", "145.07", max(first))
    states("06", "1.57", statistics.mean(first) - statistics.mean(fifth))
    squares = sum((nats - statistics.mean(runs)) ** 2 for runs in (first, fifth) for nats in runs)
    states("06", "4.78", 3.1824 * (squares / 3 * (1 / 3 + 1 / 2)) ** 0.5)
    stars = sorted(units.from_batch_sum_times_batch(loss, 10_000, 64) for loss in PRINTED.values())
    assert max(first) - min(first) > 3 * (stars[4] - stars[0]) and "more than three times as high" in prose("06")
    assert min(first) < stars[0] and stars[4] < max(first) < stars[5], "holds five of Report B's six stars"
    states("06", "3.7", stars[5] - stars[4])
    single = [checkpoints.card(f"b-decoder-{n}").test for n in (2, 3, 4, 6)]
    means = sorted([statistics.mean(first), statistics.mean(fifth), *single])
    assert means.index(single[2]) == 2, "the third of six: #4 stands in the middle"


def test_teeth_see_no_grid_in_fresh_copies():
    trained = dict(re.findall(r"(#\d|test digits) (\d\.\d+)", printed("06", "side-by-side")))
    assert f"have {trained.pop('test digits')} %, the trained decoders" in prose("06")
    assert f"the trained decoders {min(trained.values())} to {max(trained.values())}" in prose("06")
    fresh = dict(re.findall(r"copies of (#\d): (\d\.\d) on average", printed("06", "fresh-teeth")))
    assert f"Fresh copies have {min(fresh.values())} to {max(fresh.values())} on average" in prose("06")
    assert f"#3 was born with {fresh['#3']}, no more than #1 and #2" in prose("06")
    assert fresh["#3"] <= min(fresh["#1"], fresh["#2"]) and set(fresh) == set(trained)


def test_no_knob_takes_the_kl_away_and_the_sum_brings_it_back():
    kls = re.findall(r"(\d+\.\d)$", printed("06", "ablation"), re.MULTILINE)
    assert f"falls from {kls[0]} nats with two layers to {kls[-1]} with dropout" in prose("06")
    low, high = re.findall(r"summed: the KL lies between (\S+) and (\S+) nats", printed("06", "diary"))[0]
    assert f"from 0.00 to between {low} and {high} nats" in prose("06") and float(low) > 5


def test_the_length_of_the_short_training():
    assert 1280 // 20 == 64 and "64 steps" in prose("06") and "1,280 digits" in prose("06")
