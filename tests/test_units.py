"""The unit converters reproduce the conversion table of the reports, and undo simulated training loops."""

import math

import pytest
import torch

from course_utils.units import (
    batch_sizes,
    from_batch_sum_times_batch,
    from_frobenius,
    from_padded_division,
    psnr,
)

# Report B: row, printed train and validation numbers, nats per image (60,000 and 10,000 images at 64).
REPORT_B = [
    ("hidden 64", 9428.99, 9309.64, 147.37, 145.64),
    ("hidden 128", 9157.46, 9101.28, 143.12, 142.38),
    ("hidden 256", 9222.29, 9178.56, 144.14, 143.59),
    ("decoder 2", 9307.56, 9142.16, 145.47, 143.02),
    ("decoder 3", 9160.4, 9094.46, 143.17, 142.27),
    ("decoder 4", 9334.76, 9395.92, 145.89, 146.99),
    ("decoder 5", 9168.57, 9158.79, 143.30, 143.28),
    ("decoder 6", 9178.97, 9093.10, 143.46, 142.25),
    ("latent 2", 9051.85, 8989.65, 141.47, 140.63),
    ("latent 5", 6828.89, 6954.74, 106.73, 108.80),
    ("latent 10", 5935.08, 6035.80, 92.76, 94.42),
    ("latent 20", 5866.78, 5939.02, 91.69, 92.91),
]
# Report E: images, printed (total, reconstruction, KL), corrected, at batches of 64.
REPORT_E = [
    ("train", 54_000, (96.71, 76.97, 19.74), (96.74, 76.99, 19.75)),
    ("validation", 6_000, (97.35, 77.73, 19.62), (97.61, 77.94, 19.67)),
    ("test", 10_000, (97.57, 78.04, 19.53), (98.04, 78.41, 19.62)),
]
# Report C: printed metric, RMSE in grey levels, PSNR in dB, on 1,000 images at 64.
REPORT_C = [
    ("auto-decoder train", 0.0252, 5.6, 33.2),
    ("auto-decoder test", 0.1186, 26.1, 19.8),
    ("normal train", 0.0186, 4.1, 35.9),
    ("normal test", 0.1112, 24.5, 20.3),
    ("uniform train", 0.1457, 32.1, 18.0),
    ("uniform test", 0.1644, 36.2, 17.0),
    ("Laplace train", 0.0204, 4.5, 35.1),
    ("Laplace test", 0.1118, 24.6, 20.3),
]


def row_ids(rows):
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("n", "full", "last"), [(60_000, 937, 32), (10_000, 156, 16), (1000, 15, 40), (54_000, 843, 48)]
)
def test_batch_sizes_end_ragged(n, full, last):
    assert batch_sizes(n, 64) == [64] * full + [last]
    assert sum(batch_sizes(n, 64)) == n


def test_batch_sizes_without_a_ragged_batch_and_with_a_single_one():
    assert batch_sizes(128, 64) == [64, 64]
    assert batch_sizes(5, 64) == [5]


@pytest.mark.parametrize(("n", "batch"), [(0, 64), (10, 0), (-3, 2)])
def test_batch_sizes_need_images(n, batch):
    with pytest.raises(ValueError, match=f"n = {n} and batch = {batch}"):
        batch_sizes(n, batch)


@pytest.mark.parametrize(("n", "factor"), [(60_000, 63.983), (10_000, 63.923)])
def test_report_b_factor(n, factor):
    assert 1 / from_batch_sum_times_batch(1, n, 64) == pytest.approx(factor, abs=5e-4)


@pytest.mark.parametrize(("_", "train", "val", "train_nats", "val_nats"), REPORT_B, ids=row_ids(REPORT_B))
def test_report_b_table(_, train, val, train_nats, val_nats):
    assert from_batch_sum_times_batch(train, 60_000, 64) == pytest.approx(train_nats, abs=0.0051)
    assert from_batch_sum_times_batch(val, 10_000, 64) == pytest.approx(val_nats, abs=0.0051)


def test_report_b_latent_six():
    assert from_batch_sum_times_batch(6950.32, 10_000, 64) == pytest.approx(108.73, abs=0.0051)


@pytest.mark.parametrize(("_", "n", "printed", "corrected"), REPORT_E, ids=row_ids(REPORT_E))
def test_report_e_table(_, n, printed, corrected):
    for value, expected in zip(printed, corrected, strict=True):
        assert from_padded_division(value, n, 64) == pytest.approx(expected, abs=0.0051)


@pytest.mark.parametrize(("_", "metric", "rmse", "decibel"), REPORT_C, ids=row_ids(REPORT_C))
def test_report_c_table(_, metric, rmse, decibel):
    grey_levels = from_frobenius(metric, 1000, 64)
    assert grey_levels == pytest.approx(rmse, abs=0.051)
    assert psnr(grey_levels) == pytest.approx(decibel, abs=0.051)


# ---- the loops themselves, as the reports wrote them


def losses(n):
    """A loss of about 100 nats for each of n images."""
    return 100 + torch.randn(n, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@pytest.mark.parametrize("n", [1000, 1024, 37])
def test_padded_division_is_undone_exactly(n):
    batches = losses(n).split(64)
    printed = sum(batch.sum().item() for batch in batches) / (len(batches) * 64)
    assert from_padded_division(printed, n, 64) == pytest.approx(losses(n).mean().item(), rel=1e-12)


@pytest.mark.parametrize(("n", "tolerance"), [(1000, 0.1), (1024, 1e-9)])
def test_batch_sum_times_batch_is_undone_up_to_the_ragged_batch(n, tolerance):
    printed = sum(batch.sum().item() * len(batch) for batch in losses(n).split(64)) / n
    assert printed > 6000
    assert from_batch_sum_times_batch(printed, n, 64) == pytest.approx(losses(n).mean().item(), abs=tolerance)


def test_frobenius_is_undone_exactly_for_errors_of_one_size():
    sign = torch.randn(1000, 28, 28, generator=torch.Generator().manual_seed(0)).sign().double()
    metrics = [(7.5 * batch).norm().item() / (len(batch) * 784) for batch in sign.split(64)]
    assert from_frobenius(sum(metrics) / len(metrics), 1000, 64) == pytest.approx(7.5, rel=1e-12)


def test_pixels_enter_as_a_root():
    assert from_frobenius(1.0, 1000, 64, pixels=4 * 784) == pytest.approx(2 * from_frobenius(1.0, 1000, 64))


def test_psnr():
    assert psnr(255) == 0
    assert psnr(25.5) == pytest.approx(20)
    assert psnr(5.0) - psnr(10.0) == pytest.approx(20 * math.log10(2))
    with pytest.raises(ValueError, match="rmse must be positive, got 0"):
        psnr(0)
