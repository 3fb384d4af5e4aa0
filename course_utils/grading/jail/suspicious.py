"""What an instructor may want to look at in the code of an answer; notes only, they never cost a point."""

from __future__ import annotations

import ast

from .slicing import Slice

_MODULES = {
    "builtins",
    "ctypes",
    "gc",
    "importlib",
    "inspect",
    "marshal",
    "os",
    "pickle",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "subprocess",
    "sys",
    "requests",
    "urllib",
}
_NAMES = {"__import__", "compile", "eval", "exec", "get_ipython", "globals", "open", "setattr", "vars"}
_ATTRIBUTES = {
    "__builtins__",
    "__globals__",
    "__subclasses__",
    "_getframe",
    "ast_transformers",
    "f_back",
    "input_transformers_cleanup",
    "showtraceback",
}
_OURS = ("course_utils.exercises", "course_utils.grading")
_FOR_STUDENTS = {"check", "hint", "preview", "score"}


def habits(chosen: Slice) -> list[str]:
    """One sentence for an answer that uses what no exercise asks for; empty for most."""
    nodes = [
        node
        for part in chosen.parts
        if part.cell is chosen.home or part.cell.grade_id.startswith("ex-")
        for statement in part.statements
        for node in ast.walk(statement)
    ]
    found = sorted({word for node in nodes for word in _words(node)})
    return [f"The answer uses {', '.join(found)}."] if found else []


def _words(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {a.name for a in node.names if a.name.split(".")[0] in _MODULES or a.name.startswith(_OURS)}
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        inside = module.startswith(_OURS) and any(alias.name not in _FOR_STUDENTS for alias in node.names)
        return {module} if module.split(".")[0] in _MODULES or inside else set()
    if isinstance(node, ast.Name):
        return {node.id} & _NAMES
    return {node.attr} & _ATTRIBUTES if isinstance(node, ast.Attribute) else set()
