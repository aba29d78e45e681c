"""`serve` as a process: its start, its messages, and its end with all child processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from bundler.machine.environment import ROOT

pytestmark = [pytest.mark.builds, pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")]


@pytest.fixture
def serve(tmp_path):
    """`serve --json`, started with Ctrl-C ignored, as a shell starts background processes."""
    shutil.copytree(ROOT / "web" / "demo" / "widgets", tmp_path / "widgets")
    arguments = ["--json", "--port", "0", "--data", str(tmp_path / "data"), "--widgets", str(tmp_path / "widgets")]
    process = subprocess.Popen(
        [sys.executable, "-m", "bundler", "serve", *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    yield process
    process.terminate()  # killing it would leave its server running
    process.communicate(timeout=30)


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except urllib.error.URLError:
        return False
    return True


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_line_has_all_three_urls_and_a_signal_ends_all_three(serve, tmp_path, signum):
    ready = json.loads(serve.stdout.readline())
    assert list(ready) == ["shop", "cdn", "api", "token"]
    server = json.loads((tmp_path / "data" / "server.json").read_text())
    assert (server["url"], ready["token"]) == (ready["api"], (tmp_path / "data" / "operator.token").read_text().strip())
    urls = [ready["shop"], f"{ready['cdn']}/embed.js", f"{ready['api']}/health"]
    assert all(map(answers, urls))

    serve.send_signal(signum)
    out, err = serve.communicate(timeout=30)
    assert (serve.returncode, out) == (0, ""), err
    assert not any(map(answers, urls))
    with pytest.raises(ProcessLookupError):
        os.kill(server["pid"], 0)


def test_the_death_of_the_server_is_reported_and_ends_serve(serve, tmp_path):
    ready = json.loads(serve.stdout.readline())
    os.kill(json.loads((tmp_path / "data" / "server.json").read_text())["pid"], signal.SIGKILL)
    _, err = serve.communicate(timeout=30)
    assert serve.returncode == 1
    assert err.splitlines()[-1] == "The server ended by itself (exit code -9); its messages above may say why."
    assert not answers(ready["shop"])


def test_a_second_serve_on_the_same_data_ends_with_a_message(serve, tmp_path):
    serve.stdout.readline()
    start = time.monotonic()
    command = [sys.executable, "-m", "bundler", "serve", "--port", "0", "--data", str(tmp_path / "data")]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert "Another process uses the data" in second.stderr
    assert time.monotonic() - start < 30


def test_an_unknown_option_is_an_error():
    command = [sys.executable, "-m", "bundler", "serve", "--colour"]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert process.returncode == 2
    assert "no option --colour" in process.stderr


def test_on_new_data_the_demo_measures_every_visit_and_a_changed_setting_stays(serve, tmp_path):
    def telemetry(ready):
        with urllib.request.urlopen(f"{ready['api']}/api/widgets/w1/public", timeout=10) as answer:
            return json.load(answer)["telemetry"]

    assert telemetry(json.loads(serve.stdout.readline())) == {"mode": "opt-in", "rate": 1.0, "receipt": "bottom"}
    data = ["--data", str(tmp_path / "data")]
    change = [sys.executable, "-m", "server", "account", "set", "demo", "--mode", "off", *data]
    subprocess.run(change, cwd=ROOT, check=True, timeout=60)
    serve.send_signal(signal.SIGTERM)
    serve.communicate(timeout=30)
    again = [sys.executable, "-m", "bundler", "serve", "--json", "--port", "0", *data]
    with subprocess.Popen(again, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as second:
        try:
            assert second.stdout is not None
            assert telemetry(json.loads(second.stdout.readline()))["mode"] == "off"
        finally:
            second.terminate()
