"""The console itself: who is signed in, which page is shown, and what happens when the server says no."""

import asyncio

import js

from . import dom, route, shell, theme
from .api import Api, ApiError
from .pages.dashboard import Dashboard
from .pages.health import Health
from .pages.settings import Settings

_PAGES = {"dashboard": Dashboard, "settings": Settings, "health": Health}
_UNKNOWN = "The server does not know this token."
_EXPIRED = "This token is not valid any more: it was revoked, or the server has forgotten it. Sign in with another."


class App:
    """One console in one browser page."""

    def __init__(self) -> None:
        self.api = None
        self.me = {}
        self.route = route.parse(js.location.hash)
        self._page = None
        self._door = [child for child in dom.find("#app").children]  # noqa: C416 - an HTMLCollection, not a list
        theme.watch(self._recolor)
        js.window.addEventListener("hashchange", lambda _: self._moved())
        js.window.addEventListener("online", lambda _: self._connected(True))
        js.window.addEventListener("offline", lambda _: self._connected(False))
        dom.on("sign-in", lambda event, form: self.run(self._sign_in()))
        dom.on("sign-out", lambda event, button: self.sign_out())
        dom.on("theme", lambda event, select: theme.choose(select.value))
        dom.on("account", lambda event, select: self.go(route.Route(self.route.page, {"account": select.value})))
        dom.on("retry", lambda event, button: self.run(self._page.load()))

    # Whose console it is

    @property
    def account(self) -> str:
        """The id of the account that is shown: the one in the address if the token reads it, else its first."""
        known = [account["id"] for account in self.me["accounts"]]
        asked = self.route.get("account")
        return asked if asked in known else (known[0] if known else "")

    @property
    def account_name(self) -> str:
        names = [account["name"] for account in self.me["accounts"] if account["id"] == self.account]
        return names[0] if names else ""

    @property
    def may_change(self) -> bool:
        return self.me["scope"] in ("operator", "owner")

    @property
    def pages(self) -> list:
        """The pages that the token opens."""
        mine = ["dashboard", "settings"] if self.me["accounts"] else []
        return mine + ["health"] if self.me["scope"] == "operator" else mine

    async def _sign_in(self) -> None:
        field, button = dom.find("#token"), dom.find("#enter")
        button.disabled = True
        dom.say(dom.find("#token-problem"), "")
        token = field.value.strip()
        self.api = Api(token)
        try:
            if not all("!" <= sign <= "~" for sign in token):  # no header can hold it
                raise ApiError("", 401)
            self.me = await self.api.get("/me")
        except ApiError as error:
            unknown = error.status in (400, 401, 403)
            dom.say(dom.find("#token-problem"), _UNKNOWN if unknown else error.sentence)
            self.api = None
            field.focus()
            return
        finally:
            button.disabled = False
        field.value = ""
        dom.find("#app").replaceChildren(shell.draw(self))
        self._show()

    def sign_out(self, reason: str = "") -> None:
        """Forgets the token and all that was shown, and asks for a token again."""
        self._leave()
        self.api, self.me = None, {}
        dom.find("#app").replaceChildren(self._door[0])
        dom.say(dom.find("#token-problem"), reason)
        js.document.title = "Tresta console"
        dom.find("#token").focus()

    # Which page is shown

    def go(self, where: route.Route) -> None:
        """Moves to another place, as a step that the browser's back button undoes."""
        js.location.hash = where.text

    def _moved(self) -> None:
        before, self.route = self.route, route.parse(js.location.hash)
        if self.api is None or self._page is None:
            return
        if self.route.page == before.page and self.route.get("account") == before.get("account"):
            self.run(self._page.load())
        else:
            self._show()

    def _show(self) -> None:
        self._leave()
        name = self.route.page if self.route.page in self.pages else (self.pages or ["dashboard"])[0]
        self.route = self.route.with_(page=name)
        self._page = _PAGES[name](self)
        shell.mark(self)
        js.document.title = f"{self._page.title} \u00b7 {self.account_name or 'Tresta'} \u00b7 Tresta console"
        dom.find("#page").replaceChildren(self._page.draw())
        dom.find("#page").focus()
        js.window.scrollTo(0, 0)
        self.run(self._page.load())

    def _leave(self) -> None:
        if self._page is not None:
            self._page.leave()
            self._page = None

    def _recolor(self) -> None:
        if self._page is not None:
            self._page.recolor()

    # What may go wrong

    def run(self, task: object) -> None:
        """Runs a coroutine of a page; what the server refuses is shown where it was asked for."""
        asyncio.create_task(self._guarded(task, self._page))

    async def _guarded(self, task: object, page: object) -> None:
        try:
            await task
        except ApiError as error:
            if self.api is None or page is not self._page:
                return  # it was left in the meantime
            if error.status == 401:
                self.sign_out(_EXPIRED)
            elif page is not None:
                page.failed(error)

    def _connected(self, is_online: bool) -> None:
        shell.online(is_online)
        if is_online and self._page is not None:
            self.run(self._page.load())

    def say(self, text: str) -> None:
        """Tells a screen reader."""
        dom.say(dom.find("#said"), text)


def start() -> None:
    """Called once, when Python is there."""
    dom.listen()
    app = App()
    dom.find("#enter").disabled = False
    js.document.documentElement.classList.add("ready")
    if js.document.activeElement == js.document.body:
        dom.find("#token").focus()
    return app
