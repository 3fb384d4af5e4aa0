"""Mutants by source: one thing is changed in a right answer, or in a function that it calls."""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

_OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
_NAMES = {
    "mean": ("sum", "median"),
    "sum": ("mean",),
    "square": ("abs",),
    "abs": ("square",),
    "log": ("log2", "log10", "log1p"),
    "log1p": ("log",),
    "exp": ("exp2", "expm1"),
    "sqrt": ("square",),
    "sigmoid": ("tanh", "relu"),
    "tanh": ("sigmoid",),
    "relu": ("sigmoid", "tanh"),
    "softplus": ("relu",),
    "softmax": ("sigmoid", "log_softmax"),
    "argmin": ("argmax",),
    "argmax": ("argmin",),
    "min": ("max",),
    "max": ("min",),
    "sin": ("cos",),
    "cos": ("sin",),
    "arccos": ("arcsin",),
    "ceil": ("floor",),
    "floor": ("ceil",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
    "randn_like": ("rand_like", "zeros_like"),
    "randn": ("rand", "zeros"),
    "eval": ("train",),
    "index_add": ("index_copy",),
    "index_copy": ("index_add",),
    "logsumexp": ("sum", "mean"),
    "numel": ("__len__",),
    "mu": ("logvar",),
    "logvar": ("mu",),
}
_KEPT = {"super", "len", "range", "float", "int", "bool", "isinstance", "join"}


@contextlib.contextmanager
def patched(patches: list[tuple[FunctionType, CodeType]]) -> Iterator[None]:
    """Let functions run other code for a while."""
    before = [function.__code__ for function, _ in patches]
    try:
        for function, code in patches:
            function.__code__ = code
        yield
    finally:
        for (function, _), code in zip(patches, before, strict=True):
            function.__code__ = code


def called(
    answer: Callable[..., Any], use: Callable[[Callable[..., Any]], Any], folders: tuple[str, ...], later: bool
) -> list[FunctionType]:
    """The functions from files in these folders that an answer calls, in order of their first call.

    Args:
        answer: any function.
        use: is given the answer and calls it.
        folders: where the files lie.
        later: whether what is called between and after the answer's calls counts, for what it made may be used there.
    """
    codes: dict[CodeType, dict[str, Any]] = {}

    def profile(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(folders):
            codes.setdefault(frame.f_code, frame.f_globals)

    def watched(*args: Any, **others: Any) -> Any:
        sys.setprofile(profile)
        try:
            return answer(*args, **others)
        finally:
            sys.setprofile(profile if later else None)

    try:
        use(watched)
    finally:
        sys.setprofile(None)
    found = (_function(code, scope) for code, scope in codes.items())
    return list({id(function): function for function in found if function is not None}.values())


def _function(code: CodeType, scope: dict[str, Any]) -> FunctionType | None:
    """The function or method of a module whose code this is; None for what is made anew at every call."""
    thing: Any = scope.get(code.co_qualname.split(".")[0])
    for name in code.co_qualname.split(".")[1:]:
        thing = vars(thing).get(name) if isinstance(thing, type) else None
    thing = getattr(thing, "__func__", thing)
    thing = getattr(thing, "fget", thing)
    thing = inspect.unwrap(thing) if callable(thing) else thing
    return thing if isinstance(thing, FunctionType) and thing.__code__ is code else None


def mutations(function: FunctionType) -> Iterator[tuple[str, CodeType]]:
    """What was changed, as the changed line, and the code of the changed function; for each small change."""
    tree = _tree(function)
    if tree is None:
        return
    parameters = [a.arg for a in (*tree.args.args, *tree.args.kwonlyargs) if a.arg not in ("self", "ctx")]
    seen = {ast.unparse(tree)}
    for holder, field, index in _sites(tree):
        before = getattr(holder, field) if index is None else getattr(holder, field)[index]
        for after in _variants(before, holder, parameters):
            _put(holder, field, index, after)
            source = ast.unparse(tree)
            if source not in seen:
                seen.add(source)
                code = _compiled(tree, function)
                if code is not None:
                    yield _difference(before, after, holder), code
            _put(holder, field, index, before)


def _put(holder: ast.AST, field: str, index: int | None, node: Any) -> None:
    if index is None:
        setattr(holder, field, node)
    else:
        getattr(holder, field)[index] = node


def _difference(before: ast.AST, after: ast.AST, holder: ast.AST) -> str:
    def words(node: ast.AST) -> str:
        return " ".join(ast.unparse(node).split())[:90]

    context = "" if isinstance(before, ast.stmt) else f"  (in {words(holder)})"
    return f"{words(before)}  ->  {words(after)}{context}"


def _tree(function: FunctionType) -> Any:
    """The definition or lambda that made a function, without docstring; None where it cannot be read."""
    try:
        module = _module(inspect.getsourcefile(function) or "")
    except (OSError, TypeError):
        return None
    wanted = ast.Lambda if function.__name__ == "<lambda>" else ast.FunctionDef
    for node in ast.walk(module):
        if isinstance(node, wanted) and _stands_at(node, function.__code__):
            tree = copy.deepcopy(node)
            if isinstance(tree, ast.FunctionDef):
                tree.decorator_list = []
                tree.body = tree.body[bool(ast.get_docstring(tree)) :] or [ast.Pass()]
            return tree
    return None


@functools.cache
def _module(path: str) -> ast.Module:
    return ast.parse(Path(path).read_text(encoding="utf-8"))


def _stands_at(node: ast.FunctionDef | ast.Lambda, code: CodeType) -> bool:
    """Whether this node made that code; of two lambdas on a line, the one whose body the instructions come from."""
    if isinstance(node, ast.FunctionDef):
        return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) == code.co_firstlineno
    return node.lineno == code.co_firstlineno and any(_inside(place, node.body) for place in code.co_positions())


def _inside(position: tuple[Any, ...], node: ast.expr) -> bool:
    """Whether instructions stand exactly where a lambda's body stands: two lambdas may share a line."""
    line, end_line, column, end_column = position
    return (line, end_line, column, end_column) == (node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)


def _compiled(tree: Any, function: FunctionType) -> CodeType | None:
    """Code that can take the place of the function's; None where names of its surroundings are no longer used."""
    free = function.__code__.co_freevars
    inner = ast.unparse(tree)
    if isinstance(tree, ast.Lambda):
        inner = f"made = {inner}"
    else:
        inner = f"{inner}\nmade = {tree.name}"
    if free:
        nothing = ", ".join(["None"] * len(free))
        body = textwrap.indent(inner, "    ")
        inner = f"def outer({', '.join(free)}):\n{body}\n    return made\nmade = outer({nothing})"
    scope = dict(function.__globals__)
    try:
        exec(compile("from __future__ import annotations\n" + inner, function.__code__.co_filename, "exec"), scope)
    except Exception:  # a default that cannot be made here, a keyword given twice
        return None
    code = scope["made"].__code__
    return code if code.co_freevars == free else None


def _sites(tree: ast.AST) -> list[tuple[ast.AST, str, int | None]]:
    """Where something can be put in the place of a node: (holder, field, index), outside of signatures."""
    found: list[tuple[ast.AST, str, int | None]] = []
    for holder in ast.walk(tree):
        if isinstance(holder, ast.arguments | ast.arg | ast.AnnAssign):
            continue
        for field, value in ast.iter_fields(holder):
            if field in ("args", "returns", "annotation") and isinstance(holder, ast.FunctionDef | ast.Lambda):
                continue
            if isinstance(value, list):
                found += [(holder, field, i) for i, item in enumerate(value) if isinstance(item, ast.expr | ast.stmt)]
            elif isinstance(value, ast.expr):
                found.append((holder, field, None))
    return found


def _variants(node: ast.AST, holder: ast.AST, parameters: list[str]) -> Iterator[ast.AST]:
    if isinstance(node, ast.stmt):
        yield from _of_statement(node)
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node, holder)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in parameters:
        yield from (ast.Name(other, ast.Load()) for other in parameters if other != node.id)
    elif type(node) in _BY_TYPE:
        yield from _BY_TYPE[type(node)](node)


def _of_statement(node: ast.stmt) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr | ast.AugAssign | ast.If):
        yield ast.Pass()
    if isinstance(node, ast.If):
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        yield ast.If(ast.Constant(True), node.body, node.orelse)
    if isinstance(node, ast.For):
        yield ast.For(node.target, node.iter, [*node.body, ast.Break()], node.orelse, None, lineno=0)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript):
        yield ast.Pass()
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value, lineno=0)


def _of_operation(node: ast.BinOp) -> Iterator[ast.AST]:
    for other in _OPERATORS.get(type(node.op), ()):
        yield ast.BinOp(node.left, other(), node.right)
    yield node.left
    yield node.right
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield ast.BinOp(node.right, node.op, node.left)
    if isinstance(node.op, ast.Pow):
        yield ast.Call(ast.Name("abs", ast.Load()), [node.left], [])


def _of_constant(node: ast.Constant, holder: ast.AST) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield from (ast.Constant(value + step) for step in (-1, 1))
        if isinstance(holder, ast.BinOp) and value:
            yield ast.Constant(1.03 * value)
    elif isinstance(value, float):
        yield from (ast.Constant(factor * value) for factor in (1.03, 0.97, 2.0, 0.5))


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in _KEPT:
        return
    if isinstance(node.func, ast.Attribute):
        yield node.func.value  # the method is not called at all
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]  # the function is not called at all
    for i in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, node.keywords[:i] + node.keywords[i + 1 :])
    for i in range(len(node.args) - 1):
        swapped = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        yield ast.Call(node.func, swapped, node.keywords)
    if name in ("mean", "sum", "softmax", "argmin", "argmax", "max", "min", "logsumexp") and len(node.args) == 1:
        yield ast.Call(node.func, [], node.keywords)
        yield ast.Call(node.func, node.args, [*node.keywords, ast.keyword("keepdim", ast.Constant(True))])
    if not node.args and not node.keywords and name in ("mean", "sum"):
        yield ast.Call(node.func, [ast.Constant(0)], [])


def _of_subscript(node: ast.Subscript) -> Iterator[ast.AST]:
    part = node.slice
    if isinstance(node.ctx, ast.Load):
        yield node.value
    if isinstance(part, ast.Slice) and (part.lower is None) != (part.upper is None):
        yield ast.Subscript(node.value, ast.Slice(part.upper, part.lower, part.step), node.ctx)
    if isinstance(part, ast.UnaryOp) and isinstance(node.ctx, ast.Load):
        yield ast.Subscript(node.value, ast.Constant(0), node.ctx)
    if isinstance(part, ast.Constant) and part.value == 0:
        yield ast.Subscript(node.value, ast.Constant(-1), node.ctx)


def _of_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for other in _COMPARISONS.get(type(node.ops[0]), ()):
        yield ast.Compare(node.left, [other(), *node.ops[1:]], node.comparators)


def _of_conditions(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for i in range(len(node.values)):
        rest = node.values[:i] + node.values[i + 1 :]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _of_attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load):
        if node.attr == "T":
            yield node.value
        for other in _NAMES.get(node.attr, ()):
            yield ast.Attribute(node.value, other, ast.Load())


def _of_pair(node: ast.Tuple) -> Iterator[ast.AST]:
    if isinstance(node.ctx, ast.Load) and len(node.elts) == 2:
        yield ast.Tuple(node.elts[::-1], ast.Load())


_BY_TYPE: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.BinOp: _of_operation,
    ast.UnaryOp: lambda node: iter([node.operand]),
    ast.Compare: _of_comparison,
    ast.BoolOp: _of_conditions,
    ast.Call: _of_call,
    ast.Subscript: _of_subscript,
    ast.Tuple: _of_pair,
    ast.Attribute: _of_attribute,
    ast.IfExp: lambda node: iter([node.body, node.orelse]),
}
