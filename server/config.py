"""The server's settings: from options, else the environment, else a file, else the defaults."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .data_directory import DataDirectory
from .errors import ConfigError

DEFAULT_CDN = "https://cdn.tresta.app"
PREFIX = "TRESTA_"  # TRESTA_DATA is the option --data, and `data` in the file


@dataclass(frozen=True)
class Config:
    """All settings of the server with their defaults. The settings of accounts are in the control database."""

    data: Path = Path("data")
    widgets: Path | None = None  # None: `widgets` in `data`
    host: str = "127.0.0.1"
    port: int = 8787
    keep_alive: int = 5  # seconds
    shop_origin: str = ""
    store: str = ""  # empty: the embedded store in `data`
    control: str = ""  # empty: the file control.sqlite in `data`
    durability: str = "durable"
    dist: Path | None = None  # None: the built files of this installation, if it has any
    cdn_url: str = ""  # empty: this server if it has the built files, else DEFAULT_CDN
    log_format: str = "text"
    metrics_address: str = ""  # empty: /metrics on the server's own address, for the operator's token
    public_url: str = ""  # empty: the address it listens on
    smtp: str = ""  # empty: alerts send no e-mails
    smtp_from: str = ""
    webhook_targets: str = "public"

    @property
    def content(self) -> Path:
        """The directory of the widgets' content files."""
        return self.widgets or self.data / "widgets"

    @property
    def control_place(self) -> Path | str:
        """The control database: a file of SQLite, or postgresql://..."""
        return self.control or DataDirectory(self.data).control


class Setting(NamedTuple):
    """How to convert a setting from text, and its help. `convert` raises ValueError with what the setting must be."""

    convert: Callable[[str], Any]
    metavar: str
    help: str


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A converter for whole numbers from `least` to `most`, both included."""

    def convert(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return convert


def one_of(*words: str) -> Callable[[str], str]:
    """A converter that accepts one of these words."""

    def convert(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return convert


def url(text: str) -> str:
    """A converter for http and https URLs. Removes a slash at the end."""
    if not re.fullmatch(r"https?://[^\s\"'<>]+", text):
        raise ValueError("must begin with https:// or http://")
    return text.rstrip("/")


def address(text: str) -> str:
    """A converter for an address with a port, such as 127.0.0.1:9187 or [::1]:9187."""
    if not re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[\w.-]+):[0-9]{1,5}", text) or int(text.rpartition(":")[2]) > 65535:
        raise ValueError("must be an address and a port, such as 127.0.0.1:9187")
    return text


def smtp_url(text: str) -> str:
    """A converter for the address of a mail server."""
    try:
        parts = urlsplit(text)
        is_right = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must be smtps://USER:PASSWORD@HOST, or smtp://... for STARTTLS, with a port if it is unusual")
    return text.rstrip("/")


def postgres_url(text: str) -> str:
    """A converter for the address of a PostgreSQL database."""
    if not re.fullmatch(r"postgres(ql)?://\S+", text):
        raise ValueError("must begin with postgresql://, such as postgresql://tresta:PASSWORD@HOST/tresta")
    return text


def mail_address(text: str) -> str:
    """A converter for an e-mail address."""
    if not re.fullmatch(r"[^\s@<>\"]+@[^\s@<>\"]+", text):
        raise ValueError("must be an e-mail address, such as tresta@example.com")
    return text


SETTINGS = {
    "data": Setting(Path, "DIR", "the directory for everything that the server stores (default ./data)"),
    "widgets": Setting(Path, "DIR", "the widgets' content, {id}.json each (default: widgets in the data directory)"),
    "host": Setting(str, "ADDRESS", "address to listen on; :: is every one (default 127.0.0.1: this machine only)"),
    "port": Setting(whole_number(0, 65535), "PORT", "port to listen on; 0 takes a free one (default 8787)"),
    "keep_alive": Setting(
        whole_number(1, 3600), "SECONDS", "close a connection that was idle for this long; longer than a proxy's (5)"
    ),
    "shop_origin": Setting(str, "URL", "what {{SHOP}} in the content files stands for"),
    "store": Setting(str, "ADDRESS", "clickhouse://... for a cluster (default: embedded, in the data directory)"),
    "control": Setting(
        postgres_url, "URL", "postgresql://... for several processes (default: control.sqlite in the data directory)"
    ),
    "durability": Setting(
        one_of("durable", "buffered"),
        "HOW",
        "durable: answer a batch once it is on the disk (default); buffered: at once, so a crash loses a second",
    ),
    "cdn_url": Setting(url, "URL", f"where pages find embed.js (default: this server, else {DEFAULT_CDN})"),
    "public_url": Setting(url, "URL", "where pages reach this server (default: the address it listens on)"),
    "log_format": Setting(one_of("text", "json"), "FORM", "text (default) or json: how a line of the log looks"),
    "metrics_address": Setting(
        address, "ADDRESS:PORT", "answer /metrics here too, without a token; keep it from the public (default: nowhere)"
    ),
    "smtp": Setting(smtp_url, "URL", "mail server for alerts, smtps://USER:PASSWORD@HOST (default: no e-mails)"),
    "smtp_from": Setting(mail_address, "ADDRESS", "the sender of alerts' e-mails"),
    "webhook_targets": Setting(
        one_of("public", "any"),
        "WHICH",
        "public: webhooks of alerts go to public https addresses only (default); any: also to private ones, and http",
    ),
    "dist": Setting(Path, "DIR", "the built embed script and console (default: the installed ones)"),
}


def read(options: Mapping[str, object], environment: Mapping[str, str] | None = None) -> Config:
    """Read the settings. Raises ConfigError.

    `options` has the command line's values, None for options that are not there. Names that are no settings are
    ignored.
    """
    environment = os.environ if environment is None else environment
    file = options.get("config") or environment.get(f"{PREFIX}CONFIG")
    if options.get("config") == "":
        raise ConfigError("--config must not be empty.")
    values = _from_file(Path(str(file))) if file else {}
    for name, setting in SETTINGS.items():
        variable = f"{PREFIX}{name.upper()}"
        if environment.get(variable):  # an empty one is as good as none: `TRESTA_HOST=` must not open all addresses
            values[name] = _convert(setting, environment[variable], variable)
        if options.get(name) is not None:
            values[name] = _convert(setting, str(options[name]), f"--{name.replace('_', '-')}")
    if bool(values.get("smtp")) != bool(values.get("smtp_from")):
        raise ConfigError("smtp and smtp_from belong together: set both, or neither.")
    return Config(**values)


def unknown_variables(environment: Mapping[str, str] | None = None) -> list[str]:
    """The environment's variables that look like settings and are none."""
    known = {f"{PREFIX}{name.upper()}" for name in (*SETTINGS, "config")}
    names = os.environ if environment is None else environment
    return sorted(name for name in names if name.startswith(PREFIX) and name not in known)


def no_such_variable(name: str) -> str:
    """A sentence about an unknown variable, with the setting that was meant, if one is close."""
    close = difflib.get_close_matches(name.removeprefix(PREFIX).lower(), SETTINGS, 1)
    advice = f"did you mean {PREFIX}{close[0].upper()}?" if close else "`serve --help` lists all settings."
    return f"Note: {name} is no setting and has no effect; {advice}"


def _from_file(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}.") from error
    values = {}
    for name, value in table.items():
        if name not in SETTINGS:
            raise ConfigError(f"{path}: there is no setting {name}; there are {', '.join(SETTINGS)}.")
        values[name] = _convert(SETTINGS[name], str(value), f"{path}: {name}")
        if isinstance(values[name], Path):
            values[name] = path.parent / values[name]  # so that the working directory does not matter
    return values


def _convert(setting: Setting, text: str, name: str) -> Any:
    if not text:
        raise ConfigError(f"{name} must not be empty; leave it out for the default.")
    try:
        return setting.convert(text)
    except ValueError as error:
        raise ConfigError(f"{name} {error}.") from None
