"""Distances between pictures: exact means, Report C's unit, and the opponent that every decoder is held against."""

import pytest
import torch
from sklearn.decomposition import PCA

from course_utils import data, units
from course_utils.reconstruction import frobenius_metric, principal_directions, rmse

X = torch.rand((10, 1, 4, 4), generator=torch.Generator().manual_seed(0))


def test_a_constant_error_is_itself_in_any_batch():
    assert rmse(X + 2 / 255, X) == pytest.approx(2, rel=1e-5)
    for batch in (1, 3, 10):
        printed = frobenius_metric(X + 2 / 255, X, batch)
        assert units.from_frobenius(printed, 10, batch, pixels=16) == pytest.approx(2, rel=1e-5)


def test_other_shapes_are_refused():
    for measure in (rmse, frobenius_metric):
        with pytest.raises(ValueError, match="differ in shape"):
            measure(X, X[:3])


def test_principal_directions_give_codes_of_variance_one_and_scikit_learns_space():
    images = torch.rand((30, 1, 4, 4), generator=torch.Generator().manual_seed(1)) * torch.arange(1, 5)
    mean, directions = principal_directions(images, 5)
    codes = (images.flatten(1) - mean) @ torch.linalg.pinv(directions)
    torch.testing.assert_close(codes.T.cov(correction=0), torch.eye(5), atol=1e-4, rtol=0)
    pca = PCA(5, svd_solver="full").fit(images.flatten(1).numpy())
    by_pca = torch.tensor(pca.inverse_transform(pca.transform(images.flatten(1).numpy())))
    torch.testing.assert_close(mean + codes @ directions, by_pca, atol=1e-4, rtol=0)
    with pytest.raises(ValueError, match="30 images do not span 30 directions"):
        principal_directions(images, 30)


@pytest.fixture(scope="module")
def pca_100():
    """Test images of Fashion-MNIST and what is left of them in the 100 best directions of 1,000 training images."""
    splits = ("train+validation", "test")
    train, test = (data.load("fashion_mnist", split, limit=1000)[0].flatten(1) for split in splits)
    pca = PCA(100, svd_solver="full").fit(train.numpy())
    return torch.tensor(pca.inverse_transform(pca.transform(test.numpy()))), test


def test_pca_with_100_numbers_is_level_with_report_cs_best_model(pca_100):
    found = frobenius_metric(*pca_100)
    assert found == pytest.approx(0.1080, abs=1e-4) and found < 0.1112


@pytest.mark.parametrize(
    ("batch", "printed"), [(1, 0.813), (4, 0.420), (16, 0.213), (64, 0.108), (256, 0.054), (1000, 0.027)]
)
def test_the_same_pictures_look_better_in_larger_batches(pca_100, batch, printed):
    assert frobenius_metric(*pca_100, batch=batch) == pytest.approx(printed, abs=1e-3)
