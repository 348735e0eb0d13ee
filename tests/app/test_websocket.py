"""The websocket around the session: frames, faults, limits, slow readers."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any
from unittest.mock import Mock

import msgpack
import pytest
from anyio import CapacityLimiter
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession

from app import protocol, websocket
from app.session import Session
from app.websocket import LONG_THREADS, Frame, Limiters, Outbox, encode, receive_all, register, tell
from tests.app.sessions import make_session


class Failing(Session):
    """A session with a fault of its own: it cannot seek."""

    def handle(self, message: protocol.ClientMessage) -> Iterator[Any]:
        if isinstance(message, protocol.Seek):
            raise ZeroDivisionError("a fault of ours")
        return super().handle(message)


class EndlessSocket:
    """A browser that asks and asks, five hundred times; what it is answered nobody reads."""

    def __init__(self) -> None:
        self.asked = count()
        self.seq = 0

    async def receive(self) -> dict[str, str]:
        self.seq = next(self.asked)
        if self.seq > 500:
            return {"type": "websocket.disconnect"}
        hello = {"type": "hello", "seq": 0, "protocol": protocol.PROTOCOL_VERSION}
        scene = {"type": "open", "seq": self.seq, "scene": "broadcasting"}
        return {"type": "websocket.receive", "text": json.dumps(scene if self.seq else hello)}


class Patient(Session):
    """A session whose long requests wait until they may go on."""

    reached, go = threading.Semaphore(0), threading.Event()

    def handle(self, message: protocol.ClientMessage) -> Iterator[Any]:
        if isinstance(message, protocol.Evaluate) or (isinstance(message, protocol.Open) and message.choices):
            self.reached.release()
            assert self.go.wait(20)
        return super().handle(message)


def application(session: type[Session] = Session, max_sessions: int = 2) -> FastAPI:
    app = FastAPI()
    register(app, lambda changed: make_session(session, changed=changed), threads=2, max_sessions=max_sessions)
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
        assert (error["type"], error["code"], error["request_seq"]) == ("error", "internal", 1)
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


@pytest.mark.parametrize(
    "long",
    [
        {"type": "evaluate", "run": "no-such-run"},
        {"type": "open", "scene": "sigmoid", "choices": {"run": "no-such-run", "step": "1"}},
    ],
)
def test_whoever_walks_does_not_wait_for_the_long_requests_of_others(long: dict[str, Any]) -> None:
    Patient.go.clear()
    with TestClient(application(Patient, max_sessions=9)) as client, ExitStack() as opened:
        try:
            others = [opened.enter_context(client.websocket_connect("/ws")) for _ in range(3)]
            for other in others:
                hello(other)
            for other in others:
                say(other, seq=1, **long)
            for _ in range(LONG_THREADS):
                assert Patient.reached.acquire(timeout=5)
            mine = opened.enter_context(client.websocket_connect("/ws"))
            late = threading.Timer(5, Patient.go.set)  # else this test would wait for ever
            late.start()
            hello(mine)
            say(mine, type="open", seq=1, scene="sigmoid")
            assert mine.receive_json()["type"] == "opened"
            assert not Patient.go.is_set()
            late.cancel()
        finally:
            Patient.go.set()
        for other in others:
            assert other.receive_json()["type"] in ("error", "opened")


def test_a_browser_that_leaves_in_the_middle_of_a_request_gives_its_place_back() -> None:
    Patient.go.clear()
    with TestClient(application(Patient, max_sessions=1)) as client:
        with client.websocket_connect("/ws") as leaving:
            hello(leaving)
            say(leaving, type="evaluate", seq=1, run="no-such-run")
            assert Patient.reached.acquire(timeout=5)
            threading.Timer(0.2, Patient.go.set).start()
        with client.websocket_connect("/ws") as coming:
            hello(coming)


def test_news_that_nobody_has_heard_yet_are_told_once() -> None:
    loop, changed = Mock(call_soon_threadsafe=Mock(side_effect=lambda say: say())), asyncio.Event()
    for _ in range(3):
        tell(loop, changed)
    assert loop.call_soon_threadsafe.call_count == 1
    changed.clear()
    tell(loop, changed)
    assert changed.is_set()
    loop.call_soon_threadsafe.side_effect = RuntimeError("Event loop is closed")
    changed.clear()
    tell(loop, changed)  # the server is just ending


def test_a_binary_frame_is_answered_like_any_other_nonsense() -> None:
    with TestClient(application()).websocket_connect("/ws") as socket:
        hello(socket)
        socket.send_bytes(b"\xff\x00")
        assert socket.receive_json()["code"] == "bad_message"


def test_nothing_is_computed_or_encoded_on_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    on_the_loop = []

    class Watched(Session):
        def handle(self, message: protocol.ClientMessage) -> Iterator[Any]:
            on_the_loop.append(runs_here())
            return super().handle(message)

    def watched(message: Any) -> Frame:
        on_the_loop.append(runs_here())
        return encode(message)

    def runs_here() -> bool:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return False
        return True

    monkeypatch.setattr(websocket, "encode", watched)
    with TestClient(application(Watched)).websocket_connect("/ws") as socket:
        hello(socket)
        say(socket, type="open", seq=1, scene="broadcasting")
        assert socket.receive_json()["type"] == "opened"
    assert len(on_the_loop) > 3
    assert not any(on_the_loop)


def change(session: Session, seq: int) -> Iterator[Frame]:
    """What the session says to another value of the bias; `seq` counts up from 2."""
    value = {"type": "set_value", "seq": seq, "generation": seq - 1, "name": "b", "value": [seq, 0]}
    return map(encode, session.receive(json.dumps(value)))


def one_each() -> Limiters:
    return Limiters(CapacityLimiter(1), CapacityLimiter(1), CapacityLimiter(1))


def opened_session() -> Session:
    session = make_session()
    list(session.receive(json.dumps({"type": "hello", "seq": 0, "protocol": protocol.PROTOCOL_VERSION})))
    list(session.receive(json.dumps({"type": "open", "seq": 1, "scene": "broadcasting"})))
    return session


async def taken(outbox: Outbox) -> list[dict[str, Any]]:
    """Everything that waits, as a browser reads it."""
    got: list[dict[str, Any]] = []
    while True:
        try:
            data = await asyncio.wait_for(outbox.get(), 0.05)
        except TimeoutError:
            return got
        got.append(msgpack.unpackb(data) if isinstance(data, bytes) else json.loads(data))


def test_a_slow_reader_loses_the_bulk_of_superseded_scenes_only() -> None:
    async def talk() -> list[dict[str, Any]]:
        session, outbox = opened_session(), Outbox()
        for seq in range(2, 30):
            for frame in change(session, seq):
                outbox.put(frame)
        return await taken(outbox)

    got = asyncio.run(talk())
    assert [m["generation"] for m in got if m["type"] == "opened"] == list(range(2, 30))
    assert {m["generation"] for m in got if m["type"] in ("steps", "tensor")} == {29}
    assert [m for m in got if m["type"] == "steps"][-1]["last"]


def test_bulk_that_comes_late_is_dropped() -> None:
    async def talk() -> list[dict[str, Any]]:
        session, outbox = opened_session(), Outbox()
        first, second = list(change(session, 2)), list(change(session, 3))
        for frame in [second[0], *first[1:], *second[1:]]:
            outbox.put(frame)
        return await taken(outbox)

    assert {m["generation"] for m in asyncio.run(talk())} == {3}


def test_who_asks_and_never_reads_is_heard_again_only_after_reading() -> None:
    async def talk() -> tuple[int, int]:
        socket, outbox = EndlessSocket(), Outbox(room=100_000)
        session = make_session()
        reading = asyncio.create_task(receive_all(socket, session, outbox, one_each()))  # type: ignore[arg-type]
        asked = -1
        while asked != socket.seq:
            asked = socket.seq
            await asyncio.sleep(0.3)
        for _ in range(asked):
            await outbox.get()
        await asyncio.sleep(0.3)
        reading.cancel()
        return asked, socket.seq

    before, after = asyncio.run(talk())
    assert 0 < before < 100
    assert after > before
