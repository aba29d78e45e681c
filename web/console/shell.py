"""What stands around every page: the name, the account, the pages, the theme, and the way out."""

import js

from . import dom, theme
from .dom import h

_NAMES = {"dashboard": "Dashboard", "settings": "Settings", "health": "Health"}


def draw(app: object):
    """The header, and an empty place for a page."""
    return h(
        "div",
        {"class": "shell"},
        h("a", {"class": "skip", "href": "#page", "data-do": "skip"}, "Skip to the content"),
        h(
            "header",
            {"class": "bar"},
            h(
                "div",
                {"class": "brand"},
                h("img", {"src": dom.find("link[rel=icon]").href, "width": 28, "height": 28, "alt": ""}),
                h("span", None, "Tresta"),
            ),
            _accounts(app),
            h("nav", {"aria-label": "Pages"}, h("ul", {"id": "pages"})),
            h(
                "div",
                {"class": "tools"},
                theme.select(),
                h("button", {"type": "button", "class": "quiet", "data-do": "sign-out"}, "Sign out"),
            ),
        ),
        h(
            "p",
            {"id": "offline", "class": "notice", "role": "status", "hidden": js.navigator.onLine},
            "You are offline. What you see is what came last; it goes on by itself when you are back.",
        ),
        h("main", {"id": "page", "tabindex": "-1"}),
    )


def mark(app: object) -> None:
    """Shows which page and which account it is."""
    dom.on("skip", _skip)
    links = []
    for name in app.pages:
        attributes = {"href": app.route.with_(page=name, from_="", to="").text, "data-key": f"page-{name}"}
        if name == app.route.page:
            attributes["aria-current"] = "page"
        links.append(h("li", None, h("a", attributes, _NAMES[name])))
    dom.fill(dom.find("#pages"), links)
    chosen = dom.find("#account")
    if chosen:
        chosen.value = app.account


def online(is_online: bool) -> None:
    notice = dom.find("#offline")
    if notice:
        dom.show(notice, not is_online)


def _accounts(app: object):
    accounts = app.me["accounts"]
    if len(accounts) > 1:
        options = [h("option", {"value": each["id"]}, each["name"]) for each in accounts]
        return h(
            "select", {"id": "account", "data-do": "account", "aria-label": "Account", "class": "account"}, options
        )
    return h("span", {"class": "account"}, app.account_name)


def _skip(event: object, link: object) -> None:
    event.preventDefault()
    dom.find("#page").focus()
