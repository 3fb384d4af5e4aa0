"""``docs/ERRATA.md``: what went wrong in the five reports and in their programs, and the cell that treats it.

Rows that begin with M are of what a report prints, rows with K of its program; the experiments are those that lessons
name on their cards. A row's home is a cell, known by its id and by words that stand in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from nbformat import NotebookNode

from .solved import BuildError, read


@dataclass(frozen=True)
class Home:
    """A cell of a lesson.

    Attributes:
        lesson: two digits.
        cell: its id.
        words: words that stand in it, white space apart; a row whose words are gone has lost its home.
    """

    lesson: str
    cell: str
    words: str = ""


@dataclass(frozen=True)
class Erratum:
    """One slip.

    Attributes:
        row: its number, ``"M1"`` or ``"K1"``.
        report: which of the five.
        slip: what is wrong, and what is right.
        effect: what it changes, with a number where there is one.
        home: the cell that treats it.
    """

    row: str
    report: str
    slip: str
    effect: str
    home: Home


@dataclass(frozen=True)
class Experiment:
    """One system or experiment of a report.

    Attributes:
        row: its number, ``"A-1"``.
        is_about: what the report built or tried.
        homes: a cell of each lesson that rebuilds it.
    """

    row: str
    is_about: str
    homes: tuple[Home, ...]


ERRATA = (
    Erratum(
        "M1",
        "E",
        "The KL as it is implemented lost its minus signs and a bracket; derivation and program are right.",
        "A divergence of −1 at the prior, and unbounded below.",
        Home("02", "title", "the code's bell curve *is* the prior"),
    ),
    Erratum(
        "M2",
        "E",
        "The cross-entropy is printed without its leading minus.",
        "As a loss it would be least where every pixel is wrong.",
        Home("01", "surprise-see", "Report E's text prints this formula without it"),
    ),
    Erratum(
        "M3",
        "E",
        "Encoder and decoder change places in some sentences.",
        "The wording only.",
        Home("05", "closing", "the LSTM called the decoder"),
    ),
    Erratum(
        "M4",
        "E",
        "Samples are poor because the KL is not 0, so weigh it more. The KL is information plus mismatch.",
        "More weight takes the information along: at 4 times, twelve nats for a little clarity.",
        Home("09", "angles-see", "advises to give the KL more weight"),
    ),
    Erratum(
        "M5",
        "E",
        "The KL is said to rise because the data are no standard Gaussian; it rises as the code comes to life.",
        "A healthy curve is read as a fault.",
        Home("07", "schedules-text", "Nor is a *rising* KL in itself a misfit"),
    ),
    Erratum(
        "M6",
        "C",
        "What is headed as the Laplace CDF is the density.",
        "It falls again beyond the median; inverted, it gives wrong draws.",
        Home("03", "laplace", 'under the name "CDF" that is the *density*'),
    ),
    Erratum(
        "M7",
        "C",
        "Robustness to outliers is claimed of a Laplace posterior; it belongs to a Laplace likelihood.",
        "The explanation only.",
        Home("11", "noise-see", "That is a property of a Laplace *likelihood*"),
    ),
    Erratum(
        "M8",
        "C",
        "The bounds of uniform posteriors are learned freely beside a prior with fixed bounds.",
        "The KL is infinite as soon as one of them leaves; there is no ELBO.",
        Home("11", "program", "by however little $[a,c]$ sticks out"),
    ),
    Erratum(
        "M9",
        "C",
        "Random codes draw poorly since the space is not divided enough; they are drawn where no codes lie.",
        "The remedy would make the holes larger.",
        Home("10", "vads-see", '"not divided enough"'),
    ),
    Erratum(
        "M10",
        "C",
        "Islands in a t-SNE map are taken for learning; the codes were started by label.",
        "Labels dealt out at random make islands as clean.",
        Home("10", "seeded-see", "islands show where codes were *started*"),
    ),
    Erratum(
        "M11",
        "C",
        "A sigmoid is said to bound the pixels; a linear layer follows it.",
        "615,440 more parameters, and nothing bounds the output.",
        Home("10", "batches-see", "nothing bounds its pixels"),
    ),
    Erratum(
        "M12",
        "C",
        "A rate of 0.01 and 100 latents are called well chosen, without a table of what else was tried.",
        "Nobody can tell a choice from a habit.",
        Home("14", "before-you-hand-in", "no table of what else was tried"),
    ),
    Erratum(
        "M13",
        "D",
        "A weight on the KL is called 1/L; 1/L averages draws of the reconstruction.",
        "0.45 would be 2.22 draws.",
        Home("04", "samples-see", "A weight of 0.45 would be $1/0.45=2.22$ draws"),
    ),
    Erratum(
        "M14",
        "D",
        "BCE plus 0.45 times a KL is printed as the sum of both.",
        "82.75 is no −ELBO, and compares with none.",
        Home("04", "sweep-see", "a loss with a weight is no score"),
    ),
    Erratum(
        "M15",
        "B",
        "The text takes the minimum from the third decoder and goes on with the sixth.",
        "They differ by 0.02 nats, one run each; three seeds of one decoder differ by 3.7.",
        Home("06", "closing", "the minimum from the third model; the sixth chosen"),
    ),
    Erratum(
        "M16",
        "B",
        "Decoders #2 and #6 are printed with a start of 4 × 4; 3136 numbers are 64 × 7 × 7.",
        "They end at 16 × 16 in place of 28 × 28.",
        Home("06", "ex-3-text", r"$64\cdot4\cdot4=1024$"),
    ),
    Erratum(
        "M17",
        "B",
        "The last layer of #3 and #4 is printed with padding 2; padding 1 was meant.",
        "They end at 26 × 26 in place of 28 × 28.",
        Home("06", "ex-3-text", "#3 and #4 at 26"),
    ),
    Erratum(
        "M18",
        "B",
        "Kernels divisible by strides are promised; #3, #4 and every possible #5 break the rule.",
        "Fresh copies of #3 show a grid.",
        Home("06", "table-text", "against Report B's own rule"),
    ),
    Erratum(
        "M19",
        "B",
        "A figure and a reference are named wrongly, and a stride is called a spatial.",
        "A reader looks in the wrong place.",
        Home("14", "before-you-hand-in", "a reference that names the wrong figure"),
    ),
    Erratum(
        "M20",
        "B",
        "A grid on the square from −1 to 1 stands for what the model draws.",
        "The square holds 46.6 % of the prior.",
        Home("08", "mass", "**46.6 %** of the prior"),
    ),
    Erratum(
        "M21",
        "B",
        "Reconstructions of the last batch are captioned as generated images.",
        "With 20 latents, drawing looks better than it is.",
        Home("14", "before-you-hand-in", "a caption that says *generated*"),
    ),
    Erratum(
        "M22",
        "B",
        "The KL is said to rise because ten classes must be built; the loss sees no label.",
        "A class is worth 2.30 nats at most; 3s alone pay nearly as much.",
        Home("07", "price", 'nobody asks for "ten classes"'),
    ),
    Erratum(
        "M23",
        "B",
        "More latents help because of details; that the gain ends when units fall asleep is not said.",
        "1.51 nats from 10 to 20 latents, after 14.38 from 5 to 10.",
        Home("07", "last-number", "*switched off*"),
    ),
    Erratum(
        "M24",
        "A",
        "A better encoder is expected to cure the collapse.",
        "With averaged pixels no step of the diary does; with summed ones all do.",
        Home("09", "diary-see", "The one thing that does is the scale of the loss"),
    ),
    Erratum(
        "M25",
        "A",
        "Reparameterization is said to keep backpropagation from getting stuck; a draw has no derivative at all.",
        "The explanation only.",
        Home("03", "title", "backpropagation does not get stuck"),
    ),
    Erratum(
        "M26",
        "C",
        "The task it was given writes U(0, 1) and U(μ, σ²) for normal distributions.",
        "Whoever takes it at its word draws from a box.",
        Home("14", "before-you-hand-in", "the letter U for a normal distribution"),
    ),
    Erratum(
        "K1",
        "E",
        "The test loop takes a step of the optimiser on each test batch.",
        "A nat or so, either way; the model afterwards is another one.",
        Home("07", "title", "The test loop trains on the test images"),
    ),
    Erratum(
        "K2",
        "E",
        "The best weights are saved and not loaded again.",
        "What is tested is the last epoch.",
        Home("07", "snapshot-text", "the *last* one"),
    ),
    Erratum(
        "K3",
        "E",
        "The counter of early stopping is never read.",
        "A patience of 10 is described, and all 50 epochs run.",
        Home("07", "schedules-text", "*never read*"),
    ),
    Erratum(
        "K4",
        "E",
        "Sums are divided by batches times batch size, as if the last batch were full.",
        "97.57 is 98.04.",
        Home("07", "exact-mean", r"it divides by $157\cdot64=10{,}048$"),
    ),
    Erratum(
        "K5",
        "E",
        "A setting that no argument takes disappears in `**kwargs`; `zdim` is the LSTM's hidden size.",
        "`zdim=20` leaves 64 latents.",
        Home("05", "closing", "that `**kwargs` swallows"),
    ),
    Erratum(
        "K6",
        "E",
        "Only numpy's random numbers are seeded.",
        "The split can be repeated; weights, order and noise cannot.",
        Home("07", "split-text", "Report E seeds numpy"),
    ),
    Erratum(
        "K7",
        "E",
        "The generator of the report draws its file's name in place of its pictures, and saves nothing.",
        "No file; and no evaluation mode.",
        Home("14", "before-you-hand-in", "a program that shows and never saves"),
    ),
    Erratum(
        "K8",
        "E",
        "The best loss so far starts at 1000, not at infinity.",
        "In Report B's unit nothing would ever be saved.",
        Home("07", "schedules-text", "its best loss so far starts at 1000"),
    ),
    Erratum(
        "K9",
        "E",
        "Training loss is an average over a moving model, validation loss belongs to the epoch's end.",
        "Training lies above validation in the first epochs.",
        Home("07", "schedules-text", "It is an average over an epoch in which the model was still bad"),
    ),
    Erratum(
        "K10",
        "B",
        "What is called validation are MNIST's test images; they choose epochs, decoders and latent sizes.",
        "A minimum over many looks: too good by what the search brings.",
        Home("07", "split-text", "they choose its epochs, its decoders and its latent size"),
    ),
    Erratum(
        "K11",
        "B",
        "A batch sum is multiplied by the batch size once more.",
        "9101.28 is 142.38 nats; another batch size would change every number.",
        Home("01", "clamps-see", "its loop multiplies by $n_b$ once more"),
    ),
    Erratum(
        "K12",
        "B",
        "The first states of the LSTM are made on a GPU, whatever the machine has.",
        "Without a GPU the program stops.",
        Home("14", "before-you-hand-in", "a device written into the program"),
    ),
    Erratum(
        "K13",
        "D",
        "One layer gives mean and spread.",
        "No code can be sure and far out, or vague and near 0.",
        Home("04", "explore-weights-see", "serves as the mean *and* as the spread"),
    ),
    Erratum(
        "K14",
        "D",
        "The same number is a standard deviation in the draw and a log-variance in the KL.",
        "Free of charge at s = 0, where the true KL is infinite.",
        Home("04", "two-prices-see", "the true price is *infinite*"),
    ),
    Erratum(
        "K15",
        "D",
        "A BCE averaged over pixels and images stands beside a KL that is a sum.",
        "An effective beta of 35,280, and a code that is ignored.",
        Home("04", "run-report-d-see", r"35{,}280"),
    ),
    Erratum(
        "K16",
        "D",
        "The model never enters evaluation mode.",
        "Dropout in reconstructions, batch statistics in samples.",
        Home("06", "dropout-text", "A forgotten `.eval()` is a classic"),
    ),
    Erratum(
        "K17",
        "D",
        "A counter is raised twice in each step and asked in between, so that it is always odd.",
        "0 skips in 550 steps.",
        Home("12", "truth-see", "no odd number is divisible by 50"),
    ),
    Erratum(
        "K18",
        "D",
        "Every fifth epoch is skipped, counted from 0, the first one too; its loss prints as 0.",
        "The generator begins against a discriminator that knows nothing.",
        Home("12", "closing", "and the first one"),
    ),
    Erratum(
        "K19",
        "D",
        "A sum of batch means is divided by the number of images.",
        "100 times too small: 0.02921 is 2.92 nats.",
        Home("12", "log", "a hundred times too small"),
    ),
    Erratum(
        "K20",
        "D",
        "Drawn pictures are not detached in the discriminator's step.",
        "Time, and gradients of a loss that the generator wants to raise.",
        Home("12", "closing", "no detach, no evaluation mode"),
    ),
    Erratum(
        "K21",
        "C",
        "The metric divides a norm by the number of pixels in the batch.",
        "The same pictures: 0.813 in batches of one, 0.027 in one of 1,000.",
        Home("10", "batches-see", "0.813 with one image in a batch, 0.027 with a thousand"),
    ),
    Erratum(
        "K22",
        "C",
        "A uniform posterior is charged its width, where the KL is the logarithm of one over it.",
        "The price runs the wrong way: posteriors shrink to points.",
        Home("11", "program-see", "The two prices run in opposite directions"),
    ),
    Erratum(
        "K23",
        "C",
        "Uniform codes start between 0 and 255 for training and between 0 and 1 for test images.",
        "In a small run of ours the start makes most of the gap.",
        Home("11", "isolate-see", "It is the start that wrecks the run"),
    ),
    Erratum(
        "K24",
        "C",
        "A KL averaged over latents stands beside a squared error of grey levels.",
        "An arbitrary weight: an ELBO for one pixel noise only.",
        Home("10", "film-see", "How much is that five"),
    ),
    Erratum(
        "K25",
        "C",
        "Widths and deviations are raw parameters, and the clamp that should hold them changes a copy.",
        "More than a third of the widths in our run end below 0.",
        Home("11", "isolate-see", "have become *negative*"),
    ),
    Erratum(
        "K26",
        "C",
        "Codes of test images are fitted in training mode.",
        "BatchNorm's buffers move, so that the order of the images matters.",
        Home("10", "mixed-see", "Report C never leaves training mode"),
    ),
    Erratum(
        "K27",
        "C",
        "A map of test codes is coloured by training labels.",
        "Purity falls to chance, which a number would show.",
        Home("08", "tsne-see", "test codes coloured by training labels"),
    ),
    Erratum(
        "K28",
        "C",
        "Adam moves the codes of images that are not in the batch.",
        "Stale momentum in fifteen of sixteen steps.",
        Home("10", "linear", "fifteen steps of sixteen"),
    ),
    Erratum(
        "K29",
        "C",
        "Batch means are averaged, the last batch of 40 like those of 64.",
        "40 images weigh as 64 do, at a metric that is larger for few.",
        Home("07", "exact-mean", "to average the means of the batches"),
    ),
    Erratum(
        "K30",
        "C",
        "The inverse CDF of the Laplace density is asked at 0.",
        "An infinite code about once in 17 million draws.",
        Home("03", "laplace-inverse", "**Mind the edges.**"),
    ),
)

EXPERIMENTS = (
    Experiment("A-1", "LSTM of 64, two layers, BatchNorm, two activations", (Home("09", "diary"),)),
    Experiment("A-2", "one activation less, LSTM of 128", (Home("09", "diary"),)),
    Experiment("A-3", "one image for every code; no BatchNorm in the convolutions", (Home("09", "diary"),)),
    Experiment("A-4", "another first linear layer, no BatchNorm there", (Home("09", "diary"),)),
    Experiment("A-5", "four layers without padding", (Home("06", "repairs"), Home("09", "diary"))),
    Experiment("A-6", "dropout after three of the four", (Home("06", "ablation"), Home("09", "diary"))),
    Experiment("B-1", "LSTM of 128, decoder #1, 2 latents", (Home("05", "card-e"),)),
    Experiment("B-2", "the same with 6 latents", (Home("07", "latents"),)),
    Experiment("B-3", "hidden sizes of 64, 128 and 256", (Home("05", "hidden-seeds"),)),
    Experiment("B-4", "decoder #1", (Home("06", "table"),)),
    Experiment("B-5", "decoder #2", (Home("06", "table"),)),
    Experiment("B-6", "decoder #3", (Home("06", "table"),)),
    Experiment("B-7", "decoder #4", (Home("06", "table"),)),
    Experiment("B-8", "decoder #5", (Home("06", "table"),)),
    Experiment("B-9", "decoder #6", (Home("06", "table"),)),
    Experiment("B-10", "2, 5, 10 and 20 latents", (Home("07", "latents"), Home("14", "runs"))),
    Experiment("B-11", "early stopping with a patience of 20", (Home("07", "ex-4"),)),
    Experiment("B-12", "a grid on the square from −1 to 1", (Home("08", "two-grids"),)),
    Experiment("B-13", "a hundred random digits", (Home("08", "random-digits"),)),
    Experiment("C-1", "an auto-decoder", (Home("10", "live"),)),
    Experiment("C-2", "codes of test images by fitting", (Home("10", "ex-4-code"),)),
    Experiment("C-3", "random codes, decoded", (Home("10", "walls"),)),
    Experiment("C-4", "a variational auto-decoder, normal", (Home("10", "vads"),)),
    Experiment("C-5", "codes started by label", (Home("10", "seeded"),)),
    Experiment("C-6", "Laplace posteriors", (Home("03", "moments"), Home("11", "judges"))),
    Experiment("C-7", "uniform posteriors", (Home("03", "moments"), Home("11", "five-runs"))),
    Experiment("C-8", "t-SNE of training and test codes", (Home("08", "tsne-maps"), Home("10", "seeded-maps"))),
    Experiment("C-9", "from a T-shirt to a pullover, in three families", (Home("11", "walk-pictures"),)),
    Experiment("D-1", "the MLP VAE as printed", (Home("04", "run-report-d"),)),
    Experiment("D-2", "weights of 0, 0.45 and 1", (Home("04", "sweep"),)),
    Experiment("D-3", "the default reduction", (Home("04", "mean-reduction"),)),
    Experiment("D-4", "the GAN and its log", (Home("12", "small-game"),)),
    Experiment("D-5", "schedule A, by turns of epochs", (Home("12", "truth-tables"),)),
    Experiment("D-6", "schedule B, a skip in 500", (Home("12", "truth-tables"),)),
    Experiment("D-7", "schedule C, a skip in 50", (Home("12", "truth-tables"),)),
    Experiment("D-8", "schedule D, every fifth epoch", (Home("12", "truth-tables"),)),
    Experiment("D-9", "BatchNorm in the discriminator, size of the code", (Home("12", "short"),)),
    Experiment("E-1", "bidirectional LSTM, four layers, 64 latents", (Home("05", "assemble"),)),
    Experiment("E-2", "without the linear layer; other hidden sizes", (Home("05", "card-e"),)),
    Experiment("E-3", "the KL, derived", (Home("02", "derivation"),)),
    Experiment("E-4", "split, early stopping, curves", (Home("07", "overfit"),)),
    Experiment("E-5", "test number, a hundred samples", (Home("07", "all-cards"), Home("08", "random-digits"))),
    Experiment("E-6", "more weight on the KL", (Home("09", "sweep"),)),
)

_HEAD = """# Errata of the five reports

`course tables` makes this page; do not edit it. Every slip that the course has found in the five reports, in our own
words, with the lesson and the cell that treats it. Their authors were honest enough to print what can be checked;
most of these slips stand in well-known public code, too.
"""


def page(root: Path) -> str:
    """The page in Markdown, from the data above and the lessons under ``root``.

    Raises:
        BuildError: where a row has lost its home.
    """
    lessons = Lessons(root)
    lines = [_HEAD, "## What is printed (M), and what is coded (K)", ""]
    lines += ["| row | report | what is wrong, and what is right | what it changes | treated in |", "|---" * 5 + "|"]
    for erratum in ERRATA:
        home = lessons.link(erratum.row, erratum.home)
        lines.append(f"| {erratum.row} | {erratum.report} | {erratum.slip} | {erratum.effect} | {home} |")
    lines += ["", "## What they built, and where it is rebuilt", ""]
    lines += ["| row | experiment | rebuilt in |", "|---|---|---|"]
    for experiment in EXPERIMENTS:
        homes = "; ".join(lessons.link(experiment.row, home) for home in experiment.homes)
        lines.append(f"| {experiment.row} | {experiment.is_about} | {homes} |")
    return "\n".join(lines) + "\n"


class Lessons:
    """The solved notebooks under ``root``, in which homes are looked up."""

    def __init__(self, root: Path) -> None:
        self._paths = {path.name[:2]: path for path in (root / "solutions").glob("*.ipynb")}
        self._read: dict[str, NotebookNode] = {}

    def link(self, row: str, home: Home) -> str:
        """A link in Markdown to the section of the lesson in which a home is, with the cell's id.

        Raises:
            BuildError: where there is no such lesson or cell, or the words do not stand in it.
        """
        if home.lesson not in self._paths:
            raise BuildError(f"Row {row} has lost its home: there is no lesson {home.lesson}.")
        cells = self._cells(home.lesson)
        number = next((i for i, cell in enumerate(cells) if cell.id == home.cell), None)
        if number is None:
            raise BuildError(f"Row {row} has lost its home: lesson {home.lesson} has no cell {home.cell}.")
        source = cells[number].source
        there = re.search(r"\s+".join(map(re.escape, home.words.split())), source)
        if there is None:
            raise BuildError(f"Row {row} has lost its home: cell {home.cell} of {home.lesson} lacks {home.words!r}.")
        so_far = (
            source[: there.start()] + source[there.start() :].partition("\n")[0]
        )  # a heading, too, may hold the words
        above = [cell.source for cell in cells[:number] if cell.cell_type == "markdown"] + [so_far]
        headings = re.findall(r"^#+ (.+)$", "\n".join(above), re.MULTILINE)
        anchor = quote(headings[-1].replace(" ", "-")) if headings else ""
        return f"[{home.lesson}, `{home.cell}`](../lessons/{self._paths[home.lesson].name}#{anchor})"

    def _cells(self, lesson: str) -> list[NotebookNode]:
        if lesson not in self._read:
            self._read[lesson] = read(self._paths[lesson])
        return list(self._read[lesson].cells)
