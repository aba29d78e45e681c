"""The console itself: signs people in and out, and opens the pages."""

import asyncio

import js

from . import dom, route, shell, theme
from .api import Api, ApiError
from .pages.alerts import Alerts
from .pages.dashboard import Dashboard
from .pages.health import Health
from .pages.page import Page
from .pages.settings import Settings
from .session import Session
from .types import Any, Coroutine

_PAGES: dict[str, type[Page]] = {"dashboard": Dashboard, "alerts": Alerts, "settings": Settings, "health": Health}
_UNKNOWN = "The server does not know this token. Check that you copied all of it."
_EXPIRED = "This token is no longer valid: it was revoked, or the server was reset. Sign in with another token."


class App(Session):
    """The console in one browser page."""

    def __init__(self) -> None:
        super().__init__()
        self._page: Page | None = None
        self._door = dom.find("#app").firstElementChild  # the sign-in form
        theme.watch(self._recolor)
        js.window.addEventListener("hashchange", lambda _: self._on_hash_change())
        js.window.addEventListener("online", lambda _: self._set_online(True))
        js.window.addEventListener("offline", lambda _: self._set_online(False))
        dom.on("sign-in", lambda event, form: self.run(self._sign_in()))
        dom.on("sign-out", lambda event, button: self.sign_out())
        dom.on("theme", lambda event, select: theme.choose(select.value))
        dom.on("account", lambda event, select: self.go(route.Route(self.route.page, {"account": select.value})))
        dom.on("retry", lambda event, button: self._load())

    # Signing in and out

    async def _sign_in(self) -> None:
        field, button = dom.find("#token"), dom.find("#enter")
        button.disabled = True
        dom.set_text(dom.find("#token-problem"), "")
        token = field.value.strip()
        self.api = Api(token)
        try:
            if not all("!" <= character <= "~" for character in token):  # no header can hold it
                raise ApiError("", 401)
            self.me = await self.api.get("/me")
        except ApiError as error:
            is_unknown = error.status in (400, 401, 403)
            dom.set_text(dom.find("#token-problem"), _UNKNOWN if is_unknown else error.sentence)
            self.api = Api("")
            field.focus()
            return
        finally:
            button.disabled = False
        field.value = ""
        dom.find("#app").replaceChildren(shell.draw(self))
        self._open()

    def sign_out(self, reason: str = "") -> None:
        """Forgets the token and all data, and shows the sign-in form with the reason."""
        self._leave()
        self.api, self.me = Api(""), {}
        dom.find("#app").replaceChildren(self._door)
        dom.set_text(dom.find("#token-problem"), reason)
        js.document.title = "Tresta console"
        dom.find("#token").focus()

    # The page

    def _on_hash_change(self) -> None:
        before, self.route = self.route, route.parse(js.location.hash)
        if self._page is None:
            return
        if self.route.page == before.page and self.route.get("account") == before.get("account"):
            self._load()
        else:
            self._open()

    def _open(self) -> None:
        """Opens the route's page, or the token's first page if it may not open that one."""
        self._leave()
        name = self.route.page if self.route.page in self.pages else (self.pages or ["dashboard"])[0]
        self.route = self.route.with_(page=name)
        self._page = page = _PAGES[name](self)
        shell.mark(self)
        js.document.title = f"{page.title} \u00b7 {self.account_name or 'Tresta'} \u00b7 Tresta console"
        dom.find("#page").replaceChildren(page.draw())
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
        try:
            await task
        except ApiError as error:
            if page is not self._page:
                return  # the user has left it since
            if error.status == 401:
                self.sign_out(_EXPIRED)
            elif page is not None:
                page.show_problem(error)

    def _set_online(self, is_online: bool) -> None:
        shell.set_online(is_online)
        if is_online:
            self._load()


def start() -> None:
    """Starts the console. index.html calls it once."""
    dom.listen()
    App()
    dom.find("#enter").disabled = False
    js.document.documentElement.classList.add("ready")
    if js.document.activeElement == js.document.body:
        dom.find("#token").focus()
