"""WebKit on Linux: WebKitGTK's MiniBrowser, since Playwright's WebKit is not available everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DEBIAN_PACKAGES = ("webkit2gtk-driver", "xvfb")
MISSING = f"WebKit is skipped: `apt-get install {' '.join(DEBIAN_PACKAGES)}` installs it on Debian and Ubuntu."

_DRIVER, _SCREEN = "WebKitWebDriver", "Xvfb"


class WebDriverPage:
    """A page with the methods of bench.visit.Page."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def goto(self, url: str) -> object:
        """Open the URL and return when the page has loaded."""
        return self._driver.get(url)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page, converted through JSON."""
        return self._driver.execute_script(f"return {expression}")

    def press(self, key: str) -> None:
        """Press a key as the visitor does: a letter, or a key of selenium's `Keys` by name, such as ESCAPE."""
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys

        ActionChains(self._driver).send_keys(getattr(Keys, key, key)).perform()


def is_here() -> bool:
    """True if this machine has the driver, the virtual screen and the browser."""
    return None not in (shutil.which(_DRIVER), shutil.which(_SCREEN), _browser())


def _browser() -> Path | None:
    return next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))), None)


@contextmanager
def screen() -> Iterator[str]:
    """Yields the name of a virtual display, such as `:99`."""
    read_end, write_end = os.pipe()
    command = [_SCREEN, "-displayfd", str(write_end), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL) as server:
        os.close(write_end)
        try:
            with os.fdopen(read_end) as number:
                yield f":{number.readline().strip()}"
        finally:
            server.terminate()


@contextmanager
def fresh_page(display: str) -> Iterator[WebDriverPage]:
    """Yields a page in a fresh profile."""
    with _driver(display) as driver:
        yield WebDriverPage(driver)


def version(display: str) -> str:
    """The browser's name with its version."""
    with _driver(display) as driver:
        return f"WebKitGTK {driver.capabilities['browserVersion']}"


@contextmanager
def _driver(display: str) -> Iterator[Any]:
    from selenium import webdriver  # installed only for tests and bench
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    options = Options()
    options.binary_location = str(_browser())
    options.add_argument("--automation")
    service = Service(shutil.which(_DRIVER), env={**os.environ, "DISPLAY": display})
    driver = webdriver.WebKitGTK(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()
