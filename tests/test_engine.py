"""The engine is put on from outside: it changes how fast, not what, and leaves nothing behind; the models are plain."""

import ast
import sys
from pathlib import Path

import pytest
import torch

import course_utils
from course_utils import engine, reports, vae

PACKAGE = Path(course_utils.__file__).parent
X = torch.rand(7, 1, 28, 28, generator=torch.Generator().manual_seed(0))
MODELS = {
    "course": vae.course_model,
    "A, six layers and dropout": lambda: reports.report_a(6),
    "A, BatchNorm": reports.report_a,
    "B": reports.report_b,
    "B with a ReLU": lambda: reports.report_b(start_relu=True),
    "B, decoder 3": lambda: reports.report_b(decoder=3),
    "D": reports.report_d,
    "E": reports.report_e,
    "E without a linear layer": lambda: reports.report_e(linear_start=False),
}


def losses_and_gradients(model):
    torch.manual_seed(1)  # dropout
    model.zero_grad()
    elbo = model(X, torch.Generator().manual_seed(2))
    elbo.loss(beta=0.7).backward()
    return [elbo.reconstruction, elbo.kl_per_latent, *(weight.grad for weight in model.parameters())]


def forwards(model):
    return [vars(module).get("forward") for module in model.modules()]


@pytest.mark.parametrize("name", MODELS)
def test_losses_and_gradients_are_those_of_the_plain_model(name):
    torch.manual_seed(0)
    model = MODELS[name]()
    expected = losses_and_gradients(model)
    with engine.on(model):
        found = losses_and_gradients(model)
    for one, other in zip(found, expected, strict=True):
        assert (one - other).abs().max() <= 1e-5 * other.abs().max().clamp(min=1)


@pytest.mark.parametrize("parts", [1, 2])
def test_it_leaves_nothing_behind_also_after_an_error_and_inside_itself(parts, monkeypatch):
    monkeypatch.setattr(engine, "has_bfloat16", lambda: True)
    model = reports.report_b()
    keys, threads = list(model.state_dict()), torch.get_num_threads()
    with pytest.raises(ZeroDivisionError), engine.on(model, parts, bfloat16=True):
        first = forwards(model)
        assert any(first)
        with engine.on(model, parts):
            assert list(model.state_dict()) == keys
        assert forwards(model) == first
        raise ZeroDivisionError
    assert not any(forwards(model))
    assert torch.get_num_threads() == threads


def test_a_forward_and_a_backward_pass_of_the_courses_model_are_read_in_four_files():
    model, files = vae.course_model(), set()

    def note(frame, event, argument):
        if event == "call":
            files.add(Path(frame.f_code.co_filename))

    sys.setprofile(note)
    try:
        model(X).loss().backward()
    finally:
        sys.setprofile(None)
    entered = {file.name for file in files if PACKAGE in file.parents}
    assert entered == {"vae.py", "encoders.py", "decoders.py", "objectives.py"}


def test_only_the_loops_the_benchmarks_and_the_engine_know_the_engine():
    for path in PACKAGE.glob("*.py"):
        imported = {
            name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (getattr(node, "module", None) or "").split(".") + [alias.name for alias in node.names]
        }
        assert ("engine" in imported) == (path.name in ("training.py", "evaluation.py", "gan.py")), path.name


def test_networks_take_and_give_float32_whatever_they_multiply_in(monkeypatch):
    monkeypatch.setattr(engine, "has_bfloat16", lambda: True)
    network, x = torch.nn.Sequential(torch.nn.Linear(4, 4)), torch.rand(2, 4)
    exact = network(x)
    with engine.in_bfloat16(network):
        rough = network(x)
    with engine.in_bfloat16(network, wanted=False):
        assert torch.equal(network(x), exact)
    assert rough.dtype == torch.float32 and 0 < (rough - exact).abs().max() < 0.02
    assert torch.equal(network(x), exact)
