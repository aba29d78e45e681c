"""The dashboard, compared with the API: figures, charts, tables, filters, links, files and the live stream."""

from __future__ import annotations

import csv
import io
import json
import re
import time
import urllib.request

from tests.console.running import address, until
from web.console import figures, verdict

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
    offered = page.locator("select[name=widget] option").all_inner_texts()
    assert offered == ["All widgets", "w1", "w2", "Not w1", "Not w2"]  # while one is chosen
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
    assert page.locator("input[name=time_zone]").input_value() == "America/New_York"
    own = page.locator("p.about").inner_text()
    page.fill("input[name=time_zone]", "")
    page.locator("input[name=time_zone]").press_sequentially("auckland")  # a part of the name is enough
    page.keyboard.press("Tab")
    until(lambda: "Pacific/Auckland" in page.locator(".points thead").inner_text(), "the other zone")
    days = page.locator(".points tbody th").all_inner_texts()
    assert page.locator("p.about").inner_text() != own
    days = [day.replace("\nnot finished", "") for day in days]
    assert len(days) > 1
    assert [day for day in days if not day.endswith(", 00:00")] == []  # days start at midnight, in summer too


def test_the_table_has_every_point(visit, server):
    page = visit().sign_in("owner", "#/dashboard?range=7d&view=table&time_zone=UTC").page
    page.wait_for_selector(".points td")
    points = server.api("/accounts/acme/dashboard?range=7d&time_zone=UTC", server.tokens["owner"])["over_time"]
    assert page.locator(".points tbody tr").count() == len(points) > 6
    assert page.locator(".charts").is_hidden()
    page.click("[data-do=view][value='']")
    page.wait_for_selector(".charts .u-over")
    until(lambda: page.locator(".charts .u-over").count() >= 3, "the charts")


def test_dragging_over_a_chart_zooms_in_and_one_button_zooms_out(visit):
    page = visit().sign_in("owner", "#/dashboard?range=7d").page
    over = page.locator(".charts .u-over").first
    over.scroll_into_view_if_needed()
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
    page = visit().sign_in("many", "#/dashboard?range=5m").page  # its account has no few page views just before
    until(lambda: page.locator(".live").inner_text() == "Live", "the stream")
    for _ in range(15):  # how many it takes depends on where the present is in the blocks of time: see disclosure.py
        server.send(30, widget="many-01")
        time.sleep(9)  # longer than eight slots of this range
        if page.locator(LOADS).is_visible() and rows_behind(page) >= 30:
            return  # without a reload
    raise AssertionError("No figures appear.")


def test_a_stopped_server_is_reported_and_the_console_is_back_within_5_seconds(visit, server):
    page = visit().sign_in("owner", "#/dashboard?range=30d").page
    page.wait_for_selector(LOADS)
    until(lambda: page.locator(".live").inner_text() == "Live", "the stream")
    server.stop()
    try:
        until(lambda: page.locator(".live").inner_text() == "Reconnecting", "the break is reported")
        page.click("[data-do=range][value='24h']")
        page.wait_for_selector(".problem-box:not([hidden])")
        assert "does not answer" in page.locator(".problem-box").inner_text()
        # The figures of 30 days would be taken for those of 24 hours.
        assert page.locator(LOADS).is_hidden()
        assert page.locator(".groups").is_hidden()
        assert page.locator("[data-do=export]").first.is_disabled()
        time.sleep(8)  # a long outage, in which the waits grow
    finally:
        server.start()
    back = time.monotonic()
    until(lambda: page.locator(LOADS).is_visible(), "the figures")
    until(lambda: page.locator(".problem-box").is_hidden(), "the complaint is gone")
    until(lambda: page.locator(".live").inner_text() == "Live", "live again")
    assert time.monotonic() - back < 5


def test_an_account_without_rows_is_led_through_its_first_hour(visit, server):
    page = visit(permissions=[]).sign_in("quiet").page
    page.wait_for_selector(".steps")
    page.fill("#widget-id", "no spaces")
    page.click(".steps button")
    assert server.api("/accounts/quiet", server.tokens["quiet"])["widgets"] == []
    page.fill("#widget-id", "first")
    page.click(".steps button")
    page.wait_for_selector(".steps pre")
    (widget,) = server.api("/accounts/quiet", server.tokens["quiet"])["widgets"]
    assert page.locator(".steps pre code").inner_text() == widget["embed"]
    with urllib.request.urlopen(f"{server.url}/api/widgets/first/public") as answer:
        assert len(json.load(answer)["testimonials"]) >= 1  # an example, so that the page shows something
    assert "Open the page" in page.locator(".steps").inner_text()  # that request was not a page's
    assert page.locator(".steps .done").count() == 1
    request = urllib.request.Request(f"{server.url}/api/widgets/first/public", headers={"Origin": "https://a.example"})
    urllib.request.urlopen(request).close()
    until(lambda: "We have seen your first visit" in page.locator(".steps").inner_text(), "the first visit")
    assert page.locator(".steps a").get_attribute("href") == "#/settings?account=quiet"  # to count more visits
    assert page.locator(".steps .done").count() == 3


def test_an_empty_time_of_an_account_with_rows_is_no_first_hour(visit):
    page = visit().sign_in("owner", "#/dashboard?range=5m&widget=w2").page
    page.wait_for_selector(".empty:not([hidden])")
    assert "Nothing matches these filters" in page.locator(".empty").inner_text()
    assert page.locator(".steps").count() == 0
    page.click(".empty [value='30d']")
    page.wait_for_selector(LOADS)


def test_an_account_that_is_off_says_so(visit, server):
    server.set_mode("quiet", "off")
    try:
        page = visit().sign_in("quiet").page
        until(lambda: page.locator(".live").inner_text() == "Telemetry is off", "the state")
    finally:
        server.set_mode("quiet", "sampled")


def test_the_figures_of_an_account_that_is_off_are_of_before(visit, server):
    server.set_mode("some", "off")
    try:
        page = visit().sign_in("some", "#/dashboard?range=7d").page
        page.locator(".verdict .sentence", has_text="Telemetry is off: nothing is counted now.").wait_for()
    finally:
        server.set_mode("some", "sampled")


def test_the_offline_notice_appears_and_goes_by_itself(visit):
    user = visit().sign_in("owner")
    user.page.wait_for_selector(LOADS)
    user.page.evaluate("dispatchEvent(new Event('offline'))")
    assert user.page.locator("#offline").is_visible()
    user.page.evaluate("dispatchEvent(new Event('online'))")
    assert user.page.locator("#offline").is_hidden()


def test_ordinary_traffic_has_no_blank_chart(visit):
    page = visit().sign_in("some", "#/dashboard?range=7d").page
    page.locator(".charts .u-over").first.wait_for()
    assert "Load time per" in page.locator(".canvas").first.get_attribute("aria-label")
    page.click("[data-do=range][value='1h']")
    page.wait_for_selector(".too-few:not([hidden])")
    assert "A line needs at least three points with 20 each." in page.locator(".too-few").inner_text()
    page.click(".too-few button")
    until(lambda: page.locator(".charts .u-over").count() >= 3, "charts in the range that has enough")


def test_a_chart_without_any_value_says_why(visit):
    page = visit().sign_in("owner", "#/dashboard?range=30d&layout=grid").page
    page.locator(".charts .u-over").first.wait_for()
    errors = page.locator(".chart", has=page.locator("h2:text-is('Errors per load')"))
    assert "errors have no layout" in errors.inner_text()
    assert "cannot be told" in page.locator("[data-figure=error_rate]").inner_text()
    assert (
        "Errors have no layout" in page.locator("section", has=page.locator("h2:text-is('Error codes')")).inner_text()
    )


def test_all_but_one_is_a_filter_too(visit):
    page = visit().sign_in("owner", "#/dashboard?range=30d").page
    page.wait_for_selector(".groups td")
    page.select_option("select[name=widget]", "!w1")
    until(lambda: page.locator("[data-filter=widget]").all_inner_texts() == ["w2"], "w2 alone")
    assert "not_widget=w1" in address(page)


def test_dates_choose_a_range_of_whole_local_days(visit):
    page = visit().sign_in("owner", "#/dashboard?range=30d&time_zone=Asia%2FKolkata").page
    page.wait_for_selector(LOADS)
    page.click("[data-do=range][value=custom]")
    first = page.locator("#date-from").input_value()
    page.fill("#date-from", page.locator("#date-to").input_value())
    page.fill("#date-to", first)
    page.click(".dates button")
    assert "not after the last day" in page.locator("#date-problem").inner_text()
    page.fill("#date-from", first)
    page.click(".dates button")
    until(lambda: "from=" in address(page), "the times in the address")
    assert "T18:30:00Z&to=" in address(page)  # midnight in Kolkata
    until(lambda: ", 00:00 to " in page.locator("p.about").inner_text(), "the days")


def test_a_page_that_is_left_while_it_loads_is_busy_no_more(visit):
    user = visit().sign_in("owner", "#/alerts")
    user.page.route("**/dashboard?*", lambda route: None)  # the server does not answer
    user.go("#/dashboard")
    user.page.wait_for_selector("#page[aria-busy=true]")
    user.go("#/alerts")
    user.page.wait_for_selector("#history .card")
    assert user.page.locator("#page").get_attribute("aria-busy") == "false"


def test_a_code_opens_what_it_is_about(visit):
    page = visit().sign_in("owner", "#/dashboard?range=30d").page
    page.click("[data-do=code][data-value=API_ERROR]")
    page.wait_for_selector(".meaning li")
    text = page.locator(".meaning").inner_text()
    assert "could not be reached" in text
    assert "w1" in text and "0.1.0" in text


def test_the_verdict_and_the_changes_stand_on_top(visit, server):
    page = visit().sign_in("owner", "#/dashboard?range=7d&time_zone=UTC").page
    page.wait_for_selector(".sentence")
    answer = server.api("/accounts/acme/dashboard?range=7d&time_zone=UTC", server.tokens["owner"])
    assert page.locator(".sentence:not([hidden])").get_attribute("data-kind") in ("good", "warn", "bad")
    change = page.locator("[data-figure=loads] .change")
    assert verdict.change(answer["changes"]["loads"]["share"]) in change.inner_text()
    assert "against the 7 days before" in change.inner_text()
    assert page.locator(".band").inner_text().startswith("Good")
    assert page.locator(".bars li").count() == len(answer["load_times"]["bins"])


def test_thirty_widgets_are_ten_at_first_sortable_and_searchable(visit):
    page = visit().sign_in("many", "#/dashboard?range=7d").page
    page.wait_for_selector("[data-filter=widget]")
    widgets = page.locator("[data-filter=widget]")
    assert widgets.count() == 10
    page.click("[data-do=sort][data-name=widget][value=name]")
    until(lambda: widgets.first.inner_text() == "many-01", "sorted by name")
    page.click("[data-do=more][data-name=widget]")
    until(lambda: widgets.count() == 30, "all of them")
    page.locator("[data-do=search][data-name=widget]").press_sequentially("-2")
    until(lambda: widgets.count() == 10, "those with -2 in their name")
    assert page.evaluate("document.activeElement.dataset.do") == "search"


def test_the_tip_is_never_over_the_lines_it_is_about(visit):
    page = visit().sign_in("owner", "#/dashboard?range=30d").page
    over = page.locator(".charts .u-over").first
    over.hover()
    page.locator(".tip").first.wait_for()
    tip, chart = page.locator(".tip").first.bounding_box(), over.bounding_box()
    assert tip["y"] + tip["height"] <= chart["y"] or tip["y"] >= chart["y"] + chart["height"]
