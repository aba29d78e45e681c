"""What the server is told: by its options, else by the environment, else by a file, else as it is by default."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from .errors import ConfigError

DEFAULT_CDN = "https://cdn.tresta.app"
PREFIX = "TRESTA_"  # TRESTA_DATA is --data, and data in the file


@dataclass(frozen=True)
class Config:
    """Every setting of the server itself, each with its default. Accounts have theirs in the control database."""

    data: Path = Path("data")
    widgets: Path | None = None  # None: `widgets` in `data`
    host: str = "127.0.0.1"
    port: int = 8787
    shop_origin: str = ""
    store: str = ""  # empty: the embedded one, in `data`
    durability: str = "durable"
    dist: Path | None = None  # None: the built files of this installation, if there are any
    cdn_url: str = ""  # empty: this server, if it has the built files, else DEFAULT_CDN
    public_url: str = ""  # empty: the address it listens on

    @property
    def content(self) -> Path:
        """The directory of the widgets' content files."""
        return self.widgets or self.data / "widgets"


class Setting(NamedTuple):
    """How a setting is read from text (ValueError says what it must be) and what it is for."""

    convert: Callable[[str], Any]
    metavar: str
    help: str


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A converter for whole numbers, both ends included."""

    def convert(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return convert


def one_of(*words: str) -> Callable[[str], str]:
    """A converter for one of these words."""

    def convert(text: str) -> str:
        if text not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return text

    return convert


def url(text: str) -> str:
    """A converter for where something is on the web, without a slash at its end."""
    if not re.fullmatch(r"https?://[^\s\"'<>]+", text):
        raise ValueError("must begin with https:// or http://")
    return text.rstrip("/")


SETTINGS = {
    "data": Setting(Path, "DIR", "where the server keeps everything (default ./data)"),
    "widgets": Setting(Path, "DIR", "the widgets' content, {id}.json each (default: widgets in the data directory)"),
    "host": Setting(str, "ADDRESS", "address to listen on (default 127.0.0.1: this machine only)"),
    "port": Setting(whole_number(0, 65535), "PORT", "0 takes a free one (default 8787)"),
    "shop_origin": Setting(str, "URL", "what {{SHOP}} in the content files stands for"),
    "store": Setting(str, "ADDRESS", "clickhouse://... for a cluster (default: embedded, in the data directory)"),
    "durability": Setting(
        one_of("durable", "buffered"),
        "HOW",
        "durable: a batch is answered once it is on the disk (default); buffered: at once, with a second at risk",
    ),
    "cdn_url": Setting(url, "URL", f"where pages find embed.js (default: this server, else {DEFAULT_CDN})"),
    "public_url": Setting(url, "URL", "where pages reach this server (default: the address it listens on)"),
    "dist": Setting(Path, "DIR", "the built embed script and console (default: those that are installed)"),
}


def read(options: Mapping[str, object], environment: Mapping[str, str] | None = None) -> Config:
    """The settings, from where they are first found; raises ConfigError.

    `options` are the command line's texts, None where one was not given; others than settings do not matter.
    """
    environment = os.environ if environment is None else environment
    file = options.get("config") or environment.get(f"{PREFIX}CONFIG")
    values = _from_file(Path(str(file))) if file else {}
    for name, setting in SETTINGS.items():
        if f"{PREFIX}{name.upper()}" in environment:
            variable = f"{PREFIX}{name.upper()}"
            values[name] = _converted(setting, environment[variable], variable)
        if options.get(name) is not None:
            values[name] = _converted(setting, str(options[name]), f"--{name.replace('_', '-')}")
    return Config(**values)


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
        values[name] = _converted(SETTINGS[name], str(value), f"{path}: {name}")
        if isinstance(values[name], Path):
            values[name] = path.parent / values[name]  # a file means the same wherever one stands
    return values


def _converted(setting: Setting, text: str, name: str) -> Any:
    try:
        return setting.convert(text)
    except ValueError as error:
        raise ConfigError(f"{name} {error}.") from None
