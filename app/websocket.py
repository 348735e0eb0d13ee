"""The websocket: decode, session, encode. Computing never runs on the event loop; a slow browser delays only itself."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from app import protocol
from app.session import Outgoing, Session
from app.summary import pack

log = logging.getLogger(__name__)

TRY_AGAIN_LATER = 1013
"""Close code for a server that has all the sessions it may have."""


class Outbox:
    """What waits to be sent to one browser. Bulk of a generation that has been superseded is dropped, nothing else."""

    def __init__(self) -> None:
        self._waiting: deque[Outgoing] = deque()
        self._newest = 0
        self._ready = asyncio.Event()

    def put(self, message: Outgoing) -> None:
        """Queue a message; an `opened` makes the steps and tensors of earlier generations stale."""
        if isinstance(message, protocol.Opened):
            self._newest = message.generation
        self._waiting.append(message)
        self._ready.set()

    async def get(self) -> Outgoing:
        """The next message worth sending."""
        while True:
            while self._waiting:
                message = self._waiting.popleft()
                stale = isinstance(message, protocol.Steps | protocol.TensorFrame) and message.generation < self._newest
                if not stale:
                    return message
            self._ready.clear()
            await self._ready.wait()


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
            await send(socket, busy(max_sessions))
            await socket.close(TRY_AGAIN_LATER)
            return
        open_sessions.add(socket)
        outbox = Outbox()
        sender = asyncio.create_task(send_all(socket, outbox))
        try:
            await receive_all(socket, new_session(), outbox, limiter)
        except WebSocketDisconnect:
            pass
        finally:
            open_sessions.discard(socket)
            sender.cancel()


async def receive_all(socket: WebSocket, session: Session, outbox: Outbox, limiter: CapacityLimiter) -> None:
    """Read messages and have them answered, one after the other, until the browser leaves."""
    loop = asyncio.get_running_loop()

    def put(message: Outgoing) -> None:
        loop.call_soon_threadsafe(outbox.put, message)

    while True:
        frame = await socket.receive()
        if frame["type"] == "websocket.disconnect":
            return
        raw = frame.get("text")
        if raw is None:
            raw = frame.get("bytes") or b""
        await anyio.to_thread.run_sync(answer, session, raw, put, limiter=limiter)


def answer(session: Session, raw: str | bytes, put: Callable[[Outgoing], object]) -> None:
    """Let the session answer; a fault of ours is logged and told, and the session lives on."""
    try:
        for message in session.receive(raw):
            put(message)
    except Exception:
        log.exception("a message could not be answered")
        put(
            protocol.Error(
                request_seq=None,
                code="internal",
                message="Something went wrong in Gradwalk itself; this request had no effect",
                given="a request the server failed at",
                expected="please report it; the session goes on",
            )
        )


async def send_all(socket: WebSocket, outbox: Outbox) -> None:
    """Send what waits, one message after the other, as fast as the browser takes it."""
    while True:
        await send(socket, await outbox.get())


async def send(socket: WebSocket, message: Outgoing) -> None:
    """One message as one frame: tensors binary, all else as text."""
    if isinstance(message, protocol.TensorFrame):
        await socket.send_bytes(pack(message))
    else:
        await socket.send_text(message.model_dump_json())


def busy(limit: int) -> protocol.Error:
    """Told to a browser that finds no place."""
    return protocol.Error(
        request_seq=None,
        code="busy",
        message="Gradwalk has as many learners as it may have; try again in a moment",
        given=f"{limit + 1} connections",
        expected=f"at most {limit}",
    )
