"""``docs/GLOSSARY.md``: every term and symbol of the course, with the lesson and cell that brings it in.

Only meanings stand here. The home of a term is found: the first cell of the course whose text holds its mark.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errata import Home, Lessons
from .solved import BuildError, read


@dataclass(frozen=True)
class Entry:
    """A term or a symbol.

    Attributes:
        name: as it is listed; a symbol in dollars.
        meaning: a sentence, with shape and unit where there are any.
        mark: what stands in the cell that brings it in; without one, the name, in bold if it is a term.
    """

    name: str
    meaning: str
    mark: str = ""

    @property
    def looked_for(self) -> str:
        """What the cell that brings it in holds."""
        return self.mark or (self.name if self.name.startswith("$") else f"**{self.name}**")


TERMS = (
    Entry(
        "active unit", "A latent whose mean differs between images, so that it tells the decoder something.", "active"
    ),
    Entry("Adam", "An optimiser that gives every number a step size of its own, from the history of its gradients."),
    Entry("aggregate posterior", "The average of the posteriors of all images: where a decoder really meets codes."),
    Entry("auto-decoder", "A decoder without an encoder: the code of each image is a parameter, found by fitting."),
    Entry("backpropagation", "The chain rule, applied from the loss back to every weight in one sweep."),
    Entry("baseline", "A number taken from the cost in a score-function gradient: the same mean, less variance."),
    Entry("BatchNorm", "A layer that standardises each channel over the batch while it trains, over the past after."),
    Entry("beta", "The weight on the KL. With any but 1, the loss is no −ELBO; reductions hide one.", r"$\beta$"),
    Entry("bidirectional", "Of a recurrent network: one reads from the top, a second one from the bottom."),
    Entry("binary cross-entropy", "The surprise at a pixel, averaged over ink and no ink; summed over the pixels."),
    Entry("BCE", "Binary cross-entropy, in nats per image unless a report says otherwise.", "BCE"),
    Entry("ceiling", "The BCE of the mean image, 205.80 nats: what it costs not to look at the image."),
    Entry(
        "checkerboard", "A pattern that a transposed convolution prints where its stride does not divide its kernel."
    ),
    Entry("clamp", "To cut off at a bound; a clamped loss has no slope beyond it."),
    Entry("code", "The few numbers that stand for an image: a draw from its posterior; also the *latent*.", "its code"),
    Entry("coverage", "Of a generator: the share of digits (or of places) that its draws reach."),
    Entry("cumulative distribution function", "F(z), the probability of a draw below z; its inverse gives quantiles."),
    Entry("decoder", "The network from a code to an image, as logits of its pixels.", "The decoder"),
    Entry("discriminator", "In a GAN, the network that tells drawn images from real ones."),
    Entry("distortion", "The reconstruction term: the nats that a code leaves to be said."),
    Entry("Dropout", "Numbers set to 0 at random while training; switched off in evaluation mode."),
    Entry("Early stopping", "Ending a training where the validation loss has not fallen for a while; see patience."),
    Entry("effective beta", "The weight on the KL that a choice of sums and means amounts to.", "**effective**"),
    Entry("ELBO", "The evidence lower bound: E[ln p(x|z)] − KL, at most ln p(x). Lessons show −ELBO in nats.", "ELBO"),
    Entry("encoder", "The network from an image to the mean and log-variance of its posterior."),
    Entry("entropy", "The average surprise at what really happens: the floor below which no cross-entropy gets."),
    Entry("ex-post density estimation", "After training, fitting a density to the codes, and drawing from that one."),
    Entry("Fréchet distance", "Between two bell curves, from their means and spreads; of features, the FID of papers."),
    Entry("Free bits", "A KL below a set number of nats is charged as that number, so to lower it saves nothing."),
    Entry("gates", "In an LSTM, numbers between 0 and 1 that say how much is kept, taken in and shown."),
    Entry("generator", "In a GAN, the network that draws images from noise."),
    Entry("gradient", "How a loss changes with each weight."),
    Entry("implicit gradient", "The derivative of a draw with respect to its parameters, where F has no easy inverse."),
    Entry("IWAE bound", "The logarithm of an average of K weights p(x,z)/q(z): above the ELBO, below ln p(x).", "IWAE"),
    Entry("kNN purity", "The share of an image's nearest neighbours that show the same digit."),
    Entry("Kullback–Leibler divergence", "How much more surprised, in nats, somebody is who believes p where q holds."),
    Entry("latent", "One of the numbers of a code.", "the *latent*"),
    Entry("logit", "ln p/(1−p): what a decoder gives for each pixel, any real number."),
    Entry("long short-term memory", "LSTM: a recurrent network whose memory is added to, so that gradients survive."),
    Entry("mean image", "The average of all images; a decoder that ignores its code draws it.", "mean image"),
    Entry("mode collapse", "A generator that draws a few kinds of images only."),
    Entry("Monte Carlo", "An average over draws in place of an integral, with its standard error."),
    Entry("mutant", "A right function with one small fault; a test is as good as the mutants it refuses."),
    Entry("mutation score", "The share of mutants that a test refuses."),
    Entry("nat", "The unit of information with natural logarithms: 1.443 bits."),
    Entry("padding", "In a transposed convolution, rows and columns cut off at the edges of its output."),
    Entry("pathwise", "Of a gradient: through the draw, z = μ + σε, to its parameters. The reparameterization trick."),
    Entry("patience", "How many epochs without a better validation loss one waits before one stops."),
    Entry("PCA", "Principal components: the few directions in which images vary most. The best linear code."),
    Entry("posterior", "p(z|x), the codes that could have made an image; a VAE's encoder gives q(z|x) for it."),
    Entry("posterior collapse", "An encoder that says the prior for every image, and a decoder that ignores the code."),
    Entry("prior", "What is believed of a code before an image is seen: here a standard bell curve."),
    Entry("quadrature", "An integral as a sum over a fine grid: an answer without chance."),
    Entry("ragged", "Of the last batch: smaller than the others, so that a mean of means is wrong."),
    Entry("rate", "The KL term: the nats that a code costs."),
    Entry("recurrent", "Of a network: it reads a sequence step by step, with the same weights."),
    Entry("score", "The derivative of ln q with respect to its parameters; its gradient needs no slope of the cost."),
    Entry("Spherical interpolation", "A path between two codes that keeps to the shell where codes are."),
    Entry("stride", "The step from stamp to stamp in a transposed convolution."),
    Entry("surprise", "−ln p of what happens, in nats."),
    Entry("t-SNE", "A map in two dimensions that tries to keep neighbours; its distances mean little.", "t-SNE"),
    Entry("transposed convolution", "A layer that stamps its kernel for each input, and adds up where stamps overlap."),
    Entry("validation", "Images to choose with; the test images are read once, in the end.", "validation"),
    Entry("variational auto-decoder", "An auto-decoder whose codes are bell curves: mean and spread are parameters."),
    Entry("warm-up", "Letting the weight of the KL rise from 0 to 1 in the first epochs."),
)

SYMBOLS = (
    Entry("$x$", "An image, `(batch, 1, 28, 28)`, between 0 (white) and 1 (ink)."),
    Entry("$z$", "Its code, `(batch, latent)`."),
    Entry(r"$\mu$", r"The mean of a bell curve; the encoder's, `(batch, latent)`.", r"mean $\mu$"),
    Entry(r"$\sigma$", "A standard deviation, `(batch, latent)`, always positive."),
    Entry(r"$\ln\sigma^2$", "The log-variance, `logvar` in code, `(batch, latent)`: any real number."),
    Entry(r"$\bar x$", "The mean image, `(1, 28, 28)`.", r"\bar x"),
    Entry("$p$", "A probability or a density; of a pixel, the decoder's probability of ink.", "probability $p$"),
    Entry("$l$", r"A logit, $\ln\frac{p}{1-p}$, as large as the images: `(batch, 1, 28, 28)`."),
    Entry("$H$", "An entropy in nats; in lesson 05, the size of an LSTM's state."),
    Entry("$n_b$", "The number of images in batch $b$."),
    Entry(r"$\mathcal N(\mu,\sigma^2)$", "The normal distribution, a bell curve.", r"\mathcal N(\mu,\sigma^2)"),
    Entry(r"$\mathrm{KL}(q\,\Vert\,p)$", "The Kullback–Leibler divergence of $q$ from $p$, in nats.", r"\mathrm{KL}(q"),
    Entry(r"$\mathbb E_{z\sim q}[\dots]$", "The average of the bracket over draws from $q$.", r"\mathbb E_{z\sim q}"),
    Entry("$q$", "The distribution that draws come from: the encoder's posterior."),
    Entry(r"$\Sigma$", "A covariance matrix, `(d, d)`."),
    Entry("$p(z)$", "The prior."),
    Entry(r"$p(x\mid z)$", "The likelihood: how probable the decoder makes the image, given the code.", "p(x|z)"),
    Entry(r"$p(z\mid x)$", "The true posterior.", "p(z|x)"),
    Entry(r"$\ln p(x)$", "The evidence, in nats: what the ELBO and the IWAE bound lie below."),
    Entry("$w$", r"An importance weight, $p(x,z)/q(z)$; in lesson 04, the weight on the KL.", "w=p(x,z)/q(z)"),
    Entry("$L_K$", "The IWAE bound with $K$ draws, in nats."),
    Entry(r"$\varepsilon$", "Noise drawn from a fixed distribution."),
    Entry(r"$J(\mu)$", r"An average cost as a function of $\mu$.", r"J'(\mu)"),
    Entry("$F(z)$", r"The cumulative distribution function, $P(Z\le z)$.", "F(z)=P(Z"),
    Entry("$u$", "A uniform draw between 0 and 1; $F^{-1}(u)$ is a draw from $F$."),
    Entry(r"$\beta$", "The weight on the KL."),
    Entry("$L$", "The number of draws of the code over which a reconstruction is averaged.", r"z_1,\dots,z_L"),
    Entry("$x_t$", "Row $t$ of an image, as an LSTM reads it: `(batch, 28)`."),
    Entry("$c$", "The memory of an LSTM, `(batch, hidden)`."),
    Entry("$h$", "What an LSTM shows of its memory, `(batch, hidden)`."),
    Entry("$i$, $f$, $g$, $o$", "The gates of an LSTM and its candidate, each `(batch, hidden)`.", "$o$"),
    Entry("$k$, $s$", "Kernel and stride of a transposed convolution, in pixels.", "k/s"),
    Entry(r"$q(z\mid x)$", "The encoder's posterior of an image."),
    Entry("$q(z)$", "In lesson 08, the aggregate posterior: the average of all posteriors.", r"q(z)=\frac1N"),
    Entry(r"$\Phi^{-1}$", "The quantile function of the standard normal distribution."),
    Entry(r"$\omega$", "The angle between two codes."),
    Entry(r"$\theta$", "The weights of a decoder."),
    Entry("$D$", "The number of latents; in lesson 12, the discriminator.", "$D$"),
    Entry("$G$", "The generator of a GAN."),
    Entry(r"$\mathcal L_D$", "The discriminator's loss: a sum of two means, in nats.", r"\mathcal L_D"),
)

_HEAD = """# Glossary and notation

`course tables` makes this page; do not edit it. Every term and symbol of the course, with the lesson and the cell in
which it is first met.
"""


def page(root: Path) -> str:
    """The page in Markdown, from the entries above and the lessons under ``root``.

    Raises:
        BuildError: for an entry that no cell brings in.
    """
    lines = [_HEAD, "## Terms", "", *_table("term", sorted(TERMS, key=lambda entry: entry.name.lower()), root)]
    lines += ["", "## Notation", "", *_table("symbol", SYMBOLS, root)]
    return "\n".join(lines) + "\n"


def _table(head: str, entries: Sequence[Entry], root: Path) -> list[str]:
    lessons, homes = Lessons(root), first_cells(entries, root)
    lines = [f"| {head} | meaning | first met in |", "|---|---|---|"]
    for entry in entries:
        meaning = entry.meaning.replace("|", r"\|")
        lines.append(f"| {entry.name} | {meaning} | {lessons.link(entry.name, homes[entry])} |")
    return lines


def first_cells(entries: Sequence[Entry], root: Path) -> dict[Entry, Home]:
    """For each entry the first cell, cards apart, that holds its mark.

    Raises:
        BuildError: where there is none.
    """
    cells = [
        (path.name[:2], cell.id, _without_card(cell.source))
        for path in sorted((root / "solutions").glob("*.ipynb"))
        for cell in read(path).cells
        if cell.cell_type == "markdown"
    ]
    found = {}
    for entry in entries:
        mark = entry.looked_for
        home = next((Home(lesson, cell, mark) for lesson, cell, text in cells if mark in text), None)
        if home is None:
            raise BuildError(f"No cell brings in {entry.name}, marked {mark!r}: mend it in the glossary, or drop it.")
        found[entry] = home
    return found


def _without_card(text: str) -> str:
    """The text of a cell without the card that opens a lesson, which names what comes later."""
    return re.sub(r"^\| \| \|\n(\|.*\n)+", "", text, flags=re.MULTILINE)
