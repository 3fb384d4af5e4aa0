"""Whose exception it is: that of a stub nobody has touched, the answer's, or the check's own."""

from __future__ import annotations

import ast
import inspect
import sysconfig
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import torch

_COURSE = str(Path(__file__).resolve().parents[1])
_LIBRARIES = tuple({str(Path(torch.__file__).parent), *map(sysconfig.get_path, ("stdlib", "purelib", "platlib"))})
_MODULE_CALL = str(Path(torch.nn.modules.module.__file__))
_LONGEST = 300


def words(error: BaseException) -> str:
    """The first line of what an exception says; empty where it cannot say it."""
    try:
        lines = str(error).strip().splitlines()
        return lines[0][:_LONGEST].encode("utf-8", "replace").decode() if lines else ""
    except BaseException:
        return ""


def is_stub(error: BaseException) -> bool:
    """Whether it is the bare ``raise NotImplementedError()`` of a cell, in code of the student's."""
    return type(error) is NotImplementedError and not error.args and _is_own(list(_codes(error))[-1])


def is_untouched(error: BaseException) -> bool:
    """Whether the function that raised it does nothing else."""
    return _does_nothing(list(_codes(error))[-1])


def place(error: BaseException) -> str:
    """Name of the function in which it was raised."""
    return list(_codes(error))[-1].co_name


def is_answers(error: BaseException) -> bool:
    """Whether an exception that came up in a probe was raised by the student's code, or by a module it has made."""
    codes = list(_codes(error))
    beyond = [code for code in codes if not code.co_filename.startswith(_COURSE)]
    return any(map(_is_own, codes)) or bool(beyond and beyond[0].co_filename == _MODULE_CALL)


def _codes(error: BaseException) -> Iterator[CodeType]:
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback.tb_frame.f_code
        traceback = traceback.tb_next


def _is_own(code: CodeType) -> bool:
    return not code.co_filename.startswith((_COURSE, *_LIBRARIES, "<frozen", "<__array"))


def _does_nothing(code: CodeType) -> bool:
    """Whether a function's body is the stub's line alone, below a docstring or ``super().__init__()`` perhaps."""
    try:
        (function,) = ast.parse(textwrap.dedent(inspect.getsource(code))).body
    except (OSError, SyntaxError, TypeError, ValueError):
        return code.co_names == ("NotImplementedError",) and len(code.co_varnames) == code.co_argcount
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return all(map(_says_nothing, function.body[:-1])) and isinstance(function.body[-1], ast.Raise)


def _says_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and (
        isinstance(statement.value, ast.Constant) or ast.unparse(statement.value) == "super().__init__()"
    )
