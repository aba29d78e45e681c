"""Ports of 127.0.0.1 for programs that do not choose one themselves."""

from __future__ import annotations

import socket


def free_ports(count: int) -> list[int]:
    """So many different ports on which nobody listens now."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports
