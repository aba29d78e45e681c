"""Each snippet of the corpus has the same outcome on the slim runtime as on the released Pyodide.

The outcomes on the released Pyodide are computed in each browser and not stored: they differ between browsers and
releases.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from itertools import zip_longest

import pytest
from playwright.sync_api import Page

from tests.slim import corpus

RuntimePage = Callable[[str], AbstractContextManager[Page]]
Outcomes = dict[str, str]  # the outputs of snippets by name

CORPUS = corpus.load()
SLIM = ["slim", "slim-cold", "slim-poisoned"]
POISONED = "slim-poisoned"
COMPLETE = "slim-cold"  # has its cold part from the start, so one page is enough for all topics
SNIPPET_WITHIN_MS = 20_000
MAX_LINES = 4  # of differing output per snippet in a failure's message

_NO_JSPI = "The snapshot is made in an engine without JSPI; the widget never waits synchronously."
_OF_THE_BUILD = "The snapshot keeps the program, streams, hash seed and engine of the build."

# All accepted differences of the slim runtime, with their reasons.
DIFFERENCES = {
    "async/loop-calls": _NO_JSPI,
    "code/audit-free-builtins": "No page evaluates source, so Pyodide's helper for it is missing.",
    "code/many-modules": "asyncio provides the names of its modules for sockets and processes, but does not list them.",
    "dates/time-module": _NO_JSPI,
    "docs/of-compiled-modules": "sys.last_type exists after an exception was printed, as on the stock page before.",
    "docs/of-standard-library": "The standard library is compiled without docstrings.",
    "docs/of-standard-classes": "The standard library is compiled without docstrings.",
    "pyodide/run-sync": _NO_JSPI,
    "system/environment": _OF_THE_BUILD,
    "system/flags": _OF_THE_BUILD,
    "system/interpreter-features": _OF_THE_BUILD,
    "system/prefixes": _OF_THE_BUILD,
    "system/streams": _OF_THE_BUILD,
}

# Snippets that must read cut data, and which. They have no outcome while it is overwritten: see bundler/slim/cut.py.
_MAPPINGS = "The mappings of East Asian codecs."
_CHARACTERS = "The decompositions and names of characters."
_FROZEN = "The bytecode of a frozen module, ntpath, which is imported."
_TABLES = "The tables of hashes, compressors, parsers and databases."
_MATHEMATICS = "The C library's mathematics: logarithms and trigonometry."
_CALENDAR = "The C library's names of days and months."
READS_CUT = {
    "binary/binascii": _TABLES,
    "binary/codecs-of-images": _TABLES,
    "binary/ctypes": _TABLES,
    "binary/gzip-bz2-lzma": _TABLES,
    "binary/random-seeded": _MATHEMATICS,
    "binary/zlib": _TABLES,
    "code/imports-of-own-files": _FROZEN,
    "code/many-modules": _TABLES,
    "codecs/chinese": _MAPPINGS,
    "codecs/cjk-whole-tables": _MAPPINGS,
    "codecs/escapes": _CHARACTERS,
    "codecs/incremental": _MAPPINGS,
    "codecs/japanese": _MAPPINGS,
    "codecs/korean": _MAPPINGS,
    "codecs/punycode-and-idna": _CHARACTERS,
    "dates/calendar": _CALENDAR,
    "dates/strftime": _CALENDAR,
    "dates/strptime": _CALENDAR,
    "dates/zoneinfo": _FROZEN,
    "decimals/normal-distribution": _MATHEMATICS,
    "decimals/statistics": _MATHEMATICS,
    "floats/cmath": _MATHEMATICS,
    "floats/complex": _MATHEMATICS,
    "floats/math-basic": _MATHEMATICS,
    "floats/powers-and-logs-swept": _MATHEMATICS,
    "floats/special-functions": _MATHEMATICS,
    "floats/trigonometry": _MATHEMATICS,
    "formatting/f-strings": _CHARACTERS,
    "formatting/format-datetime-and-enum": _CALENDAR,
    "libraries/paths": _FROZEN,
    "programs/calendar-of-events": _CALENDAR,
    "programs/statistics-of-loads": _MATHEMATICS,
    "programs/text-statistics-in-many-scripts": _CHARACTERS,
    "pyodide/pyodide-http-and-paths": _FROZEN,
    "syntax/ast-validation": _MAPPINGS,
    "system/sockets-and-network": _FROZEN,
    "system/sqlite": _TABLES,
    "text/encode-default": _CHARACTERS,
    "text/normalize": _CHARACTERS,
    "text/repr-and-ascii": _CHARACTERS,
    "unicode/combining-order": _CHARACTERS,
    "unicode/identifiers": _CHARACTERS,
    "unicode/names": _CHARACTERS,
    "unicode/normalize-long-text": _CHARACTERS,
    "unicode/properties": _CHARACTERS,
    "unicode/strip-accents": _CHARACTERS,
    "unicode/versions": _CHARACTERS,
    "unicode/whole-names": _CHARACTERS,
    "unicode/whole-normalization": _CHARACTERS,
    "unicode/whole-table": _CHARACTERS,
}

# After a fatal error the promise stays pending, and later snippets would have no outcome.
RUN = """
async ([snippets, within]) => {
  const outcomes = {};
  for (const [name, code] of snippets) {
    let timer;
    const late = new Promise((resolve) => { timer = setTimeout(resolve, within, null); });
    const outcome = await Promise.race([window.runSnippet(code), late]).catch((error) => `The page: ${error}`);
    clearTimeout(timer);
    if (outcome === null) break;
    outcomes[name] = outcome;
  }
  return outcomes;
}
"""


def run(page: Page, topic: corpus.Topic) -> Outcomes:
    """The outcomes of the snippets, up to the first one that takes too long."""
    outcomes: Outcomes = page.evaluate(RUN, [list(topic.items()), SNIPPET_WITHIN_MS])
    return outcomes


def differences(expected: Outcomes, actual: Outcomes) -> dict[str, str]:
    """The first lines that differ, by snippet."""
    return {
        name: _lines(text, actual.get(name, "no answer")) for name, text in expected.items() if actual.get(name) != text
    }


def _lines(expected: str, actual: str) -> str:
    pairs = [pair for pair in zip_longest(expected.splitlines(), actual.splitlines()) if pair[0] != pair[1]]
    return "\n".join(f"  expected {want!r:.1000}\n  got      {have!r:.1000}" for want, have in pairs[:MAX_LINES])


@pytest.fixture(scope="session")
def on_one_page(runtime_page: RuntimePage) -> Callable[[str], dict[str, Outcomes]]:
    """`on_one_page("stock")`: the outcomes on that kind of runtime by topic, computed once."""

    @cache
    def outcomes(kind: str) -> dict[str, Outcomes]:
        with runtime_page(kind) as page:
            return {name: run(page, topic) for name, topic in CORPUS.items()}

    return outcomes


@pytest.fixture(scope="session")
def stock(on_one_page: Callable[[str], dict[str, Outcomes]]) -> dict[str, Outcomes]:
    """The outcomes on the released Pyodide by topic."""
    return on_one_page("stock")


def test_the_corpus_has_many_topics_and_snippets():
    assert len(CORPUS) >= 25
    assert sum(map(len, CORPUS.values())) >= 500
    assert {
        name for name in {**DIFFERENCES, **READS_CUT} if name.partition("/")[2] not in CORPUS[name.partition("/")[0]]
    } == set()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("print(1)\n", "begin each snippet"),
        ("# name: a\nx\n# name: a\ny\n", "second snippet called 'a'"),
        ("# name: A b\nx\n", "write the name 'A b'"),
        ("# name: a\n\n# name: b\nx\n", "give the snippet 'a' some code"),
    ],
)
def test_a_malformed_file_of_snippets_is_an_error(text: str, complaint: str):
    with pytest.raises(ValueError, match=complaint):
        corpus.parse(text, "topic")


def test_every_snippet_has_an_outcome_on_stock(stock: dict[str, Outcomes]):
    for topic, outcomes in stock.items():
        assert list(outcomes) == list(CORPUS[topic])
        assert [name for name, text in outcomes.items() if not text.strip() or text.startswith("The page: ")] == []
        assert [name for name, text in outcomes.items() if re.search(" at 0x[0-9a-f]+", text)] == [], topic


def test_the_outcomes_on_stock_are_the_same_in_another_page(stock: dict[str, Outcomes], runtime_page: RuntimePage):
    """Otherwise differences of the slim runtime could be random. Also tests that the comparison can fail."""
    with runtime_page("stock") as page, runtime_page("stock") as other:
        seeds = [run(each, {"seed": "print(hash('é'))"})["seed"] for each in (page, other)]
        assert seeds[0] != seeds[1], "Every page has its own hash seed."
        for name, topic in CORPUS.items():
            assert differences(stock[name], run(page, topic)) == {}, name
        changed = {**CORPUS["text"], "join": "print('changed é')"}
        assert list(differences(stock["text"], run(page, changed))) == ["join"]
        assert "got      'changed é'" in differences(stock["text"], run(page, changed))["join"]
        never = {"first": "print(1)", "never": "import asyncio\nawait asyncio.Event().wait()", "after": "print(2)"}
        assert page.evaluate(RUN, [list(never.items()), 100]) == {"first": "1\n"}


@pytest.mark.parametrize("topic", CORPUS)
@pytest.mark.parametrize("kind", SLIM)
def test_slim_equals_stock(
    kind: str,
    topic: str,
    stock: dict[str, Outcomes],
    runtime_page: RuntimePage,
    on_one_page: Callable[[str], dict[str, Outcomes]],
):
    """Each topic has a fresh page, so that it starts without the cold part, except for COMPLETE."""
    expected = stock[topic]
    if kind == POISONED:
        snippets = {name: code for name, code in CORPUS[topic].items() if f"{topic}/{name}" not in READS_CUT}
        expected = {name: expected[name] for name in snippets}
        with runtime_page(kind) as page:
            actual = run(page, snippets)
    elif kind == COMPLETE:
        actual = on_one_page(kind)[topic]
    else:
        with runtime_page(kind) as page:
            actual = run(page, CORPUS[topic])
    different = {f"{topic}/{name}": lines for name, lines in differences(expected, actual).items()}
    unknown = [f"{name}\n{lines}" for name, lines in different.items() if name not in DIFFERENCES]
    assert not unknown, "\n".join(unknown)
    outdated = [
        name for name in DIFFERENCES if name.startswith(f"{topic}/") and name not in different and name not in READS_CUT
    ]
    assert not outdated, f"These are equal, so remove them from DIFFERENCES: {outdated}"
