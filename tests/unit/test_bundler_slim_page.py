"""Tests for bundler/slim/page.py: what of Pyodide's JavaScript a page may not change."""

from __future__ import annotations

import pytest

from bundler.machine.errors import BuildError
from bundler.slim.page import edit

TEXT = """\
  var ENVIRONMENT_IS_WEB = !!globalThis.window;
  var ENVIRONMENT_IS_WORKER = !!globalThis.WorkerGlobalScope;
  var ENVIRONMENT_IS_NODE = globalThis.process?.versions?.node;
  var ENVIRONMENT_IS_SHELL = !ENVIRONMENT_IS_WEB && !ENVIRONMENT_IS_NODE;
  var out = console.log.bind(console);
  var err = console.error.bind(console);
  h.IN_NODE || h.IN_NODE_ESM || (path = "/");
  for (var x in ENV) print(x);
"""


def test_the_page_is_no_node_and_its_console_and_prototypes_change_nothing():
    assert edit(TEXT) == (
        "  var out, err;\n"
        '  false || h.IN_NODE_ESM || (path = "/");\n'
        "  for (var x of Object.keys(ENV)) print(x);\n"
    )  # fmt: skip


@pytest.mark.parametrize("line", TEXT.splitlines(keepends=True)[:5])
def test_a_line_that_an_upgrade_has_changed_fails_the_build(line):
    with pytest.raises(BuildError, match="lacks"):
        edit(TEXT.replace(line, ""))
