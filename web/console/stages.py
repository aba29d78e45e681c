"""The stages of Python's start, and where page views ended, in words."""

from . import figures
from .types import Json

STAGES = {
    "tag": "Tag ran",
    "content": "Content there",
    "seen": "Cards seen",
    "wanted": "Python wanted",
    "ready": "Python up",
    "report": "First report",
}
# What the page views missed that went no further than a stage. Those that reported ended nowhere.
_MISSED = {
    "tag": "the content never came",
    "content": "the content came, and nothing was seen",
    "wanted": "Python did not come up",
}
_LEFT, _OTHER = "the visitor left before", "other codes"


def of_version(answer: Json, version: str) -> Json:
    """The part of the API's answer that is about this version; about all if there is none such."""
    starts: list[Json] = [each for each in answer["by_version"] if each["name"] == version]
    return (starts + [answer["summary"]])[0]


def ended(start: Json, stage: str) -> str:
    """What became of those that went no further than a stage: `3.00% ended here: the content never came (...)`.

    Empty if there are none, or if nothing may be told.
    """
    for end in start["ended"]:
        if end["after"] == stage and stage in _MISSED and end["share"]["value"]:
            codes = [_code(each) for each in end["codes"]]
            reasons = f" ({', '.join(codes)})" if codes else ""
            between = figures.interval(end["share"], "fraction")
            between = f", {between}," if between else ""
            return f"{figures.fraction(end['share']['value'])}{between} ended here: {_MISSED[stage]}{reasons}"
    return ""


def _code(each: Json) -> str:
    name = _LEFT if each["code"] == "" else _OTHER if each["code"] == "other" else each["code"]
    return f"{name} {figures.text(each['share'], 'fraction')}"
