"""What can go wrong in the server, each with what its message may hold."""

from __future__ import annotations


class StoreError(Exception):
    """The engine refused. The message holds its word for why, and nothing of the rows."""


class DiskFullError(StoreError):
    """The engine refused because there is no space left where it keeps its files."""


class QueueFullError(Exception):
    """As many rows wait to be stored as may, or the server is stopping."""


class RateLimitedError(Exception):
    """An account or a widget has sent more than its share; `wait_s` seconds on, this much is taken again."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class UnknownWidgetError(Exception):
    """No widget of that id is registered, or none has content."""


class BrokenContentError(Exception):
    """The widget's file breaks the content's rules; the log has named it and the field."""


class BackupError(Exception):
    """A backup cannot be taken or used. The message is one sentence: what is wrong, and what to do."""


class BrokenPromiseError(Exception):
    """Something is kept for longer than 90 days. The message says what, and how old it is."""


class DirectoryInUseError(Exception):
    """Another process holds the data directory."""


class ControlError(Exception):
    """The control plane's database cannot be opened, read or changed; the message names its file and why."""


class ConfigError(Exception):
    """What the server was told is wrong; the message names the option, variable or file, and what to do."""


class SettingError(ValueError):
    """What was asked for cannot be done. The message is one sentence for whoever asked: what is wrong, what to do."""


class UnknownAccountError(SettingError):
    """There is no account of that id."""

    def __init__(self, account: str) -> None:
        super().__init__(f"There is no account {account}.")
