"""How Python starts in the pages: a funnel from the script tag to the first report, in all or of one version."""

from .. import clock, dom, figures, route, stages, tables
from ..dom import h
from ..session import Session
from ..types import Element, Event, Json
from .page import card

_ASK_AGAIN_S = 60.0
_ASKED = ("widget", "version", "not_widget", "not_version")  # the filters that page views which ended early have, too
_NOTE = (
    "Page views of script tags in the sample: how far they came, and when half and three quarters of them were there. "
    "Those that are hidden before their cards are seen report nothing, and are not in here."
)
_TOO_FEW = "Fewer than 20 page views of script tags tell how Python started."
_TIMES = (("p50", "p50"), ("p75", "p75"))
_COLUMNS = (
    ("content", "share", "fraction", "Content there"),
    ("seen", "share", "fraction", "Cards seen"),
    ("ready", "share", "fraction", "Python up"),
    ("ready", "p75", "ms", "Python up, p75"),
)


class Starts:
    """The card's element, empty until `load` shows an answer."""

    def __init__(self, session: Session) -> None:
        self.element = h("div", {"class": "starts"})
        self._session = session
        self._answer: Json | None = None
        self._version = ""
        self._query, self._shown_at = "", 0.0
        dom.on("start-version", self._choose)

    async def load(self, query: str) -> None:
        """Asks for the stages of the dashboard's query and shows them, unless it did so within the last minute."""
        if any(self._session.route.get(name) for name in route.FILTERS if name not in _ASKED):
            return
        if query == self._query and clock.now() - self._shown_at < _ASK_AGAIN_S:
            return
        self._query, self._shown_at = query, 0.0
        answer: Json = await self._session.api.get(f"/accounts/{self._session.account}/stages?{query}")
        if query == self._query:
            self._answer, self._shown_at = answer, clock.now()
            self._draw()

    def hide(self) -> None:
        """Shows nothing, because other figures are asked for."""
        self._query, self._answer = "", None
        dom.fill(self.element)

    def _choose(self, event: Event, menu: Element) -> None:
        self._version = menu.value
        self._draw()

    def _draw(self) -> None:
        answer = self._answer
        if answer is None:
            return
        start = stages.of_version(answer, self._version)
        content = [_funnel(start) if _is_told(start) else h("p", {"class": "soft"}, _TOO_FEW)]
        versions = [each for each in answer["by_version"] if _is_told(each)]
        if len(versions) > 1:
            content = [_menu(versions, self._version)] + content + [_by_version(versions)]
        dom.fill(self.element, card("Start of Python", content, note=_NOTE))


def _is_told(start: Json) -> bool:
    return figures.has_value(start["stages"][0]["share"])


def _menu(versions: list[Json], choice: str) -> Element:
    names = [each["name"] for each in versions]
    options = [h("option", {"value": ""}, "All versions")]
    for name in names:
        text = "All others" if name == "other" else name
        options.append(h("option", {"value": name, "selected": name == choice}, text))
    attributes = {"data-do": "start-version", "data-key": "start version", "aria-label": "Version of the funnel"}
    return h("select", attributes, options)


def _funnel(start: Json) -> Element:
    """A bar for each stage, and below it what became of those that came no further."""
    heads = [h("th", {"scope": "col"}, label) for label in ("Stage", "Page views")]
    heads += [h("th", {"scope": "col"}, label) for _, label in _TIMES]
    rows = []
    for each in start["stages"]:
        rows.append(_row(each))
        text = stages.ended(start, each["stage"])
        if text:
            rows.append(h("tr", {"class": "ended"}, h("td", {"colspan": 4}, text)))
    return h("table", {"class": "funnel"}, h("thead", None, h("tr", None, heads)), h("tbody", None, rows))


def _row(each: Json) -> Element:
    share, label = each["share"], stages.STAGES[each["stage"]]
    bar = dom.style(h("i"), "width", f"{100 * share['value']:.2f}%")
    track = h("span", {"class": "bar-of", "aria-hidden": "true"}, bar)
    head = h("th", {"scope": "row"}, h("span", {"class": "stage"}, label, track))
    is_first = each["stage"] == "tag"  # from which all is counted
    cells = [_cell(share, "fraction", "Page views", figures.page_views(share) if is_first else "")]
    cells += [_cell(each[name], "ms", text) for name, text in _TIMES]
    return h("tr", {"data-stage": each["stage"]}, head, cells)


def _cell(figure: Json, kind: str, label: str, small: str = "") -> Element:
    if not figures.has_value(figure):
        text = figures.TOO_FEW if figure["too_few"] else figures.DASH
        return h("td", {"class": "few", "data-label": label}, text)
    return h(
        "td",
        {"data-label": label},
        figures.text(figure, kind),
        h("small", None, small or figures.interval(figure, kind)),
    )


def _by_version(versions: list[Json]) -> Element:
    heads = [h("th", {"scope": "col"}, "Version")]
    heads += [h("th", {"scope": "col"}, label) for _, _, _, label in _COLUMNS]
    rows = []
    for each in versions:
        of = {stage["stage"]: stage for stage in each["stages"]}
        name = "All others" if each["name"] == "other" else each["name"]
        cells = [tables.cell(of[stage][figure], kind, label) for stage, figure, kind, label in _COLUMNS]
        rows.append(h("tr", None, h("th", {"scope": "row"}, name), cells))
    return h("table", {"class": "breakdown versions"}, h("thead", None, h("tr", None, heads)), h("tbody", None, rows))
