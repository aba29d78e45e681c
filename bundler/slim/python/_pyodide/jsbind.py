"""How JavaScript's functions are called that have no signature of their own: all that a page needs.

The rest, for functions bound to a Python signature, takes `inspect` and stands in `_pyodide._jsbind`.
"""

from _pyodide_core import JsFuncSignature, js2py_default_call_result, py2js_default


class no_default:
    """Stands for the default of a parameter that has none."""


def _anything(*args, **kwargs):
    pass


default_signature = JsFuncSignature(
    _anything, False, 0, (), (), py2js_default, (), (), (), py2js_default, js2py_default_call_result
)


def __getattr__(name):
    from . import _jsbind

    return getattr(_jsbind, name)
