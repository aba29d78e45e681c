"""Sends a message to a webhook, signed as in the Standard Webhooks specification.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
from urllib.parse import urlsplit

from ..errors import DeliveryError
from .addresses import connect

ANSWER_S = 5.0  # for one step
WHOLE_S = 10.0  # for everything, so that a slow answer cannot hold up other messages


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:  # noqa: A002
    """The header webhook-signature. `timestamp` is in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def send(url: str, secret: str, id: str, body: bytes, timestamp: int, *, allow_private: bool) -> None:  # noqa: A002
    """POST the body. A redirect is a failure: it could lead to an address that is not public. Raises DeliveryError."""
    parts = urlsplit(url)
    is_https = parts.scheme == "https"
    if not is_https and not allow_private:
        raise DeliveryError("The webhook is not https.")
    host, port = parts.hostname or "", parts.port or (443 if is_https else 80)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Tresta",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, id, timestamp, body),
    }
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = http.client.HTTPConnection(host, port)
        connection.default_port = 443 if is_https else 80  # so that the header Host has no usual port
        connection.sock = connect(host, port, ANSWER_S, allow_private=allow_private)
        timer = threading.Timer(WHOLE_S, _break, [connection])
        timer.daemon = True
        timer.start()
        try:
            if is_https:
                _start_tls(connection, host)
            connection.request("POST", target, body, headers)
            status = connection.getresponse().status
        finally:
            timer.cancel()
            connection.close()
    except ssl.SSLError:
        raise DeliveryError("The webhook's TLS certificate is not valid for its host.") from None
    except (OSError, http.client.HTTPException):
        raise DeliveryError("The webhook did not answer in time.") from None
    if 300 <= status < 400:
        raise DeliveryError(f"The webhook answered {status}; redirects are not followed.")
    if not 200 <= status < 300:
        raise DeliveryError(f"The webhook answered {status}.")


def _start_tls(connection: http.client.HTTPConnection, host: str) -> None:
    context = ssl.create_default_context()
    # The handshake comes after, so that `_break` can end it.
    connection.sock = context.wrap_socket(connection.sock, server_hostname=host, do_handshake_on_connect=False)
    connection.sock.do_handshake()


def _break(connection: http.client.HTTPConnection) -> None:
    """End the connection while another thread waits for it."""
    with contextlib.suppress(OSError):
        connection.sock.shutdown(socket.SHUT_RDWR)
