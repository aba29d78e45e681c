"""The slim runtime as a whole: made twice it is the same, and no two pages share their chance."""

from __future__ import annotations

import pytest

from bundler.slim import build

DRAW = "import random, os, uuid, secrets\nprint(random.random(), os.urandom(8), uuid.uuid4(), secrets.token_hex())"
MEMORY_LIMIT = 32 * 2**20  # bytes


def test_the_same_sources_give_the_same_bytes(tmp_path):
    build._make(tmp_path, profiling=False)
    made = build.build()
    assert {path.name for path in made.iterdir()} == {path.name for path in (tmp_path / "made").iterdir()}
    for path in made.iterdir():
        assert (tmp_path / "made" / path.name).read_bytes() == path.read_bytes(), path.name


def test_nothing_of_this_machine_is_in_it():
    snapshot = b"".join(path.read_bytes() for path in build.build().glob("snapshot-*.bin"))
    for path in (build.ROOT, build.CACHE):
        assert str(path).encode() not in snapshot


@pytest.mark.parametrize("kind", ["slim", "stock"])
def test_two_pages_draw_different_numbers(runtime_page, kind):
    with runtime_page(kind) as page, runtime_page(kind) as other:
        said = [each.evaluate("(code) => window.runSnippet(code)", DRAW) for each in (page, page, other)]
    parts = [text.split() for text in said]
    assert len(parts[0]) >= 4
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert all(a != b for a, b in zip(parts[first], parts[second], strict=False))


def test_python_after_its_start_takes_a_bounded_memory(runtime_page):
    with runtime_page("slim") as page:
        assert page.evaluate("window.pythonMemory") <= MEMORY_LIMIT
