"""What an account's alert rules fired on."""

from .. import clock, moments
from ..dom import h
from ..types import Element, Json
from .page import card

_CHANNELS = {"webhook": "webhook", "email": "e-mail"}


def draw(incidents: list[Json]) -> Element:
    """What the rules fired on, the newest first."""
    note = "What the rules fired on. Entries are deleted after 90 days."
    if not incidents:
        return card("History", h("p", {"class": "soft"}, "Nothing yet."), note=note)
    return card("History", h("ul", {"class": "incidents"}, [_incident(each) for each in incidents]), note=note)


def _incident(incident: Json) -> Element:
    times = time(incident["opened_at"])
    end = incident["resolved_at"]
    if end:
        length = moments.seconds(end) - moments.seconds(incident["opened_at"])
        times = f"{times}, for {moments.span(length)}"
    badge = h("span", {"class": "badge quiet" if end else "badge firing"}, "Over" if end else "Firing")
    return h(
        "li",
        None,
        h("div", {"class": "row"}, badge, h("small", {"class": "soft"}, times)),
        h("p", None, incident["text"]),
        h("p", {"class": "soft small"}, incident["resolution"]) if end else None,
        h("p", {"class": "soft small"}, _sending(incident)),
    )


def _sending(incident: Json) -> str:
    """What became of an incident's messages."""
    if not incident["notified"]:
        return "Nothing was sent: the rule was muted."
    messages = incident["messages"]
    problems = [message for message in messages if message["problem"]]
    if problems:
        return f"By {_CHANNELS[problems[0]['channel']]}: {problems[0]['problem']}"
    channels: list[str] = []
    for message in messages:
        if message["sent_at"] and _CHANNELS[message["channel"]] not in channels:
            channels.append(_CHANNELS[message["channel"]])
    return f"Sent by {' and '.join(channels)}." if channels else ""


def time(iso: str) -> str:
    """A time of the API in the browser's time zone."""
    return clock.day_and_minute(moments.seconds(iso), clock.browsers_zone())
