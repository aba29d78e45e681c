"""The bench's computations, and one round of real visits. No test depends on how long a visit took."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bundler.bench import chart, chromium, content, endings, machine, medians, pages, run, table, targets, visit
from bundler.bench.visit import Kind
from bundler.browsers import webkit
from bundler.build import dist
from bundler.build.compression import brotli_bytes

TARGETS = {target.name: target for target in targets.TARGETS}


def report(**values):
    """The report of a page's probe."""
    empty: dict[str, Any] = {"python_ms": None, "cards_ms": None, "tasks": None, "waits": [], "wasm_bytes": 0}
    return {**empty, **values}


# From a report to numbers


def test_blocking_time_is_what_tasks_exceed_50_ms_by_until_the_page_is_ready():
    tasks = [[100, 60], [200, 150], [400, 51], [1000, 300]]
    sample = visit.to_sample(report(cards_ms=500, python_ms=450, tasks=tasks, waits=[[990, 310]]))
    assert sample["blocking_ms"] == 10 + 100 + 1
    assert sample["longest_task_ms"] == 300  # later tasks count too, since they freeze the page as much
    assert visit.to_sample(report(cards_ms=500, python_ms=1100, tasks=tasks))["blocking_ms"] == 111 + 250


@pytest.mark.parametrize(("waits", "longest"), [([], 0), ([[1, 20], [2, 31]], 31), ([[1, 80]], 50)])
def test_without_a_long_task_the_longest_wait_bounds_the_longest_task(waits, longest):
    assert visit.to_sample(report(cards_ms=1, tasks=[], waits=waits))["longest_task_ms"] == longest


def test_a_browser_that_does_not_report_tasks_has_only_waits():
    assert visit.to_sample(report(waits=[[3, 70]])) == {"longest_wait_ms": 70, "wasm_bytes": 0}


@pytest.mark.parametrize(
    ("values", "kind", "is_done"),
    [
        (report(), Kind("plain"), False),
        (report(cards_ms=1), Kind("plain"), True),
        (report(cards_ms=1), Kind("ours", python=True), False),
        (report(python_ms=1), Kind("ours", python=True), False),
        (report(cards_ms=1, python_ms=0), Kind("ours", python=True), True),
    ],
)
def test_a_visit_is_done_once_its_cards_and_its_python_are_there(values, kind, is_done):
    assert visit.is_done(values, kind) is is_done


# From numbers to targets


def test_medians_are_over_the_visits_of_a_kind():
    samples: medians.Samples = {
        "firefox": {"ours": [{"cards_ms": n, "python_ms": -n} for n in (9, 1, 4)], "plain": [{"cards_ms": 7}]}
    }
    assert medians.medians_of(samples) == {
        "firefox": {"ours": {"cards_ms": 4, "python_ms": -4}, "plain": {"cards_ms": 7}}
    }


def test_the_bytes_of_a_kind_come_from_separate_visits():
    samples: medians.Samples = {
        "chromium": {"ours": [{"cards_ms": 9}], "ours-wire": [{"ready_bytes": n} for n in (3, 1, 2)]}
    }
    assert medians.medians_of(samples) == {"chromium": {"ours": {"cards_ms": 9, "ready_bytes": 2}}}


def test_the_median_of_paint_times_lies_within_their_coarse_steps():
    samples = {"chromium": {"host": [{"lcp_ms": ms} for ms in (44.0, 48.0, 48.0, 48.0, 52.0, 52.0)]}}
    assert medians.medians_of(samples)["chromium"]["host"]["lcp_ms"] == pytest.approx(46 + 4 * (3 - 1) / 3)


def test_an_interval_is_as_wide_as_the_spread_of_the_visits_makes_it():
    def visits(*numbers):
        return [{"cards_ms": number} for number in numbers]

    statistics = {"ms": lambda medians: medians["firefox"]["ours"]["cards_ms"], "unknown": lambda _: None}
    low, high = medians.intervals({"firefox": {"ours": visits(*range(100, 141))}}, statistics)["ms"]
    assert 110 < low < 118  # the median of 100 to 140 is 120, and chance moves it by less than 10
    assert 122 < high < 130
    assert medians.intervals({"firefox": {"ours": visits(7, 7, 7)}}, statistics) == {"ms": (7, 7)}
    unknown = {"unknown": statistics["unknown"]}
    assert medians.intervals({"firefox": {"ours": visits(*range(10)), "none": []}}, unknown) == {}


def test_a_ratio_with_a_divisor_of_zero():
    assert targets.ratio(6, 4) == 1.5
    assert targets.ratio(6, 0) == float("inf")
    assert targets.ratio(0, 0) == 1


def test_average_bytes_weigh_the_sampled_visits_by_the_sampling_rate():
    unsampled: visit.Sample = {"ready_bytes": 9_000, "later_bytes": 1_000}
    sampled: visit.Sample = {"ready_bytes": 10_000, "later_bytes": 990_000}
    assert targets.average_bytes(unsampled, sampled) == pytest.approx(0.99 * 10_000 + 0.01 * 1_000_000)
    assert targets.average_bytes(unsampled, sampled, rate=1) == 1_000_000


@pytest.mark.parametrize(
    ("value", "result"), [(None, "not measured"), (0, "aim"), (0.1, "must"), (10, "must"), (10.1, "missed")]
)
def test_the_result_for_upper_bounds(value, result):
    assert TARGETS["blocking time until ready"].result(value) == result


@pytest.mark.parametrize(("value", "result"), [(8.9, "missed"), (9, "must"), (12, "aim"), (float("inf"), "aim")])
def test_the_result_for_lower_bounds(value, result):
    assert TARGETS["boot and 50 cards by Python, stock / ours"].result(value) == result


PAGE = {
    "cards_ms": 100.0, "python_ms": 90.0, "ready_bytes": 1_300_000.0, "later_bytes": 0.0, "longest_task_ms": 30.0,
    "longest_wait_ms": 30.0, "blocking_ms": 0.0, "heap_bytes": 2e6, "wasm_bytes": 3e7, "again_python_ms": 45.0,
    "crossing_us": 5.0, "track_error_us": 20.0, "flush_ms": 2.0, "beacon_ms": 1.5,
    "batch_bytes": 8000.0, "batches": 10.0, "cpu_ms": 300.0, "requests": 8.0,
}  # fmt: skip
HOST = {"lcp_ms": 100.0, "cls": 0.0, "inp_ms": 16.0}
CHROMIUM = {
    "ours": PAGE,
    "stock": {**PAGE, "cards_ms": 1200.0},
    "plain": {**PAGE, "cards_ms": 80.0},
    "shop": {**PAGE, "cards_ms": 88.0, "ready_bytes": 9_000.0},
    "sampled": PAGE,
    "seed": {**PAGE, "ready_bytes": 11_000.0},
    "mpy": {**PAGE, "cards_ms": 90.0},
    "carousel": {**PAGE, "ready_bytes": 10_000.0},
    "carousel-sampled": PAGE,
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


def test_every_target_computes_its_value_from_the_medians():
    numbers = {"chromium": CHROMIUM, "firefox": CHROMIUM, "webkit": CHROMIUM}
    values = [target.value(numbers) for target in targets.TARGETS]
    bytes_ = [1300, 10, 10 * 0.99 + 13, 11, 9 * 0.99 + 13]
    times = [12, 12, 12, 0.9, 100, 32, 30, 50, 0, 1.1, 0.5, 0.2]
    assert values == pytest.approx([*bytes_, *times, 1.05, 1.02, 0, 24, 20, 2])
    results = [target.result(value) for target, value in zip(targets.TARGETS, values, strict=True)]
    assert " ".join(results) == (
        "missed aim must aim must aim aim must must aim must aim must aim must must aim must must aim missed aim must"
    )


def test_a_target_without_its_visits_has_no_value_and_the_others_have_theirs():
    numbers = {"firefox": {"ours": PAGE, "stock": {**PAGE, "cards_ms": 500.0}}}
    values = {target.name: target.value(numbers) for target in targets.TARGETS}
    assert values.pop("the same in Firefox") == 5
    assert set(values.values()) == {None}


@pytest.mark.parametrize(
    ("interval", "is_clear"),
    [((1.06, 1.2), True), ((1.04, 1.2), False), ((1.01, 1.05), True), ((0.99, 1.03), False), ((1.02, 1.02), True)],
)
def test_a_result_is_clear_if_it_is_the_same_in_the_whole_interval(interval, is_clear):
    outcome = targets.Outcome(TARGETS["host page's LCP, with / without"], 1.02, interval)
    assert outcome.is_clear is is_clear
    assert outcome.as_json()["clear"] is is_clear
    assert targets.Outcome(outcome.target, None, None).is_clear


# Reports


def test_the_kinds_of_visit_suffice_for_all_targets():
    kinds = {name: CHROMIUM.get(name, PAGE) for name in (kind.removesuffix(medians.WIRE) for kind in run.KINDS)}
    numbers = {"chromium": kinds, **{name: dict.fromkeys(run.FIRST, PAGE) for name in ("firefox", "webkit")}}
    assert None not in [target.value(numbers) for target in targets.TARGETS]
    assert {kind.page for kind in run.KINDS.values()} <= set(pages.NAMES)


def test_columns_are_aligned():
    lines = table.align([("page", "ms"), ("a long name", "7"), ("b", "1200")]).splitlines()
    assert lines == ["page           ms", "-----------  ----", "a long name     7", "b            1200"]


def test_the_report_has_each_target_with_its_result_and_each_page():
    samples = {"chromium": {name: [numbers] for name, numbers in CHROMIUM.items()}}
    samples["chromium"]["stock"] = [{**PAGE, "cards_ms": ms} for ms in (700.0, 1200.0, 1300.0)]
    text = table.report(targets.outcomes(samples), medians.medians_of(samples), {"chromium": "Chromium 1.2"})
    targets_part, pages_part, slowed_part, line_part = text.split("Chromium 1.2")
    (carousel,) = [line for line in line_part.splitlines() if line.startswith("carousel")]
    assert carousel.split() == ["carousel", "10.0", "8.00", "1300", "8.00", "22.9"]
    (line,) = [line for line in targets_part.splitlines() if line.startswith("host page's INP")]
    assert line.split()[-6:] == ["ms", "24.0", "16", "0", "✗", "missed"]
    (line,) = [line for line in targets_part.splitlines() if line.startswith("boot and 50 cards")]
    assert line.split()[-8:] == ["12.0", "7.00", "-", "13.0", "9", "12", "✓✓", "aim?"]
    assert "the same in WebKit" in targets_part
    assert "- not measured" in targets_part
    (shop,) = [line for line in pages_part.splitlines() if line.startswith("Tresta, as shops have it")]
    assert shop.split()[-2:] == ["13.6", "1.10"]  # 1200 / 88, 88 / 80
    assert "slowed down 4 times" in slowed_part
    assert "a line of 10 Mbit/s" in line_part
    assert "an empty script in place of the tag / without one is 1.03" in line_part
    assert "8000 bytes" in line_part


def test_the_machine_is_described():
    about = machine.describe()
    assert isinstance(about["cores"], int) and about["cores"] >= 1
    assert str(about["processor"]) in machine.sentence(about)


def test_the_chart_is_the_same_each_time(tmp_path):
    charts = []
    for name in ("one.svg", "two.svg"):
        chart.write(tmp_path / name, CHROMIUM, "Chromium 1.2")
        charts.append((tmp_path / name).read_text())
    assert charts[0] == charts[1]
    for expected in ("Pyodide as released", "1,200", "Chromium 1.2"):
        assert expected in charts[0]


def test_webkit_is_missing_without_its_driver(monkeypatch):
    monkeypatch.setattr(webkit, "_DRIVER", "no-such-driver")
    assert not webkit.is_here()


# Real visits


@pytest.fixture(scope="module")
def widgets():
    dist.build()
    return content.fetch()


@pytest.fixture(scope="module")
def shop(widgets):
    with pages.serving(widgets) as url:
        yield url


@pytest.fixture
def first(launched, shop):
    """`first(Kind("shop"))`: the sample of a first visit in Chromium."""

    def visit(kind):
        with launched("chromium").new_context() as context:
            return chromium.first_visit(context, f"{shop}/{kind.page}.html", kind)

    return visit


def test_the_content_and_the_embed_codes_are_the_servers(widgets):
    assert widgets.embed_codes.keys() == content.WIDGETS.keys()
    for name, code in widgets.embed_codes.items():
        assert code.startswith(f'<div id="tresta-widget-{name}"')
        assert '<script async src="{{CDN}}/embed.js"' in code
        assert 'data-api-url="{{API}}"' in code
    bodies = {name: json.loads(body) for name, body in widgets.bodies.items()}
    assert {len(body["testimonials"]) for body in bodies.values()} == {content.CARDS}
    for layout in content.LAYOUTS_OF_CARDS:
        assert bodies[layout]["drawn"]["still"] is True
        assert bodies[layout]["drawn"]["html"].count("<figure") >= content.CARDS
    assert "drawn" not in bodies["undrawn"]
    assert {name for name, body in bodies.items() if body["telemetry"]["rate"]} == {
        layout + content.SAMPLED for layout in content.LAYOUTS_OF_CARDS
    }


def test_outside_the_sample_a_visitor_loads_the_tag_and_the_content(first, widgets):
    sample = first(run.KINDS["shop-wire"])
    expected = (dist.DIST / "embed.js.br").stat().st_size + len(brotli_bytes(widgets.bodies["grid"]))
    headers = sample["ready_bytes"] + sample["later_bytes"] - expected
    assert 200 < headers < 2000
    sample = first(run.KINDS["shop"])
    assert sample["cards_ms"] > 0
    assert sample["wasm_bytes"] == 0


def test_python_draws_all_cards_and_sends_batches_and_starts_again_on_a_second_visit(first):
    sample = first(run.KINDS["ours"])
    assert sample["cards_ms"] > 0
    assert sample["python_ms"] > 0
    assert sample["again_python_ms"] > 0
    assert sample["wasm_bytes"] > 10_000_000
    assert sample["batches"] == 10  # one for each flush
    assert 6000 < sample["batch_bytes"] <= 8192
    assert 0 <= sample["beacon_ms"] <= sample["flush_ms"]
    assert sample["crossing_us"] > 0
    assert sample["track_error_us"] > 0


def test_the_emulated_line_limits_the_download_speed(first):
    sample = first(run.KINDS["ours-line"])
    assert sample["python_ms"] > 1_000_000 * 8 / visit.FIXED.mbit_s / 1000  # more than a million bytes come before
    assert sample["again_python_ms"] > 0


def test_with_python_a_visitor_loads_more_than_a_megabyte(first):
    sample = first(run.KINDS["ours-wire"])
    assert sample["ready_bytes"] > 1_000_000
    assert sample["later_bytes"] > 1_000_000  # the cold part
    assert "cards_ms" not in sample


@pytest.mark.parametrize("name", ["plain", "mpy", "embla", "carousel", "seed"])
def test_the_other_pages_draw_all_cards(first, name):
    assert first(run.KINDS[name])["cards_ms"] > 0


def test_a_visit_with_clicks_measures_the_hosts_lcp(first):
    assert first(run.KINDS["host-shop"])["lcp_ms"] > 0


def test_the_hosts_lcp_is_measured_on_the_emulated_line(first):
    assert first(run.KINDS["host-seen-line"])["lcp_ms"] > visit.FIXED.round_trip_ms


def test_one_host_page_has_an_empty_script_in_place_of_the_tag(first, launched, shop):
    assert first(run.KINDS["host-empty-seen"])["lcp_ms"] > 0
    with launched("chromium").new_page() as page:
        with page.expect_response("**/empty.js") as answer:
            page.goto(f"{shop}/host-empty.html")
        assert answer.value.ok


# Visits that end early


@pytest.mark.timeout(240)
def test_no_visit_is_lost_that_saw_its_cards_and_none_is_counted_twice():
    assert set(endings.measure(2, ["chromium"]).values()) == {2}
