"""The console: a page for owners and operators, in Python that MicroPython runs in the browser.

`codes`, `events`, `export`, `figures`, `moments`, `route`, `series`, `verdict` and `words` are plain Python, which the
tests run outside a browser too; the other modules need the page. MicroPython has no dataclasses, no `typing` and no
unpacking inside displays.
"""
