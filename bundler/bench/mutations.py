"""The small changes of a module that a test should notice, each of them compiled: its mutants.

Texts for people, which are the strings with a space, stay as they are. So do docstrings, types, `assert` and what goes
to a log: nobody's figures hang on them.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

_Place = tuple[ast.AST, str, int | None]  # the node above, its field, and the place in the field if that is a list

_FLIPPED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_PASSED_BY = {"abs", "ceil", "floor", "round", "sorted"}  # calls that a mutant replaces by their first argument
WIDTH = 90  # of a change in words
_LEFT_OUT = {"annotation", "returns", "decorator_list"}  # fields of the tree
_FOR_PEOPLE = {"debug", "_debug", "info", "warning", "error", "exception"}  # methods of logs
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Scopes = tuple[ast.ClassDef | _Function, ...]  # the classes and functions around a node


@dataclass(frozen=True)
class Mutant:
    """`scope` is the function that was changed, `starts` its first line; an empty text and 0 stand for the module."""

    scope: str
    starts: int
    line: int
    change: str
    code: CodeType


def mutants(source: str, path: str) -> Iterator[Mutant]:
    """The mutants of a module's source, in its order."""
    tree = ast.parse(source)
    for (above, field, place), node, scopes in _nodes(tree, ()):
        function = next((each for each in reversed(scopes) if isinstance(each, _Function)), None)
        for new, change in _changes(node, above, function):
            _set(above, field, place, ast.fix_missing_locations(ast.copy_location(new, node)))
            try:
                code = compile(tree, path, "exec")
            except SyntaxError:  # such as `nonlocal` of a name that is gone
                continue
            finally:
                _set(above, field, place, node)
            starts = min(line.lineno for line in (function, *function.decorator_list)) if function else 0
            yield Mutant(".".join(each.name for each in scopes), starts, _line(node, above), change, code)


def _nodes(node: ast.AST, scopes: _Scopes) -> Iterator[tuple[_Place, ast.AST, _Scopes]]:
    """Everything below the node that may be changed, with its place and its scopes."""
    if _is_for_people(node):
        return
    inner = (*scopes, node) if isinstance(node, ast.ClassDef | _Function) else scopes
    for field, value in ast.iter_fields(node):
        if field in _LEFT_OUT:
            continue
        for place, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                yield (node, field, place), child, inner
                yield from _nodes(child, inner)


def _set(above: ast.AST, field: str, place: int | None, node: ast.AST) -> None:
    if place is None:
        setattr(above, field, node)
    else:
        getattr(above, field)[place] = node


def _line(node: ast.AST, above: ast.AST) -> int:
    return int(getattr(node, "lineno", getattr(above, "lineno", 0)))


def _is_for_people(node: ast.AST) -> bool:
    match node:
        case ast.Expr(ast.Constant()) | ast.Assert() | ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(ast.Call(ast.Attribute(attr=name))) if name in _FOR_PEOPLE:
            return True
        case ast.JoinedStr(values=parts):
            return any(_is_for_people(part) for part in parts)
        case ast.Constant(str() as text):
            return " " in text
        case ast.Subscript(ast.Name(id="Literal")):
            return True
        case ast.Call(ast.Name(id="TypeVar")) | ast.Assign([ast.Name(id="__all__")]):
            return True
    return False


def _changes(node: ast.AST, above: ast.AST, function: _Function | None) -> Iterator[tuple[ast.AST, str]]:
    """The nodes that may take the place of this one, and each change in words."""
    if _is_for_people(node):
        return
    if isinstance(node, ast.stmt) and _can_go(node, function):
        yield ast.Pass(), f"without {_text(node)}"
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            rest = [each for each in node.keywords if each is not keyword]
            yield ast.Call(node.func, node.args, rest), f"{_text(node.func)} without {_text(keyword)}"
    for new in _replacements(node, above):
        yield new, f"{_text(node, above)} -> {_text(new, above)}"


def _can_go(node: ast.stmt, function: _Function | None) -> bool:
    match node:
        case ast.Expr(ast.Constant() | ast.Yield() | ast.YieldFrom()):
            return False
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Delete() | ast.Continue() | ast.Break():
            return True
        case ast.Assign([ast.Attribute() | ast.Subscript()]) | ast.AnnAssign(ast.Attribute() | ast.Subscript()):
            return True
        case ast.Assign([ast.Name(id=name)]) if function:  # without its only assignment a name is just unknown
            stores = [each for each in ast.walk(function) if isinstance(each, ast.Name) and each.id == name]
            parameters = [each for each in ast.walk(function.args) if isinstance(each, ast.arg) and each.arg == name]
            return sum(isinstance(each.ctx, ast.Store) for each in stores) + len(parameters) > 1
    return False


def _replacements(node: ast.AST, above: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.cmpop() | ast.operator() if type(node) in _FLIPPED:
            yield _FLIPPED[type(node)]()
        case ast.Constant():
            yield from (ast.Constant(value) for value in _other_values(node.value))
        case ast.BoolOp(op, values):
            for place in range(len(values)):
                rest = values[:place] + values[place + 1 :]
                yield ast.BoolOp(op, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.Return(value) if value and not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.If(_, body, orelse):
            yield from (ast.If(ast.Constant(value), body, orelse) for value in (True, False))
        case ast.While(_, body, orelse):
            yield ast.While(ast.Constant(False), body, orelse)
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.comprehension(target, values, conditions, is_async):
            for place in range(len(conditions)):
                yield ast.comprehension(target, values, conditions[:place] + conditions[place + 1 :], is_async)
        case ast.ExceptHandler(kind, name, _):
            yield ast.ExceptHandler(kind, name, [ast.Raise()])
        case ast.Call():
            yield from _other_calls(node)
        case ast.Set(elements) | ast.List(elements) if len(elements) > 1:
            for place, element in enumerate(elements):
                if not isinstance(element, ast.Constant) and not isinstance(getattr(node, "ctx", None), ast.Store):
                    rest = elements[:place] + elements[place + 1 :]
                    yield ast.Set(rest) if isinstance(node, ast.Set) else ast.List(rest, ast.Load())


def _other_calls(call: ast.Call) -> Iterator[ast.AST]:
    match call.func:
        case ast.Name(id=name) if name in _SWAPPED:
            yield ast.Call(ast.Name(_SWAPPED[name], ast.Load()), call.args, call.keywords)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _PASSED_BY and call.args:
            yield call.args[0]
        case ast.Attribute(value=receiver, attr="strip" | "lower" | "upper" | "copy") if not call.args:
            yield receiver
        case ast.Attribute(attr="suppress"):
            yield ast.Call(call.func, [], [])


def _other_values(value: object) -> Iterator[bool | int | float | str | bytes]:
    match value:
        case bool():
            yield not value
        case int():
            yield value + 1
        case float():
            yield value * 2 or 1.0
        case str():
            yield f"XX{value}"
        case bytes():
            yield b"XX" + value


def _text(node: ast.AST, above: ast.AST | None = None) -> str:
    """The node's source on one line; of operators, the names."""
    if isinstance(node, ast.cmpop | ast.operator):
        return f"{type(node).__name__} in {_text(above)}" if above else type(node).__name__
    if isinstance(node, ast.If | ast.While):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    if isinstance(node, ast.ExceptHandler):
        return f"except {ast.unparse(node.type) if node.type else ''}: {ast.unparse(node.body[0])}"
    return textwrap.shorten(ast.unparse(node), WIDTH, placeholder="…")
