"""The gradwalk command, run as users run it: in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from websockets import ConnectionClosed, Origin
from websockets.sync.client import connect

from app.cli import build_parser, main, open_browser
from app.settings import rows

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
COMMAND = [sys.executable, "-m", "app"]


def environment(**variables: str) -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("GRADWALK_")} | variables


@contextmanager
def running(root: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port, and its address."""
    command = [*COMMAND, "--no-browser", "--port", "0", *arguments]
    with subprocess.Popen(
        command, cwd=root, env=environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            assert words[:3] == ["Gradwalk", "is", "at"], process.communicate(timeout=5)
            yield process, words[3]
        finally:
            if process.poll() is None:
                process.kill()


def run(root: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=root,
        env=environment(**variables),
        text=True,
        capture_output=True,
        timeout=20,
        check=False,
    )


def test_help_names_every_flag_and_variable() -> None:
    text = build_parser().format_help()
    for row in rows():
        assert row.flag in text
        assert f"[{row.variable}]" in " ".join(text.split())


def test_a_flag_wins_over_the_environment(root: Path) -> None:
    result = run(root, "--no-browser", "--host", "flag.invalid", GRADWALK_HOST="environment.invalid")
    assert result.stderr == "gradwalk: this machine has no address called 'flag.invalid'\n"


def test_a_bad_value_is_told_in_plain_words(root: Path) -> None:
    result = run(root, "--port", "x")
    assert result.returncode == 2
    assert "argument --port: given 'x', expected a whole number, 0 to 65535" in result.stderr
    result = run(root, GRADWALK_PORT="y")
    assert result.returncode == 2
    assert "GRADWALK_PORT: given 'y', expected a whole number, 0 to 65535" in result.stderr


def test_settings_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--settings"]) == 0
    assert capsys.readouterr().out.startswith("| Flag | Environment variable |")


def test_the_first_page_comes(root: Path) -> None:
    with running(root) as (_, address), urlopen(address, timeout=30) as response:
        assert b"Gradwalk" in response.read()


def test_starting_up_imports_no_torch(root: Path) -> None:
    code = (
        "import sys, app.cli, app.main; print([name for name in sys.modules if name.split('.')[0].startswith('torch')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env=environment(),
        text=True,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert result.stdout.strip() == "[]"


def test_a_taken_port_is_told_in_plain_words_with_a_free_one(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run(root, "--port", str(port), "--no-browser")
        words, suggested = result.stderr.rsplit(maxsplit=1)
        assert words == f"gradwalk: port {port} is taken by another program; this one is free: --port"
        socket.create_server(("127.0.0.1", int(suggested))).close()
    assert (result.returncode, result.stdout) == (1, "")


def test_an_unknown_address_is_told_in_plain_words(root: Path) -> None:
    result = run(root, "--host", "nowhere.invalid", "--no-browser")
    assert result.returncode == 1
    assert result.stderr == "gradwalk: this machine has no address called 'nowhere.invalid'\n"


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_signal_ends_it_cleanly(root: Path, number: signal.Signals) -> None:
    with running(root) as (process, address):
        with urlopen(f"{address}/healthz", timeout=5) as response:
            assert json.load(response)["status"] == "ok"
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
        assert (process.returncode, output, errors) == (0, "", "")


@POSIX
def test_open_web_sockets_do_not_delay_the_end(root: Path) -> None:
    with running(root) as (process, address):
        with connect(f"{address.replace('http', 'ws', 1)}/ws", origin=Origin(address)) as browser:
            process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed):
                browser.recv(timeout=30)
            output, errors = process.communicate(timeout=30)
        assert (process.returncode, output, errors) == (0, "", "")


def test_a_message_that_is_too_large_is_told_and_the_connection_lives_on(root: Path) -> None:
    with (
        running(root, "--max-message-bytes", "2000") as (_, address),
        connect(f"{address.replace('http', 'ws', 1)}/ws", origin=Origin(address)) as browser,
    ):
        browser.send("x" * 5000)
        error = json.loads(browser.recv(timeout=5))
        assert (error["code"], error["given"], error["expected"]) == ("too_large", "5,000 bytes", "at most 2,000")
        browser.send('{"type": "hello", "seq": 0, "protocol": 1}')
        assert json.loads(browser.recv(timeout=5))["type"] == "welcome"


@pytest.mark.parametrize("windows", [True, False], ids=["no browser", "no windows"])
def test_a_missing_browser_is_told_in_plain_words(
    windows: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    if windows:
        monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("webbrowser.open", lambda _: not windows)
    open_browser("http://127.0.0.1:8000")
    assert capsys.readouterr().out == "Found no browser to open. Open http://127.0.0.1:8000 in one yourself.\n"
