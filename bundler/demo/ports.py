"""Listening sockets on this machine's own address, and what to do about a port that is taken."""

from __future__ import annotations

import socket

from ..machine import progress
from ..machine.errors import BuildError

HOST = "127.0.0.1"  # nobody else's business

_TRIES = 100


def listen(port: int, name: str) -> socket.socket:
    """A socket that listens on the port, or on the next free one, which is said. 0 takes any free one.

    Raises BuildError when a hundred in a row are taken.
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
