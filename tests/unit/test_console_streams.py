"""The console's readers of times, addresses and event streams, compared with Python's standard library."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from web.console import moments, route
from web.console.events import EventStream

STREAM = (
    'retry: 500\r\n\r\nid: 7\nevent: commit\ndata: {"rows": 3}\n\n'
    ": still here\n\ndata: a\ndata:b\n\nevent: x\n\ndata: cut"
)


def test_times_match_datetime():
    generator = random.Random(3)
    for _ in range(2000):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=generator.randrange(4_000_000_000))
        text = moment.isoformat().replace("+00:00", "Z")
        assert moments.seconds(text) == moment.timestamp()
        assert moments.iso(moment.timestamp()) == text


def test_percent_encoding_matches_urllib():
    generator = random.Random(3)
    for _ in range(500):
        text = "".join(generator.choices("az09-_.~: /?#&=%+é€😀\n", k=12))
        assert route.quote(text) == quote(text, safe=":~")
        assert route.unquote(route.quote(text)) == unquote(quote(text)) == text


def test_a_link_keeps_its_choices_and_never_holds_a_token():
    link = route.Route("dashboard", {"account": "a", "widget": "w&x", "token": "tresta_1_secret", "view": "x" * 101})
    assert route.parse(link.text).query == {"account": "a", "widget": "w&x"}
    assert "secret" not in link.text


def test_a_stream_has_the_same_events_wherever_it_is_cut():
    for size in range(1, len(STREAM)):
        stream, events = EventStream(), []
        for start in range(0, len(STREAM), size):
            events += stream.feed(STREAM[start : start + size])
        assert events == [("commit", '{"rows": 3}'), ("message", "a\nb")], size
        assert (stream.retry_ms, stream.last_id) == (500, "7")
