"""Compiles a zip of Python sources to .pyc files. Runs inside Pyodide, since the bytecode must be that of its Python.

Docstrings and asserts are removed. Line numbers stay for tracebacks; columns are removed (PYTHONNODEBUGRANGES).
"""

import ast
import io
import marshal
import struct
import zipfile
from importlib.util import MAGIC_NUMBER

# Useless in a page: developer tools, desktop windows, tests.
EXCLUDED = (
    "test/",
    "idlelib/",
    "ensurepip/",
    "lib2to3/",
    "tkinter/",
    "turtledemo/",
    "venv/",
)
# PEP 552: bit 0 marks the file as hash-based; bit 1 unset means that the hash is never checked.
HEADER = MAGIC_NUMBER + struct.pack("<I", 1) + bytes(8)
EPOCH = (1980, 1, 1, 0, 0, 0)  # a fixed time, the zip format's first: the same sources give the same bytes


class _Slimmer(ast.NodeTransformer):
    """Removes the annotations of functions. Those of classes stay: dataclasses read them."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._remove_annotations(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._remove_annotations(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        decorators = {getattr(getattr(each, "func", each), "id", "") for each in node.decorator_list}
        if "dataclass" in decorators:  # else dataclass writes a docstring, for which it runs all of `inspect`
            node.body.append(ast.parse('__doc__ = "A dataclass."').body[0])
        return node

    def _remove_annotations(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        if node.decorator_list:  # some decorators read them, such as singledispatch's register
            return node
        node.returns = None
        every = node.args
        for argument in (*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg):
            if argument is not None:
                argument.annotation = None
        return node


def compile_zip(archive: str) -> bytes:
    """The modules of the zip `archive`, compiled, as an uncompressed zip: the wire compresses it."""
    source, target = zipfile.ZipFile(archive), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as compiled:
        for name in sorted(source.namelist()):
            if not name.endswith(".py") or name.startswith(EXCLUDED):
                continue
            tree = ast.fix_missing_locations(_Slimmer().visit(ast.parse(source.read(name), name)))
            code = compile(tree, name, "exec", dont_inherit=True, optimize=2)
            compiled.writestr(zipfile.ZipInfo(name + "c", EPOCH), HEADER + marshal.dumps(code))
    return target.getvalue()
