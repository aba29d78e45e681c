"""What the README says and shows is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import widget
from widget import errors
from widget.design import Design
from widget.page import bridge
from widget.telemetry.schema import FIELDS
from widget.testing import FakeBridge

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def blocks(language):
    return [text for name, text in BLOCKS if name == language]


def test_the_table_of_what_is_collected_is_the_schemas():
    rows = [f"| `{field.name}` | {field.bounds} | {field.purpose} |" for field in FIELDS]
    assert "\n".join(rows) in README


@pytest.mark.parametrize("block", [text for text in blocks("python") if "await" not in text])
def test_python_blocks_run(block):
    page = FakeBridge()
    bridge.set_page(page)
    try:
        names = {"page": page}
        exec(compile(block, "README.md", "exec"), names)
        page.hide()
    finally:
        bridge.set_page(None)
    assert names["page"].sent


def test_every_public_name_is_in_it():
    missing = [name for name in widget.__all__ if not name.startswith("__") and name not in README]
    assert missing == []


def test_every_error_code_is_explained():
    codes = [value for name, value in vars(errors).items() if name.isupper()]
    assert len(codes) >= 7
    assert [code for code in codes if f"| `{code}` |" not in README] == []


def test_every_choice_of_the_design_has_its_attribute():
    table = README.split("### Content Security Policy")[0]
    documented = set(re.findall(r"`data-([a-z-]+)`", table))
    documented |= {f"show{part}" for part in re.findall(r"`(-[a-z]+)`", table)}
    fields = {name.replace("_", "-") for name in Design.__dataclass_fields__}
    assert fields - documented == set()


def test_shell_blocks_name_what_exists():
    build = (Path(__file__).parents[2] / "build.py").read_text()
    verbs = re.findall(r"build\.py (\w+)", README)
    assert {"serve", "test", "bundle"} <= set(verbs)
    assert all(f'"{verb}"' in build for verb in verbs)
