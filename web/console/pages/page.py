"""What all pages have in common: a head, a body, and a place for what went wrong."""

import js

from .. import dom
from ..dom import h


class Page:
    """One page. `draw` makes its elements, `load` fills them (again), `leave` ends what it started."""

    title = ""

    def __init__(self, app: object) -> None:
        self.app = app
        self.problem = h("div", {"class": "problem-box", "role": "alert", "hidden": True})

    def draw(self):
        return h("div", {"class": "page"}, self.head(), self.problem, self.body())

    def head(self, *tools: object):
        return h("div", {"class": "head"}, h("h1", None, self.title), list(tools))

    def body(self):
        raise NotImplementedError

    async def load(self) -> None:
        """Asks the server and shows what it says; raises ApiError."""
        raise NotImplementedError

    def leave(self) -> None:
        """Ends streams, timers and charts."""

    def recolor(self) -> None:
        """The theme has changed."""

    def failed(self, error: object) -> None:
        """Shows the server's sentence, and a way to ask again; what was there before stays."""
        more = " You are offline." if not js.navigator.onLine else ""
        again = h("button", {"type": "button", "data-do": "retry", "data-key": "retry"}, "Try again")
        dom.fill(self.problem, h("p", None, error.sentence + more), again)
        dom.show(self.problem, True)

    def went_well(self) -> None:
        dom.show(self.problem, False)


def card(title: str, *children: object, note: str = ""):
    """A titled part of a page."""
    said = h("p", {"class": "soft"}, note) if note else None
    return h("section", {"class": "card"}, h("h2", None, title), said, list(children))


def waiting(kind: str = "block"):
    """A quiet place holder for what is on its way."""
    return h("div", {"class": f"waiting {kind}"}, h("span", {"class": "unseen"}, "Loading"))


def copyable(text: str, name: str):
    """A piece of code with a button that copies it."""
    button = h(
        "button",
        {"type": "button", "data-do": "copy", "data-key": f"copy {name}", "aria-label": f"Copy {name}"},
        "Copy",
    )
    pre = h("pre", {"tabindex": "0", "role": "region", "aria-label": name}, h("code", None, text))
    return h("div", {"class": "copyable"}, pre, button)


async def copy(app: object, button: object) -> None:
    """Copies the code beside the button, and says so; where the browser forbids it, the code is selected."""
    code = button.parentElement.querySelector("code")
    try:
        await dom.copy(code.textContent)
    except Exception:  # noqa: BLE001 - whatever the browser's reason, the way out is the same
        js.getSelection().selectAllChildren(code)
        app.say("Selected; copy it with the keyboard.")
        return
    dom.say(button, "Copied")
    app.say("Copied.")
    js.setTimeout(lambda: dom.say(button, "Copy"), 2000)
