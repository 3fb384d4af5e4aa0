"""Muon: what orthogonalised means, which weights it takes, and that it learns."""

import pytest
import torch

from course_utils import optimizers, reports
from course_utils.optimizers import Muon, hidden_matrices, orthogonalised


@pytest.mark.parametrize("shape", [(16, 16), (8, 40), (40, 8), (3, 12, 20)])
def test_singular_values_end_near_one_and_directions_stay(shape):
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    found = orthogonalised(matrix)
    assert found.shape == matrix.shape
    values = torch.linalg.svdvals(found)
    assert values.min() > 0.5 and values.max() < 1.4
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    assert torch.nn.functional.cosine_similarity(found.flatten(), (u @ v).flatten(), dim=0) > 0.95


def test_gates_are_treated_one_by_one():
    weight = torch.nn.Parameter(torch.zeros(8, 3))
    weight.grad = torch.randn(8, 3, generator=torch.Generator().manual_seed(1))
    optimizer = Muon([weight], lr=1.0, parts=4)
    optimizer.step()
    for gate, grad in zip(weight.detach().chunk(4), weight.grad.chunk(4), strict=True):
        torch.testing.assert_close(gate, -orthogonalised(grad * (1 - 0.95**2)), atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize(("rows", "blocks"), [(64, 2), (20, 1), (112, 4), (37, 1), (256, 8)])
def test_tall_weights_fall_into_blocks_of_at_most_32_rows_where_that_is_fair(rows, blocks):
    draw = torch.Generator().manual_seed(3)
    weight, grad = torch.nn.Parameter(torch.zeros(rows, 300)), torch.randn(rows, 300, generator=draw)
    weight.grad = grad
    Muon([weight], lr=1.0, momentum=0.0).step()
    for moved, part in zip(weight.detach().chunk(blocks), grad.chunk(blocks), strict=True):
        torch.testing.assert_close(moved, -orthogonalised(part), atol=1e-3, rtol=1e-3)


def test_decay_bounds_what_a_constant_gradient_builds_up():
    largest = {}
    for decay in (0.0, 0.5):
        weight = torch.nn.Parameter(torch.zeros(8, 12))
        optimizer = Muon([weight], lr=0.1, momentum=0.0, decay=decay)
        weight.grad = torch.randn(8, 12, generator=torch.Generator().manual_seed(4))
        for _ in range(200):
            optimizer.step()
        largest[decay] = torch.linalg.matrix_norm(weight.detach(), 2).item()
    assert largest[0.0] > 10 and largest[0.5] < 1.3 / 0.5


def test_which_weights_of_report_es_model_are_hidden_matrices():
    model = reports.report_e()
    gates, matrices = hidden_matrices(model)
    assert [tuple(w.shape) for w in gates] == [(256, 28), (256, 64), (256, 28), (256, 64)]
    assert [tuple(w.shape) for w in matrices] == [(64, 64), (64, 64, 4, 4), (64, 32, 4, 4), (32, 16, 4, 4)]


@pytest.mark.parametrize("name", ["adam", "muon"])
def test_every_parameter_has_exactly_one_optimiser(name):
    model = reports.report_e()
    built = optimizers.build(model, name, 1e-3, (0.9, 0.999), 0.02)
    groups = [group for optimizer in built for group in optimizer.param_groups]
    taken = [id(parameter) for group in groups for parameter in group["params"]]
    assert sorted(taken) == sorted(id(p) for p in model.parameters())


def test_an_unknown_optimiser_is_refused():
    with pytest.raises(ValueError, match="choose 'adam' or 'muon'"):
        optimizers.build(reports.report_e(), "sgd", 1e-3, (0.9, 0.999), 0.02)


def test_muon_solves_a_least_squares_problem():
    draw = torch.Generator().manual_seed(2)
    target, weight = torch.randn(6, 6, generator=draw), torch.nn.Parameter(torch.zeros(6, 6))
    optimizer = Muon([weight], lr=0.05)
    for _ in range(300):
        optimizer.zero_grad()
        ((weight - target) ** 2).sum().backward()
        optimizer.step()
    assert (weight - target).abs().max() < 0.15
