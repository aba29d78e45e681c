"""The house rules that a test can check: which module imports which, and how long a module is."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from widget.version import VERSION

ROOT = Path(__file__).resolve().parents[2]

# A module imports only from its own level and from levels below, without circles. A package includes its modules.
LEVELS = {
    "widget.errors": 1,
    "widget.words": 1,
    "widget.nesting": 1,
    "widget.loader_result": 1,
    "widget.version": 1,
    "widget.telemetry.schema": 1,
    "widget.config": 2,
    "widget.design": 2,
    "widget.page.bridge": 2,
    "widget.telemetry.config": 2,
    "widget.telemetry.consent": 2,
    "widget.telemetry.sampler": 2,
    "widget.content": 3,
    "widget.telemetry.receipt": 3,
    "widget.telemetry.transport": 3,
    "widget.view": 3,
    "widget.source": 4,
    "widget.telemetry": 4,
    "widget.telemetry.tracker": 4,
    "widget.display": 5,
    "widget.receipt": 5,
    "widget.page": 6,
    "widget.widget": 6,
    "widget.testing": 7,
    "widget.facade": 7,
    "widget": 8,
    "server": 1,
    "server.errors": 1,
    "server.config": 2,
    "server.built_files": 2,
    "server.data_directory": 2,
    "server.loopback": 2,
    "server.log": 2,
    "server.output": 2,
    "server.languages": 2,
    "server.static_files": 2,
    "server.public_content": 2,
    "server.content_files": 3,
    "server.console_files": 3,
    "server.embed_files": 3,
    "server.store": 3,
    "server.control": 3,
    "server.figures": 4,
    "server.experiments": 4,
    "server.ingest": 4,
    "server.alerts": 5,
    "server.api": 5,
    "server.privacy": 5,
    "server.demo": 5,
    "server.metrics": 6,
    "server.monitor": 6,
    "server.erasing": 4,
    "server.widget_content": 5,
    "server.app": 6,
    "server.process": 7,
    "server.cli": 8,
    "server.__main__": 9,
    "bundler": 1,
    "bundler.machine": 1,
    "bundler.browsers": 2,
    "bundler.slim": 2,
    "bundler.build": 3,
    "bundler.demo": 4,
    "bundler.packages": 4,
    "bundler.bench": 5,
    "bundler.checks": 5,
    "bundler.command_line": 5,
    "bundler.__main__": 6,
}
# Each of these is loaded already when the widget's code starts, or costs about a millisecond.
STANDARD = {
    "__future__", "asyncio", "collections", "contextlib", "dataclasses", "functools", "itertools", "json", "math",
    "os", "re", "sys", "typing", "unicodedata",
}  # fmt: skip
SERVER_MAY = (
    "widget.telemetry.schema", "widget.telemetry.parser", "widget.telemetry.fields",
    "widget.errors", "widget.content", "widget.design", "widget.version", "widget.view", "widget.words",
)  # fmt: skip
BUNDLER_MAY = (
    "widget.telemetry.schema", "widget.telemetry.parser", "widget.telemetry.sampler", "widget.config", "widget.errors",
    "widget.version",
)  # fmt: skip
MAX_LINES = 250


def modules(package: str) -> list[str]:
    paths = sorted((ROOT / package).rglob("*.py"))
    # bundler/slim/python is not part of the bundler: it is Python that runs in the page.
    paths = [path for path in paths if not {"node_modules", "python"} & set(path.relative_to(ROOT).parts)]
    names = (path.relative_to(ROOT).with_suffix("").parts for path in paths)
    return [".".join(parts[:-1] if parts[-1] == "__init__" else parts) for parts in names]


def path_of(module: str) -> Path:
    path = ROOT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports(module: str) -> Iterator[str]:
    """Every module that this module imports, anywhere in it; the project's own by their full names."""
    path = path_of(module)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, (base, node.module)))
            for alias in node.names:  # a name may be a module of the package
                inner = f"{source}.{alias.name}"
                yield inner if path_of(inner).is_file() else source


def within(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def level(module: str) -> int:
    return LEVELS[module] if module in LEVELS else level(module.rpartition(".")[0])


WIDGET, SERVER, BUNDLER = modules("widget"), modules("server"), modules("bundler")
CONSOLE = modules("web/console")


def test_the_three_packages_have_modules():
    assert min(len(WIDGET), len(SERVER), len(BUNDLER)) > 5
    assert set(LEVELS) <= {*WIDGET, *SERVER, *BUNDLER}


@pytest.mark.parametrize("module", [*WIDGET, *SERVER, *BUNDLER])
def test_imports_point_down(module):
    own = [name for name in imports(module) if within(name, (module.partition(".")[0],))]
    assert [name for name in own if level(name) > level(module)] == []


@pytest.mark.parametrize("package", [WIDGET, SERVER, BUNDLER, CONSOLE], ids=["widget", "server", "bundler", "console"])
def test_a_package_has_no_circle_of_imports(package):
    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, f"imports in a circle: {' -> '.join((*above, module))}"
        if module not in visited:
            for name in imports(module):
                if name in package:
                    visit(name, (*above, module))
            visited.add(module)

    visited: set[str] = set()
    for module in package:
        visit(module, ())


@pytest.mark.parametrize("module", WIDGET)
def test_the_widget_imports_only_a_few_standard_modules(module):
    allowed = STANDARD | {"widget"} | ({"js", "pyodide"} if module == "widget.page.browser" else set())
    assert {name.split(".")[0] for name in imports(module)} <= allowed


@pytest.mark.parametrize(("module", "may"), [(m, SERVER_MAY) for m in SERVER] + [(m, BUNDLER_MAY) for m in BUNDLER])
def test_server_and_bundler_import_only_the_pure_parts_of_the_widget(module, may):
    assert [name for name in imports(module) if within(name, ("widget",)) and not within(name, may)] == []
    other = "bundler" if module.startswith("server") else "server"
    assert [name for name in imports(module) if within(name, (other,))] == []


@pytest.mark.parametrize("module", CONSOLE)
def test_the_console_imports_only_modules_of_micropython(module):
    outside = {name.split(".")[0] for name in imports(module) if not within(name, ("web.console",))}
    # MicroPython skips the imports of `types`, which are for mypy alone.
    allowed = (
        {"collections", "typing"} if module == "web.console.types" else {"asyncio", "js", "json", "math", "pyscript"}
    )
    assert outside <= allowed


@pytest.mark.parametrize("module", [*WIDGET, *SERVER, *BUNDLER, *CONSOLE])
def test_a_module_is_not_too_long(module):
    lines = path_of(module).read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_LINES


def test_the_version_is_the_same_everywhere():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"] == VERSION


# Syntax that Python 2 and Python before 3.6 cannot parse. With it, build.py could not print that Python is too old.
NEW_SYNTAX = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.AsyncFunctionDef, ast.Starred, ast.Match)


def test_an_old_python_can_parse_build_py():
    tree = ast.parse((ROOT / "build.py").read_text(encoding="ascii"))
    assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, NEW_SYNTAX)] == []
    assert not any(isinstance(node, ast.arg) and node.annotation for node in ast.walk(tree))
    at_the_start = {name for node in tree.body if isinstance(node, ast.Import) for name in (a.name for a in node.names)}
    assert at_the_start <= {"os", "signal", "subprocess", "sys"}


def test_build_py_and_environment_need_nothing_installed():
    machine = ("", ".environment", ".errors", ".command", ".lock", ".progress")
    needed = {"bundler.command_line", "bundler.build.runtimes", *(f"bundler.machine{name}" for name in machine)}
    outside = {name.split(".")[0] for module in needed for name in imports(module)} - set(sys.stdlib_module_names)
    assert outside == {"bundler"}
    assert {name for module in needed for name in imports(module) if within(name, ("bundler",))} <= needed
