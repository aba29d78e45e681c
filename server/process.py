"""One server process: its port, its data directory, and its orderly end."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from .app import create_app
from .content_files import ContentFiles
from .data_directory import DataDirectory
from .store.store import Store
from .tokens import operator_token


def serve(host: str, port: int, data: DataDirectory, widgets: Path, shop_origin: str, durability: str) -> None:
    """Serves until SIGTERM or SIGINT, then commits what waits. Port 0 takes a free one.

    Raises DirectoryInUseError, StoreError, and OSError when the port cannot be had.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    for signum in (signal.SIGINT, signal.SIGTERM):
        # uvicorn raises the signal anew after its orderly end; by default that would kill the process there.
        signal.signal(signum, lambda *_: sys.exit(0))
    with data.held(), _listen(host, port) as listener, contextlib.closing(Store(data.store)) as store:
        content = ContentFiles(widgets, shop_origin)
        config = uvicorn.Config(
            create_app(store, content, operator_token(data.token), durability),
            loop="uvloop",
            http="httptools",
            log_config=None,
            access_log=False,  # it would hold addresses
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        try:
            _Server(config, data, _url(listener)).run(sockets=[listener])
        finally:
            data.retract()


class _Server(uvicorn.Server):
    """uvicorn, which says where it is once it is ready."""

    def __init__(self, config: uvicorn.Config, data: DataDirectory, url: str) -> None:
        super().__init__(config)
        self._data, self._url = data, url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._data.announce(self._url)
            print(
                f"Serving on {self._url}, with everything kept in {self._data.path}. Ctrl-C ends it.",
                flush=True,
            )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
