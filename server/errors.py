"""The server's exceptions. Each docstring says what the message contains."""

from __future__ import annotations

from . import COMMAND


class StoreError(Exception):
    """The engine refused a statement. The message has the name of the engine's error, and nothing of the rows."""


class DiskFullError(StoreError):
    """The store's disk is full."""


class QueueFullError(Exception):
    """The queue of rows is full, or the server is stopping."""


class RateLimitedError(Exception):
    """An account or a widget has reached its rate limit. The same batch is accepted after `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class UnknownWidgetError(Exception):
    """No widget of this id is registered, or it has no content file."""


class BrokenContentError(Exception):
    """The widget's content file is invalid. The log names the file and the field."""


class BackupError(Exception):
    """A backup cannot be made or restored. The message is one sentence: what is wrong and what to do."""


class BrokenPromiseError(Exception):
    """A row is older than the retention period. The message says how old it is."""


class DirectoryInUseError(Exception):
    """Another process uses the data directory."""


class ControlError(Exception):
    """The control database cannot be opened, read or changed. The message names its file and the reason."""


class ConfigError(Exception):
    """A setting or an option is wrong. The message names the option, variable or file, and what to do."""


class ListenError(OSError):
    """A port cannot be opened. `setting` is the setting that names it."""

    def __init__(self, error: OSError, setting: str, port: int) -> None:
        super().__init__(error.errno, error.strerror)
        self.setting, self.port = setting, port


class OutputError(Exception):
    """What a command prints cannot be written. The message says why."""


class SettingError(ValueError):
    """A requested change or query is not possible. The message is one sentence: what is wrong and what to do."""


class UnknownExperimentError(SettingError):
    """There is no experiment of this id in the account."""

    def __init__(self) -> None:
        super().__init__("There is no experiment of this id in the account.")


class UnknownAccountError(SettingError):
    """There is no account of this id."""

    def __init__(self, account: str) -> None:
        super().__init__(f"There is no account {account}; `{COMMAND} account list` lists all accounts.")


class UnknownRuleError(SettingError):
    """The account has no alert rule of this id."""

    def __init__(self) -> None:
        super().__init__(f"The account has no alert rule of this id; `{COMMAND} alert list` lists all rules.")


class TooManyRulesError(SettingError):
    """The account has as many alert rules as it may have."""


class DeliveryError(Exception):
    """A message of an alert could not be delivered. The message is one sentence without addresses of people."""
