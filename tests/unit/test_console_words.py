"""The console's texts, in both Pythons: this one, and the MicroPython that runs them in the browser."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bundler.machine import node
from server.api.schemas.stages_example import STAGES
from web.console import codes, events, export, figures, moments, route, series, stages, verdict, words

FIGURE = {"value": 412.4, "low": 390.2, "high": 1440.0, "page_views": 57, "too_few": False, "too_uneven": False}
FEW = {"value": None, "low": None, "high": None, "page_views": None, "too_few": True, "too_uneven": False}
NONE = {"value": None, "low": None, "high": None, "page_views": None, "too_few": False, "too_uneven": False}
SUMMARY = {name: FIGURE for name, _, _ in figures.ALL}
DASHBOARD = {
    "summary": SUMMARY,
    "over_time": [{"at": "2026-11-24T15:00:00Z", **SUMMARY, "loads": FEW}],
    "by_widget": [{"name": '=a,"b"', **SUMMARY}],
    "by_layout": [],
    "by_version": [],
    "by_region": [],
    "errors": [{"code": "API_ERROR", "count": FIGURE}],
}


def figure(value: float, low: float, high: float | None) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "rows": 900, "too_few": False}


CALM: dict[str, Any] = {
    "summary": {
        "loads": figure(5000, 4800, 5200),
        "error_rate": figure(0.002, 0.001, 0.004),
        "p75": figure(600, 580, 630),
    },
    "changes": {"loads": {"before": 5000, "share": 0.01, "is_beyond_chance": False}},
    "by_widget": [{"name": "w1", "error_rate": figure(0.002, 0.001, 0.004)}],
    "by_version": [{"name": "0.1.0", "p75": figure(600, 580, 630)}],
    "errors": [{"code": "API_ERROR", "count": FIGURE}],
}
WORSE = {"before": 0.01, "share": 3.0, "is_beyond_chance": True}
ANSWERS = {
    "calm": CALM,
    "errors": {
        **CALM,
        "summary": {**CALM["summary"], "error_rate": figure(0.04, 0.03, 0.05)},
        "changes": {"error_rate": WORSE},
    },
    "widget": {**CALM, "by_widget": [{"name": "w9", "error_rate": figure(0.2, 0.1, 0.3)}]},
    "version": {
        **CALM,
        "by_version": [
            {"name": "0.9.0", "p75": figure(600, 580, 630)},
            {"name": "0.10.0", "p75": figure(1200, 1100, 1300)},
        ],
    },
    "hidden": {
        **CALM,
        "by_version": [
            {"name": "0.9.0", "p75": figure(600, 580, 630), "loads": figure(900, 800, 950)},
            {"name": "0.10.0", "p75": figure(1200, 1100, 1300), "loads": figure(90, 80, 95)},
            {"name": "other", "p75": figure(300, 280, 330), "loads": figure(91, 81, 96)},
        ],
    },
    "poor": {**CALM, "summary": {**CALM["summary"], "p75": figure(5000, 4500, 5500)}},
    "slow": {**CALM, "summary": {**CALM["summary"], "p75": figure(3000, 2400, 3500)}},
    "fewer": {**CALM, "changes": {"loads": {"before": 9000, "share": -0.5, "is_beyond_chance": True}}},
    "few": {**CALM, "summary": {**CALM["summary"], "loads": FEW}},
}
WHOLE, HALF = {"whole": True, "loads": FIGURE}, {"whole": False, "loads": FIGURE}
OPEN = {"whole": True, "loads": {"value": 100, "low": 50, "high": None, "rows": 57, "too_few": False}}
GAP = {"whole": True, "loads": FEW}
POINTS = [WHOLE, WHOLE, GAP, OPEN, GAP, HALF]
NAMES = {
    "FIGURE": FIGURE, "FEW": FEW, "NONE": NONE, "DASHBOARD": DASHBOARD, "ANSWERS": ANSWERS, "POINTS": POINTS,
    "STAGES": STAGES,
}  # fmt: skip
MODULES = {
    "codes": codes, "events": events, "export": export, "figures": figures, "moments": moments, "route": route,
    "series": series, "stages": stages, "verdict": verdict, "words": words,
}  # fmt: skip

LINK = "#/dashboard?account=acme&range=24h&time_zone=Europe%2FBerlin&widget=w1&token=t&layout=&version=%ff"
ZOOMED = "#/dashboard?range=30d&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z"
CASES: list[tuple[str, Any]] = [
    ("figures.count(0)", "0"),
    ("figures.count(9412.4)", "9,412"),
    ("figures.count(9999.6)", "10.0 k"),
    ("figures.count(12400)", "12.4 k"),
    ("figures.count(999_600)", "1.00 M"),
    ("figures.count(1_240_000)", "1.24 M"),
    ("figures.count(3_730_000_000)", "3.73 B"),
    ("figures.with_commas(4123456)", "4,123,456"),
    ("figures.fraction(0)", "0%"),
    ("figures.fraction(0.00001)", "<0.01%"),
    ("figures.fraction(0.0124)", "1.24%"),
    ("figures.fraction(0.5)", "50.0%"),
    ("figures.milliseconds(0)", "0 ms"),
    ("figures.milliseconds(4.26)", "4.3 ms"),
    ("figures.milliseconds(412.4)", "412 ms"),
    ("figures.milliseconds(999.6)", "1.00 s"),
    ("figures.milliseconds(61_300)", "61.3 s"),
    ("figures.text(FIGURE, 'ms')", "412 ms"),
    ("figures.text(FEW, 'ms')", "too few"),
    ("figures.interval(FIGURE, 'ms')", "390 ms \u2013 1.44 s"),
    ("figures.interval({'low': 390, 'high': 440, 'too_few': False, 'too_uneven': False}, 'ms')", "390 \u2013 440 ms"),
    (
        "figures.interval({'low': 0.01, 'high': 0.0143, 'too_few': False, 'too_uneven': False}, 'fraction')",
        "1.00 \u2013 1.43%",
    ),
    ("figures.interval(FEW, 'count')", ""),
    ("figures.interval({'low': 390, 'high': None, 'too_few': False, 'too_uneven': False}, 'ms')", "390 ms or more"),
    ("figures.interval({'low': None, 'high': 440, 'too_few': False, 'too_uneven': False}, 'ms')", "440 ms or less"),
    ("figures.scale_end([FIGURE, FEW])", 1440.0),
    ("figures.ends({'low': None, 'high': None}, 9)[1]", 9),
    ("figures.sentence('p50', FIGURE, 'ms')", "p50: 412 ms, 95% interval 390 ms to 1.44 s, 57 page views"),
    ("figures.sentence('p50', FEW, 'ms')", "p50: too few, fewer than 20 page views"),
    ("figures.sentence('Errors per load', NONE, 'fraction')", "Errors per load: cannot be told"),
    ("figures.text(NONE, 'fraction')", "cannot be told"),
    ("figures.tick(50_000, 'count')", "50 k"),
    ("figures.tick(1500, 'ms')", "1.5 s"),
    ("figures.tick(0, 'ms')", "0"),
    ("figures.tick(0.2, 'fraction')", "20%"),
    ("figures.page_views(FIGURE)", "57 page views"),
    ("figures.page_views(FEW)", "fewer than 20 page views"),
    ("figures.interval({'low': None, 'high': None, 'too_few': False, 'too_uneven': True}, 'ms')", "too uneven to tell"),
    ("figures.size(999)", "999 B"),
    ("figures.size(34_012_345)", "34.0 MB"),
    ("moments.seconds('2026-11-24T15:00:00Z')", 1795532400.0),
    ("moments.seconds('2026-11-24T15:00:00.250+00:00')", 1795532400.25),
    ("moments.iso(1795532400.9)", "2026-11-24T15:00:00Z"),
    ("moments.iso(951782400)", "2000-02-29T00:00:00Z"),
    ("moments.step(300)", "5 minutes"),
    ("moments.step(86400)", "day"),
    ("moments.span(7 * 86400)", "7 days"),
    ("moments.span(1)", "1 second"),
    (f"route.parse({LINK!r}).text", "#/dashboard?account=acme&range=24h&time_zone=Europe%2FBerlin&widget=w1"),
    (f"route.parse({LINK!r}).dashboard_query('UTC')", "range=24h&time_zone=Europe%2FBerlin&widget=w1"),
    (
        f"route.parse({ZOOMED!r}).dashboard_query('UTC')",
        "from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z&time_zone=UTC",
    ),
    (f"route.parse({ZOOMED!r}).with_(from_='', to='').text", "#/dashboard?range=30d"),
    ("route.parse('#/dashboard?from=2026-11-01T00:00:00Z').is_zoomed", False),
    ("route.parse('#/nowhere?range=1y').text", "#/dashboard"),
    ("route.parse('').text", "#/dashboard"),
    ("route.unquote(route.quote('a b/\u00e9%'))", "a b/\u00e9%"),
    ("events.back_off_ms(2000, 1)", 2000),
    ("events.back_off_ms(2000, 4)", 4000),  # back within 5 seconds after an outage
    ("events.back_off_ms(2000, 99)", 4000),
    ("route.parse('#/dashboard').with_filter('widget', '!w1').text", "#/dashboard?not_widget=w1"),
    ("route.parse('#/dashboard?not_widget=w1').with_filter('widget', 'w2').text", "#/dashboard?widget=w2"),
    ("route.parse('#/dashboard?not_widget=w1').filter('widget')", "!w1"),
    ("route.parse('#/dashboard?not_layout=grid').dashboard_query('UTC')", "range=7d&time_zone=UTC&not_layout=grid"),
    ("series.isolated(POINTS, 'loads')", [3]),
    ("series.columns(POINTS, ['loads'])[0]", [412.4, 412.4, None, 100.0, None, None]),  # not the unfinished one
    ("series.columns(POINTS, ['loads'])[2]", [1440.0, 1440.0, None, None, None, None]),  # nor a band with an open end
    ("series.highest(POINTS, ['loads']) > 412.4", True),
    ("series.highest([], ['loads'])", 1.0),
    ("series.why_blank(POINTS, ['loads'])", ""),
    ("series.why_blank([POINTS[2]], ['loads'])[:26]", "No point in this time rest"),
    ("verdict.band_in_words(FIGURE)", "Good"),
    ("verdict.band_in_words({'value': 2400, 'low': 2200, 'high': 2900})", "Good, or needs work"),
    ("verdict.band_in_words({'value': 3000, 'low': 2600, 'high': None})", "Needs work, or poor"),
    ("verdict.change(0.123)", "+12%"),
    ("verdict.change(-0.034)", "\u22123.4%"),
    ("verdict.change(0.0001)", "no change"),
    ("verdict.judge_change({'share': 0.5, 'is_beyond_chance': False}, 'ms')", "chance"),
    ("verdict.judge_change({'share': 0.5, 'is_beyond_chance': True}, 'ms')", "worse"),
    ("verdict.judge_change({'share': -0.5, 'is_beyond_chance': True}, 'fraction')", "better"),
    ("verdict.judge_change({'share': -0.5, 'is_beyond_chance': True}, 'count')", "changed"),
    ("verdict.of(ANSWERS['calm'], 'P')[0]", "good"),
    (
        "verdict.of(ANSWERS['errors'], 'the 7 days before')[1]",
        "Errors are up: 4.00% per load, most of them API_ERROR, against 1.00% in the 7 days before.",
    ),
    ("verdict.of(ANSWERS['widget'], 'P')[1]", "The widget w9 fails often: 20.0% errors per load."),
    (
        "verdict.of(ANSWERS['version'], 'P')[1]",
        "Version 0.10.0 loads slower than 0.9.0: 1.20 s against 600 ms at p75.",
    ),
    ("verdict.of(ANSWERS['hidden'], 'P')[0]", "good"),  # the newest version may be among the others
    ("verdict.of(ANSWERS['poor'], 'P')[1]", "The widget is slow: every fourth visitor waits 5.00 s or longer."),
    ("verdict.of(ANSWERS['slow'], 'P')[0]", "warn"),
    (
        "verdict.of(ANSWERS['fewer'], 'the hour before')[1]",
        "The widget is shown less than in the hour before: \u221250% loads.",
    ),
    ("verdict.of(ANSWERS['few'], 'P')[0]", "none"),
    ("codes.meaning('RUNTIME_CSP')[0][:23]", "Python could not start "),
    ("codes.meaning('CHECKOUT_BROKE')[0]", "A script of your page reported this code."),
    ("stages.of_version(STAGES, '0.1.0')['name']", "0.1.0"),
    ("stages.of_version(STAGES, '')['ended'][1]['after']", "content"),
    (
        "stages.ended(STAGES['summary'], 'tag')",
        "3.00%, 2.10 \u2013 4.30%, ended here: the content never came (API_ERROR 3.00%)",
    ),
    (
        "stages.ended(STAGES['summary'], 'wanted')",
        "7.00%, 5.50 \u2013 8.80%, ended here: Python did not come up "
        "(the visitor left before 4.50%, RUNTIME_CSP 2.50%)",
    ),
    ("stages.ended(STAGES['summary'], 'content')", ""),  # none
    ("stages.ended(STAGES['summary'], 'report')", ""),  # that is no end
    ("words.mark({'kind': 'version', 'name': '0.4.1'})", "Version 0.4.1"),
    ("words.mark({'kind': 'setting', 'name': 'telemetry.set'})", "Telemetry setting changed"),
    ("words.short_mark({'kind': 'setting', 'name': 'telemetry.set'})", "setting"),
    ("words.newest(1000, 1300, 300, '14:05')", ""),
    (
        "words.newest(1000, 1301, 300, '14:05')",
        " \u00b7 what came after 14:05 is told once it is 20 page views or more",
    ),
    ("words.share(1)", "every visit"),
    ("words.share(0.01)", "about 1 in 100 visits"),
    ("words.share(0.25)", "about 1 in 4 visits"),
    ("words.share(0.3)", "about 3 in 10 visits"),
    ("words.share(0.37)", "about 37 in 100 visits"),
    ("words.percent(0.001)", "0.1%"),
    ("words.percent(0.25)", "25%"),
    (
        "words.setting('sampled', 0.01, 0.1)",
        "About 1 in 100 visits: 100 of 10,000 a day. Of those with an error about 1 in 10 visits. Figures are "
        "estimates, scaled up from these.",
    ),
    ("words.setting('off', 1)", "Nothing is counted and nothing is sent."),
    (
        "words.setting('sampled', 0.01)",
        "About 1 in 100 visits: 100 of 10,000 a day. Figures are estimates, scaled up from these.",
    ),
    ("words.refusal('rate_limited')", "over the rate limit of an account or a widget"),
    ("words.refusal('a_new_reason')", "a new reason"),
    ("export.as_csv(DASHBOARD).split('\\r\\n')[0]", "group,name,figure,value,low,high,page_views"),
    ("export.as_csv(DASHBOARD).split('\\r\\n')[1]", "summary,,loads,412.4,390.2,1440.0,57"),
    ("export.as_csv(DASHBOARD).split('\\r\\n')[9]", "over_time,2026-11-24T15:00:00Z,loads,,,,"),
    ("export.as_csv(DASHBOARD).split('\\r\\n')[17]", 'by_widget,"\'=a,""b""",loads,412.4,390.2,1440.0,57'),
    ("export.as_csv(DASHBOARD).split('\\r\\n')[-2]", "errors,API_ERROR,count,412.4,390.2,1440.0,57"),
]


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_text_is_right_in_this_python(expression, expected):
    assert eval(expression, {**MODULES, **NAMES}) == expected


RUN = """
import {{ loadMicroPython }} from "{mjs}";
import {{ readFileSync }} from "fs";
const python = await loadMicroPython({{ heapsize: 4e6, stdout: (line) => console.log(line) }});
python.FS.mkdir("console");
for (const [name, path] of Object.entries({paths})) python.FS.writeFile(`console/${{name}}.py`, readFileSync(path));
python.FS.writeFile("cases.json", {cases});
python.runPython(`
import json
from console import {modules}
with open("cases.json") as file:
    cases, names = json.load(file)
globals().update(names)
print(json.dumps([eval(case) for case in cases]))
`);
"""


@pytest.mark.builds
def test_all_texts_are_the_same_in_micropython(tmp_path):
    console = node.PROJECT.parent / "web" / "console"
    text = RUN.format(
        mjs=node.MODULES / "@micropython" / "micropython-webassembly-pyscript" / "micropython.mjs",
        paths=json.dumps({name: str(console / f"{name}.py") for name in [*MODULES, "types"]}),
        cases=json.dumps(json.dumps([[case for case, _ in CASES], NAMES])),
        modules=", ".join(MODULES),
    )
    script = tmp_path / "run.mjs"
    script.write_text(text, encoding="utf-8")
    answers = json.loads(node.run(script, failure="MicroPython could not run the console's modules."))
    assert list(zip([case for case, _ in CASES], answers, strict=True)) == CASES
