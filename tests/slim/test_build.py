"""The slim runtime as a whole: reproducible builds, separate randomness in each page, bounded memory."""

from __future__ import annotations

import pytest

from bundler.machine.environment import ROOT
from bundler.slim import build

DRAW = "import random, os, uuid, secrets\nprint(random.random(), os.urandom(8), uuid.uuid4(), secrets.token_hex())"
MEMORY_LIMIT = 32 * 2**20  # bytes


def test_the_same_sources_give_the_same_bytes(tmp_path):
    again = build._make(tmp_path, profiling=False)
    files = build.build()
    assert {path.name for path in files.iterdir()} == {path.name for path in again.iterdir()}
    for path in files.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_snapshot_has_no_path_of_this_machine():
    snapshot = b"".join(path.read_bytes() for path in build.build().glob("snapshot-*.bin"))
    for path in (ROOT, build.CACHE):
        assert str(path).encode() not in snapshot


@pytest.mark.parametrize("kind", ["slim", "stock"])
def test_two_pages_draw_different_random_numbers(runtime_page, kind):
    with runtime_page(kind) as page, runtime_page(kind) as other:
        outputs = [each.evaluate("(code) => window.runSnippet(code)", DRAW) for each in (page, page, other)]
    parts = [output.split() for output in outputs]
    assert len(parts[0]) >= 4
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert all(a != b for a, b in zip(parts[first], parts[second], strict=False))


def test_pythons_memory_after_the_start_is_bounded(runtime_page):
    with runtime_page("slim") as page:
        assert page.evaluate("window.pythonMemory") <= MEMORY_LIMIT
