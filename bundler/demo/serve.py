"""`serve`: the shop, the CDN and the API, on three ports of this machine, until Ctrl-C or SIGTERM."""

from __future__ import annotations

import json
import shlex
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path

from ..build import dist, wheel
from ..machine import lock
from ..machine.environment import CACHE, PYTHON, ROOT
from ..machine.errors import BuildError
from ..machine.progress import paint, say
from . import origins, ports, server_process

DEMO = ROOT / "web" / "demo"

_READY_WITHIN_S, _FILLED_WITHIN_S = 60.0, 600.0  # making the days takes a busy machine minutes
_LOOK_EVERY_S = 0.05


def serve(
    port: int, data: Path, widgets: Path, as_json: bool, runtime: str = dist.RUNTIME, *, with_days: bool = False
) -> None:
    """Serve from `port` on, with the store in `data` and the content in `widgets`; raises BuildError.

    `runtime` is one of RUNTIMES. `with_days` gives the console 30 made-up days to show.
    `as_json` prints one line on stdout once all are ready: {"shop": url, "cdn": url, "api": url, "token": text}.
    """
    built = dist.build(runtime)
    asked_to_stop = _stop_signals()
    with ExitStack() as stack:
        shop_at = stack.enter_context(ports.listen(port, "shop"))
        cdn_at = stack.enter_context(ports.listen(_after(shop_at, port), "CDN"))
        # The server opens its own port. Until it has, no other build.py may look for a free one.
        with lock.held(CACHE / "ports.lock"):
            with ports.listen(_after(cdn_at, port), "server") as free:
                api_port = free.getsockname()[1] if port else 0
            say("Starting ...")
            child = stack.enter_context(
                server_process.running(
                    api_port, data, widgets, origins.url(shop_at), cdn_url=origins.url(cdn_at), with_days=with_days
                )
            )
            api_url = _wait_for(child, asked_to_stop, _FILLED_WITHIN_S if with_days else _READY_WITHIN_S)
        if asked_to_stop:
            return
        links = {
            "SHOP": origins.url(shop_at),
            "CDN": origins.url(cdn_at),
            "API": api_url,
            "WHEEL": wheel.name(),
        }
        stack.enter_context(origins.running(origins.cdn(built), cdn_at))
        stack.enter_context(origins.running(origins.shop(DEMO, built, links), shop_at))
        _announce(links, child.token(), data, as_json)
        while not asked_to_stop:
            child.check()
            time.sleep(_LOOK_EVERY_S)
        say("\nEnding ...")


def _after(listener: socket.socket, first: int) -> int:
    """The port to try next, or 0 where any will do."""
    return int(listener.getsockname()[1]) + 1 if first else 0


def _stop_signals() -> list[int]:
    """A list that becomes non-empty at Ctrl-C, SIGTERM or the end of the terminal.

    A shell script starts what it puts in the background with Ctrl-C ignored, so that one is asked for too.
    """
    received: list[int] = []
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):  # the last two are not everywhere
            signal.signal(getattr(signal, name), lambda signum, _: received.append(signum))
    return received


def _wait_for(child: server_process.ServerProcess, asked_to_stop: list[int], within_s: float) -> str:
    deadline = time.monotonic() + within_s
    url = ""
    while not url and not asked_to_stop:
        if time.monotonic() > deadline:
            raise BuildError(f"The API was not ready within {within_s:.0f} s; is this machine very busy?")
        time.sleep(_LOOK_EVERY_S)
        url = child.url()
    return url


def _announce(links: dict[str, str], token: str, data: Path, as_json: bool) -> None:
    python = _short(PYTHON)
    lines = (
        ("Shop", f"{links['SHOP']}/", "a customer's site: open this one"),
        ("CDN", f"{links['CDN']}/embed.js", "what its script tags load"),
        ("API", links["API"], "the widgets' content, and their telemetry"),
        ("Console", f"{links['API']}/console/", "the figures and settings, for the token below"),
    )
    say()
    for name, url, meaning in lines:  # padded before it is painted: a color has no width
        say(f"  {paint(f'{name:8}', 'bold')}{paint(f'{url:32}', 'cyan')}  {meaning}")
    say()
    say(f"  The console's token, an operator's, kept in {_short(data / 'operator.token')}:")
    say(f"    {token}")
    say()
    say("  What was stored, newest first:")
    say(f"    {python} -m server events --data {shlex.quote(_short(data))}")
    say()
    say(paint("Ctrl-C ends all three.", "dim"))
    if as_json:
        urls = {name: links[name.upper()] for name in ("shop", "cdn", "api")}
        print(json.dumps({**urls, "token": token}), flush=True)


def _short(path: Path) -> str:
    """The path as one types it from the project's directory."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
