"""`serve` as a process: ready, watched, and ended with nothing left."""

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

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")


@pytest.fixture
def serve(tmp_path):
    """`serve --json`, started as a shell starts what it puts in the background: with Ctrl-C ignored."""
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
    process.terminate()  # not killed: that would leave its API behind
    process.communicate(timeout=30)


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except urllib.error.URLError:
        return False
    return True


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_line_says_where_all_three_are_and_a_signal_ends_them(serve, tmp_path, sent):
    ready = json.loads(serve.stdout.readline())
    assert list(ready) == ["shop", "cdn", "api", "token"]
    server = json.loads((tmp_path / "data" / "server.json").read_text())
    assert (server["url"], ready["token"]) == (ready["api"], (tmp_path / "data" / "operator.token").read_text().strip())
    urls = [ready["shop"], f"{ready['cdn']}/embed.js", f"{ready['api']}/health"]
    assert all(map(answers, urls))

    serve.send_signal(sent)
    out, err = serve.communicate(timeout=30)
    assert (serve.returncode, out) == (0, ""), err
    assert not any(map(answers, urls))
    with pytest.raises(ProcessLookupError):
        os.kill(server["pid"], 0)


def test_an_api_that_dies_is_said_and_ends_the_rest(serve, tmp_path):
    ready = json.loads(serve.stdout.readline())
    os.kill(json.loads((tmp_path / "data" / "server.json").read_text())["pid"], signal.SIGKILL)
    _, err = serve.communicate(timeout=30)
    assert serve.returncode == 1
    assert err.splitlines()[-1] == "The API has ended by itself (exit code -9); without it there is nothing to serve."
    assert not answers(ready["shop"])


def test_a_second_serve_on_the_same_data_is_told_so(serve, tmp_path):
    serve.stdout.readline()
    start = time.monotonic()
    command = [sys.executable, "-m", "bundler", "serve", "--port", "0", "--data", str(tmp_path / "data")]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert "Another process uses the data" in second.stderr
    assert time.monotonic() - start < 30


def test_an_option_nobody_knows_is_one_sentence():
    command = [sys.executable, "-m", "bundler", "serve", "--colour"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "no option --colour" in done.stderr


def test_new_data_measures_every_visit_of_the_demo_and_a_change_stays(serve, tmp_path):
    def telemetry(ready):
        with urllib.request.urlopen(f"{ready['api']}/api/widgets/w1/public", timeout=10) as answer:
            return json.load(answer)["telemetry"]

    assert telemetry(json.loads(serve.stdout.readline())) == {"mode": "opt-in", "rate": 1.0}
    data = ["--data", str(tmp_path / "data")]
    change = [sys.executable, "-m", "server", "account", "set", "demo", "--mode", "off", *data]
    subprocess.run(change, cwd=ROOT, check=True, timeout=60)
    serve.send_signal(signal.SIGTERM)
    serve.communicate(timeout=30)
    again = [sys.executable, "-m", "bundler", "serve", "--json", "--port", "0", *data]
    with subprocess.Popen(again, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as second:
        try:
            assert telemetry(json.loads(second.stdout.readline()))["mode"] == "off"
        finally:
            second.terminate()
