"""The console: a page for owners and operators, in Python that MicroPython runs in the browser.

`figures`, `moments`, `route`, `export`, `events` and `words` are plain Python and are tested outside of a browser too;
the rest knows the page. What MicroPython lacks is avoided: dataclasses, typing, unpacking inside of displays.
"""
