"""The command line: its messages, and its effect on a running server."""

from __future__ import annotations

import json
import re
import shlex
import stat
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from server.__main__ import COMMANDS
from widget.content import parse_content

GUIDE = Path(__file__).parents[2] / "docs" / "operate.md"

PUBLIC = "/api/widgets/{}/public"


@pytest.fixture
def cli(tools, tmp_path):
    """`cli("account", "list")` runs a command on the test's data directory."""
    return lambda *arguments: tools.cli(*arguments, "--data", tmp_path / "new")


def lines_of(result: CompletedProcess[str]) -> list[str]:
    assert (result.returncode, result.stderr) == (0, ""), result
    return result.stdout.splitlines()


def error_of(result: CompletedProcess[str]) -> str:
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (1, "", 1), result
    return result.stderr.strip()


def test_the_first_init_prints_what_it_made_and_the_next_command(cli, tools, tmp_path) -> None:
    widgets = tmp_path / "content"
    widgets.mkdir()
    for widget in ("w1", "w2"):
        tools.write_widget(widgets, widget)
    lines = lines_of(cli("init", "--account", "acme", "--name", "Acme Ltd", "--widgets", widgets))
    data = tmp_path / "new"
    assert lines == [
        f"{data} has a control database, and the operator's token in {data}/operator.token.",
        "Account acme (Acme Ltd): sampled, rate 0.01 (about 1 in 100 page views).",
        "Its widgets: w1, w2.",
        "Before you deploy: Embed code names http://127.0.0.1, which on a visitor's machine is that machine itself: "
        "start the server with --public-url and the https:// address at which pages reach it.",
        f"Next: python -m server serve --widgets {widgets} --data {data}",
    ]
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "operator.token").stat().st_mode) == 0o600


def test_init_again_adds_what_is_missing_and_changes_nothing(cli, tools, tmp_path) -> None:
    widgets = tmp_path / "content"
    widgets.mkdir()
    tools.write_widget(widgets, "w1")
    lines_of(cli("init", "--account", "acme", "--widgets", widgets))
    lines_of(cli("account", "set", "acme", "--mode", "off"))
    token = (tmp_path / "new" / "operator.token").read_text()
    tools.write_widget(widgets, "w2")
    again = lines_of(cli("init", "--account", "acme", "--name", "Other", "--widgets", widgets))
    assert again[1:3] == ["Account acme (acme): off.", "Its widgets: w1, w2."]
    assert (tmp_path / "new" / "operator.token").read_text() == token
    other = lines_of(cli("init", "--account", "other", "--widgets", widgets))
    assert other[2] == "Its widgets: none. w1, w2 stay with other accounts."
    assert "There are several accounts (acme, other): name one with --account." in error_of(cli("init"))


def test_init_without_options_makes_an_account_and_an_example_and_does_not_warn_with_a_public_url(
    cli, tmp_path
) -> None:
    data = tmp_path / "new"
    lines = lines_of(cli("init", "--public-url", "https://reviews.example"))
    assert lines[1:] == [
        "Account main (main): sampled, rate 0.01 (about 1 in 100 page views).",
        f"{data}/widgets has an example, example.json: edit it, and add a file for each widget.",
        "Its widgets: example.",
        f"Next: python -m server serve --data {data}",
    ]
    assert parse_content((data / "widgets" / "example.json").read_text()).id == "example"
    (data / "widgets" / "second.json").write_text("{}")
    assert "Its widgets: example, second." in lines_of(cli("init"))  # of the only account


def test_accounts_can_be_made_listed_shown_and_set(cli) -> None:
    lines_of(cli("init"))
    assert lines_of(cli("account", "list")) == ["main (main): sampled, rate 0.01 (about 1 in 100 page views)"]
    line = "acme (Acme Ltd): sampled, rate 0.01 (about 1 in 100 page views)"
    assert lines_of(cli("account", "add", "acme", "--name", "Acme Ltd")) == [f"Made the account {line}."]
    assert lines_of(cli("account", "list"))[0] == line
    confirmation = ("--confirm", "i have asked my visitors")
    changed = lines_of(cli("account", "set", "acme", "--mode", "opt-in", "--rate", "1", *confirmation))
    setting = "opt-in, rate 1 (every page view), receipt at the bottom"
    assert changed == [f"acme (Acme Ltd): {setting}, from the next page load on."]
    assert lines_of(cli("widget", "add", "w1", "w2", "--account", "acme")) == ["Registered for acme: w1, w2."]
    assert lines_of(cli("widget", "add", "w1", "--account", "acme")) == ["acme has them already."]
    assert lines_of(cli("widget", "list", "--account", "acme")) == ["w1  acme", "w2  acme"]
    assert lines_of(cli("widget", "remove", "w2")) == ["Removed w2: it is no longer served or measured."]

    head, widgets, *entries = lines_of(cli("account", "show", "acme"))
    assert (head, widgets) == (f"acme (Acme Ltd): {setting}", "widgets: w1")
    assert {entry.split("  ")[1] for entry in entries} == {"command line"}
    actions = ["widget.remove", "widget.add", "widget.add", "telemetry.set", "account.add"]
    assert [entry.split("  ")[2] for entry in entries] == actions
    account = json.loads(cli("account", "show", "acme", "--json").stdout)
    telemetry = {"mode": "opt-in", "rate": 1.0, "rate_on_error": 0.0, "receipt": "bottom"}
    assert (account["telemetry"], account["widgets"]) == (telemetry, ["w1"])
    assert [entry["action"] for entry in account["audit"]] == actions
    item, _ = json.loads(cli("account", "list", "--json").stdout)["accounts"]
    assert item == {name: account[name] for name in item}


def test_tokens_can_be_made_listed_and_revoked(cli) -> None:
    lines_of(cli("init", "--account", "acme"))
    result = cli("token", "make", "--scope", "owner", "--account", "acme", "--label", "Maria")
    text = result.stdout.strip()
    id_ = text.split("_")[1]
    assert result.returncode == 0
    assert result.stdout == f"{text}\n"  # alone, for scripts
    assert result.stderr == f"This is shown only once. `python -m server token revoke {id_}` revokes it.\n"
    operators, owners = lines_of(cli("token", "list"))
    assert "operator.token" in operators
    assert owners.split("  ")[0] == id_
    assert lines_of(cli("token", "list", "--account", "acme")) == [owners]
    assert text not in owners
    assert lines_of(cli("token", "revoke", id_)) == [f"Revoked the token Maria ({id_})."]
    assert "revoked 20" in lines_of(cli("token", "list", "--account", "acme"))[0]
    assert "no token" in error_of(cli("token", "revoke", id_))


WRONG = {
    "an account twice": (("account", "add", "acme", "--name", "Again"), "already"),
    "an unknown account": (
        ("account", "show", "nobody"),
        "There is no account nobody; `python -m server account list`",
    ),
    "an unknown mode": (("account", "set", "acme", "--mode", "always"), "mode must be one of off, sampled, opt-in."),
    "a percentage": (("account", "set", "acme", "--mode", "sampled", "--rate", "5"), "from 0.001 to 0.1"),
    "no confirmation": (("account", "set", "acme", "--mode", "opt-in", "--rate", "1"), "I have asked my visitors"),
    "nobody's widgets": (
        ("widget", "list", "--account", "nobody"),
        "There is no account nobody; `python -m server account list`",
    ),
    "a widget of nobody": (
        ("widget", "add", "w9", "--account", "nobody"),
        "There is no account nobody; `python -m server account list`",
    ),
    "no widget id": (("widget", "add", "a b", "--account", "acme"), "A widget's id must be"),
    "an unknown widget": (
        ("widget", "remove", "w9"),
        "There is no widget w9 in the register; `python -m server widget list`",
    ),
    "an unknown scope": (("token", "make", "--scope", "root", "--label", "Me"), "scope must be one of"),
    "an owner of nothing": (("token", "make", "--scope", "owner", "--label", "Me"), "needs one account"),
    "no content directory": (("init", "--widgets", "nowhere"), "There is no directory nowhere"),
}


@pytest.mark.parametrize(("arguments", "words"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_one_sentence(cli, arguments, words) -> None:
    lines_of(cli("init", "--account", "acme"))
    assert words in error_of(cli(*arguments))


@pytest.mark.parametrize("arguments", [("account", "list"), ("widget", "list"), ("token", "list")])
def test_a_mistyped_data_directory_is_not_created(cli, tmp_path, arguments) -> None:
    assert "`python -m server init --data" in error_of(cli(*arguments))
    assert not (tmp_path / "new").exists()


def test_an_impossible_directory_is_one_sentence(tools, tmp_path) -> None:
    (tmp_path / "file").touch()
    result = tools.cli("init", "--data", tmp_path / "file" / "data")
    assert error_of(result) == f"{tmp_path / 'file' / 'data'} cannot be used: Not a directory."


def test_commands_take_effect_on_a_running_server_within_moments(start, tools) -> None:
    server = start()
    tools.write_widget(server.widgets, "late")
    assert server.get(PUBLIC.format("late")).status == 404
    assert server.post(tools.batch("late")).body == b"unknown_widget"

    here = ("--data", server.data)
    tools.cli("account", "add", "new", "--name", "New", *here)
    tools.cli("widget", "add", "late", "--account", "new", *here)
    tools.wait_for(lambda: server.get(PUBLIC.format("late")).status == 200)
    assert server.post(tools.batch("late", rate=0.01)).status == 204
    tools.cli("account", "set", "new", "--mode", "sampled", "--rate", "0.05", *here)
    tools.wait_for(lambda: server.get(PUBLIC.format("late")).json()["telemetry"] == {"mode": "sampled", "rate": 0.05})
    tools.cli("account", "set", "new", "--mode", "off", *here)
    tools.wait_for(lambda: server.get(PUBLIC.format("late")).json()["telemetry"]["mode"] == "off")
    assert server.post(tools.batch("late", rate=0.01)).status == 204
    assert [event["account"] for event in server.events()] == ["new"]
    tools.cli("widget", "remove", "late", *here)
    tools.wait_for(lambda: server.get(PUBLIC.format("late")).status == 404)

    bearer = {"Authorization": f"Bearer {server.token()}"}
    text = tools.cli("token", "make", "--scope", "operator", "--label", "Night", *here).stdout.strip()
    assert server.get("/api/v1/events", Authorization=f"Bearer {text}").status == 200
    tools.cli("token", "revoke", text.split("_")[1], *here)
    assert server.get("/api/v1/events", Authorization=f"Bearer {text}").status == 401
    assert server.get("/api/v1/events", **bearer).status == 200


def test_an_owner_may_not_read_the_events_of_all_accounts(server, tools) -> None:
    token = tools.cli("token", "make", "--scope", "owner", "--account", "acme", "--label", "M", "--data", server.data)
    answer = server.get("/api/v1/events", Authorization=f"Bearer {token.stdout.strip()}")
    assert answer.status in (401, 403)


def test_a_revoked_operator_token_is_replaced_at_the_next_start(start, tools) -> None:
    server = start()
    old = server.token()
    tools.cli("token", "revoke", old.split("_")[1], "--data", server.data)
    assert server.get("/api/v1/events", Authorization=f"Bearer {old}").status == 401
    assert server.stop() == 0
    server = start()
    assert server.token() != old
    assert server.events() == []
    (server.data / "operator.token").write_text("as older versions made it\n")
    assert server.stop() == 0
    assert start().events() == []


@pytest.mark.parametrize("command", [command.__name__.rpartition(".")[2] for command in COMMANDS])
def test_every_commands_help_has_a_usage_line_and_examples(tools, command) -> None:
    usage, _, rest = tools.cli(command, "--help").stdout.partition("\n\n")
    assert usage.startswith(f"usage: python -m server {command} ")
    assert f"  python -m server {command}" in rest


def test_the_commands_of_the_guide_work(cli, tools, tmp_path, monkeypatch) -> None:
    widgets = tmp_path / "content"
    widgets.mkdir()
    tools.write_widget(widgets, "w1")
    monkeypatch.setenv("TRESTA_WIDGETS", str(widgets))
    lines = re.findall(r"^tresta (.*)", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    commands = [shlex.split(line, comments=True) for line in lines]
    # Those of several machines need a PostgreSQL, and have a test of their own.
    nouns = ("init", "account", "widget", "token")
    commands = [each for each in commands if each[0] in nouns and "--config" not in each]
    assert {command[0] for command in commands} == {"init", "account", "widget", "token"}
    for command in commands:
        result = cli(*command)
        assert result.returncode == 0, result
    account = json.loads(cli("account", "show", "main", "--json").stdout)
    telemetry = {"mode": "opt-in", "rate": 1.0, "rate_on_error": 0.0, "receipt": "top"}
    assert (account["telemetry"], account["widgets"]) == (telemetry, ["w1"])
