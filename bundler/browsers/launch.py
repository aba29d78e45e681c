"""Finds the browsers for the tests and installs those that are missing. WebKit is only Debian's.

Playwright's own browsers come first, since it was tested with them. They cannot be downloaded everywhere; the system's
browsers take their place then.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserType, Playwright, sync_playwright

from ..machine import command, debian, progress
from ..machine.errors import BuildError
from . import webkit

NAMES = ("chromium", "firefox")

_SYSTEM = {
    "chromium": ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser"),
    "firefox": ("firefox-esr", "firefox"),
}
_DEBIAN_PACKAGES = {"chromium": ["chromium"], "firefox": ["firefox-esr"], "webkit": webkit.DEBIAN_PACKAGES}
_INSTALL_WITHIN_S = 900.0

# What Chromium is to do without. The pages behind the address bar take a second of a processor for each new window, so
# for each test. The others are Playwright's own: of two such options Chromium reads the last one only.
WITHOUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "DialMediaRouteProvider",
    "GlobalMediaControls", "HttpsUpgrades", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "BlockOriginHeaderModificationOnRedirect",
    "AvoidCorsURLLoaderRestartOnRedirect", "Translate", "AutoDeElevate", "OptimizationHints",
    "NetworkTimeServiceQuerying", "AimEnabled", "msForceBrowserSignIn", "msEdgeUpdateLaunchServicesPreferredVersion",
)  # fmt: skip


def launch_options(browser: BrowserType) -> dict[str, Any] | None:
    """The options for `browser.launch`, or None if this machine does not have the browser."""
    options: dict[str, Any] = {}
    if not Path(browser.executable_path).exists():
        path = next(filter(None, map(shutil.which, _SYSTEM[browser.name])), None)
        if path is None:
            return None
        options["executable_path"] = path
        if browser.name == "firefox":
            options["channel"] = "moz-firefox"  # a released Firefox supports WebDriver BiDi only
    if browser.name == "chromium":
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        no_sandbox = ["--no-sandbox"] if is_root else []  # Chromium's sandbox does not work for root
        options["args"] = [*no_sandbox, f"--disable-features={','.join(WITHOUT)}"]
    return options


def ensure() -> None:
    """Install the missing browsers, WebKit only on Debian. Raises BuildError that says what to do."""
    missing = _missing()
    if debian.may_install():
        missing += [] if webkit.is_here() else ["webkit"]
        if missing:
            with _installing(missing):
                packages = [package for name in missing for package in _DEBIAN_PACKAGES[name]]
                debian.install(packages, "The browsers for the tests could not be installed with apt-get.")
    elif missing:
        with _installing(missing):
            command.run(
                [sys.executable, "-m", "playwright", "install", *missing],
                f"The tests need {' and '.join(missing)}, which could not be downloaded. Install what your system "
                "offers under these names and run it again.",
                timeout=_INSTALL_WITHIN_S,
            )
    if missing := _missing():
        raise BuildError(f"The tests need {' and '.join(missing)}: install what your system offers under these names.")


def _installing(names: list[str]) -> AbstractContextManager[None]:
    return progress.step(f"Installing {' and '.join(names)} for the tests (first time only, some minutes)")


def _missing() -> list[str]:
    with sync_playwright() as playwright:
        return [name for name in NAMES if launch_options(browser_type(playwright, name)) is None]


def browser_type(playwright: Playwright, name: str) -> BrowserType:
    """Playwright's `chromium` or `firefox`."""
    kind: BrowserType = getattr(playwright, name)
    return kind
