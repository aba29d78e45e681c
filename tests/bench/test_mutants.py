"""A change that a test notices is killed, one that none notices survives, and the table's reasons are not stale."""

from __future__ import annotations

from typing import Any

import pytest

from bundler.bench import mutants
from bundler.bench.mutations import mutants as mutants_of
from bundler.machine.errors import BuildError

SOURCE = '''
"""A text."""
LIMIT = 3

def is_few(count, *, least=0):
    """Another text."""
    if count < least:
        raise ValueError("There cannot be so few.")
    return count <= LIMIT or count == 7
'''


def changes(source):
    return [(mutant.scope, mutant.change) for mutant in mutants_of(source, "few.py")]


def test_each_place_that_may_be_wrong_changes_and_no_text_for_people():
    assert changes(SOURCE) == [
        ("", "3 -> 4"),
        ("is_few", "0 -> 1"),
        ("is_few", "if count < least -> if True"),
        ("is_few", "if count < least -> if False"),
        ("is_few", "Lt in count < least -> LtE in count < least"),
        ("is_few", "without raise ValueError('There cannot be so few.')"),
        ("is_few", "return count <= LIMIT or count == 7 -> return None"),
        ("is_few", "count <= LIMIT or count == 7 -> count == 7"),
        ("is_few", "count <= LIMIT or count == 7 -> count <= LIMIT"),
        ("is_few", "LtE in count <= LIMIT -> Lt in count <= LIMIT"),
        ("is_few", "Eq in count == 7 -> NotEq in count == 7"),
        ("is_few", "7 -> 8"),
    ]


def test_a_mutant_differs_from_the_module_in_its_one_change():
    results = []
    for mutant in mutants_of("def twice(number):\n    return number * 2\n", "twice.py"):
        names: dict[str, Any] = {}
        exec(mutant.code, names)
        results.append((mutant.change, names["twice"](6)))
    assert results == [
        ("return number * 2 -> return None", None),
        ("Mult in number * 2 -> Div in number * 2", 3),
        ("2 -> 3", 18),
    ]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package `widget` with a module and its test, and a way to say which survivors are explained."""
    (tmp_path / "widget").mkdir()
    (tmp_path / "widget" / "__init__.py").touch()
    (tmp_path / "widget" / "few.py").write_text("LIMIT = 3\ndef is_few(count):\n    return count < LIMIT\n")
    test = "from widget.few import is_few\ndef test_few():\n    assert is_few(1) and not is_few(9)\n"
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_few.py").write_text(test)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = --import-mode=importlib\n")
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    monkeypatch.setattr(mutants, "TABLE", tmp_path / "mutants.toml")

    def explain(*texts):
        lines = [
            '[tests]\nwidget = ["tests/test_few.py"]\n[unnoticed."widget/few.py"]',
            *(f'"{t}" = "why"' for t in texts),
        ]
        (tmp_path / "mutants.toml").write_text("\n".join(lines))

    return explain


BOUNDS = ("3 -> 4", "is_few: Lt in count < LIMIT -> LtE in count < LIMIT")


def test_survivors_are_named(package, capfd):
    package()
    with pytest.raises(BuildError, match="2 changes were noticed by no test"):
        mutants.bench("widget")
    output = capfd.readouterr()
    lines = [f"widget/few.py:{line} {bound} (survived)" for line, bound in zip((1, 3), BOUNDS, strict=True)]
    assert [line in output.out + output.err for line in lines] == [True, True]


def test_survivors_that_are_explained_are_enough(package):
    package(*BOUNDS)
    mutants.bench("widget/few.py")


def test_a_reason_for_a_change_that_a_test_notices_is_stale(package):
    package(*BOUNDS, "is_few: return count < LIMIT -> return None")
    with pytest.raises(BuildError, match="1 changes"):
        mutants.bench("widget")


def test_a_place_without_tests_is_a_sentence(package):
    package()
    with pytest.raises(BuildError, match=r"server has no mutants: mutants\.toml has tests for widget"):
        mutants.bench("server")
