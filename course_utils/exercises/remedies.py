"""The course's own sentences beside the words of Python and torch, and for what an answer leaves changed."""

from __future__ import annotations

import re

DETACHED = "Stay with torch operations: .item(), .detach(), .data and numpy cut the graph."
_MEET = "Shapes are compared from the right: axes must be equally long, or 1. x[:, None] adds an axis of length 1."
_COLUMNS = "A @ B wants as many columns in A as B has rows. Compare the two shapes: is one to be turned by .T?"
_BYTES = "Whole numbers cannot become fractions in place: make a new tensor."
_DTYPES = "All that meets must have one dtype: make new tensors with dtype=x.dtype, or turn one by .to(x.dtype)."
_BRACKETS = "& and | bind more tightly than < and >: put each comparison in brackets, (a < b) & (c < d)."
_POWER = "^ is no power in Python: write x**2."
_WHOLE = "A whole number is wanted there: / gives a float, // a whole number."
_ARGUMENTS = "The call and the function's list of arguments do not fit: how many does the prompt name, in which order?"
_SUPER = "super().__init__() must be the first line of a module's own __init__."
_CHANGED_PLACE = "x += 1 and names that end in _ change a tensor that the gradient needs: make a new one, x = x + 1."
_NONE = "Something there is None: a function without return gives None, and so does x.backward() or list.append()."

_REMEDIES = (
    (r"detach\(\)\.numpy\(\)", DETACHED),
    ("bitwise_(and|or)", _BRACKETS),
    (r"for [&|]: ", _BRACKETS),
    ("bitwise_xor", _POWER),
    (r"for \^: ", _POWER),
    (
        "is ambiguous",
        "Many values, many answers. An answer for each: (x > a) & (x < b) in place of `and` and of a < x < b, "
        "torch.where in place of `if`. One answer for all of them: .all().",
    ),
    ("invalid combination of arguments", "An argument is missing, or of a kind that this function does not take."),
    ("argument 'bias'", "The third argument is the bias: give the others by name, stride=... and padding=...."),
    ("must be Tensor, not", "torch.log and its like want tensors; for a plain number, take math.log."),
    (
        "only one element tensors",
        "float(), math.log and math.exp want one number; for all entries of a tensor, take torch.log, torch.exp.",
    ),
    ("cannot be converted to Scalar", ".item(), float() and int() take a tensor with one entry: sum or average first."),
    ("Index tensor must have", "gather wants as many axes in its index as in its input: index[:, None]."),
    ("does not support item assignment", "A tuple cannot be changed: copy it with list(...) first."),
    ("can't set attribute", "A named tuple cannot be changed: t._replace(name=value) makes a changed copy."),
    ("Dimension out of range", "dim counts axes from 0, and -1 is the last: there are fewer axes than that."),
    ("index out of range|out of bounds", "A list or axis is shorter than that: counting begins at 0; is it empty?"),
    ("name '___' is not defined", "A gap ___ of the skeleton is still open."),
    ("name '.*' is not defined", "Is the name spelt as where it is made, and has the cell that makes it been run?"),
    ("before assignment|not associated with a value", "It is used before the line that gives it a value."),
    ("mat1 and mat2 shapes|^size mismatch|mismatch in its core dimension|first two dimensions of batch2", _COLUMNS),
    ("inconsistent tensor size", _COLUMNS),
    ("can't be cast to the desired output type", _BYTES),
    ("(have (the )?same|Found) dtype|expected scalar type|(weight|bias) type", _DTYPES),
    (
        "must match the (size of tensor|existing size)|not be broadcast|not broadcastable|broadcast (shape|together)",
        _MEET,
    ),
    ("shape mismatch", _MEET),
    ("must be the same as input size|different to the input size", "Both arguments of this loss must have one shape."),
    ("shape of the mask", "A mask picks entries along its own axes: there it must be as long as what it picks from."),
    ("equal to input_size|channels, but got", "The layer was made for another number of inputs than it is given."),
    (
        "is invalid for input of size|cannot reshape",
        "A new shape must hold all entries: its sides multiply to as many.",
    ),
    (
        "view size is not compatible",
        "view wants the entries in order in memory: .reshape does the same for any tensor.",
    ),
    ("Sizes of tensors must match except", "torch.cat joins along one axis: all other axes must be equally long."),
    ("expects each tensor to be equal size", "torch.stack wants tensors of one shape."),
    ("could not infer output dtype", "Whole numbers and truth values have no mean in torch: .float() first."),
    ("tensors used as indices|to an index|as an integer|slice indices", _WHOLE),
    ("before Module.__init__|_modules'|_parameters'|_hooks'", _SUPER),
    ("values to unpack", "As many names stand on the left as values on the right: how many are there?"),
    ("0-d tensor", "A single number has no axis to walk along."),
    ("in-?place operation|modified by an in", _CHANGED_PLACE),
    ("does not require grad", "The graph was cut before: " + DETACHED[0].lower() + DETACHED[1:]),
    (r"positional argument|keyword argument|multiple values for argument", _ARGUMENTS),
    ("NoneType", _NONE),
    ("maximum recursion depth", "The function calls itself again and again: when is it to stop?"),
    ("object is not callable", "Brackets after a name call it: is a * missing, or was a function's name given away?"),
    ("'tuple' object", "A function that returns several values gives a tuple: take it apart, a, b = f(x)."),
)
"""(Pattern of the words, the sentence): the first that fits."""

LEFT = {
    "gradients": (
        "leaves gradients switched off for all that is run after it",
        "with torch.no_grad(): switches them off for its own lines only.",
    ),
    "dtype": (
        "leaves another default dtype for all that is run after it",
        "Give dtype=... to the tensors that need it, in place of torch.set_default_dtype.",
    ),
    "device": (
        "leaves another default device for all that is run after it",
        "Give device=... to the tensors that need it, in place of torch.set_default_device.",
    ),
    "threads": (
        "leaves another number of threads for all that is run after it",
        "Leave out torch.set_num_threads.",
    ),
    "determinism": (
        "leaves torch's deterministic algorithms switched for all that is run after it",
        "Leave out torch.use_deterministic_algorithms.",
    ),
}
"""By what an answer left changed: the words, and what to do in its place."""


def remedy(message: str) -> str:
    """The sentence beside an exception's message; empty where its own words will do."""
    return next((sentence for pattern, sentence in _REMEDIES if re.search(pattern, message)), "")
