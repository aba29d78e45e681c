"""Runs one snippet inside Pyodide and returns its outcome.

The pages run this file's text; nothing imports it. It imports only `sys`, since the runtime itself is under test.
"""

import sys

_TOP_LEVEL_AWAIT = 0x2000  # ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_COROUTINE = 0x80  # inspect.CO_COROUTINE


class _Output(list[str]):
    """Replaces sys.stdout and collects the texts."""

    def write(self, text):
        self.append(text)
        return len(text)

    def flush(self):
        pass


async def run_snippet(code):
    """The output of the snippet, with the type and message of the exception that ended it, if any.

    The snippet has its own namespace, in which `show(lines)` prints each line, an expression, with its value or
    error. Lone surrogates are escaped, since they cannot be passed to the page.
    """
    output = _Output()
    names: dict[str, object] = {"__name__": "__main__"}

    def show(lines):
        for line in lines.strip().splitlines():
            try:
                value = repr(eval(line.strip(), names))
            except Exception as error:  # noqa: BLE001 - the exception is part of the outcome
                value = f"{type(error).__name__}: {error}"
            print(f"{line.strip()} -> {value}")

    names["show"] = show
    stdout, sys.stdout = sys.stdout, output
    try:
        program = compile(code, "<snippet>", "exec", _TOP_LEVEL_AWAIT, dont_inherit=True)
        coroutine = eval(program, names)
        if program.co_flags & _COROUTINE:
            await coroutine
    except BaseException as error:  # noqa: BLE001 - the exception is part of the outcome
        print(f"{type(error).__name__}: {error}")
    finally:
        sys.stdout = stdout
    return "".join(output).encode("utf-8", "backslashreplace").decode()
