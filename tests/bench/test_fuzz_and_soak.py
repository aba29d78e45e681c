"""The fuzzer of the batch parser finds nothing in a short run, and can find something; a soak's slope is right."""

from __future__ import annotations

import pytest

from bundler.bench import fuzz, soak
from bundler.machine.errors import BuildError


def test_a_short_run_of_the_fuzzer_finds_nothing():
    pytest.importorskip("atheris")
    assert "number_of_executed_units: 30000" in fuzz.bench(30_000)


def test_the_fuzzer_finds_a_parser_that_breaks(tmp_path, monkeypatch):
    pytest.importorskip("atheris")
    (tmp_path / "sitecustomize.py").write_text(
        "from widget.telemetry import parser\n"
        "plain = parser.parse\n"
        "def parse(text):\n"
        "    reports = plain(text)\n"
        "    return 1 / (reports[0].rate != 0.5) and reports\n"
        "parser.parse = parse\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(BuildError, match="breaks with"):
        fuzz.bench(1000)


def test_the_slope_of_a_soak_leaves_out_its_beginning():
    leak = [(float(second), 100 + min(second, 100) + second / 60) for second in range(0, 601, 2)]
    assert "slope +1.00 MB a minute" in soak.report(leak)
