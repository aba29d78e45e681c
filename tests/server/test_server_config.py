"""Settings: from options, the environment and a TOML file, and what is wrong in them."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from server.config import SETTINGS, Config, read
from server.errors import ConfigError


def test_without_a_word_everything_has_its_default() -> None:
    assert read({}, {}) == Config()
    assert SETTINGS.keys() == {field.name for field in fields(Config)}


def test_an_option_beats_the_environment_which_beats_the_file(tmp_path) -> None:
    file = tmp_path / "tresta.toml"
    file.write_text('port = 1\nhost = "::1"\ndata = "here"\ndurability = "buffered"\n')
    environment = {"TRESTA_PORT": "2", "TRESTA_HOST": "127.0.0.2", "PORT": "9", "TRESTA_SERVICE_PORT": "9"}
    options = {"config": str(file), "port": "3", "host": None, "limit": 10}
    assert read(options, environment) == Config(port=3, host="127.0.0.2", data=tmp_path / "here", durability="buffered")
    assert read({}, {"TRESTA_CONFIG": str(file)}).port == 1
    file.write_text('data = "/absolute"')
    assert read({"config": str(file)}, {}).data == Path("/absolute")


@pytest.mark.parametrize(
    ("options", "environment", "text", "sentence"),
    [
        ({"port": "http"}, {}, "", "--port must be a whole number from 0 to 65535."),
        ({"durability": "maybe"}, {}, "", "--durability must be one of durable, buffered."),
        ({}, {"TRESTA_PORT": "tcp://10.0.0.1:80"}, "", "TRESTA_PORT must be a whole number from 0 to 65535."),
        ({"config": "FILE"}, {}, "port = 70000", "FILE: port must be a whole number from 0 to 65535."),
        ({"config": "FILE"}, {}, "port = true", "FILE: port must be a whole number from 0 to 65535."),
        ({"config": "FILE"}, {}, "prot = 80", "FILE: there is no setting prot; there are data, widgets, host,"),
        ({"config": "FILE"}, {}, "port 80", "FILE is not TOML: "),
        ({"config": "FILE"}, {}, None, "FILE cannot be read: No such file or directory."),
    ],
)
def test_what_is_wrong_is_named_with_where_it_stands(tmp_path, options, environment, text, sentence) -> None:
    file = tmp_path / "tresta.toml"
    if text is not None:
        file.write_text(text)
    options = {name: value.replace("FILE", str(file)) for name, value in options.items()}
    with pytest.raises(ConfigError, match=re.escape(sentence.replace("FILE", str(file)))):
        read(options, environment)


def test_the_server_is_told_by_a_file(start, tools, tmp_path) -> None:
    file = tmp_path / "tresta.toml"
    file.write_text('shop_origin = "http://127.0.0.1:7"\n')
    server = start("--config", file)
    content = server.get("/api/widgets/w1/public").json()
    assert content["testimonials"][0]["avatar"] == "http://127.0.0.1:7/ada.png"
    wrong = tools.cli("serve", "--port", "x")
    assert (wrong.returncode, wrong.stderr) == (1, "--port must be a whole number from 0 to 65535.\n")
