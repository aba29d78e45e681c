"""The frame of every page: name, account, links to the pages, theme, and sign-out."""

import js

from . import dom, theme
from .dom import h
from .session import Session
from .types import Element, Event

_NAMES = {
    "dashboard": "Dashboard",
    "experiments": "Experiments",
    "alerts": "Alerts",
    "settings": "Settings",
    "health": "Health",
}


def draw(session: Session) -> Element:
    """The header, and an empty element for a page."""
    return h(
        "div",
        {"class": "shell"},
        h("a", {"class": "skip", "href": "#page", "data-do": "skip"}, "Skip to content"),
        h(
            "header",
            {"class": "bar"},
            h(
                "div",
                {"class": "brand"},
                h("img", {"src": dom.find("link[rel=icon]").href, "width": 28, "height": 28, "alt": ""}),
                h("span", None, "Tresta"),
            ),
            _accounts(session),
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
            "You are offline. This page keeps its last data and updates when you are online again.",
        ),
        h("main", {"id": "page", "tabindex": "-1"}),
    )


def mark(session: Session) -> None:
    """Updates the links and the account menu to the session's page and account."""
    dom.on("skip", _skip)
    links = []
    for name in session.pages:
        attributes = {"href": session.route.with_(page=name, from_="", to="").text, "data-key": f"page-{name}"}
        if name == session.route.page:
            attributes["aria-current"] = "page"
        links.append(h("li", None, h("a", attributes, _NAMES[name])))
    dom.fill(dom.find("#pages"), links)
    menu = dom.find("#account")
    if menu:
        menu.value = session.account


def set_online(is_online: bool) -> None:
    notice = dom.find("#offline")
    if notice:
        dom.show(notice, not is_online)


def _accounts(session: Session) -> Element:
    accounts = session.me["accounts"]
    if len(accounts) > 1:
        options = [h("option", {"value": account["id"]}, account["name"]) for account in accounts]
        return h(
            "select", {"id": "account", "data-do": "account", "aria-label": "Account", "class": "account"}, options
        )
    return h("span", {"class": "account"}, session.account_name)


def _skip(event: Event, link: Element) -> None:
    event.preventDefault()
    dom.find("#page").focus()
