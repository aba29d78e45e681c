"""Unit tests run in a fresh clone, where no npm package is installed: those that need one carry the mark `builds`."""

from __future__ import annotations

from typing import NoReturn

import pytest

from bundler.machine import node


@pytest.fixture(autouse=True)
def _no_node_without_the_mark(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test that forgot the mark fail on every machine, also where the packages are installed."""
    if request.node.get_closest_marker("builds") is None:
        monkeypatch.setattr(node, "run", _refuse)


def _refuse(*_: object, **__: object) -> NoReturn:
    pytest.fail("This test needs Node.js: mark it with @pytest.mark.builds.")
