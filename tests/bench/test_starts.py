"""Starts of Python in Chromium: the report names those that crash, and the bench goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from bundler.bench import crashes, run, starts
from bundler.bench.visit import Kind

CRASH = "chrome://crash"


@pytest.mark.timeout(600)
def test_some_starts_of_each_come_up():
    text = starts.bench(4)
    assert text.splitlines()[0].startswith("4 starts of each in Chromium ")
    assert text.splitlines()[-2:] == ["| slim runtime | 0 | 0 | 0 |", "| released Pyodide | 0 | 0 | 0 |"]


def test_a_crash_is_told_with_its_page_and_the_browser_starts_the_next(launched):
    failure = starts.start(launched("chromium"), CRASH, 7, slowed=1)
    assert failure is not None
    assert (failure.page, failure.number, failure.slowed, failure.reason) == ("crash", 7, 1, starts.CRASHED)
    other = starts.start(launched("chromium"), "http://127.0.0.1:1/ours.html", 8, slowed=4)
    assert other is not None
    assert "ERR_UNSAFE_PORT" in other.reason
    lines = starts.report("1.2", 9, [failure, starts.Failure("stock.html", 8, 4, starts.CRASHED, 1.26, "py.wasm")])
    assert "| released Pyodide | 1 | 1 | 0 |" in lines
    assert lines.endswith("stock.html, start 8, processor slowed 4 times: crashed after 1.3 s, last file py.wasm")


def test_a_round_of_the_bench_goes_on_after_a_crash_and_names_the_page(capsys):
    def visit(url, kind):
        if kind.page == "stock":
            raise crashes.PageCrashed(url)
        return {"cards_ms": 1.0}

    samples = run.make_visits(visit, {"ours": Kind("ours"), "stock": Kind("stock")}, "http://shop", 2, "Chromium")
    assert samples == {"ours": [{"cards_ms": 1.0}] * 2, "stock": []}
    assert capsys.readouterr().err.count("http://shop/stock.html crashed") == 2


def test_only_an_error_of_a_page_that_crashed_is_called_a_crash(launched):
    with launched("chromium").new_context() as context:
        page = context.new_page()
        with pytest.raises(Error, match="on purpose"), crashes.named(context, CRASH):
            page.evaluate("Promise.reject(new Error('on purpose'))")
        with pytest.raises(crashes.PageCrashed, match=CRASH), crashes.named(context, CRASH):
            page.goto(CRASH)
