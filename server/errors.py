"""What can go wrong in the server, each with what its message may hold."""

from __future__ import annotations


class StoreError(Exception):
    """The engine refused. The message holds its word for why, and nothing of the rows."""


class QueueFullError(Exception):
    """As many rows wait to be stored as may, or the server is stopping."""


class UnknownWidgetError(Exception):
    """There is no content file for a widget of that id."""


class BrokenContentError(Exception):
    """The widget's file breaks the content's rules; the log has named it and the field."""


class DirectoryInUseError(Exception):
    """Another process holds the data directory."""
