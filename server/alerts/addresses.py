"""Which addresses a webhook may have: public ones only, unless the operator allows others."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from ..errors import DeliveryError

# Not public, but not listed as private by every version of Python; and the metadata service of one cloud.
_REFUSED = tuple(
    map(
        ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "64:ff9b:1::/48", "2001::/23", "2002::/16", "fec0::/10"),
    )
)
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def is_public(text: str) -> bool:
    """True for an address of the public internet: not private, loopback, link-local, multicast or reserved."""
    address = _inner(ip_address(text.partition("%")[0]))
    if any(address in network for network in _REFUSED if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def connect(host: str, port: int, timeout_s: float, *, allow_private: bool) -> socket.socket:
    """A connection to the host. The address is looked up once, checked, and then used: a second answer of a hostile
    name server (DNS rebinding) is never asked for. Raises DeliveryError, and OSError if nothing answers.
    """
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise DeliveryError("The webhook's host name cannot be resolved.") from None
    if not allow_private and not all(is_public(str(info[4][0])) for info in infos):
        raise DeliveryError("The webhook's host has an address that is not public, so nothing is sent to it.")
    failure: OSError | None = None
    for family, kind, protocol, _, address in infos[:4]:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(timeout_s)
        try:
            connection.connect(address)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure or OSError("no address")


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address within an IPv6 address, if there is one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address
