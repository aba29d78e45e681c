"""The operator's token of a data directory, in a file that only the file's owner can read."""

from __future__ import annotations

import os
from pathlib import Path

from .audit import COMMAND_LINE
from .tokens import Tokens

LABEL = "operator.token"


def operator_token(path: Path, tokens: Tokens) -> str:
    """The token in the file. Without a valid one there, make a new token and write it to the file.

    So a revoked token is replaced at the next start.
    """
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        text = ""
    token = tokens.check(text)
    if token and token.scope == "operator":
        return text
    _, text = tokens.make("operator", None, LABEL, actor=COMMAND_LINE)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    # The file is created with its permissions, so others can read it at no moment.
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{text}\n")
    draft.replace(path)
    return text
