"""The websocket: decode, session, encode. Only sending runs on the event loop; a slow browser delays only itself."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from app import protocol
from app.session import Outgoing, Session
from app.summary import pack

log = logging.getLogger(__name__)

TRY_AGAIN_LATER = 1013
"""Close code for a server that has all the sessions it may have."""

ROOM = 4_000_000
"""Bytes that may wait for one browser before its next message is read."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A message as it travels.

    Attributes:
        data: text for control, bytes for a tensor.
        opens: the generation that begins with it.
        bulk: the generation whose bulk it is part of, which nobody wants once another has begun.
    """

    data: str | bytes
    opens: int | None = None
    bulk: int | None = None


def encode(message: Outgoing) -> Frame:
    """One message as one frame: tensors binary, all else as text. To be called off the event loop: it takes time."""
    if isinstance(message, protocol.TensorFrame):
        return Frame(pack(message), bulk=message.generation)
    return Frame(
        message.model_dump_json(),
        opens=message.generation if isinstance(message, protocol.Opened) else None,
        bulk=message.generation if isinstance(message, protocol.Steps) else None,
    )


class Outbox:
    """What waits to be sent to one browser. Bulk of a generation that has been superseded is dropped, nothing else."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._waiting: deque[Frame] = deque()
        self._size = 0
        self._newest = 0
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()

    def put(self, frame: Frame) -> None:
        """Queue a frame; one that opens a generation makes the steps and tensors of earlier ones stale."""
        if frame.opens is not None:
            self._newest = frame.opens
            self._keep(deque(waiting for waiting in self._waiting if not self._stale(waiting)))
        if not self._stale(frame):
            self._waiting.append(frame)
            self._size += len(frame.data)
        self._signal()

    async def get(self) -> str | bytes:
        """What is to be sent next."""
        await self._filled.wait()
        frame = self._waiting.popleft()
        self._size -= len(frame.data)
        self._signal()
        return frame.data

    async def room(self) -> None:
        """Wait until the browser has taken enough for another message of its own to be worth answering.

        Else a browser that asks and never reads would fill the memory with answers.
        """
        await self._drained.wait()

    def _stale(self, frame: Frame) -> bool:
        return frame.bulk is not None and frame.bulk < self._newest

    def _keep(self, waiting: deque[Frame]) -> None:
        self._waiting = waiting
        self._size = sum(len(frame.data) for frame in waiting)

    def _signal(self) -> None:
        for event, holds in ((self._filled, bool(self._waiting)), (self._drained, self._size <= self._room)):
            if holds:
                event.set()
            else:
                event.clear()


def register(app: FastAPI, new_session: Callable[[], Session], *, threads: int, max_sessions: int) -> None:
    """Serve sessions at /ws.

    Args:
        app: the application.
        new_session: makes one learner's session.
        threads: how many messages may be computed at the same time, over all sessions.
        max_sessions: connections beyond this are refused in plain words.
    """
    limiter = CapacityLimiter(threads)
    open_sessions: set[WebSocket] = set()

    @app.websocket("/ws")
    async def serve(socket: WebSocket) -> None:
        await socket.accept()
        if len(open_sessions) >= max_sessions:
            await send(socket, encode(busy(max_sessions)).data)
            await socket.close(TRY_AGAIN_LATER)
            return
        open_sessions.add(socket)
        outbox = Outbox()
        try:
            async with anyio.create_task_group() as both:
                both.start_soon(send_all, socket, outbox)
                await receive_all(socket, new_session(), outbox, limiter)
                both.cancel_scope.cancel()
        except* WebSocketDisconnect:  # noticed while sending
            pass
        finally:
            open_sessions.discard(socket)


async def receive_all(socket: WebSocket, session: Session, outbox: Outbox, limiter: CapacityLimiter) -> None:
    """Read messages and have them answered, one after the other, until the browser leaves."""
    loop = asyncio.get_running_loop()

    def put(frame: Frame) -> None:
        loop.call_soon_threadsafe(outbox.put, frame)

    while True:
        await outbox.room()
        frame = await socket.receive()
        if frame["type"] == "websocket.disconnect":
            return
        raw = frame.get("text")
        if raw is None:
            raw = frame.get("bytes") or b""
        await anyio.to_thread.run_sync(answer, session, raw, put, limiter=limiter)


def answer(session: Session, raw: str | bytes, put: Callable[[Frame], object]) -> None:
    """Let the session answer and encode what it says; a fault of ours is logged and told, and the session lives on."""
    try:
        for message in session.receive(raw):
            put(encode(message))
    except Exception:
        log.exception("a message could not be answered")
        put(
            encode(
                protocol.Error(
                    request_seq=session.answering,
                    code="internal",
                    message="Something went wrong in Gradwalk itself",
                    given="a request the server failed at",
                    expected="please report it; the session goes on",
                )
            )
        )


async def send_all(socket: WebSocket, outbox: Outbox) -> None:
    """Send what waits, one frame after the other, as fast as the browser takes it."""
    while True:
        await send(socket, await outbox.get())


async def send(socket: WebSocket, data: str | bytes) -> None:
    """One frame."""
    if isinstance(data, bytes):
        await socket.send_bytes(data)
    else:
        await socket.send_text(data)


def busy(limit: int) -> protocol.Error:
    """Told to a browser that finds no place."""
    return protocol.Error(
        request_seq=None,
        code="busy",
        message="Gradwalk has as many learners as it may have; try again in a moment",
        given=f"{limit + 1} connections",
        expected=f"at most {limit}",
    )
