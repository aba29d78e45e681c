"""Runs one snippet inside Pyodide and says what came of it.

It is text for the page, never imported outside, and takes only `sys`: what it runs on is what is under test.
"""

import sys

_TOP_LEVEL_AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_COROUTINE = 0x80  # inspect.CO_COROUTINE


class _Written(list):
    """Stands in for sys.stdout."""

    def write(self, text):
        self.append(text)
        return len(text)

    def flush(self):
        pass


async def run_snippet(code):
    """What the snippet printed, and the type and message of the exception that ended it, if one did.

    It runs in a namespace of its own, in which `show(lines)` prints each line, one expression, with its value or
    its error. A lone surrogate, which no page can carry, is written as its escape.
    """
    written = _Written()
    names = {"__name__": "__main__"}

    def show(lines):
        for line in lines.strip().splitlines():
            try:
                value = repr(eval(line.strip(), names))
            except Exception as error:  # noqa: BLE001 - it is the outcome
                value = f"{type(error).__name__}: {error}"
            print(f"{line.strip()} -> {value}")

    names["show"] = show
    stdout, sys.stdout = sys.stdout, written
    try:
        program = compile(code, "<snippet>", "exec", _TOP_LEVEL_AWAIT, dont_inherit=True)
        coroutine = eval(program, names)
        if program.co_flags & _COROUTINE:
            await coroutine
    except BaseException as error:  # noqa: BLE001 - it is the outcome
        print(f"{type(error).__name__}: {error}")
    finally:
        sys.stdout = stdout
    return "".join(written).encode("utf-8", "backslashreplace").decode()
