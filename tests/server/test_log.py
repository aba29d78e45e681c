"""The server's log: what each request causes is logged once a minute."""

from __future__ import annotations

import logging

from server import log


def test_a_message_that_repeats_is_logged_once_a_minute(monkeypatch, capsys) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers[:])
    monkeypatch.setattr(root, "level", root.level)
    log.set_up("text")
    try:
        for _ in range(1000):
            logging.getLogger("server.test").error("The disk is full.")
            logging.getLogger("server.test").error("The database is away.")
        monkeypatch.setattr("server.log.REPEAT_S", 0.0)
        logging.getLogger("server.test").error("The disk is full.")
    finally:
        logging.captureWarnings(False)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition("ERROR ")[2] for line in lines] == [
        "The disk is full.",
        "The database is away.",
        "The disk is full.",
    ]
