"""WebKit as Linux has it: WebKitGTK's own small browser, since Playwright's is not to be had everywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DEBIAN_PACKAGES = ("webkit2gtk-driver", "xvfb")
MISSING = f"WebKit is left out: `apt-get install {' '.join(DEBIAN_PACKAGES)}` brings it on Debian and Ubuntu."

_DRIVER, _SCREEN = "WebKitWebDriver", "Xvfb"


class WebDriverPage:
    """A page as visit.Page has it."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def goto(self, url: str) -> object:
        """See visit.Page."""
        return self._driver.get(url)

    def evaluate(self, expression: str) -> Any:
        """See visit.Page."""
        return self._driver.execute_script(f"return {expression}")


def is_here() -> bool:
    """Whether this machine has it."""
    return None not in (shutil.which(_DRIVER), shutil.which(_SCREEN), _browser())


def _browser() -> Path | None:
    return next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))), None)


@contextmanager
def screen() -> Iterator[str]:
    """A display nobody sees; its name."""
    ours, theirs = os.pipe()
    command = [_SCREEN, "-displayfd", str(theirs), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[theirs], stderr=subprocess.DEVNULL) as server:
        os.close(theirs)
        try:
            with os.fdopen(ours) as number:
                yield f":{number.readline().strip()}"
        finally:
            server.terminate()


@contextmanager
def fresh(display: str) -> Iterator[WebDriverPage]:
    """A page in a profile of its own."""
    with _driver(display) as driver:
        yield WebDriverPage(driver)


def version(display: str) -> str:
    """The browser's name and version."""
    with _driver(display) as driver:
        return f"WebKitGTK {driver.capabilities['browserVersion']}"


@contextmanager
def _driver(display: str) -> Iterator[Any]:
    from selenium import webdriver  # only tests and the bench have it installed
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
