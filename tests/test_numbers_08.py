"""The numbers in the prose of lesson 08, computed again."""

import math
import re

import pytest
import torch
from scipy.stats import chi2, norm
from sklearn.manifold import TSNE

from course_utils import checkpoints, data, quizzes
from course_utils.exercises.registry import find
from tests.numbers import printed, prose, states

quantile_grid = find("8.1").reference
log_aggregate = find("8.2").reference
kl_per_unit = find("8.3").reference
slerp = find("8.4").reference
knn_purity = find("8.5").reference

INSIDE = math.erf(1 / math.sqrt(2))


def test_the_square_holds_less_than_half_of_the_prior():
    states("08", "0.6827", INSIDE)
    states("08", "0.466", INSIDE**2)
    states("08", "46.6", 100 * INSIDE**2)
    assert f"{INSIDE**64:.1e}" == "2.5e-11" and "$2.5\\cdot10^{-11}$" in prose("08")


def test_the_grid_of_two():
    corners = 0.674 * torch.tensor([[-1, 1], [1, 1], [-1, -1], [1, -1]])
    assert quantile_grid(2).numpy() == pytest.approx(corners.numpy(), abs=6e-4)
    assert "(-0.674,0.674),(0.674,0.674),(-0.674,-0.674),(0.674,-0.674)" in prose("08")
    assert norm.ppf(0.75) == pytest.approx(0.674, abs=6e-4)
    states("08", "1.645", quantile_grid(10).max().item())


def test_the_circles_hold_half_and_99_percent():
    for share in (0.5, 0.99):
        assert chi2.cdf(-2 * math.log(1 - share), 2) == pytest.approx(share)


def test_the_information_of_two_images_and_its_ceiling():
    states("08", "0.693", math.log(2))
    states("08", "9.21", math.log(10_000))
    assert checkpoints.card("e").test_kl > math.log(10_000), "no more than the ceiling could be measured"


def test_the_aggregate_of_two_posteriors():
    densities = norm.pdf(1, [-1, 1], 1)
    for number, value in (
        ("0.0540", densities[0]),
        ("0.3989", densities[1]),
        ("0.2265", densities.mean()),
        ("1.485", -math.log(densities.mean())),
    ):
        states("08", number, value)
    found = log_aggregate(torch.tensor([[1.0]]), torch.tensor([[-1.0], [1.0]]), torch.zeros(2, 1))
    assert found.item() == pytest.approx(-1.485, abs=5e-4)


def test_the_unit_of_two_images():
    assert kl_per_unit(torch.tensor([[2.0], [0.0]]), torch.zeros(2, 1)).item() == pytest.approx(1)
    assert "$(2+0)/2=1$ nat" in prose("08")


def test_lengths():
    assert math.sqrt(64) == 8
    states("08", "5.66", math.sqrt(64 / 2))
    assert 1 / chi2.cdf(64 / 2, 64) == pytest.approx(3600, rel=0.01) and "one in 3,600" in prose("08")
    assert round(1 / chi2.cdf(15 / 2, 15)) == 17 and "about one draw in 17" in prose("08")
    assert checkpoints.card("e").active_units == 15
    states("08", "2.74", math.sqrt(15 / 2))
    middle = slerp(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]), torch.tensor([0.5]))[0]
    states("08", "0.707", middle[0].item())
    states("08", "0.707", math.hypot(0.5, 0.5))
    assert middle.norm().item() == pytest.approx(1)


def test_the_purity_of_four_points():
    codes, labels = torch.tensor([[0.0], [1.0], [3.0], [7.0]]), torch.tensor([0, 0, 1, 1])
    assert knn_purity(codes, labels, 1).item() == 0.75 and "$\\frac34$" in prose("08")


def test_fewer_than_half_of_the_neighbours_in_a_map_are_neighbours_of_the_codes():
    model, images = checkpoints.load("e"), data.load("mnist", "test", limit=600)[0]
    with torch.no_grad():
        mu, logvar = model.encoder(images)
    codes = mu[:, kl_per_unit(mu, logvar) > 0.01]
    nearest = []
    for points in (codes, torch.tensor(TSNE(perplexity=30, max_iter=500, random_state=0).fit_transform(codes.numpy()))):
        nearest.append(torch.cdist(points, points).fill_diagonal_(torch.inf).topk(10, largest=False).indices)
    kept = (nearest[0][:, :, None] == nearest[1][:, None, :]).any(dim=1).double().mean()
    assert 0.3 < kept < 0.5 and "fewer than half of a point's ten nearest" in prose("08")


def _says(words):
    assert words in prose("08"), words


def test_what_is_said_of_the_judge():
    random_digits = re.findall(r"sure of (\d+)%;", printed("08", "random-digits"))
    plane_back, plane_drawn, back, drawn = map(int, random_digits)
    _says(f"sure of {plane_back} % of the reconstructions and of {plane_drawn} % of the random digits")
    _says(f"a gap of {plane_back - plane_drawn} points")
    _says(f"nearly as clear as test images, {back} %")
    _says(f"torn: {drawn} %, a gap of {back - drawn}")
    lines = printed("08", "better").splitlines()
    rows = [re.search(r"sure of (\d+)%; each digit is (\d+)% to (\d+)% .* distance (\d+)", line) for line in lines]
    prior, _, _, thirty, reconstructed = (row.groups() for row in rows if row)
    _says(f"sure of {thirty[0]} % in place of {prior[0]} %, near the {reconstructed[0]} % of the reconstructions")
    _says(f"each digit is {thirty[1]} to {thirty[2]} % of their pictures")
    _says(f"falls from {prior[3]} to {thirty[3]}. The reconstructions have {reconstructed[3]}")
    half = dict(re.findall(r"(straight|spherical) .*sure of (\d+)%", printed("08", "walk")))
    _says(f"sure of {half['spherical']} % of them, and of {half['straight']} % on the straight line")


def test_what_is_said_of_the_nats():
    one, _, thirty = re.findall(r"(\d\.\d) nats per image better", printed("08", "fit"))
    _says(f"One Gaussian wins {one}:")
    _says(f"Thirty win {thirty}.")
    mismatch = re.search(r"2 latents, 10,000 images .* (\d\.\d)", printed("08", "split")).group(1)
    _says(f"the mismatch is only {mismatch} nats")
    _says(f"the 2 latents had {mismatch}:")
    _says(f"A table may print {re.search(r'30 Gaussians (.*)', printed('08', 'fit')).group(1)} if")
    ends, straight, spherical = re.findall(r"(-?\d\.\d) nats", printed("08", "walk"))
    _says(f"by {spherical[1:]} and {straight[1:]} nats; at the ends they are common, by {ends}")


def test_what_is_said_of_purities():
    values = dict(re.findall(r"(.*?) +purity (\S+),", printed("08", "purity")))
    pca, means, pixels = values["PCA, 15 numbers"], values["64 latents, active means"], values["784 pixels"]
    _says(f"PCA has {pca}, the active means {means}, the pixels {pixels}")
    _says(f"*draw* of all 64 latents has {values['64 latents, one draw']} only")


def test_the_square_hides_three_digits():
    shares = dict(re.findall(r"(\d): (\d+)%", printed("08", "two-grids")))
    assert shares["0"] == shares["1"] == "1" and shares["6"] == "3"
    _says("Only 1 % of the 0s and of the 1s and 3 % of the 6s have their code in the square")


def test_the_quiz():
    text = " ".join(option.says + option.why for question in quizzes.questions("08") for option in question.options)
    assert f"{INSIDE**10:.3f}" == "0.022" and "0.6827^10 = 0.022" in text and "ln 10,000 = 9.21" in text
