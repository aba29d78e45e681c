"""A tree of elements, rendered as HTML. All text in it is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TypeAlias

from ..content import safe_url

Attribute: TypeAlias = str | int | bool | None

_TEXT_TAGS = ("a", "bdi", "blockquote", "button", "figcaption", "figure", "p", "span", "time")
_TAGS = frozenset((*_TEXT_TAGS, "div", "img", "li", "path", "section", "svg", "ul"))
_ENDS = {tag: "" if tag == "img" else f"</{tag}>" for tag in _TAGS}
_LINKS = frozenset({"href", "src"})
# The host page's CSP may forbid style attributes, and on* attributes are scripts.
_FORBIDDEN = re.compile(r"style|srcdoc|on.*", re.IGNORECASE)
_NAME = re.compile(r"[a-zA-Z][a-zA-Z-]*")
# HTML parsers reject NUL, and half a surrogate pair cannot be encoded as UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UNSAFE = re.compile(f"[&<>\"']|{_UNPRINTABLE.pattern}")


@dataclass
class Element:
    """One element, immutable. Create it with `element`, which checks the names."""

    tag: str
    attributes: Mapping[str, Attribute]
    children: tuple[Node, ...]
    start: str  # its start tag, as HTML
    html: str = field(default="", init=False)  # cached, for an element that is in the tree more than once

    def with_attributes(self, **attributes: Attribute) -> Element:
        """The element with additional or different attributes."""
        return element(self.tag, *self.children, **{**self.attributes, **attributes})


Node: TypeAlias = Element | str | Callable[[], Element] | None  # a callable creates its element when it is rendered


def element(tag: str, *children: Node, **attributes: Attribute) -> Element:
    """An element, as in `element("p", "Hi", class_="note", aria_hidden="true", data_index=3)`.

    An attribute's underscores become hyphens. None and False omit it, True leaves it empty. An href or src that is
    not an absolute http(s) URL is omitted. Raises ValueError for a tag that is not in the list of allowed tags, and
    for an attribute that could run a script.
    """
    return Element(tag, attributes, children, _start(tag, **attributes))


def render(node: Node) -> str:
    """The HTML of a tree."""
    return "".join(pieces(node))


def pieces(node: Node) -> Iterator[str]:
    """The HTML in pieces of at most one figure, so that the caller can pause in between."""
    if callable(node):
        node = node()
    if not isinstance(node, Element) or node.tag == "figure":
        yield _whole(node)
        return
    yield node.start
    for child in node.children:
        yield from pieces(child)
    yield _ENDS[node.tag]


def _whole(node: Node) -> str:
    if node is None:
        return ""
    if isinstance(node, str):
        return escape(node)
    if not isinstance(node, Element):
        node = node()
    if not node.html:
        html = node.start
        for child in node.children:
            html += _whole(child)
        node.html = html + _ENDS[node.tag]
    return node.html


def escape(text: str) -> str:
    """Text for an element's content or a double-quoted attribute."""
    if not _UNSAFE.search(text):  # the usual case
        return text
    text = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;")


@lru_cache(maxsize=256, typed=True)  # most are the same in every card; `typed`, since True equals 1
def _start(tag: str, **attributes: Attribute) -> str:
    if tag not in _TAGS:
        raise ValueError(f"<{tag}> is not one of the elements a widget is drawn with.")
    return f"<{tag}{''.join(map(_attribute, attributes, attributes.values()))}>"


@cache  # two dozen names, each used hundreds of times
def _checked(name: str) -> str:
    name = name.rstrip("_").replace("_", "-")
    if not _NAME.fullmatch(name) or _FORBIDDEN.fullmatch(name):
        raise ValueError(f"The attribute {name!r} is not one a widget may have.")
    return name


def _attribute(name: str, value: Attribute) -> str:
    name = _checked(name)
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if name in _LINKS:
        value = safe_url(str(value))
        return f' {name}="{escape(value)}"' if value else ""
    return f' {name}="{escape(str(value))}"'
