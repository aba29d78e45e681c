"""Calls of JavaScript functions without a Python signature, which are all that a page needs.

The rest, for functions bound to a Python signature, needs `inspect` and is in `_pyodide._jsbind`.
"""

from _pyodide_core import JsFuncSignature, js2py_default_call_result, py2js_default


class no_default:
    """The marker for a parameter without a default."""


def _anything(*args, **kwargs):
    pass


default_signature = JsFuncSignature(
    _anything, False, 0, (), (), py2js_default, (), (), (), py2js_default, js2py_default_call_result
)


def __getattr__(name):
    from . import _jsbind

    return getattr(_jsbind, name)
