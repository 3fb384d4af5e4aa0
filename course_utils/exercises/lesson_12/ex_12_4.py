"""Exercise 12.4: which digits appear."""

from __future__ import annotations

import torch
from torch import Tensor

from ..contract import Inputs
from ..judging import Judge, Suspect

TITLE = "which digits appear"
NAME = "class_shares"
POINTS = 2
HINTS = (
    "From logits to probabilities, picture by picture; the best probability and its class; keep "
    "the classes of sure pictures; count.",
    "probability, label = softmax(logits).max(dim=1); count label[probability >= sure] in ten "
    "bins; divide by the number of all pictures.",
    "def class_shares(logits, sure=0.9):\n    probability, label = "
    "logits.softmax(dim=___).max(dim=___)\n    kept = label[___]\n"
    "    return torch.bincount(kept, minlength=___) / ___",
)

CLASSES = "One share for each of the ten classes, (10,)."


def reference(logits: Tensor, sure: float = 0.9) -> Tensor:
    """Share of all pictures that get each class with probability >= sure: (N, 10) -> (10,)."""
    probability, label = logits.softmax(1).max(1)
    return torch.bincount(label[probability >= sure], minlength=10) / len(logits)


def inputs(generator: torch.Generator) -> Inputs:
    """Logits of 60 pictures: half of them surely of one of seven classes, among them 2 and 9, the others doubtful, of
    two further classes as well; no picture is of the tenth."""
    label = torch.cat(
        [
            torch.randint(0, 7, (30,), generator=generator),
            torch.randint(0, 9, (28,), generator=generator),
            torch.tensor([7, 8]),
        ]
    )
    height = torch.cat([6 + 2 * torch.rand(30, generator=generator), 1.5 + torch.rand(30, generator=generator)])
    label[:2] = torch.arange(2)
    others = torch.tensor([0, 1, 3, 4, 5, 6, 7, 8])[torch.randperm(8, generator=generator)]
    label = torch.cat([torch.tensor([2, 9]), others])[label]
    logits = 0.3 * torch.randn((60, 10), generator=generator)
    logits[torch.arange(60), label] += height
    shift = 20 * torch.randn((60, 1), generator=generator)  # a softmax does not see it
    shift[0] = 1.5 - logits[0].max()  # above 0.9 as a logit, below it as a sigmoid
    sure = 0.4 + 0.1 * torch.rand((), generator=generator)
    while _undecided(logits, sure):
        sure = 0.4 + 0.1 * torch.rand((), generator=generator)
    return {"logits": (logits + shift)[torch.randperm(60, generator=generator)], "sure": sure.item()}


def _undecided(logits: Tensor, sure: Tensor) -> bool:
    """Whether rounding may decide about a picture, or logits that are 3 % off decide about none."""
    scaled = (logits.softmax(1).amax(1), (1.03 * logits).softmax(1).amax(1), (0.97 * logits).softmax(1).amax(1))
    right, more, fewer = ((best >= sure).sum() for best in scaled)
    return bool((logits.softmax(1) - sure).abs().min() < 1e-4 or more == right or fewer == right)


def _wrong_shares(logits: Tensor, sure: float) -> tuple[Suspect, ...]:
    """What wrong versions of the shares give, (10,)."""
    chance = logits.softmax(1)
    best, label = chance.max(1)

    def shares(of: Tensor, among: float) -> Tensor:
        return torch.bincount(of, minlength=10) / among

    kept, n = label[best >= sure], len(logits)
    column, row = logits.softmax(0).max(1)
    return (
        (
            "unsure-counted",
            shares(label, n),
            "Doubtful pictures were counted, too: only those whose best probability is at least sure.",
        ),
        (
            "share-of-the-sure",
            shares(kept, max(len(kept), 1)),
            "Divided by the number of sure pictures: divide by the number of all, so that doubtful ones "
            "are missing somewhere.",
        ),
        ("counts", shares(kept, 1), "These are counts: divide by the number of pictures."),
        ("mean-probability", chance.mean(0), "These are mean probabilities: count pictures."),
        (
            "mean-probability",
            (chance * (best >= sure)[:, None]).sum(0) / n,
            "These are probabilities, added up: count pictures.",
        ),
        ("unsure-kept", shares(label[best < sure], n), "The doubtful pictures were kept, and the sure ones left out."),
        (
            "logits-compared",
            shares(label[logits.max(1).values >= sure], n),
            "Logits were compared with sure: take softmax(dim=1) first.",
        ),
        (
            "over-pictures",
            shares(row[column >= sure], n),
            "The softmax ran over the pictures: its probabilities must sum to 1 in each row, dim=1.",
        ),
        (
            "per-class-sigmoid",
            shares(label[logits.sigmoid().max(1).values >= sure], n),
            "A sigmoid of each logit: ten classes share one softmax.",
        ),
        ("present", (shares(kept, n) > 0).double(), "These say whether a class appears: how often is asked for."),
        ("divided-by-classes", shares(kept, 10), "Divided by the number of classes: divide by the number of pictures."),
    )


def verdict(judge: Judge, inputs: Inputs) -> None:
    """Findings of exercise 12.4."""
    logits, sure = inputs["logits"].double(), inputs["sure"]
    judge.close(
        "default",
        reference(logits),
        axes=CLASSES,
        case="60 pictures, half of them clear",
        suspects=_wrong_shares(logits, 0.9),
        otherwise="Count the labels of the sure pictures in ten bins, and divide by the number of all pictures.",
    )
    judge.close(
        "lower bar",
        reference(logits, sure),
        axes=CLASSES,
        case=f"sure = {sure:.2f}",
        suspects=(("sure-ignored", reference(logits), "The argument sure is not used."),),
    )
    judge.close(
        "all",
        reference(logits, 0.0),
        axes=CLASSES,
        case="sure = 0",
        suspects=(
            (
                "several-classes",
                torch.ones(10),
                "Below one half several classes reach sure: a picture counts for its best class alone.",
            ),
        ),
    )
    few = logits[logits.argmax(1) == 2]
    judge.close(
        "one class",
        reference(few),
        axes=CLASSES,
        case="pictures of one class",
        otherwise="All ten classes have an entry, also those with none: minlength=10.",
    )
    judge.close("one picture", reference(logits[:1], 0.0), axes=CLASSES, case="a single picture")
    judge.close(
        "nobody",
        torch.zeros(10),
        axes=CLASSES,
        case="pictures of which none is clear",
        otherwise="Where no picture is clear, every share is 0.",
    )
    judge.close(
        "extreme",
        torch.eye(10)[:4].sum(0) / 4,
        axes=CLASSES,
        case="logits of +1000 and -1000",
        otherwise="exp(1000) is infinite for a computer: take torch.softmax, which knows.",
    )
    judge.close(
        "certain",
        torch.eye(10)[:4].sum(0) / 4,
        axes=CLASSES,
        case="sure = 1, and probabilities that are exactly 1",
        suspects=(
            ("strictly-more", torch.zeros(10), "A probability of exactly sure is enough: at least, >= and not >."),
        ),
    )
