"""Settings from options, the environment and a TOML file, and the messages about wrong ones."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from server.config import SETTINGS, Config, read
from server.errors import ConfigError


def test_without_any_setting_the_defaults_apply() -> None:
    assert read({}, {}) == Config()
    assert SETTINGS.keys() == {field.name for field in fields(Config)}


def test_an_option_overrides_the_environment_which_overrides_the_file(tmp_path) -> None:
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
def test_the_message_names_the_wrong_setting_and_its_source(tmp_path, options, environment, text, sentence) -> None:
    file = tmp_path / "tresta.toml"
    if text is not None:
        file.write_text(text)
    options = {name: value.replace("FILE", str(file)) for name, value in options.items()}
    with pytest.raises(ConfigError, match=re.escape(sentence.replace("FILE", str(file)))):
        read(options, environment)


def test_the_server_reads_a_settings_file(start, tools, tmp_path) -> None:
    file = tmp_path / "tresta.toml"
    file.write_text('shop_origin = "http://127.0.0.1:7"\n')
    server = start("--config", file)
    content = server.get("/api/widgets/w1/public").json()
    assert content["testimonials"][0]["avatar"] == "http://127.0.0.1:7/ada.png"
    wrong = tools.cli("serve", "--port", "x")
    assert (wrong.returncode, wrong.stderr) == (1, "--port must be a whole number from 0 to 65535.\n")
