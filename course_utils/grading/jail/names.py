"""Which names a statement binds, and which it needs from outside."""

from __future__ import annotations

import ast
import builtins
import dis
from collections.abc import Mapping
from functools import cache
from types import CodeType

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_ALWAYS_THERE = {"__name__", "__file__", "display", "get_ipython"}
BUILTIN = frozenset(dir(builtins))
"""Names that are there without a definition; a notebook may give them another meaning."""
_READS = {"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS"}
_FILLS = {"add", "append", "clear", "extend", "insert", "pop", "remove", "reverse", "setdefault", "sort", "update"}
"""Methods that change a list, a set or a dict in place."""
STAR = "*"


@cache
def bound(statement: ast.stmt) -> frozenset[str]:
    """Names that a top-level statement gives a value, or changes (``table["a"] = 1`` and ``table.append(1)``)."""
    found: set[str] = set()
    for node in _outside_scopes(statement):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        else:
            found |= _changed(node)
    return frozenset(found)


@cache
def written(statement: ast.stmt) -> str:
    """What a statement says, wherever it stands."""
    return ast.dump(statement)


def _changed(node: ast.AST) -> set[str]:
    """Names of things that a node changes and does not make."""
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
        return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _FILLS:
        return {node.func.value.id} if isinstance(node.func.value, ast.Name) else set()
    return set()


def goes_on_with(statement: ast.stmt, name: str) -> bool:
    """Whether a statement that binds ``name`` needs the value that the name had before, as ``x += 1`` does."""
    if is_definition(statement):
        return False
    if isinstance(statement, ast.If | ast.For | ast.While | ast.Try):
        return True  # it may never come to the line that binds the name
    nodes = _outside_scopes(statement)
    augmented = {id(node.target) for node in nodes if isinstance(node, ast.AugAssign)}
    made = any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) and id(node) not in augmented
        for node in nodes
    )
    reads = isinstance(statement, ast.Assign) and any(
        isinstance(node, ast.Name) and node.id == name for node in _outside_scopes(statement.value)
    )
    return reads or (not made and any(name in _changed(node) for node in nodes))


def _outside_scopes(statement: ast.AST) -> list[ast.AST]:
    """The nodes of a statement, without what stands inside functions and classes."""
    nodes, waiting = [], [statement]
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)
    return nodes


@cache
def needed(statement: ast.stmt) -> frozenset[str]:
    """Names that a statement reads from the notebook, inside its functions too; their own names do not count."""
    try:
        waiting = [compile(ast.Module([statement], []), "<statement>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()  # it will say so itself when it is run
    found: set[str] = set()
    while waiting:
        code = waiting.pop()
        found |= {step.argval for step in dis.get_instructions(code) if step.opname in _READS}
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return frozenset(found - _ALWAYS_THERE)


def is_stub(statement: ast.stmt) -> bool:
    """Whether a function, or every method of a class, does nothing but ``raise NotImplementedError``."""
    if isinstance(statement, ast.ClassDef):
        methods = [part for part in statement.body if isinstance(part, ast.FunctionDef)]
        return bool(methods) and all(map(is_stub, methods))
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    body = [s for s in statement.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    return len(body) == 1 and isinstance(body[0], ast.Raise) and "NotImplementedError" in ast.dump(body[0])


def is_check(statement: ast.stmt) -> bool:
    """Whether a statement hands a function to ``check`` under the name that it then has again, or under none."""
    call = getattr(statement, "value", None)
    if not isinstance(statement, ast.Assign | ast.Expr) or not isinstance(call, ast.Call) or not _calls_check(call):
        return False
    given = _given(call)
    return isinstance(given, ast.Name) and {given.id} >= bound(statement)


def handed_over(statement: ast.stmt, names: Mapping[str, str]) -> tuple[str, ast.stmt]:
    """Which function a statement hands to ``check``, and the statement, so that the function's own name is bound.

    Args:
        statement: ``check("2.1", mine)``, with or without a name for what comes back.
        names: of the functions, by exercise.

    Returns:
        the function's name, empty where the statement is no check; ``log_ratio = check("2.1", mine)``.
    """
    call = getattr(statement, "value", None)
    if not isinstance(statement, ast.Assign | ast.Expr) or not isinstance(call, ast.Call) or not _calls_check(call):
        return "", statement
    number = call.args[0] if call.args else None
    name = names.get(number.value, "") if isinstance(number, ast.Constant) and isinstance(number.value, str) else ""
    given = _given(call)
    if not name or given is None or name in bound(statement) or (isinstance(given, ast.Name) and given.id == name):
        return name, statement
    targets = [*getattr(statement, "targets", ()), ast.Name(name, ast.Store())]
    made = ast.copy_location(ast.Assign(targets, call), statement)
    return name, ast.fix_missing_locations(made)


def _calls_check(call: ast.Call) -> bool:
    return (call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")) == "check"


def _given(call: ast.Call) -> ast.expr | None:
    """What a call of ``check`` hands over."""
    return next((word.value for word in call.keywords if word.arg == "answer"), call.args[1] if call.args[1:] else None)


def is_definition(statement: ast.stmt) -> bool:
    """Whether a statement only defines or imports something, and computes nothing."""
    return isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)


def one_by_one(statement: ast.stmt) -> list[ast.stmt]:
    """An import of several names as several imports, so that one can be had without the others."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return [statement]
    parts: list[ast.stmt] = []
    for alias in statement.names:
        fields = {name: getattr(statement, name) for name in statement._fields}
        parts.append(ast.copy_location(type(statement)(**{**fields, "names": [alias]}), statement))
    return parts
