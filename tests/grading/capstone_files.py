"""Capstones as students hand them in: lesson 14, a results file, weights; and such as attackers make."""

import copy
import functools
import json
import struct
from dataclasses import asdict, replace

import torch
from safetensors.torch import save

from course_utils import capstone, checkpoints, vae
from course_utils.capstone import Claim, Model, Results, Run
from course_utils.exercises.lesson_14.shared import decide
from course_utils.grading.intake.capstones import Capstone

from .notebooks import ROOT, grade_id

NOTEBOOK = json.loads((ROOT / "lessons" / "14_repair_a_report.ipynb").read_text(encoding="utf-8"))
SLUG = "14_repair_a_report"
IMAGES, SAMPLES = 1000, 2


def notebook(**answers):
    """Bytes of lesson 14 with sources in its exercise cells: ``e4=...``; the lesson's own stubs where not given."""
    made = copy.deepcopy(NOTEBOOK)
    for cell in made["cells"]:
        for key, source in answers.items():
            if grade_id(cell) == f"ex-14-{key[1:]}":
                cell["source"] = source
    return json.dumps(made).encode()


@functools.cache
def model(seed, hidden=16):
    """A model that nobody trained: its numbers are bad, and can be computed again."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return vae.small_model(latent=4, hidden=hidden).eval()


@functools.cache
def run(seed, hidden=16):
    found = capstone.measure(model(seed, hidden), IMAGES, SAMPLES)
    return Run(seed=seed, validation=(600.0, 550.0), epoch=2, weights=f"h{hidden}_seed_{seed}.safetensors", **found)


def results(seeds=3):
    """Two models with so many runs each, and a claim about them; the runs are of different models in truth."""
    models = tuple(
        Model(
            name=f"{hidden} hidden",
            builds="small_model",
            settings={"latent": 4, "hidden": hidden},
            runs=tuple(run(seed, hidden) for seed in range(seeds)),
        )
        for hidden in (16, 12)
    )
    verdict = decide(models[0].nats, models[1].nats)
    claim = Claim(says="Wider costs less.", better="16 hidden", worse="12 hidden", least=0.0, verdict=verdict)
    return Results(row="E-6", chosen_on="validation", images=IMAGES, samples=SAMPLES, models=models, claim=claim)


def handed_in(files):
    """A capstone as the grader's rooms pass it on."""
    return Capstone("results.json", files["results.json"], {k: v for k, v in files.items() if k != "results.json"})


def weights(seeds=3):
    """The weights of :func:`results`, by file."""
    return {f"h{h}_seed_{s}.safetensors": save(model(s, h).state_dict()) for h in (16, 12) for s in range(seeds)}


def files(changed=lambda page: page, seeds=3):
    """A capstone that stands, by file, after a change of its results."""
    return {**weights(seeds), "results.json": json.dumps(asdict(changed(results(seeds)))).encode()}


def first_run(**fields):
    """Changes the first run of the first model."""

    def change(page):
        first, *others = page.models
        runs = (replace(first.runs[0], **fields), *first.runs[1:])
        return replace(page, models=(replace(first, runs=runs), *others))

    return change


def safetensors(header, data=b""):
    """A file of a format's own, with whatever header."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(raw)) + raw + data


def _overlapping():
    """Tensors of the right names and shapes that all lie on the same bytes."""
    shapes = {key: list(value.shape) for key, value in model(0).state_dict().items()}
    size = 4 * max(value.numel() for value in model(0).state_dict().values())
    header = {
        key: {"dtype": "F32", "shape": shape, "data_offsets": [0, 4 * torch.Size(shape).numel()]}
        for key, shape in shapes.items()
    }
    return safetensors(header, bytes(size))


def _with(value):
    return save({key: torch.full_like(one, value) for key, one in model(0).state_dict().items()})


FIRST = "h16_seed_0.safetensors"
HOSTILE_WEIGHTS = {
    "header of 10 GB": (struct.pack("<Q", 10 * 2**30) + b"{}", "cannot be read"),
    "header longer than the file": (struct.pack("<Q", 2**63) + b'{"a":1}', "cannot be read"),
    "header that is no JSON": (safetensors(b"[" * 100_000), "cannot be read"),
    "offsets that overlap": (_overlapping(), "cannot be read"),
    "offsets beyond the end": (
        safetensors({"w": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}),
        "cannot be read",
    ),
    "a shape that overflows": (
        safetensors({"w": {"dtype": "F32", "shape": [2**33, 2**33], "data_offsets": [0, 4]}}, bytes(4)),
        "cannot be read",
    ),
    "a pickle": (b"\x80\x04cposix\nsystem\n(S'touch owned'\ntR.", "cannot be read"),
    "nothing": (b"", "cannot be read"),
    "not a number": (_with(torch.nan), "holds numbers that are none"),
    "infinite": (_with(torch.inf), "holds numbers that are none"),
    "numbers as large as they come": (_with(3e38), "is given as"),
    "no tensors": (save({}), "not those of the model"),
    "ten thousand tensors": (save({f"t{i}": torch.zeros(1) for i in range(10_000)}), "not those of the model"),
    "of another model": (weights()["h12_seed_0.safetensors"], "not those of the model"),
    "of another training": (save(model(7).state_dict()), "is given as"),
}
"""In place of the first run's weights: bytes, and words of what is said."""


def of_the_course():
    """The course's own example of lesson 14, its weights under other names."""
    names = {
        10: ["beta-1", "beta-1-seed-1", "beta-1-seed-2"],
        20: [f"beta-1-latent-20{seed}" for seed in ("", "-seed-1", "-seed-2")],
    }
    models = tuple(
        Model(
            name=f"{size} latents",
            builds="small_model",
            settings={"latent": size},
            runs=tuple(
                Run(
                    seed=seed,
                    validation=(100.0,),
                    epoch=1,
                    weights=f"mine_{size}_{seed}.safetensors",
                    **capstone.measure(checkpoints.load(name), IMAGES, SAMPLES),
                )
                for seed, name in enumerate(own)
            ),
        )
        for size, own in names.items()
    )
    verdict = decide(models[1].nats, models[0].nats, 1.0)
    claim = Claim(says="20 do better.", better="20 latents", worse="10 latents", least=1.0, verdict=verdict)
    page = Results(row="B-10", chosen_on="validation", images=IMAGES, samples=SAMPLES, models=models, claim=claim)
    tensors = {
        f"mine_{size}_{seed}.safetensors": save(checkpoints.load(name).state_dict())
        for size, own in names.items()
        for seed, name in enumerate(own)
    }
    return {**tensors, "results.json": json.dumps(asdict(page)).encode()}
