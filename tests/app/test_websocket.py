"""The websocket around the session: frames, faults, limits, slow readers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import msgpack
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession

from app import protocol
from app.main import expression_limits
from app.scenes import all_scenes
from app.session import Session
from app.settings import Settings
from app.websocket import Outbox, register
from tests.app.conversation import no_digits


class Failing(Session):
    """A session with a fault of its own: it cannot seek."""

    def receive(self, raw: str | bytes) -> Iterator[Any]:
        if b'"seek"' in (raw if isinstance(raw, bytes) else raw.encode()):
            raise ZeroDivisionError("a fault of ours")
        return super().receive(raw)


def application(session: type[Session] = Session, max_sessions: int = 2) -> FastAPI:
    app = FastAPI()
    scenes, limits = all_scenes(no_digits), expression_limits(Settings())
    register(app, lambda: session(scenes, limits, lambda trace: ([], "")), threads=2, max_sessions=max_sessions)
    return app


def say(socket: WebSocketTestSession, **message: Any) -> None:
    socket.send_text(json.dumps(message))


def hello(socket: WebSocketTestSession) -> None:
    say(socket, type="hello", seq=0, protocol=protocol.PROTOCOL_VERSION)
    assert socket.receive_json()["type"] == "welcome"


def test_text_is_text_and_tensors_are_binary() -> None:
    with TestClient(application()).websocket_connect("/ws") as socket:
        hello(socket)
        say(socket, type="open", seq=1, scene="broadcasting")
        assert socket.receive_json()["type"] == "opened"
        assert socket.receive_json()["type"] == "steps"
        frame = msgpack.unpackb(socket.receive_bytes())
        assert frame["type"] == "tensor"
        assert len(frame["picture"]) == 4 * frame["picture_shape"][0] * frame["picture_shape"][1]


def test_a_fault_of_ours_is_told_and_the_session_lives_on(caplog: pytest.LogCaptureFixture) -> None:
    with TestClient(application(Failing)).websocket_connect("/ws") as socket:
        hello(socket)
        say(socket, type="seek", seq=1, generation=0, position={"step": 0})
        error = socket.receive_json()
        assert (error["type"], error["code"]) == ("error", "internal")
        assert "ZeroDivisionError" not in json.dumps(error)
        say(socket, type="open", seq=2, scene="sigmoid")
        assert socket.receive_json()["type"] == "opened"
    assert "ZeroDivisionError" in caplog.text


def test_one_browser_too_many_is_told_so_and_finds_a_place_later() -> None:
    with TestClient(application(max_sessions=1)) as client:
        with client.websocket_connect("/ws") as first:
            hello(first)
            with client.websocket_connect("/ws") as second:
                error = second.receive_json()
                assert error["code"] == "busy"
                assert error["expected"] == "at most 1"
        with client.websocket_connect("/ws") as third:
            hello(third)


def test_a_binary_frame_is_answered_like_any_other_nonsense() -> None:
    with TestClient(application()).websocket_connect("/ws") as socket:
        hello(socket)
        socket.send_bytes(b"\xff\x00")
        assert socket.receive_json()["code"] == "bad_message"


def test_a_slow_reader_loses_the_bulk_of_superseded_scenes_only() -> None:
    session = Session(all_scenes(no_digits), expression_limits(Settings()), lambda trace: ([], ""))
    outbox = Outbox()

    async def talk() -> list[Any]:
        list(session.receive(json.dumps({"type": "hello", "seq": 0, "protocol": protocol.PROTOCOL_VERSION})))
        for message in session.receive(json.dumps({"type": "open", "seq": 1, "scene": "broadcasting"})):
            outbox.put(message)
        for seq in range(2, 30):
            change = {"type": "set_value", "seq": seq, "generation": seq - 1, "name": "b", "value": [seq, 0]}
            for message in session.receive(json.dumps(change)):
                outbox.put(message)
        got = []
        while True:
            try:
                got.append(await asyncio.wait_for(outbox.get(), 0.05))
            except TimeoutError:
                return got

    got = asyncio.run(talk())
    opened = [m.generation for m in got if isinstance(m, protocol.Opened)]
    bulk = {m.generation for m in got if isinstance(m, protocol.Steps | protocol.TensorFrame)}
    assert opened == list(range(1, 30))
    assert bulk == {29}
    last = [m for m in got if isinstance(m, protocol.Steps)]
    assert last[-1].last
