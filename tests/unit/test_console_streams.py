"""The console's own readers of times, addresses and event streams, against those of Python's library."""

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


def test_times_are_those_of_the_calendar():
    random_ = random.Random(3)
    for _ in range(2000):
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=random_.randrange(4_000_000_000))
        text = moment.isoformat().replace("+00:00", "Z")
        assert moments.seconds(text) == moment.timestamp()
        assert moments.iso(moment.timestamp()) == text


def test_addresses_are_percent_encoded():
    random_ = random.Random(3)
    for _ in range(500):
        text = "".join(random_.choices("az09-_.~: /?#&=%+é€😀\n", k=12))
        assert route.quote(text) == quote(text, safe=":~")
        assert route.unquote(route.quote(text)) == unquote(quote(text)) == text


def test_a_link_keeps_what_it_shows_and_never_a_token():
    where = route.Route("dashboard", {"account": "a", "widget": "w&x", "token": "tresta_1_secret", "view": "x" * 101})
    assert route.parse(where.text).query == {"account": "a", "widget": "w&x"}
    assert "secret" not in where.text


def test_a_stream_says_the_same_wherever_it_is_cut():
    for size in range(1, len(STREAM)):
        stream, found = EventStream(), []
        for at in range(0, len(STREAM), size):
            found += stream.feed(STREAM[at : at + size])
        assert found == [("commit", '{"rows": 3}'), ("message", "a\nb")], size
        assert (stream.retry_ms, stream.last_id) == (500, "7")
