from __future__ import annotations

import json
import random
from typing import Any

import pytest

from widget.nesting import is_deeper_than


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("", 0),
        ("1", 0),
        ("[]", 1),
        ('{"a": [1, {"b": []}], "c": {}}', 4),
        ('["[[[", "\\"[[", "\\\\", "[\\\\\\"["]', 1),
        ("[" * 5 + "]" * 5 + "[" * 3 + "]" * 3, 5),
        ('["a, [[[', 1),  # invalid JSON counts up to where a parser stops
        ('[[" \\', 2),
        ("]]][[", 0),
    ],
)
def test_the_depth_of_a_text(text, depth):
    assert not is_deeper_than(depth, text)
    assert depth == 0 or is_deeper_than(depth - 1, text)


def nested(chance, depth):
    """A random value of exactly this depth."""
    if depth == 0:
        return chance.choice([1, None, "", "[", "]{", "},{", '"[', "\\", '\\"]', "text"])
    if depth > 1 and chance.random() < 0.3:  # a list of objects, as in an API's answer
        return [{"k": nested(chance, depth - 2)} for _ in range(5)]
    inner = [nested(chance, depth - 1), *(nested(chance, chance.randrange(depth)) for _ in range(chance.randrange(3)))]
    chance.shuffle(inner)
    return inner if chance.random() < 0.5 else {f'k{n}["': value for n, value in enumerate(inner)}


@pytest.mark.parametrize("seed", range(100))
def test_it_is_the_depth_of_the_value_that_json_reads(seed):
    chance = random.Random(seed)
    depth = chance.randrange(1, 8)
    options: dict[str, Any] = chance.choice([{}, {"indent": 2}, {"separators": (",", ":")}])
    text = json.dumps(nested(chance, depth), **options)
    assert is_deeper_than(depth - 1, text) and not is_deeper_than(depth, text)


@pytest.mark.parametrize("text", ["a" * 1_000_000, '["' + "a" * 1_000_000, '"\\' * 500_000, "[ " + '"", ' * 250_000])
def test_no_text_takes_long(text):
    assert not is_deeper_than(1, text)  # in quadratic time this would not end


def test_a_plain_list_needs_no_pattern(monkeypatch):
    text = json.dumps([{"id": n, "text": "},{"} for n in range(500)], separators=(",", ":"))
    monkeypatch.setattr("widget.nesting._UP_TO_BRACKET", None)
    assert not is_deeper_than(2, text)
