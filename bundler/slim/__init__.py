"""The slim runtime: the released Pyodide, made small enough for a customer's page. build.py lists the steps."""
