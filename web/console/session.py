"""What every page uses of the console: the API, who is signed in, and where in the console they are."""

import js

from . import dom, route
from .api import Api
from .types import Any, Coroutine, Json

NOBODY: Json = {"scope": "", "accounts": []}  # nobody is signed in


class Session:
    """One person's console, from signing in to signing out."""

    def __init__(self) -> None:
        self.api = Api("")
        self.me = NOBODY  # the answer of /me
        self.route = route.parse(js.location.hash)

    @property
    def account(self) -> str:
        """The account's id: the address's if the token may read it, else the token's first."""
        ids: list[str] = [account["id"] for account in self.me["accounts"]]
        name = self.route.get("account")
        return name if name in ids else (ids[0] if ids else "")

    @property
    def account_name(self) -> str:
        names: list[str] = [account["name"] for account in self.me["accounts"] if account["id"] == self.account]
        return names[0] if names else ""

    @property
    def may_change(self) -> bool:
        return self.me["scope"] in ("operator", "owner")

    @property
    def pages(self) -> list[str]:
        """The pages that the token opens."""
        pages = ["dashboard", "experiments", "alerts", "settings"] if self.me["accounts"] else []
        return pages + ["health"] if self.me["scope"] == "operator" else pages

    def go(self, target: route.Route) -> None:
        """Opens another place; the browser's back button leads back."""
        js.location.hash = target.text

    async def reopen(self) -> None:
        """Reads anew what the token may see, and opens the page again: an account was renamed or removed."""
        raise NotImplementedError

    def announce(self, text: str) -> None:
        """Tells a screen reader."""
        dom.set_text(dom.find("#announcement"), text)

    def run(self, task: Coroutine[Any, Any, None]) -> None:
        """Runs a coroutine of a page, which shows its ApiError."""
        raise NotImplementedError
