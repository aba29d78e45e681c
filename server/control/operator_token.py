"""The token that a data directory comes with: an operator's, in a file that only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path

from .audit import COMMAND_LINE
from .tokens import Tokens

LABEL = "operator.token"


def operator_token(path: Path, tokens: Tokens) -> str:
    """The token in the file; where there is none, or one that opens nothing any more, it holds a new one.

    So whoever revokes it has another at the next start.
    """
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        text = ""
    known = tokens.check(text)
    if known and known.scope == "operator":
        return text
    _, text = tokens.make("operator", None, LABEL, actor=COMMAND_LINE)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    # Its rights are set as it is made, so that there is no moment in which others could read it.
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{text}\n")
    draft.replace(path)
    return text
