"""Detects loopback addresses. Embed code with such an address works on this machine only."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback(url: str) -> bool:
    """True if the URL's host is this machine's own name for itself, such as 127.0.0.1, ::1, localhost or 0.0.0.0."""
    host = urlsplit(url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def loopback_problem(*urls: str) -> str | None:
    """A sentence about the first URL that only this machine can reach, or None."""
    url = next(filter(is_loopback, urls), None)
    if url is None:
        return None
    return (
        f"Embed code names {url}, which on a visitor's machine is that machine itself: "
        "start the server with --public-url and the https:// address at which pages reach it."
    )
