"""The bench's own sums, and one round of real visits. What a visit took decides nothing here."""

from __future__ import annotations

import json

import pytest

from bundler.bench import chart, chromium, content, figures, machine, medians, pages, run, table, visit
from bundler.bench.visit import Kind
from bundler.browsers import webkit
from bundler.build import dist
from bundler.build.compression import brotli_bytes

FIGURES = {figure.name: figure for figure in figures.FIGURES}


def report(**seen):
    """What the probe of a page says."""
    nothing = {"python_ms": None, "cards_ms": None, "tasks": None, "waits": [], "wasm_bytes": 0}
    return {**nothing, **seen}


# From a visit to its numbers


def test_a_task_blocks_by_what_it_has_over_50_ms_and_only_until_all_is_there():
    tasks = [[100, 60], [200, 150], [400, 51], [1000, 300]]
    sample = visit.measured(report(cards_ms=500, python_ms=450, tasks=tasks, waits=[[990, 310]]))
    assert sample["blocking_ms"] == 10 + 100 + 1
    assert sample["longest_task_ms"] == 300  # later ones too: they freeze the page as much
    assert visit.measured(report(cards_ms=500, python_ms=1100, tasks=tasks))["blocking_ms"] == 111 + 250


@pytest.mark.parametrize(("waits", "longest"), [([], 0), ([[1, 20], [2, 31]], 31), ([[1, 80]], 50)])
def test_without_a_long_task_the_longest_wait_bounds_the_longest_task(waits, longest):
    assert visit.measured(report(cards_ms=1, tasks=[], waits=waits))["longest_task_ms"] == longest


def test_a_browser_that_tells_of_no_tasks_has_waits_alone():
    assert visit.measured(report(waits=[[3, 70]])) == {"longest_wait_ms": 70, "wasm_bytes": 0}


@pytest.mark.parametrize(
    ("seen", "kind", "is_done"),
    [
        (report(), Kind("plain"), False),
        (report(cards_ms=1), Kind("plain"), True),
        (report(cards_ms=1), Kind("ours", python=True), False),
        (report(python_ms=1), Kind("ours", python=True), False),
        (report(cards_ms=1, python_ms=0), Kind("ours", python=True), True),
    ],
)
def test_a_visit_ends_with_what_it_is_for(seen, kind, is_done):
    assert visit.is_done(seen, kind) is is_done


# From the numbers to the figures


def test_medians_are_taken_over_the_visits_of_a_kind():
    samples = {"firefox": {"ours": [{"cards_ms": n, "python_ms": -n} for n in (9, 1, 4)], "plain": [{"cards_ms": 7}]}}
    assert medians.medians(samples) == {"firefox": {"ours": {"cards_ms": 4, "python_ms": -4}, "plain": {"cards_ms": 7}}}


def test_the_bytes_of_a_kind_are_counted_in_visits_of_their_own():
    samples = {"chromium": {"ours": [{"cards_ms": 9}], "ours-wire": [{"ready_bytes": n} for n in (3, 1, 2)]}}
    assert medians.medians(samples) == {"chromium": {"ours": {"cards_ms": 9, "ready_bytes": 2}}}


def test_a_paint_is_told_in_steps_and_was_seen_between_them():
    samples = {"chromium": {"host": [{"lcp_ms": ms} for ms in (44.0, 48.0, 48.0, 48.0, 52.0, 52.0)]}}
    assert medians.medians(samples)["chromium"]["host"]["lcp_ms"] == pytest.approx(46 + 4 * (3 - 1) / 3)


def test_how_far_a_figure_may_be_off_is_told_from_how_much_visits_differ():
    def visits(*numbers):
        return [{"cards_ms": number} for number in numbers]

    of = {"ms": lambda found: found["firefox"]["ours"]["cards_ms"], "unknown": lambda _: None}
    low, high = medians.intervals({"firefox": {"ours": visits(*range(100, 141))}}, of)["ms"]
    assert 110 < low < 118  # the middle of 41 numbers in a row is 120, and chance moves it by less than 10
    assert 122 < high < 130
    assert medians.intervals({"firefox": {"ours": visits(7, 7, 7)}}, of) == {"ms": (7, 7)}
    assert medians.intervals({"firefox": {"ours": visits(*range(10)), "none": []}}, {"unknown": of["unknown"]}) == {}


def test_a_ratio_beside_nothing():
    assert figures.ratio(6, 4) == 1.5
    assert figures.ratio(6, 0) == float("inf")
    assert figures.ratio(0, 0) == 1


def test_a_visitor_pays_on_average_for_the_few_who_are_in_the_sample():
    still, sampled = {"ready_bytes": 9_000, "later_bytes": 1_000}, {"ready_bytes": 10_000, "later_bytes": 990_000}
    assert figures.average_bytes(still, sampled) == pytest.approx(0.99 * 10_000 + 0.01 * 1_000_000)
    assert figures.average_bytes(still, sampled, rate=1) == 1_000_000


@pytest.mark.parametrize(
    ("value", "kept"), [(None, "not measured"), (0, "aim"), (0.1, "must"), (10, "must"), (10.1, "missed")]
)
def test_what_is_kept_of_a_bound_from_above(value, kept):
    assert FIGURES["blocking time until ready"].kept(value) == kept


@pytest.mark.parametrize(("value", "kept"), [(7.9, "missed"), (8, "must"), (12, "aim"), (float("inf"), "aim")])
def test_what_is_kept_of_a_bound_from_below(value, kept):
    assert FIGURES["boot and 50 cards by Python, stock / ours"].kept(value) == kept


PAGE = {
    "cards_ms": 100.0, "python_ms": 90.0, "ready_bytes": 1_300_000.0, "later_bytes": 0.0, "longest_task_ms": 30.0,
    "longest_wait_ms": 30.0, "blocking_ms": 0.0, "heap_bytes": 2e6, "wasm_bytes": 3e7, "again_python_ms": 45.0,
    "crossing_us": 5.0, "track_error_us": 20.0, "flush_ms": 2.0, "beacon_ms": 1.5,
    "batch_bytes": 8000.0, "batches": 10.0,
}  # fmt: skip
HOST = {"lcp_ms": 100.0, "cls": 0.0, "inp_ms": 16.0}
CHROMIUM = {
    "ours": PAGE,
    "stock": {**PAGE, "cards_ms": 1200.0},
    "plain": {**PAGE, "cards_ms": 80.0},
    "shop": {**PAGE, "cards_ms": 88.0, "ready_bytes": 9_000.0},
    "sampled": PAGE,
    "ours-slow": PAGE,
    "stock-slow": {**PAGE, "longest_task_ms": 1500.0},
    "ours-line": {**PAGE, "again_python_ms": 18.0},
    "stock-line": PAGE,
    "host": HOST,
    "host-shop": HOST,
    "host-sampled": {**HOST, "inp_ms": 40.0},
    "host-seen": HOST,
    "host-empty-seen": {**HOST, "lcp_ms": 103.0},
    "host-shop-seen": {**HOST, "lcp_ms": 105.0},
    "host-seen-line": {**HOST, "lcp_ms": 200.0},
    "host-shop-seen-line": {**HOST, "lcp_ms": 204.0},
}


def test_every_figure_finds_its_numbers():
    found = {"chromium": CHROMIUM, "firefox": CHROMIUM, "webkit": CHROMIUM}
    values = [figure.value(found) for figure in figures.FIGURES]
    expected = [1300, 12, 12, 12, 30, 50, 0, 1.1, 9 * 0.99 + 13, 0.5, 0.2, 1.05, 1.02, 0, 24, 20, 2]
    assert values == pytest.approx(expected)
    kept = [figure.kept(value) for figure, value in zip(figures.FIGURES, values, strict=True)]
    assert " ".join(kept) == "aim aim aim must aim must aim must aim must aim must must aim missed aim must"


def test_what_was_not_measured_is_said_and_the_rest_stands():
    found = {"firefox": {"ours": PAGE, "stock": {**PAGE, "cards_ms": 500.0}}}
    values = {figure.name: figure.value(found) for figure in figures.FIGURES}
    assert values.pop("the same in Firefox") == 5
    assert set(values.values()) == {None}


@pytest.mark.parametrize(
    ("between", "is_clear"),
    [((1.06, 1.2), True), ((1.04, 1.2), False), ((1.01, 1.05), True), ((0.99, 1.03), False), ((1.02, 1.02), True)],
)
def test_a_verdict_is_clear_where_chance_does_not_change_it(between, is_clear):
    outcome = figures.Outcome(FIGURES["host page's LCP, with / without"], 1.02, between)
    assert outcome.is_clear is is_clear
    assert outcome.as_json()["clear"] is is_clear
    assert figures.Outcome(outcome.figure, None, None).is_clear


# What is shown


def test_the_kinds_of_visit_are_all_that_the_figures_need():
    kinds = {name: CHROMIUM.get(name, PAGE) for name in run.KINDS if not name.endswith(medians.WIRE)}
    found = {"chromium": kinds, **{name: dict.fromkeys(run.FIRST, PAGE) for name in ("firefox", "webkit")}}
    assert None not in [figure.value(found) for figure in figures.FIGURES]
    assert {kind.page for kind in run.KINDS.values()} <= set(pages.NAMES)


def test_columns_stand_under_each_other():
    lines = table.aligned([("page", "ms"), ("a long name", "7"), ("b", "1200")]).splitlines()
    assert lines == ["page           ms", "-----------  ----", "a long name     7", "b            1200"]


def test_the_report_has_each_promise_with_its_mark_and_each_page():
    samples = {"chromium": {name: [numbers] for name, numbers in CHROMIUM.items()}}
    samples["chromium"]["stock"] = [{**PAGE, "cards_ms": ms} for ms in (700.0, 1200.0, 1300.0)]
    found = medians.medians(samples)
    text = table.report(figures.outcomes(samples), found, {"chromium": "Chromium 1.2"})
    promises, pages_beside, slowed, narrow = text.split("Chromium 1.2")
    (line,) = [line for line in promises.splitlines() if line.startswith("host page's INP")]
    assert line.split()[-6:] == ["ms", "24.0", "16", "0", "✗", "missed"]
    (line,) = [line for line in promises.splitlines() if line.startswith("boot and 50 cards")]
    assert line.split()[-8:] == ["12.0", "7.00", "-", "13.0", "8", "12", "✓✓", "aim?"]
    assert "the same in WebKit" in promises
    assert "- not measured" in promises
    (shop,) = [line for line in pages_beside.splitlines() if line.startswith("Tresta, as shops have it")]
    assert shop.split()[-2:] == ["13.6", "1.10"]  # 1200 / 88, 88 / 80
    assert "slowed down 4 times" in slowed
    assert "a line of 10 Mbit/s" in narrow
    assert "an empty script in place of our tag / without is 1.03" in narrow
    assert "8000 bytes" in narrow


def test_the_machine_is_named():
    described = machine.describe()
    assert described["cores"] >= 1
    assert str(described["processor"]) in machine.sentence(described)


def test_the_chart_is_drawn_the_same_twice(tmp_path):
    drawn = []
    for name in ("one.svg", "two.svg"):
        chart.write(tmp_path / name, CHROMIUM, "Chromium 1.2")
        drawn.append((tmp_path / name).read_text())
    assert drawn[0] == drawn[1]
    for expected in ("Pyodide as released", "1,200", "Chromium 1.2"):
        assert expected in drawn[0]


def test_a_missing_webkit_is_said(monkeypatch):
    monkeypatch.setattr(webkit, "_DRIVER", "no-such-driver")
    assert not webkit.is_here()


# Real visits


@pytest.fixture(scope="module")
def answers():
    return content.answers()


@pytest.fixture(scope="module")
def shop(answers):
    dist.build()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "answers", lambda: answers)  # asked of the API once
        with pages.serving() as url:
            yield url


@pytest.fixture
def first(launched, shop):
    """`first(Kind("shop"))`: a first visit in Chromium."""

    def visited(kind):
        with launched("chromium").new_context() as context:
            return chromium.first(context, f"{shop}/{kind.page}.html", kind)

    return visited


def test_the_answers_are_the_apis_own(answers):
    bodies = {name: json.loads(body) for name, body in answers.items()}
    assert [len(body["testimonials"]) for body in bodies.values()] == [content.CARDS] * 3
    assert bodies["drawn"]["drawn"]["still"] is True
    assert bodies["drawn"]["drawn"]["html"].count("<figure") == content.CARDS
    assert "drawn" not in bodies["undrawn"]
    assert [body["telemetry"]["rate"] for body in bodies.values()] == [0, 1, 0]


def test_out_of_the_sample_a_visitor_loads_the_tag_and_the_content(first, answers):
    sample = first(run.KINDS["shop-wire"])
    expected = (dist.DIST / "embed.js.br").stat().st_size + len(brotli_bytes(answers["drawn"]))
    headers = sample["ready_bytes"] + sample["later_bytes"] - expected
    assert 200 < headers < 2000
    sample = first(run.KINDS["shop"])
    assert sample["cards_ms"] > 0
    assert sample["wasm_bytes"] == 0


def test_python_draws_all_cards_and_counts_and_is_there_again(first):
    sample = first(run.KINDS["ours"])
    assert sample["cards_ms"] > 0
    assert sample["python_ms"] > 0
    assert sample["again_python_ms"] > 0
    assert sample["wasm_bytes"] > 10_000_000
    assert sample["batches"] == 10  # each flush sent one
    assert 6000 < sample["batch_bytes"] <= 8192
    assert 0 <= sample["beacon_ms"] <= sample["flush_ms"]
    assert sample["crossing_us"] > 0
    assert sample["track_error_us"] > 0


def test_a_line_lets_no_more_through_than_it_holds(first):
    sample = first(run.KINDS["ours-line"])
    assert sample["python_ms"] > 1_000_000 * 8 / chromium.LINE_MBIT_S / 1000  # more bytes than that come before
    assert sample["again_python_ms"] > 0


def test_with_python_a_visitor_loads_a_megabyte_more(first):
    sample = first(run.KINDS["ours-wire"])
    assert sample["ready_bytes"] > 1_000_000
    assert sample["later_bytes"] > 1_000_000  # the cold part
    assert "cards_ms" not in sample


@pytest.mark.parametrize("name", ["plain", "mpy"])
def test_the_others_draw_as_many_cards(first, name):
    assert first(run.KINDS[name])["cards_ms"] > 0


def test_a_visitor_clicks_on_the_hosts_page(first):
    assert first(run.KINDS["host-shop"])["lcp_ms"] > 0


def test_the_hosts_page_is_seen_over_a_line_too(first):
    assert first(run.KINDS["host-seen-line"])["lcp_ms"] > chromium.LINE_MS


def test_an_empty_script_stands_in_for_our_tag(first, launched, shop):
    assert first(run.KINDS["host-empty-seen"])["lcp_ms"] > 0
    with launched("chromium").new_page() as page:
        with page.expect_response("**/empty.js") as answer:
            page.goto(f"{shop}/host-empty.html")
        assert answer.value.ok
