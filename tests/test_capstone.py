"""Results files: what is refused and why, what is computed again, and the page that ranks them."""

import json
from dataclasses import asdict, replace
from functools import partial

import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

from course_utils import capstone, checkpoints, leaderboard
from course_utils.capstone import Claim, Model, ResultsError, Run
from course_utils.cli import app
from course_utils.exercises.lesson_14.shared import decide, refusals

NAMES = {
    10: ("beta-1", "beta-1-seed-1", "beta-1-seed-2"),
    20: [f"beta-1-latent-20{s}" for s in ("", "-seed-1", "-seed-2")],
}


def _run(name):
    card = checkpoints.card(name)
    found = capstone.measure(checkpoints.load(name), 1000, 2)
    best = min(card.history, key=lambda epoch: epoch.total)
    curve = tuple(epoch.total for epoch in card.history)
    return Run(
        seed=card.seed, validation=curve, epoch=card.history.index(best) + 1, weights=f"{name}.safetensors", **found
    )


@pytest.fixture(scope="module")
def whole():
    """Results that stand, and their weights by file."""
    models = tuple(
        Model(name=f"{n} latents", builds="small_model", settings={"latent": n}, runs=tuple(map(_run, names)))
        for n, names in NAMES.items()
    )
    claim = Claim(says="20 do better", better="20 latents", worse="10 latents", least=1.0, verdict="confirmed")
    results = capstone.Results(row="B-10", chosen_on="validation", images=1000, samples=2, models=models, claim=claim)
    return results, {
        f"{name}.safetensors": checkpoints.load(name).state_dict() for names in NAMES.values() for name in names
    }


@pytest.fixture
def file(whole, tmp_path):
    path = tmp_path / "team" / "results.json"
    capstone.write(*whole, path)
    return path


def _changed(results, **fields):
    """With the first run of the first model changed."""
    first, *others = results.models
    runs = (replace(first.runs[0], **fields), *first.runs[1:])
    return replace(results, models=(replace(first, runs=runs), *others))


def _disagreements(results, folder):
    return capstone.disagreements(results, partial(capstone.raw_beside, folder))


def test_an_honest_file_stands(file, whole, capsys):
    assert capstone.read(file) == whole[0]
    assert capstone.review(file) == []
    capstone.show(file)
    said = capsys.readouterr().out
    assert "row B-10 stands" in said and "24 numbers came out again" in said and "confirmed: 20 do better" in said


IMPOSSIBLE = {
    "floor": ({"bce": 30.0, "iwae": 46.5}, "a BCE of 30.00 lies below 4"),
    "kl": ({"kl": -0.2, "active_units": 0, "iwae": 90.0}, "a KL of -0.20 is below 0"),
    "bound": ({"iwae": 140.0}, "is worse than the -ELBO"),
    "bound below": ({"iwae": 30.0}, "an IWAE bound of 30.00 lies below"),
    "units": ({"active_units": 9999}, "9999 active units of more than 0.01"),
    "epoch": ({"epoch": 1}, "epoch 1 was kept, and validation is not least there"),
    "no epoch": ({"validation": ()}, "was kept, and validation is not least"),
    "seed": ({"seed": 1}, "a seed stands twice"),
}


@pytest.mark.parametrize("kind", IMPOSSIBLE)
def test_what_cannot_be_in_a_run_is_refused_with_the_reason(whole, kind):
    fields, says = IMPOSSIBLE[kind]
    (refusal, *_) = refusals(_changed(whole[0], **fields))
    assert refusal.startswith("10 latents") and says in refusal


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (lambda r: replace(r, chosen_on="test"), "Epochs were chosen on 'test'"),
        (lambda r: replace(r, row="mine"), "'mine' is no row"),
        (lambda r: replace(r, images=10), "1,000 to 10,000 images"),
        (lambda r: replace(r, samples=10**9), "100,000 draws of all of them"),
        (lambda r: replace(r, models=(replace(r.models[0], builds="eval"), r.models[1])), "builds must be one of"),
        (lambda r: replace(r, models=(replace(r.models[0], settings={"latent": 10**9}), r.models[1])), "at most 512"),
        (
            lambda r: replace(r, models=(r.models[0], replace(r.models[1], name="10 latents"))),
            "Two models have one name",
        ),
        (
            lambda r: replace(r, models=(replace(r.models[0], runs=r.models[0].runs * 20), r.models[1])),
            "no more than 24",
        ),
        (lambda r: replace(r, claim=replace(r.claim, worse="others")), "about two of the models"),
        (lambda r: replace(r, claim=replace(r.claim, verdict="refuted")), "is confirmed: 1"),
        (
            lambda r: replace(r, models=(replace(r.models[0], runs=r.models[0].runs[:1]), r.models[1])),
            "said to be confirmed, and is undecided: it takes 3 seeds of each",
        ),
    ],
)
def test_a_page_that_is_not_honest_is_refused_with_the_reason(whole, changed, says):
    assert any(says in sentence for sentence in refusals(changed(whole[0])))


@pytest.mark.parametrize(
    ("better", "worse", "least", "verdict"),
    [
        ((1, 2, 3), (5, 6, 7), 2, "confirmed"),
        ((1, 2, 3), (5, 6, 7), 2.5, "undecided"),
        ((1, 2, 3), (5, 6, 7), 7, "refuted"),
        ((1, 2), (5, 6, 7), 0, "undecided"),
        ((), (), 0, "undecided"),
    ],
)
def test_a_claim_is_decided_by_all_pairs(better, worse, least, verdict):
    assert decide(better, worse, least) == verdict


def test_a_page_that_is_shown_again_is_not_measured_again(file, monkeypatch):
    assert capstone.review(file) == []
    monkeypatch.setattr(capstone, "measure", None)
    assert capstone.review(file) == []


def test_numbers_that_the_weights_do_not_give_are_told(whole, file):
    wrong = _changed(whole[0], bce=whole[0].models[0].runs[0].bce - 3, iwae=whole[0].models[0].runs[0].iwae - 9)
    assert refusals(wrong) == []
    first, second = _disagreements(wrong, file.parent)
    assert "10 latents, seed 0: bce is given as" in first and "iwae is given as" in second


def test_weights_are_read_only_where_they_are_what_the_file_says(whole, file):
    folder, first = file.parent, whole[0].models[0]
    results = replace(whole[0], models=(replace(first, runs=first.runs[:2]),))

    def told(**fields):
        return _disagreements(_changed(results, **fields), folder)[0]

    for name in ("gone.safetensors", "../results.safetensors", "/etc/passwd", "results.json"):
        assert "there is no file of weights" in told(weights=name)
    assert "very same weights" in _disagreements(_changed(results, weights="beta-1-seed-1.safetensors"), folder)[-1]
    (folder / "torn.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}")
    assert "cannot be read" in told(weights="torn.safetensors")
    (folder / "large.safetensors").write_bytes(b"\0" * (capstone.LARGEST_WEIGHTS + 1))
    assert "more than 8,000,000 bytes" in told(weights="large.safetensors")
    save_file({"w": torch.zeros(3)}, folder / "other.safetensors")
    assert "not those of the model" in told(weights="other.safetensors")
    nothing = {key: value * torch.nan for key, value in checkpoints.load("beta-1").state_dict().items()}
    save_file(nothing, folder / "nan.safetensors")
    assert "numbers that are none" in told(weights="nan.safetensors")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s.pop("row"), "the file must have the fields row, .*: look at row"),
        (lambda s: s.update(extra=1), "look at extra"),
        (lambda s: s.update(images=True), "images of the file is of the wrong kind: a int is wanted"),
        (lambda s: s.update(models={}), "models of the file is of the wrong kind"),
        (lambda s: s.update(claim=[]), "claim of the file must be an object"),
        (lambda s: s["models"][0]["runs"][1].update(bce=float("nan")), "bce of entry 2 of runs of entry 1 of models"),
        (lambda s: s["models"][0]["settings"].update(latent="10"), "latent of settings"),
        (lambda s: s["claim"].update(says="x" * 501), "says of claim of the file"),
        (lambda s: s["claim"].update(says="two\nlines"), "says of claim of the file"),
        (lambda s: s["claim"].update(least=10**400), "least of claim of the file"),
        (lambda s: s.update(row="\ud800"), "row of the file"),
    ],
)
def test_a_file_of_another_shape_gets_one_sentence(whole, tmp_path, change, says):
    stored = json.loads(json.dumps(asdict(whole[0])))
    change(stored)
    path = tmp_path / "results.json"
    path.write_text(json.dumps(stored))
    with pytest.raises(ResultsError, match=says):
        capstone.read(path)


@pytest.mark.parametrize("content", [None, b"\xff", b"[" * 100_000, b"1e", b" " * 300_000, b"9" * 5_000], ids=str)
def test_what_is_no_results_file_gets_one_sentence(tmp_path, content):
    path = tmp_path / "results.json"
    if content is not None:
        path.write_bytes(content)
    (sentence,) = capstone.review(path)
    assert sentence.endswith(".") and "\n" not in sentence


def test_the_board_ranks_files_beside_reports_and_cards(file, tmp_path):
    (tmp_path / "team" / "<b>.json").write_text("{}")
    out = tmp_path / "out"
    ran = CliRunner().invoke(app, ["board", str(tmp_path / "team"), "--out", str(out)])
    assert ran.exit_code == 0 and "team/<b>: the file must have the fields" in ran.output
    page, table = (out / "board.html").read_text(encoding="utf-8"), (out / "board.md").read_text(encoding="utf-8")
    assert "<b>" not in page and "team/&lt;b&gt;" in page
    numbers = [float(line.split(" | ")[2]) for line in table.splitlines() if " | " in line and line[2] not in "w-"]
    assert numbers == sorted(numbers) and len(numbers) > 30
    assert "| Report E | E-1, which e rebuilds | 98.04 | 1, as reported |" in table
    assert "| team/results | B-10, 20 latents |" in table and "(2 draws) | 20 | 1,000 |" in table


def test_a_family_of_seeds_is_one_row_of_the_board():
    rows = [row for row in leaderboard.known() if row.model.startswith("beta-1:")]
    assert len(rows) == 1 and rows[0].runs.startswith("3, ± 0.")
