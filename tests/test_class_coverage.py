"""Counting classes, and distances between clouds of features, on cases that are known."""

import math

import pytest
import torch
from torch import nn

from course_utils.class_coverage import DigitClassifier, class_shares, covered, entropy, frechet_distance


class Oracle(nn.Module):
    """Reads the class from the first pixel, and is the surer the larger the second one is."""

    def forward(self, pictures):
        label, sure = (10 * pictures[:, 0, 0, 0]).round().long(), pictures[:, 0, 0, 1, None]
        return 20 * sure * nn.functional.one_hot(label, 10)


def pictures_of(labels, sure=1.0):
    pictures = torch.zeros(len(labels), 1, 28, 28)
    pictures[:, 0, 0, 0], pictures[:, 0, 0, 1] = torch.tensor(labels) / 10, sure
    return pictures


def test_shares_coverage_and_entropy():
    shares = class_shares(Oracle(), pictures_of([0] * 50 + [3] * 49 + [7]))
    assert shares.tolist() == pytest.approx([0.5, 0, 0, 0.49, 0, 0, 0, 0.01, 0, 0])
    assert covered(shares) == 2 and covered(shares, 0.01) == 3
    assert entropy(torch.full((10,), 0.05)) == pytest.approx(math.log(10))
    assert entropy(shares) == pytest.approx(-0.5 * math.log(0.5) - 0.49 * math.log(0.49) - 0.01 * math.log(0.01))


def test_doubtful_pictures_count_for_no_class():
    pictures = torch.cat([pictures_of([1] * 3), pictures_of([2], sure=0.0)])
    assert class_shares(Oracle(), pictures, sure=0.9).tolist() == pytest.approx([0, 0.75] + [0] * 8)


def test_frechet_distances_that_are_known():
    cloud = torch.randn((500, 4), generator=torch.Generator().manual_seed(0))
    assert frechet_distance(cloud, cloud) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(cloud, cloud + 2) == pytest.approx(16, rel=1e-5)
    spread = torch.cov(cloud.double().T).trace().item()
    wider = cloud.mean(0) + 3 * (cloud - cloud.mean(0))
    assert frechet_distance(cloud, wider) == pytest.approx(4 * spread, rel=1e-4), "(3 - 1)^2 times the variance"
    turned = cloud @ torch.linalg.qr(torch.randn(4, 4, generator=torch.Generator().manual_seed(1)))[0]
    assert frechet_distance(cloud, turned) == pytest.approx(frechet_distance(turned, cloud), abs=1e-6)
    assert frechet_distance(cloud[:, :1], cloud[:, :1] + 1) == pytest.approx(1, rel=1e-5)


def test_features_that_do_not_compare_are_refused():
    with pytest.raises(ValueError, match="two rows of one width"):
        frechet_distance(torch.zeros(5, 2), torch.zeros(5, 3))


def test_the_classifiers_shapes():
    classifier, pictures = DigitClassifier(), torch.rand(3, 1, 28, 28)
    assert classifier(pictures).shape == (3, 10) and classifier.features(pictures).shape == (3, 64)
