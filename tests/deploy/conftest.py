"""The proxies of deploy/, each in front of a real server and in front of one that records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import proxies, running
from tests.deploy.proxies import Proxy
from tests.deploy.running import Recorder, Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the settings of deploy/tresta.toml."""
    with running.server(tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.fixture(scope="module", params=proxies.NAMES)
def proxy_name(request: pytest.FixtureRequest) -> str:
    """nginx, then Caddy."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def proxy(proxy_name: str, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The proxy in front of the server."""
    directory = tmp_path_factory.mktemp("proxy") / proxy_name
    with proxies.running(proxy_name, server.address, directory) as started:
        yield started


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """An upstream that records what it gets."""
    with running.recorder() as upstream:
        yield upstream


@pytest.fixture
def recorded(proxy_name: str, recorder: Recorder, tmp_path: Path) -> Iterator[Proxy]:
    """The proxy in front of the recorder."""
    with proxies.running(proxy_name, recorder.address, tmp_path / proxy_name) as started:
        yield started
