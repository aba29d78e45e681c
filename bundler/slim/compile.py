"""Runs inside Pyodide: its standard library, and our package, compiled with its own compiler into one zip of .pyc.

Another Python's compiler would write another bytecode. What optimising leaves out is what nobody reads in a page:
docstrings and asserts. Lines stay, so that a traceback still says where; columns do not (PYTHONNODEBUGRANGES).
"""

import ast
import io
import marshal
import struct
import zipfile
from importlib.util import MAGIC_NUMBER

# Never of use in a page: tools of a developer, windows of a desktop, tests.
LEFT_OUT = (
    "test/",
    "idlelib/",
    "ensurepip/",
    "lib2to3/",
    "tkinter/",
    "turtledemo/",
    "venv/",
)
# PEP 552: bit 0 says that the file is named by a hash, and bit 1 unset that the hash is never checked.
HEADER = MAGIC_NUMBER + struct.pack("<I", 1) + bytes(8)
EPOCH = (1980, 1, 1, 0, 0, 0)  # the zip format's first moment: the same sources give the same bytes


class _Slimmer(ast.NodeTransformer):
    """Takes the annotations off functions; those of a class are read by dataclasses."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._plain(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._plain(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        decorators = {getattr(getattr(each, "func", each), "id", "") for each in node.decorator_list}
        if "dataclass" in decorators:  # one without a docstring would be given one, for which all of inspect is run
            node.body.append(ast.parse('__doc__ = "A dataclass."').body[0])
        return node

    def _plain(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self.generic_visit(node)
        if node.decorator_list:  # one such as singledispatch's register reads them
            return node
        node.returns = None
        given = node.args
        for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
            if argument is not None:
                argument.annotation = None
        return node


def compile_zip(archive: str) -> bytes:
    """The zip of sources as a zip of compiled modules, uncompressed: it is compressed on the wire."""
    source, target = zipfile.ZipFile(archive), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as compiled:
        for name in sorted(source.namelist()):
            if not name.endswith(".py") or name.startswith(LEFT_OUT):
                continue
            tree = ast.fix_missing_locations(_Slimmer().visit(ast.parse(source.read(name), name)))
            code = compile(tree, name, "exec", dont_inherit=True, optimize=2)
            compiled.writestr(zipfile.ZipInfo(name + "c", EPOCH), HEADER + marshal.dumps(code))
    return target.getvalue()
