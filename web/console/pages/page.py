"""The parts that all pages share: a head, a body, a box for problems, cards, and code with a copy button."""

import js

from .. import dom
from ..api import ApiError
from ..dom import h
from ..session import Session
from ..types import Any, Element

_PASSING = (0, 502, 503, 504)  # the statuses of problems that pass by themselves; 0 is no answer
_RETRY_MS = 3000
READ_ONLY = "This token can only read. An owner's token can change this."


class Page:
    """One page. `draw` makes its elements, `load` fills or refills them, `leave` ends what it started."""

    title = ""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._retry: Any = None  # the timer of the next try after a problem that may pass
        self.problem = h("div", {"class": "problem-box", "role": "alert", "hidden": True})

    def draw(self) -> Element:
        return h("div", {"class": "page"}, self.head(), self.problem, self.body())

    def head(self) -> Element:
        return h("div", {"class": "head"}, h("h1", None, self.title))

    def body(self) -> list[Element]:
        raise NotImplementedError

    async def load(self) -> None:
        """Fetches the page's data and shows it; raises ApiError."""
        raise NotImplementedError

    def leave(self) -> None:
        """Ends streams, timers and charts."""
        self._stop_retrying()

    @property
    def has_unsaved(self) -> bool:
        """True while the user has changed something that is not saved."""
        return False

    def recolor(self) -> None:
        """Redraws what has the theme's colours in it."""

    def show_problem(self, error: ApiError) -> None:
        """Shows the error's sentence and a button to try again. The page keeps its data."""
        more = " You are offline." if not js.navigator.onLine else ""
        again = h("button", {"type": "button", "data-do": "retry", "data-key": "retry"}, "Try again")
        dom.fill(self.problem, h("p", None, error.sentence + more), again)
        dom.show(self.problem, True)
        self._stop_retrying()
        if error.status in _PASSING:
            self._retry = js.setTimeout(lambda: self.session.run(self.load()), _RETRY_MS)

    def hide_problem(self) -> None:
        self._stop_retrying()
        dom.show(self.problem, False)

    def _stop_retrying(self) -> None:
        if self._retry is not None:
            js.clearTimeout(self._retry)
            self._retry = None


def card(title: str, *children: object, note: str = "") -> Element:
    """A part of a page, with a title and a note below it."""
    paragraph = h("p", {"class": "soft"}, note) if note else None
    return h("section", {"class": "card"}, h("h2", None, title), paragraph, list(children))


def placeholder(kind: str = "block") -> Element:
    """A grey area in place of data that is loading."""
    return h("div", {"class": f"waiting {kind}"}, h("span", {"class": "unseen"}, "Loading"))


def clear_placeholders(places: dict[str, Element]) -> None:
    """Removes the placeholders."""
    for place in places.values():
        if place.querySelector(".waiting"):
            place.replaceChildren()


def copyable(text: str, name: str) -> Element:
    """A piece of code with a button that copies it."""
    button = h(
        "button",
        {"type": "button", "data-do": "copy", "data-key": f"copy {name}", "aria-label": f"Copy {name}"},
        "Copy",
    )
    pre = h("pre", {"tabindex": "0", "role": "region", "aria-label": name}, h("code", None, text))
    return h("div", {"class": "copyable"}, pre, button)


async def copy(session: Session, button: Element) -> None:
    """Copies the code beside the button. If the browser forbids it, selects the code."""
    code = button.parentElement.querySelector("code")
    if not await dom.copy(code.textContent):
        js.getSelection().selectAllChildren(code)
        session.announce("The browser blocked copying. The text is selected: copy it with the keyboard.")
        return
    dom.set_text(button, "Copied")
    session.announce("Copied.")
    js.setTimeout(lambda: dom.set_text(button, "Copy"), 2000)
