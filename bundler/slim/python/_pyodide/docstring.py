"""Docstrings of JavaScript's proxies, which nobody reads in a page: to put them together takes all of `inspect`."""


def dedent_docstring(docstring):
    return docstring


def get_cmeth_docstring(func):
    return ""
