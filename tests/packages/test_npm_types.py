"""The npm package's types: right uses pass `tsc --strict`, wrong ones do not, and no documented name is missing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from widget import errors
from widget.design import CARDS, NAMES, THEMES
from widget.telemetry.schema import LAYOUTS, WidgetReport

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCUMENTS = "\n".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")])

RESOLUTIONS = {
    "as bundlers do": ("--module", "esnext", "--moduleResolution", "bundler"),
    "as Node.js does": ("--module", "nodenext"),
}
TYPES = {"Tresta": "Tresta", "tracker": "TelemetryTracker", "sampler": "TelemetrySampler"}


@pytest.fixture(scope="module")
def compile_strictly(project, run_node):
    """`compile_strictly(name, text)`: the errors in a file of that name, by line: [(3, "TS2322"), ...]."""

    def compiled(name, text, resolution="as bundlers do"):
        (project / name).write_text(text, encoding="utf-8")
        options = ("--strict", "--noEmit", "--pretty", "false", "--target", "es2022", "--jsx", "react-jsx")
        done = run_node("node_modules/typescript/bin/tsc", *options, *RESOLUTIONS[resolution], name)
        reported = re.findall(r"^(\S+)\((\d+),\d+\): error (TS\d+)", done.stdout, re.MULTILINE)
        assert bool(done.returncode) == bool(reported), done.stdout + done.stderr
        assert {file for file, _, _ in reported} <= {name}, done.stdout  # and none in the package's own types
        return [(int(line), code) for _, line, code in reported]

    return compiled


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_right_uses_pass(compile_strictly, resolution):
    assert compile_strictly("usage.tsx", (HERE / "usage.tsx").read_text(), resolution) == []


def test_each_wrong_use_is_an_error_and_nothing_else_is(compile_strictly):
    text = (HERE / "mistakes.tsx").read_text()
    expected = [
        (number, comment[1])
        for number, line in enumerate(text.splitlines(), 1)
        if (comment := re.search(r"// (TS\d+)$", line))
    ]
    assert len(expected) > 25
    assert compile_strictly("mistakes.tsx", text) == expected


def documented_calls():
    """("Tresta", "mount") and so on: each call in the tables of the JavaScript API."""
    calls = []
    for row in re.findall(r"^\| (`(?:Tresta|tracker|sampler)\..*?) \| .*\|$", DOCUMENTS, re.MULTILINE):
        subject = ""
        for span in re.findall(r"`([^`]*)`", row):
            name, _, call = span.partition(".")
            subject = name or subject  # `.disable()` is of the one before
            calls.append((subject, re.findall(r"^\w+", call)[0]))
    return calls


def documented_attributes():
    """Each `data-` attribute in the tables, as a dataset has it: widgetId and so on."""
    names = []
    for row in re.findall(r"^\| (`data-.*?) \|", DOCUMENTS, re.MULTILINE):
        spans = re.findall(r"`(?:data)?-([a-z-]+)`", row)
        stem = spans[0].rpartition("-")[0]
        names += [span if f"`data-{span}`" in row else f"{stem}-{span}" for span in spans]
    return [re.sub("-([a-z])", lambda letter: letter[1].upper(), name) for name in names]


def camel_case(name):
    return re.sub("_([a-z])", lambda letter: letter[1].upper(), name)


def test_no_documented_call_and_no_attribute_is_missing(compile_strictly):
    calls, attributes = documented_calls(), documented_attributes()
    assert len(set(calls)) >= 15
    assert {("Tresta", "ready"), ("Tresta", "mount"), ("tracker", "flush"), ("sampler", "shouldSample")} <= set(calls)
    assert {"widgetId", "minHeight", "showVerified"} <= set(attributes)
    lines = ['import type { TagAttributes, TelemetrySampler, TelemetryTracker, Tresta } from "tresta-widget";']
    lines += [f'export type Call{n} = {TYPES[subject]}["{call}"];' for n, (subject, call) in enumerate(calls)]
    lines.append(f"export const all: Record<keyof TagAttributes, 0> = {json.dumps(dict.fromkeys(attributes, 0))};")
    assert [lines[line - 1] for line, _ in compile_strictly("documented.ts", "\n".join(lines))] == []
    assert compile_strictly("missing.ts", f'{lines[0]}\nexport type Call = Tresta["none"];') == [(2, "TS2339")]


def test_the_documented_javascript_passes_as_it_stands(compile_strictly):
    blocks = [text for text in re.findall(r"^```js\n(.*?)^```", DOCUMENTS, re.M | re.S) if "new Tresta." in text]
    assert blocks
    head = 'import type { Tresta as Type } from "tresta-widget";\ndeclare const Tresta: Type;\n'
    for block in blocks:
        assert compile_strictly("block.ts", head + block) == []


def test_the_documented_imports_of_the_package_pass_too(compile_strictly, project):
    readme = (project / "node_modules" / "tresta-widget" / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(jsx?)\n(.*?)^```", readme + DOCUMENTS, re.MULTILINE | re.DOTALL)
    blocks = [block for block in blocks if 'from "tresta-widget' in block[1]]
    assert {language for language, _ in blocks} == {"js", "jsx"}
    for language, text in blocks:
        assert compile_strictly(f"block.{language.replace('js', 'ts')}", text) == []


WORDS = {
    "Layout": LAYOUTS,
    "Card": CARDS,
    "Theme": THEMES,
    "keyof WidgetDesign": [camel_case(name) for name in NAMES],
    "WidgetErrorCode": [value for name, value in vars(errors).items() if name.isupper()],
    "RuntimeErrorCode": re.findall(r"^\| `(RUNTIME_\w+)` \|", DOCUMENTS, re.MULTILINE),
    "keyof WidgetReport": WidgetReport("w1", "1.0.0", 0.5).as_json(),
    'WidgetState["status"]': ["loading", "ready", "empty", "error", "unmounted"],
}


def test_words_are_those_of_the_widget_no_fewer_and_no_more(compile_strictly):
    names = {re.sub(r"keyof |\[.*", "", name) for name in WORDS}
    lines = [f'import type {{ {", ".join(sorted(names))} }} from "tresta-widget";']
    for number, (name, words) in enumerate(WORDS.items()):
        lines.append(f"export const all{number}: Record<{name}, 0> = {json.dumps(dict.fromkeys(words, 0))};")
    assert [lines[line - 1] for line, _ in compile_strictly("words.ts", "\n".join(lines))] == []
