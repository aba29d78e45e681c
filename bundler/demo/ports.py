"""Listening sockets on 127.0.0.1, on the next free port if one is taken."""

from __future__ import annotations

import socket

from ..machine import progress
from ..machine.errors import BuildError

HOST = "127.0.0.1"  # not reachable from other machines

_TRIES = 100


def listen(port: int, name: str) -> socket.socket:
    """A socket that listens on the port, or on the next free one with a message. Port 0 is any free one.

    Raises BuildError if a hundred ports in a row are taken.
    """
    for candidate in range(port, min(port + _TRIES, 65536)):
        try:
            listener = socket.create_server((HOST, candidate), backlog=2048)
        except OSError:
            continue
        if candidate != port:
            progress.say(f"Port {port} is taken, so the {name} is on port {candidate}.")
        return listener
    raise BuildError(f"No port from {port} to {port + _TRIES - 1} is free for the {name}: choose others with --port.")
