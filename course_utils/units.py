"""From the numbers that reports print to nats per image.

A training loop adds something up over batches and divides it by something; when the two do not match, the
printed number is off by a factor that depends on the batch size alone. Each function here undoes one such
habit. All are pure functions of Python numbers; n is the number of images, batch the loader's batch size, and
the last batch may be smaller.
"""

import math


def batch_sizes(n: int, batch: int) -> list[int]:
    """Sizes of a loader's batches, the ragged last one included: (1000, 64) -> fifteen times 64, then 40."""
    if n < 1 or batch < 1:
        raise ValueError(f"n and batch must be at least 1, got n = {n} and batch = {batch}.")
    full, rest = divmod(n, batch)
    return [batch] * full + ([rest] if rest else [])


def from_batch_sum_times_batch(printed: float, n: int, batch: int) -> float:
    """Undo multiplying a loss that is already a batch sum by the batch size (Report B): nats per image.

    printed = sum_b n_b S_b / N with S_b the sum over batch b. If every image costs the same, S_b = n_b L and
    printed = L sum_b n_b^2 / N. Worked: 9428.99 on 60,000 images at 64 is 9428.99 / 63.983 = 147.37.
    """
    return printed * n / sum(size**2 for size in batch_sizes(n, batch))


def from_padded_division(printed: float, n: int, batch: int) -> float:
    """Undo dividing by len(loader) * batch as if the last batch were full (Report E): nats per image.

    Exact: printed * len(loader) * batch / N. Worked: 97.57 on 10,000 images in batches of 64 (157 batches) is
    97.57 * 10,048 / 10,000 = 98.04.
    """
    return printed * len(batch_sizes(n, batch)) * batch / n


def from_frobenius(metric: float, n: int, batch: int, pixels: int = 784) -> float:
    """Undo averaging ||x - x_rec||_F / (n_b pixels) over batches (Report C): RMSE in x's units (grey levels).

    A per-pixel error r has norm r sqrt(n_b pixels), so metric = r * mean_b 1 / sqrt(n_b pixels), every batch
    weighing the same. Worked: 0.0252 on 1,000 images in batches of 64 is 0.0252 / 0.004533 = 5.6 of 255.
    """
    sizes = batch_sizes(n, batch)
    return metric * len(sizes) / sum(1 / math.sqrt(size * pixels) for size in sizes)


def psnr(rmse: float) -> float:
    """Peak signal-to-noise ratio in dB of an RMSE in grey levels: 20 log10(255 / rmse); 5.6 -> 33.2."""
    if rmse <= 0:
        raise ValueError(f"rmse must be positive, got {rmse:g}; equal images have no finite PSNR.")
    return 20 * math.log10(255 / rmse)
