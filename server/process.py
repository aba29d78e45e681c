"""Runs a server process: opens its port and data directory, and shuts it down in order."""

from __future__ import annotations

import contextlib
import gc
import logging
import resource
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from . import COMMAND, demo
from . import log as log_lines
from .app import create_app
from .built_files import built_files
from .config import DEFAULT_CDN, Config
from .content_files import ContentFiles
from .control.accounts import Accounts
from .control.database import ControlDatabase
from .control.operator_token import operator_token
from .control.tokens import Tokens
from .data_directory import DataDirectory
from .errors import ConfigError, ListenError
from .ingest.commits import Commits
from .ingest.short_cut import ShortCut
from .loopback import loopback_problem
from .store.store import Store

log = logging.getLogger(__name__)


def serve(config: Config, *, with_demo: bool = False) -> None:
    """Serve until SIGTERM or SIGINT, then commit the queued rows. Port 0 takes a free port.

    Raises DirectoryInUseError, ConfigError, SettingError, ControlError and StoreError, and OSError if the port cannot
    be opened.
    """
    if not config.content.is_dir():
        advice = f"`{COMMAND} init` makes one with an example, and --widgets names another"
        raise ConfigError(f"There is no directory {config.content} with content files; {advice}.")
    dist = built_files(config.dist)
    data = DataDirectory(config.data)
    if data.store.exists() and not data.control.exists() and not config.control:
        raise ConfigError(
            f"{data.path} has events but no accounts, as after half of a restore: run `{COMMAND} restore --replace` "
            f"with a backup, or delete {data.store} to begin anew."
        )
    log_lines.set_up(config.log_format)
    for signum in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises the signal again after its shutdown. The default handler would kill the process at that point.
        signal.signal(signum, lambda *_: sys.exit(0))
    _raise_file_limit()
    with (
        _listen(config.host, config.port) as listener,  # first, because only root may open some ports
        data.lock(),
        contextlib.closing(ControlDatabase(config.control_place)) as control,
        contextlib.closing(Store(config.store or data.store)) as store,
    ):
        operator_token(data.token, Tokens(control))
        if with_demo:
            demo.fill(store, control, datetime.now(UTC))
        content, commits, url = ContentFiles(config.content, config.shop_origin), Commits(), _url(listener)
        config = _complete(config, dist, url)
        warn_of_unregistered(content.widgets, Accounts(control))
        uvicorn_config = uvicorn.Config(
            create_app(store, control, content, config, commits),
            loop="uvloop",
            http=ShortCut,
            log_config=None,
            log_level="error",  # so that clients cannot fill the log
            ws="none",
            access_log=False,  # it would contain addresses
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=config.keep_alive,
            timeout_graceful_shutdown=10,
        )
        try:
            _Server(uvicorn_config, data, url, commits, config).run(sockets=[listener])
        finally:
            data.retract()


def _complete(config: Config, dist: Path | None, url: str) -> Config:
    """The settings with the defaults that only a running server knows: its built files and its address."""
    public_url = config.public_url or url
    cdn_url = config.cdn_url or (public_url if dist else DEFAULT_CDN)
    return replace(config, dist=dist, public_url=public_url, cdn_url=cdn_url)


def warn_of_unregistered(widgets: Sequence[str], accounts: Accounts) -> None:
    """Log which of the widgets with a content file no account has."""
    registered = accounts.by_widget()
    if unregistered := [widget for widget in widgets if widget not in registered]:
        advice = f"Register them with `{COMMAND} widget add`"
        log.warning("No account has the widgets %s; they are not served. %s.", ", ".join(unregistered), advice)


class _Server(uvicorn.Server):
    """uvicorn's server. It also announces its address when it is ready, and ends the live streams when it stops."""

    def __init__(
        self, uvicorn_config: uvicorn.Config, data: DataDirectory, url: str, commits: Commits, config: Config
    ) -> None:
        super().__init__(uvicorn_config)
        self._data, self._url, self._commits, self._config = data, url, commits, config

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _tune_garbage_collection()
            self._data.announce(self._url)
            print(f"Serving on {self._url}, with everything kept in {self._data.path}. Ctrl-C ends it.", flush=True)
            if self._config.dist:
                print(
                    f"The console is at {self._url}/console/; sign in with the token in {self._data.token}.", flush=True
                )
            if problem := loopback_problem(self._config.public_url, self._config.cdn_url):
                print(f"Note: {problem}", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._commits.end()  # live streams do not end by themselves, and uvicorn waits for running requests
        await super().shutdown(sockets)


def _tune_garbage_collection() -> None:
    """Freeze start-up objects and raise the GC thresholds: queued rows form no reference cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def _raise_file_limit() -> None:
    """Allow as many open files as the user may have, so that connections leave enough for the store."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _listen(host: str, port: int, setting: str = "port") -> socket.socket:
    """A listening socket; that of `::` takes IPv4 too. Raises ListenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048, dualstack_ipv6=host == "::")
    except OSError as error:
        raise ListenError(error, setting, port) from error


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
