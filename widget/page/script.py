"""The package's own JavaScript in a page without the loader, such as one of PyScript.

Uses the page's objects but does not import JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def load_control(window: Any, trusted: Callable[[str], Any]) -> Any:
    """The function `control` of web/loader/controls.js. The build puts `controls.js` beside this module.

    `trusted` makes a text a script of the page's Trusted Types policy. Raises an exception of JavaScript if the page's
    Content Security Policy forbids both scripts with the page's nonce and `eval`.
    """
    directory = __file__.rpartition("/")[0]
    with open(f"{directory}/controls.js", encoding="utf-8") as file:  # noqa: PTH123 - pathlib would be in the snapshot
        expression = file.read()
    document = window.document
    script = document.createElement("script")
    sibling = document.querySelector("script[nonce]")
    if sibling:
        script.nonce = sibling.nonce
    script.text = trusted(f"document.currentScript.control = {expression}")
    document.head.append(script)  # which runs it
    script.remove()
    return script.control if hasattr(script, "control") else window.eval(trusted(expression))
