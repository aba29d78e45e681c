"""The dashboard, compared with the API: figures, charts, tables, filters, links, files and the live stream."""

from __future__ import annotations

import csv
import io
import json
import re
import time

from tests.console.running import address, until
from web.console import figures

LOADS = "[data-figure=loads] .value"
PARTS = ("value", "low", "high", "page_views")
GROUPS = ("over_time", "by_widget", "by_layout", "by_version")


def rows_behind(page):
    return int(re.sub(r"\D", "", page.locator("[data-figure=loads] .small").inner_text().split(" page view")[0]))


def test_every_figure_matches_the_api_with_its_interval_and_page_views(visit, server):
    user = visit().sign_in("owner", "#/dashboard?range=30d")
    user.page.wait_for_selector(LOADS)
    summary = server.api("/accounts/acme/dashboard?range=30d", server.tokens["owner"])["summary"]
    for name, _, kind in figures.ALL:
        card = user.page.locator(f"[data-figure={name}]")
        assert card.locator(".value").inner_text() == figures.value(summary[name]["value"], kind)
        assert figures.interval(summary[name], kind) in card.locator(".between").inner_text()
    assert rows_behind(user.page) == summary["loads"]["page_views"] > 1000


def test_of_fewer_than_twenty_page_views_nothing_is_told(visit):
    page = visit().sign_in("viewer", "#/dashboard?range=30d&version=0.2.0").page
    page.wait_for_selector(".empty:not([hidden])")
    assert "fewer than 20 page views" in page.locator(".empty").inner_text()
    page.evaluate("location.hash = '#/dashboard?account=acme&range=30d'")
    page.locator(LOADS).wait_for()
    groups = page.locator(".groups").inner_text()
    assert "API_ERROR" in groups
    assert "0.2.0" not in groups
    assert "RENDER_ERROR" not in groups


def test_a_click_on_a_group_filters_and_changes_the_address(visit):
    page = visit().sign_in("owner", "#/dashboard?range=30d").page
    page.click("[data-do=filter][data-value=w2]")
    until(lambda: "widget=w2" in address(page), "the link")
    until(lambda: page.locator("[data-do=filter][data-value=w2][aria-pressed=true]").count() == 1, "it is pressed")
    assert page.locator("select[name=widget]").input_value() == "w2"
    until(lambda: page.locator("[data-filter=layout]").all_inner_texts() == ["carousel"], "the layouts of w2 alone")
    page.go_back()
    until(lambda: page.locator("[data-filter=layout]").count() == 2, "all layouts")


def test_a_deep_link_shows_the_same_with_another_token(visit):
    first = visit().sign_in("owner", "#/dashboard?range=30d&widget=w1&time_zone=Asia%2FKathmandu&view=table")
    first.page.wait_for_selector(".points td")
    second = visit().sign_in("viewer", "#" + address(first.page).partition("#")[2])
    second.page.wait_for_selector(".points td")
    assert first.figure("p95") == second.figure("p95")
    assert "Asia/Kathmandu" in second.page.locator(".points thead").inner_text()
    assert second.page.locator("[data-do=range][value='30d']").get_attribute("aria-pressed") == "true"


def test_the_time_zone_changes_days_and_times(visit):
    page = visit(timezone_id="America/New_York").sign_in("owner", "#/dashboard?range=90d&view=table").page
    page.wait_for_selector(".points td")
    assert "America/New_York" in page.locator("select[name=time_zone]").text_content()
    own = page.locator("p.about").inner_text()
    page.select_option("select[name=time_zone]", "Pacific/Auckland")
    until(lambda: "Pacific/Auckland" in page.locator(".points thead").inner_text(), "the other zone")
    days = page.locator(".points tbody th").all_inner_texts()
    assert page.locator("p.about").inner_text() != own
    assert len(days) > 10
    assert [day for day in days if not day.endswith(", 00:00")] == []  # days start at midnight, in summer too


def test_the_table_has_every_point(visit, server):
    page = visit().sign_in("owner", "#/dashboard?range=7d&view=table&time_zone=UTC").page
    page.wait_for_selector(".points td")
    points = server.api("/accounts/acme/dashboard?range=7d&time_zone=UTC", server.tokens["owner"])["over_time"]
    assert page.locator(".points tbody tr").count() == len(points) > 20
    assert page.locator(".charts").is_hidden()
    page.click("[data-do=view][value='']")
    page.wait_for_selector(".charts .u-over")
    assert page.locator(".charts .u-over").count() == 4


def test_dragging_over_a_chart_zooms_in_and_one_button_zooms_out(visit):
    page = visit().sign_in("owner", "#/dashboard?range=7d").page
    over = page.locator(".charts .u-over").first
    over.wait_for()
    box = over.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 60, steps=5)
    selected = "document.querySelector('.u-select').clientWidth > 100"  # uPlot draws it in the next frame
    until(lambda: page.evaluate(selected), "the selected part")
    page.mouse.up()
    until(lambda: "from=" in address(page) and "to=" in address(page), "the times in the address")
    until(lambda: page.locator(".live").inner_text() == "Past period", "no live stream there")
    page.go_back()
    until(lambda: "from=" not in address(page), "the step back")
    page.go_forward()
    page.click("[data-do=unzoom]")
    until(lambda: "from=" not in address(page), "the range without times")
    until(lambda: page.locator(".live").inner_text() == "Live", "live again")


def test_keys_read_and_zoom_a_chart(visit):
    page = visit().sign_in("owner", "#/dashboard?range=7d").page
    page.locator(".charts .u-over").first.wait_for()
    chart = page.locator(".canvas").first
    assert "Load time per" in chart.get_attribute("aria-label")
    chart.focus()
    page.keyboard.press("End")
    until(lambda: "p50" in page.locator("#announcement").inner_text(), "the point in words")
    last = page.locator("#announcement").inner_text()
    assert page.locator(".tip").first.is_visible()
    page.keyboard.press("ArrowLeft")
    until(lambda: page.locator("#announcement").inner_text() != last, "the point before")
    page.keyboard.press("+")
    until(lambda: "from=" in address(page), "zoomed")


def test_hovering_shows_a_points_values_with_their_intervals(visit):
    page = visit().sign_in("owner", "#/dashboard?range=30d&time_zone=UTC").page
    page.locator(".charts .u-over").first.hover()
    tip = page.locator(".tip").first
    tip.wait_for()
    assert [name in tip.inner_text() for name in ("p50", "p75", "p95", "p99", "95% interval")] == [True] * 5


# Firefox, over WebDriver BiDi, reports no download of a file that the page made: this keeps the file in `exported`.
WATCH_EXPORTS = """() => {
  const real = URL.createObjectURL;
  URL.createObjectURL = blob => { window.exported = blob; return real.call(URL, blob) };
}"""


def test_csv_and_json_hold_the_dashboards_figures(visit, server):
    page = visit().sign_in("owner", "#/dashboard?range=30d&widget=w1").page
    page.wait_for_selector(LOADS)
    page.evaluate(WATCH_EXPORTS)
    page.click("[data-do=export][value=json]")
    answer = json.loads(page.evaluate("window.exported.text()"))
    assert answer["by_widget"][0]["name"] == "w1"
    page.click("[data-do=export][value=csv]")
    text = page.evaluate("window.exported.text()")
    lines = {tuple(row[:3]): row[3:] for row in csv.reader(io.StringIO(text, newline=""))}
    assert lines["summary", "", "p95"] == [str(answer["summary"]["p95"][part]) for part in PARTS]
    assert len(lines) == 1 + 8 * (1 + sum(len(answer[group]) for group in GROUPS)) + len(answer["errors"])


def test_a_files_name_holds_the_account_and_the_dates(visit, browser):
    if browser.browser_type.name == "firefox":
        return
    page = visit(accept_downloads=True).sign_in("owner", "#/dashboard?range=30d").page
    page.wait_for_selector(LOADS)
    with page.expect_download() as download:
        page.click("[data-do=export][value=csv]")
    assert re.fullmatch(r"acme-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv", download.value.suggested_filename)


def test_new_page_views_appear_by_themselves_once_twenty_came_after_them(visit, server):
    page = visit().sign_in("owner", "#/dashboard?range=5m").page
    until(lambda: page.locator(".live").inner_text() == "Live", "the stream")
    for _ in range(2):
        server.send(30)
        time.sleep(3)
    server.send(1)
    until(lambda: page.locator(LOADS).is_visible() and rows_behind(page) >= 30, "the first thirty, without a reload")


def test_a_stopped_server_is_reported_and_reconnected(visit, server):
    page = visit().sign_in("owner", "#/dashboard?range=30d").page
    page.wait_for_selector(LOADS)
    until(lambda: page.locator(".live").inner_text() == "Live", "the stream")
    server.stop()
    try:
        until(lambda: "Reconnecting" in page.locator(".live").inner_text(), "the break is reported")
        page.click("[data-do=range][value='7d']")
        page.wait_for_selector(".problem-box:not([hidden])")
        assert "does not answer" in page.locator(".problem-box").inner_text()
        assert page.locator(LOADS).is_visible()  # the last figures stay
    finally:
        server.start()
    page.click("[data-do=retry]")
    until(lambda: page.locator(".problem-box").is_hidden(), "the answer")
    until(lambda: page.locator(".live").inner_text() == "Live", "live again")
    until(lambda: page.locator(LOADS).is_visible(), "the figures")


def test_an_account_without_rows_gets_instructions(visit):
    page = visit().sign_in("quiet").page
    page.wait_for_selector(".empty:not([hidden])")
    assert "Nothing to show yet" in page.locator(".empty").inner_text()
    page.click(".empty a")
    page.wait_for_selector(".mode")


def test_the_offline_notice_appears_and_goes_by_itself(visit):
    user = visit().sign_in("owner")
    user.page.wait_for_selector(LOADS)
    user.page.evaluate("dispatchEvent(new Event('offline'))")
    assert user.page.locator("#offline").is_visible()
    user.page.evaluate("dispatchEvent(new Event('online'))")
    assert user.page.locator("#offline").is_hidden()
