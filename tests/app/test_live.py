"""A run over real web sockets: news as it trains, and a server that is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest
from websockets.sync.client import ClientConnection, connect

from app.protocol import PROTOCOL_VERSION, Error
from tests.app.sessions import make_session

RECIPE = {"kind": "network", "dataset": "built-in", "hidden": [64], "batch": 50, "epochs": 3000}
SPEED = 100.0


@contextmanager
def server(file: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A server with a file of runs."""
    environment = {**os.environ, "GRADWALK_KEEP_RUNS": "yes", "GRADWALK_RUNS_FILE": str(file)}
    command = [sys.executable, "-m", "app", "--no-browser", "--no-download", "--port", str(port)]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Gradwalk is at")
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=10)


class Page:
    """What a page knows of one run."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.seq = 0
        self.losses: list[float] = []
        self.step = 0
        self.state: dict[str, Any] = {}
        self.ask("hello", protocol=PROTOCOL_VERSION, visitor="me")

    def ask(self, request: str, **fields: Any) -> Any:
        """Send a request; its answer, with what arrives before it taken in."""
        self.seq += 1
        self.socket.send(json.dumps({"type": request, "seq": self.seq, **fields}))
        while (message := self.take()).get("request_seq") != self.seq:
            pass
        assert message["type"] != "error", message
        return message

    def take(self) -> dict[str, Any]:
        """The next message, taken in."""
        data = self.socket.recv(timeout=20)
        message: dict[str, Any] = msgpack.unpackb(data) if isinstance(data, bytes) else json.loads(data)
        if message["type"] == "run":
            self.state = message["state"]
        if message["type"] == "run_frame":
            self.step = message["step"]
            for piece in message["series"]:
                if piece["name"] == "loss":
                    assert piece["start"] <= len(self.losses), "a gap in the curve"
                    self.losses[piece["start"] :] = np.frombuffer(piece["y"], "<f4").tolist()
        return message

    def watch_until(self, step: int) -> None:
        """Take in what comes until the run is so far."""
        while self.step < step:
            self.take()


@contextmanager
def page_at(port: int) -> Iterator[Page]:
    """A page that has said hello."""
    with connect(f"ws://127.0.0.1:{port}/ws", max_size=None) as socket:
        yield Page(socket)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_killed_and_started_again_it_goes_on_and_has_lost_a_second_at_most(tmp_path: Path) -> None:
    file, port = tmp_path / "runs.sqlite", free_port()
    with server(file, port) as process, page_at(port) as page:
        run = page.ask("create_run", recipe=RECIPE)["state"]["id"]
        page.ask("tune", run=run, speed=SPEED)
        page.ask("control", run=run, action="start")
        page.watch_until(200)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        seen = list(page.losses)
        before = page.step
    with server(file, port), page_at(port) as page:
        page.losses = list(seen)
        state = page.ask("watch", run=run, known=len(seen))["state"]
        # A second's steps; and those of the time that noticing takes on a busy machine.
        assert state["step"] >= before - 1.5 * SPEED
        assert state["status"] == "running"
        page.watch_until(before + 50)
        page.ask("control", run=run, action="pause")
        # Trained anew, the lost steps have the same losses to the last bit.
        assert page.losses[: len(seen)] == seen


def test_a_slow_reader_gets_the_newest_and_loses_no_point_of_the_curve(tmp_path: Path) -> None:
    port = free_port()
    with server(tmp_path / "runs.sqlite", port), page_at(port) as page:
        run = page.ask("create_run", recipe=RECIPE)["state"]["id"]
        page.ask("watch", run=run, parts=["layers", "maps", "batch"])
        page.ask("control", run=run, action="start")
        page.watch_until(10)
        time.sleep(3)  # nothing is read meanwhile
        frames = 0
        page.ask("control", run=run, action="pause")
        while page.step < page.state["step"]:
            frames += page.take()["type"] == "run_frame"
        assert len(page.losses) == page.step
        assert frames < 60  # of the ninety that three seconds would have brought; what was on its way still comes


@pytest.mark.parametrize(
    ("request_type", "fields", "code"),
    [
        ("watch", {"run": "no-such-run"}, "unknown_run"),
        ("plan", {"recipe": {**RECIPE, "hidden": [5000]}}, "limit"),
        ("plan", {"recipe": {**RECIPE, "dataset": "mnist"}}, "data"),
        ("plan", {"recipe": {**RECIPE, "hyper": {"momentum": 1.0}}}, "out_of_range"),
        ("plan", {"recipe": {**RECIPE, "batch": "many"}}, "bad_message"),
        ("control", {"run": "no-such-run", "action": "start"}, "unknown_run"),
    ],
)
def test_what_cannot_be_is_answered_in_the_one_error_shape(
    request_type: str, fields: dict[str, Any], code: str
) -> None:
    session = make_session()
    list(session.receive(json.dumps({"type": "hello", "seq": 0, "protocol": PROTOCOL_VERSION})))
    (answer,) = session.receive(json.dumps({"type": request_type, "seq": 1, **fields}))
    assert isinstance(answer, Error)
    assert answer.code == code
    assert answer.given
    assert answer.expected
