"""The build's version, as it rides with every batch; the same as in pyproject.toml."""

VERSION = "0.1.0"
