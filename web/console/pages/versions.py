"""What changed between the versions of the batches' schema, and the documents about it for visitors and officers."""

from ..dom import h
from ..types import Element, Json
from .page import card

_NOTE = "Pages with an old copy of the widget may still send the version before. Each batch carries its table's digest."


def draw(preview: Json, account: str) -> Element:
    """The card of the account. `preview` is the API's answer."""
    now = h("p", None, f"Version {preview['schema']}, digest ", h("code", None, preview["digest"]))
    tables = [_table(version) for version in reversed(preview["changes"])]
    return card("Versions of the schema", now, tables, h("h3", None, "Documents"), _documents(account), note=_NOTE)


def _table(version: Json) -> list[Element]:
    title = f"Version {version['to']}, digest {version['digest']}"
    head = h("tr", None, [h("th", {"scope": "col"}, name) for name in ("Field", "Before", "Since")])
    rows = [
        h(
            "tr",
            None,
            h("th", {"scope": "row"}, h("code", None, change["field"])),
            h("td", {"data-label": "Before"}, change["before"] or "not sent"),
            h("td", {"data-label": "Since"}, change["after"] or "not sent any more"),
        )
        for change in version["fields"]
    ]
    table = h("table", {"class": "fields"}, h("thead", None, head), h("tbody", None, rows))
    region = {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": title}
    return [h("h3", None, title), h("div", region, table)]


def _documents(account: str) -> Element:
    """Links to what the server says to anyone. The console lies in a folder beside them."""
    path = f"../privacy/{account}"
    record = h("a", {"href": f"{path}.txt", "download": f"record-of-processing-{account}.txt"}, "Record of processing")
    return h(
        "ul",
        None,
        h("li", None, h("a", {"href": path}, "For visitors"), ": link it from your privacy policy."),
        h("li", None, record, ": a draft for your record (GDPR, Article 30), to be edited."),
        h("li", None, h("a", {"href": f"{path}.json"}, "The same as data"), "."),
    )
