"""What to ask about a line of code, by what stands in it: the question, and what a good answer has in it."""

from __future__ import annotations

import re
from typing import NamedTuple


class LineQuestion(NamedTuple):
    """A question that fits every line in which ``shows`` is found."""

    shows: re.Pattern[str]
    asks: str
    listen: str


def _question(shows: str, asks: str, listen: str) -> LineQuestion:
    return LineQuestion(re.compile(shows), asks, listen)


QUESTIONS = (
    _question(
        r"\bsqueeze\(\)",
        "What happens here if the batch has one image?",
        "squeeze() without an axis takes the batch's axis away, too: name the axis.",
    ),
    _question(
        r"logsumexp",
        "Why logsumexp, and not exp, a sum and a logarithm? From what size of numbers on would those fail in float32?",
        "exp overflows above 88.7; below about -104 it is 0, whose logarithm is -inf. A mean of K still needs - ln K.",
    ),
    _question(
        r"/\s*(?:len\(|\w+\.shape\[0\]|\w+\.size\(0\))",
        "What does this line divide by, and what if there is one entry only? What goes wrong if somebody averages what "
        "it gives over batches of different sizes?",
        "By how many there are; in a mean of batches' means, the images of a small batch count more than the others.",
    ),
    _question(
        r"\bmean\(\)|\bmean\([A-Za-z_]\w*\)",
        "Which axes does this mean run over? Does the number change if the batch is twice as large? And if each image "
        "has twice as many pixels or latents, all alike?",
        "Over all axes: both sizes are divided by. In nats per image, pixels and latents are summed, images averaged.",
    ),
    _question(
        r"\b(?:mean|sum|softmax|log_softmax)\((?:\w+, *)?(?:dim=|axis=|-?\d)",
        "What is the shape before this step and after it, for a batch of one image? What would another axis mean?",
        "A sum or mean takes the named axis away and leaves the others, even of length 1; a softmax keeps the shape.",
    ),
    _question(
        r"softplus|logsigmoid|with_logits",
        "Why logits, not probabilities? What do a sigmoid and a logarithm give for a logit of 200 and a target of 0?",
        "In float32 a sigmoid rounds to 1 from about 17 on, so ln(1 - p) is -inf; softplus(200) is 200.",
    ),
    _question(
        r"\bsigmoid\(",
        "What does this give at a logit of 30 in float32, and what would its gradient be?",
        "Exactly 1, and a gradient of 0; a logarithm of 1 - p would be -inf.",
    ),
    _question(
        r"\bdetach\(\)|no_grad|inference_mode",
        "What would change without this: the values, the gradients, or both? Of which parameters?",
        "The values stay. Without it, gradients flow on to what lies before, and the graph is kept in memory.",
    ),
    _question(
        r"\bclamp(?:_min|_max)?\(|\bclip\(",
        "What is the gradient where this cuts? And is the value there still the one that the formula has?",
        "0 outside of the limits, and the value is the limit, not the formula's.",
    ),
    _question(
        r"\brsample\(|\brandn?\(|rand(?:n)?_like\(|\.normal_\(|\.uniform_\(|\bmultinomial\(|\brandperm\(",
        "Which shape has this draw? Is it new for each image and in each call, and what would change if it were not?",
        "A number for each entry of the shape; noise that is shared or used again makes draws depend on each other.",
    ),
    _question(
        r"\bsample\(",
        "Do gradients flow through this draw? How do you know?",
        ".sample() of torch.distributions cuts them, .rsample() lets them pass: look at requires_grad of the draw.",
    ),
    _question(
        r"deepcopy\(|\bclone\(\)|state_dict\(\)",
        "Training goes on for one more step. What does this hold afterwards, and what would it hold without the copy?",
        "A copy stays as it is; state_dict() alone shares memory with the weights and moves with them.",
    ),
    _question(
        r"\.eval\(\)|\.train\(",
        "Which layers behave otherwise after this line, and who puts the mode back?",
        "Dropout and BatchNorm; whoever changes the mode restores it as it was found.",
    ),
    _question(
        r"\bargmax\(|\bargmin\(|\bmin\(|\bmax\(",
        "What comes out if two entries are equally large? And if there is one entry only?",
        "One of the two places, or the common value; whether that matters, the prompt of the exercise says.",
    ),
    _question(
        r"\bsqrt\(|\*\* ?0?\.5",
        "What is the gradient here where the argument is 0?",
        "Infinite: the root's slope is 1 / (2 root).",
    ),
    _question(
        r"\blog2?\((?!\d)",
        "Can the argument of this logarithm be 0 or negative? What comes out then?",
        "-inf at 0 and nan below in torch, an error in math: show why it cannot be, or use a form that cannot break.",
    ),
    _question(
        r"\bexp\((?!-?\d)",
        "What comes out here in float32 if the argument is 100? Can it be?",
        "inf: exp overflows above 88.7, and a gradient through it is inf or nan.",
    ),
    _question(
        r"\b(?:view|reshape|flatten|permute|transpose|unsqueeze)\(",
        "A batch of two comes in. Which shapes stand before and after this step, and could the two be mixed by it?",
        "The batch's axis stays first and keeps its length; a view of axes in another order mixes entries.",
    ),
    _question(
        r"\b(?:cat|stack)\(",
        "Along which axis is this put together? Say the shape for a batch of three.",
        "cat makes an axis longer, stack makes a new one.",
    ),
    _question(
        r"\[(?:[^\]\[]*, *)?-1[\]:]",
        "Which entry is this, of which axis? What is it if there is only one?",
        "The last one along that axis; with one entry the last is the first.",
    ),
    _question(
        r"^(?:for|while)\b",
        "How often does this loop run, and does that depend on the number of images? Could a tensor operation stand in "
        "its place?",
        "The count of its passes; where passes do not need each other, they are an axis.",
    ),
    _question(
        r"\b\d*\.?\d*e-\d|isclose|allclose",
        "Why this much room? Which right function would be refused with much less, and which wrong one let through "
        "with much more?",
        "Less than float32 rounds, about 1e-7 of the size of what is added up, refuses right ones; a wrong one by a "
        "factor or a term is off by far more.",
    ),
    _question(
        r"(?<!-)[<>]",
        "What happens here when both sides are equal? Give an input for which that matters.",
        "The side to which the border belongs, as the prompt has it, and an input right on it.",
    ),
    _question(
        r"\b0?\.5 ?\*|(?<!/)/ ?2\b",
        "Where does this half come from? What would come out without it, and which test would notice?",
        "From the derivation, or a count; a test with a known value notices, one for zero at the prior alone does not.",
    ),
    _question(
        r"\*\* ?2\b|\bsquare\(|\bpow\(",
        "What is squared here, and in which unit is it then? Which mistake of sign can this line no longer show?",
        "The quantity, its unit squared (sigma becomes a variance); a square forgets the sign.",
    ),
)
"""In this order: a line is asked about by the first that fits."""
RETURNED = "What does this line return: which type, shape and unit? Name an input whose answer you know beforehand."
"""To be asked of a line that returns something, where nothing more telling is known."""


def of_line(line: str) -> LineQuestion | None:
    """The question for a line of code, without its comment; ``None`` where there is none."""
    code = line.partition("#")[0].strip()
    return next((question for question in QUESTIONS if question.shows.search(code)), None)
