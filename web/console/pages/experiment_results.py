"""One experiment in the list: its verdict in one sentence, its variants in a table, and what can be done with it."""

from .. import clock, experiments, figures, moments
from ..dom import h
from ..types import Element, Json

_KINDS = {"difference": "good", "ratio_mismatch": "bad", "too_early": "", "not_kept": ""}


def draw(experiment: Json, results: Json | None, is_open: bool, question: str, may_change: bool) -> Element:
    """`results` are the API's, None while they load. `question` is the action that waits for a confirmation."""
    state, id_ = experiment["state"], str(experiment["id"])
    toggle = h(
        "button",
        {"type": "button", "class": "link", "data-do": "open-experiment", "value": id_, "data-key": f"open {id_}",
         "aria-expanded": "true" if is_open else "false"},
        experiment["name"],
    )  # fmt: skip
    zone = clock.browsers_zone()
    ends = [clock.day_and_minute(moments.seconds(experiment[name]), zone) for name in ("starts_at", "ends_at")]
    about = f"{experiment['widget']} \u00b7 {_words(experiment['figure'])} \u00b7 {ends[0]} to {ends[1]}"
    if experiment["winner"]:
        about += f" \u00b7 {experiment['winner']} is the design"
    badge = h("span", {"class": "badge quiet" if state == "running" else "badge"}, experiments.STATES[state])
    rest = _rest(experiment, results, question, may_change) if is_open else None
    return h("li", None, h("div", None, h("strong", None, toggle), h("small", None, about)), badge, rest)


def _rest(experiment: Json, results: Json | None, question: str, may_change: bool) -> Element:
    if results is None:
        return h("p", {"class": "soft wide"}, "Loading")
    until = results["until"]
    note = None
    if until:
        moment = clock.day_and_minute(moments.seconds(until), clock.browsers_zone())
        note = h(
            "p",
            {"class": "soft small"},
            f"Page views up to {moment}. The intervals hold however often you look.",
        )
    kind = _KINDS.get(results["verdict"], "")
    return h(
        "div",
        {"class": "wide results"},
        h("p", {"class": "sentence", "data-kind": kind}, results["sentence"]),
        _table(experiment, results),
        note,
        h("div", {"class": "row"}, _actions(experiment, results, question)) if may_change else None,
    )


def _table(experiment: Json, results: Json) -> Element:
    told = {variant["letter"]: variant for variant in results["variants"]}
    names = ("Variant", "Given out", "Page views") + tuple(words for _, words, _ in experiments.FIGURES)
    rows = []
    for variant in experiment["variants"]:
        result = told.get(variant["letter"], {"answers": None, "page_views": None, "figures": {}})
        badge = h("span", {"class": "own"}, "best") if results["leader"] == variant["letter"] else None
        about = f"{figures.tick(variant['share'], 'fraction')}, {experiments.words(variant['design'])}"
        head = h("th", {"scope": "row"}, variant["letter"], badge, h("small", None, about))
        cells = [_count("Given out", result["answers"]), _count("Page views", result["page_views"])]
        cells += [
            _figure(words, result["figures"].get(name), kind, name == experiment["figure"])
            for name, words, kind in experiments.FIGURES
        ]
        rows.append(h("tr", None, head, cells))
    head = h("tr", None, [h("th", {"scope": "col"}, name) for name in names])
    table = h("table", {"class": "breakdown compared"}, h("thead", None, head), h("tbody", None, rows))
    return h("div", {"class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Variants"}, table)


def _count(label: str, number: int | None) -> Element:
    text = figures.TOO_FEW if number is None else figures.with_commas(number)
    return h("td", {"data-label": label, "class": "few" if number is None else None}, text)


def _figure(label: str, figure: Json | None, kind: str, decides: bool) -> Element:
    if figure is None or figure["value"] is None:
        return h("td", {"data-label": label, "class": "few"}, figures.TOO_FEW if figure else "hidden")
    value = figures.value(figure["value"], kind)
    difference = experiments.difference(figure, kind)
    return h(
        "td",
        {"data-label": label},
        h("b", None, value) if decides else value,
        h("small", None, difference) if difference else None,
    )


def _actions(experiment: Json, results: Json, question: str) -> list[Element]:
    id_, is_over = str(experiment["id"]), experiment["state"] == "ended"
    if question:
        letter = question if question != "stop" else ""
        stop = "" if is_over else "Stop and "
        text = f"{stop}make {letter} the design" if letter else "Stop it for good"
        yes = _button("end-experiment-now", f"{id_} {letter}", text[0].upper() + text[1:], "danger")
        return [yes, _button("keep-experiment", id_, "Leave it")]
    if experiment["winner"]:
        return []
    buttons = [] if is_over else [_button("end-experiment", f"{id_} stop", "Stop")]
    for variant in experiment["variants"]:
        letter = variant["letter"]
        kind = "main" if results["leader"] == letter else ""
        buttons.append(_button("end-experiment", f"{id_} {letter}", f"Make {letter} the design", kind))
    return buttons


def _button(action: str, value: str, text: str, kind: str = "") -> Element:
    attributes = {"type": "button", "data-do": action, "value": value, "class": kind or None}
    attributes["data-key"] = f"{action} {value}"
    return h("button", attributes, text)


def _words(figure: str) -> str:
    return next(words for name, words, _ in experiments.FIGURES if name == figure)
