"""The package's version, sent with every batch. The same as in pyproject.toml."""

VERSION = "0.1.0"
