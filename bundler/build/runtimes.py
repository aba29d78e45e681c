"""Which Python runtime dist/ holds."""

from __future__ import annotations

SLIM = "slim"  # ours, and the released Pyodide for browsers in which it does not start
STOCK = "stock"  # the released Pyodide alone
PROFILING = "profile"  # a slim one that notes which functions run: for slim/record.py
RUNTIMES = (SLIM, STOCK, PROFILING)
