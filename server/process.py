"""One server process: its port, its data directory, and its orderly end."""

from __future__ import annotations

import contextlib
import gc
import logging
import resource
import signal
import socket
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from . import COMMAND, demo
from .app import create_app
from .built_files import built_files
from .config import DEFAULT_CDN, Config
from .content_files import ContentFiles
from .control.accounts import Accounts
from .control.database import ControlDatabase
from .control.operator_token import operator_token
from .control.tokens import Tokens
from .data_directory import DataDirectory
from .errors import ConfigError
from .ingest.commits import Commits
from .ingest.short_cut import ShortCut
from .loopback import loopback_problem
from .store.store import Store

log = logging.getLogger(__name__)


def serve(config: Config, *, with_demo: bool = False) -> None:
    """Serves until SIGTERM or SIGINT, then commits what waits. Port 0 takes a free one.

    Raises DirectoryInUseError, ConfigError, SettingError, ControlError, StoreError, and OSError when the port cannot
    be had.
    """
    if not config.content.is_dir():
        advice = f"`{COMMAND} init` makes one with an example, and --widgets takes another"
        raise ConfigError(f"There is no directory {config.content} with content files; {advice}.")
    dist = built_files(config.dist)
    data = DataDirectory(config.data)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    for signum in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises the signal anew after its orderly end; by default that would kill the process there.
        signal.signal(signum, lambda *_: sys.exit(0))
    _allow_connections()
    with (
        data.held(),
        _listen(config.host, config.port) as listener,
        contextlib.closing(ControlDatabase(data.control)) as control,
        contextlib.closing(Store(config.store or data.store)) as store,
    ):
        operator_token(data.token, Tokens(control))
        if with_demo:
            demo.fill(store, control, datetime.now(UTC))
        content, commits, url = ContentFiles(config.content, config.shop_origin), Commits(), _url(listener)
        config = _complete(config, dist, url)
        _name_unregistered(content, Accounts(control))
        uvicorn_config = uvicorn.Config(
            create_app(store, control, content, config, commits),
            loop="uvloop",
            http=ShortCut,
            log_config=None,
            log_level="error",  # what comes from outside may not fill the log
            ws="none",
            access_log=False,  # it would hold addresses
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        try:
            _Server(uvicorn_config, data, url, commits, config).run(sockets=[listener])
        finally:
            data.retract()


def _complete(config: Config, dist: Path | None, url: str) -> Config:
    """The settings with what only a running server knows: its built files and its address."""
    public_url = config.public_url or url
    cdn_url = config.cdn_url or (public_url if dist else DEFAULT_CDN)
    return replace(config, dist=dist, public_url=public_url, cdn_url=cdn_url)


def _name_unregistered(content: ContentFiles, accounts: Accounts) -> None:
    unregistered = [widget for widget in content.widgets() if widget not in accounts.by_widget()]
    if unregistered:
        advice = f"`{COMMAND} widget add --help` says how to register them"
        log.warning("No account has the widgets %s; they are not served. %s.", ", ".join(unregistered), advice)


class _Server(uvicorn.Server):
    """uvicorn, which says where it is once it is ready, and ends the live streams when it stops."""

    def __init__(
        self, uvicorn_config: uvicorn.Config, data: DataDirectory, url: str, commits: Commits, config: Config
    ) -> None:
        super().__init__(uvicorn_config)
        self._data, self._url, self._commits, self._config = data, url, commits, config

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _collect_seldom()
            self._data.announce(self._url)
            print(f"Serving on {self._url}, with everything kept in {self._data.path}. Ctrl-C ends it.", flush=True)
            if self._config.dist:
                print(f"The console is at {self._url}/console/; {self._data.token} signs in.", flush=True)
            if problem := loopback_problem(self._config.public_url, self._config.cdn_url):
                print(f"Note: {problem}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._commits.end()  # a live stream has no end of its own, and what is under way is waited for
        await super().shutdown(sockets)


def _collect_seldom() -> None:
    """What stands by now stays, and rows that wait for their commit make no cycles: there is little to look for."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def _allow_connections() -> None:
    """As many open files as this user may have: connections may not take those that the store needs."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
