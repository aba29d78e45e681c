"""The console itself: signs people in and out, and opens the pages."""

import asyncio
import json

import js
from pyscript.ffi import create_proxy

from . import dom, route, shell, theme
from .api import Api, ApiError, TokenEnded
from .dom import h
from .pages.alerts import Alerts
from .pages.dashboard import Dashboard
from .pages.experiments import Experiments
from .pages.health import Health
from .pages.page import Page
from .pages.settings import Settings
from .session import NOBODY, Session
from .types import Any, Coroutine, Event

_PAGES: dict[str, type[Page]] = {
    "dashboard": Dashboard,
    "experiments": Experiments,
    "alerts": Alerts,
    "settings": Settings,
    "health": Health,
}
_EXPIRED = "This token is no longer valid: it has ended, it was revoked, or the server was reset. Sign in with another."
_UNSAVED = "What you have changed on this page is not saved. Leave it?"
_FOR_OPERATORS = "This page is for operators. Sign in with an operator's token to open it."


class App(Session):
    """The console in one browser page."""

    def __init__(self) -> None:
        super().__init__()
        self._page: Page | None = None
        self._door = dom.find("#app").firstElementChild  # the sign-in form
        theme.watch(self._recolor)
        js.window.addEventListener("hashchange", lambda _: self._on_hash_change())
        js.window.addEventListener("beforeunload", self._on_unload)
        js.window.addEventListener("online", lambda _: self._set_online(True))
        js.window.addEventListener("offline", lambda _: self._set_online(False))
        dom.on("sign-out", lambda event, button: self.sign_out())
        dom.on("theme", lambda event, select: theme.choose(select.value))
        dom.on("account", lambda event, select: self.go(route.Route(self.route.page, {"account": select.value})))
        dom.on("retry", lambda event, button: self._load())

    # Signing in and out

    def enter(self, token: str, me: str) -> None:
        """Opens the console for a token and the API's answer about it: the sign-in form calls it."""
        self.api, self.me = Api(token), json.loads(me)
        self.route = route.parse(js.location.hash)
        dom.find("#app").replaceChildren(shell.draw(self))
        self._open()

    async def reopen(self) -> None:
        self.me = await self.api.get("/me")
        dom.find("#app").replaceChildren(shell.draw(self))
        self._open()

    def sign_out(self, reason: str = "") -> None:
        """Forgets the token and all data, and shows the sign-in form with the reason."""
        self._leave()
        self.api, self.me = Api(""), NOBODY  # whatever still runs for the page asks for nothing more
        js.tresta.forget()
        dom.find("#app").replaceChildren(self._door)
        dom.set_text(dom.find("#token-problem"), reason)
        js.document.title = "Tresta console"
        dom.find("#token").focus()

    # The page

    def _on_hash_change(self) -> None:
        before, target = self.route, route.parse(js.location.hash)
        if self._page is None:
            return
        if target.page == before.page and target.get("account") == before.get("account"):
            self.route = target
            self._load()
        elif self._page.has_unsaved and not js.confirm(_UNSAVED):
            js.history.replaceState(None, "", before.text)
        else:
            self.route = target
            self._open()

    def _on_unload(self, event: Event) -> None:
        if self._page is not None and self._page.has_unsaved:
            event.preventDefault()  # the browser asks

    def _open(self) -> None:
        """Opens the route's page, or the token's first page, with a note, if it may not open that one."""
        self._leave()
        may_open = self.route.page in self.pages
        self.route = self.route.with_(page=self.route.page if may_open else (self.pages or ["dashboard"])[0])
        self._page = page = _PAGES[self.route.page](self)
        shell.mark(self)
        js.document.title = f"{page.title} \u00b7 {self.account_name or 'Tresta'} \u00b7 Tresta console"
        note = None if may_open else h("p", {"class": "notice", "role": "status"}, _FOR_OPERATORS)
        dom.fill(dom.find("#page"), note, page.draw())
        dom.find("#page").focus()
        js.window.scrollTo(0, 0)
        self._load()

    def _load(self) -> None:
        if self._page is not None:
            self.run(self._page.load())

    def _leave(self) -> None:
        if self._page is not None:
            self._page.leave()
            self._page = None

    def _recolor(self) -> None:
        if self._page is not None:
            self._page.recolor()

    # Failures

    def run(self, task: Coroutine[Any, Any, None]) -> None:
        asyncio.create_task(self._run_guarded(task, self._page))

    async def _run_guarded(self, task: Coroutine[Any, Any, None], page: Page | None) -> None:
        if page is not self._page:  # the user has left it before the task began
            task.close()
            return
        try:
            await task
        except TokenEnded:
            if page is self._page:  # else the user has left it since
                self.sign_out(_EXPIRED)
        except ApiError as error:
            if page is self._page and page is not None:
                page.show_problem(error)

    def _set_online(self, is_online: bool) -> None:
        shell.set_online(is_online)
        if is_online:
            self._load()


def start() -> None:
    """Starts the console. index.html calls it once."""
    dom.listen()
    app = App()
    js.tresta.ready(create_proxy(app.enter))
