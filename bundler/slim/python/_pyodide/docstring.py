"""Omits the docstrings of JavaScript proxies, which no page reads: composing them would load all of `inspect`."""


def dedent_docstring(docstring):
    return docstring


def get_cmeth_docstring(func):
    return ""
