"""The websocket: decode, session, encode. Only sending runs on the event loop; a slow browser delays only itself."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import anyio
import anyio.to_thread
import msgpack
from anyio import CapacityLimiter
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from app import protocol
from app.session import Outgoing, Session
from app.summary import pack

NEWS_SECONDS = 1 / 30
"""A browser is told of its run no more often."""

NEWS_THREADS = 2
"""Browsers whose news are put together at the same time; others' long requests must not hold them up."""

LONG_THREADS = 2
"""Long requests that are computed at the same time, apart from all others: nobody's stepper waits for them."""

LONG = (
    protocol.Branch,
    protocol.Compare,
    protocol.CreateRun,
    protocol.Evaluate,
    protocol.Prove,
    protocol.Surface,
)
"""Messages that may take seconds."""

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
    if not isinstance(message, protocol.Answer):
        return Frame(msgpack.packb(message.model_dump()))
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
        self._emptied = asyncio.Event()
        self._signal()

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

    async def idle(self) -> None:
        """Wait until nothing waits: news that come now are sent now, and need not be sent again by the next."""
        await self._emptied.wait()

    def _stale(self, frame: Frame) -> bool:
        return frame.bulk is not None and frame.bulk < self._newest

    def _keep(self, waiting: deque[Frame]) -> None:
        self._waiting = waiting
        self._size = sum(len(frame.data) for frame in waiting)

    def _signal(self) -> None:
        waiting = bool(self._waiting)
        for event, holds in (
            (self._filled, waiting),
            (self._emptied, not waiting),
            (self._drained, self._size <= self._room),
        ):
            if holds:
                event.set()
            else:
                event.clear()


@dataclass(frozen=True, slots=True)
class Limiters:
    """How much is computed at the same time, over all sessions: short requests, long ones, and news."""

    short: CapacityLimiter
    long: CapacityLimiter
    news: CapacityLimiter


NewSession = Callable[[Callable[[], None]], Session]
"""Makes one learner's session, which calls what it is given, from any thread, when it has news."""


def register(app: FastAPI, new_session: NewSession, *, threads: int, max_sessions: int) -> None:
    """Serve sessions at /ws.

    Args:
        app: the application.
        new_session: makes one learner's session.
        threads: how many messages may be computed at the same time, over all sessions.
        max_sessions: connections beyond this are refused in plain words.
    """
    limiters = Limiters(CapacityLimiter(threads), CapacityLimiter(LONG_THREADS), CapacityLimiter(NEWS_THREADS))
    open_sessions: set[WebSocket] = set()

    @app.websocket("/ws")
    async def serve(socket: WebSocket) -> None:
        await socket.accept()
        if len(open_sessions) >= max_sessions:
            await send(socket, encode(busy(max_sessions)).data)
            await socket.close(TRY_AGAIN_LATER)
            return
        open_sessions.add(socket)
        outbox, changed = Outbox(), asyncio.Event()
        loop = asyncio.get_running_loop()
        session = new_session(lambda: tell(loop, changed))
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(send_all, socket, outbox)
                tasks.start_soon(send_news, session, outbox, changed, limiters.news)
                await receive_all(socket, session, outbox, limiters)
                tasks.cancel_scope.cancel()
        except* WebSocketDisconnect:  # noticed while sending
            pass
        finally:
            open_sessions.discard(socket)
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(session.close)


def tell(loop: asyncio.AbstractEventLoop, changed: asyncio.Event) -> None:
    """Say from another thread that there are news; nobody listens where the server is just ending.

    Where it has been said and not been heard yet, whoever hears it finds these news, too.
    """
    if not changed.is_set():
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(changed.set)


async def send_news(session: Session, outbox: Outbox, changed: asyncio.Event, limiter: CapacityLimiter) -> None:
    """Tell the browser how its run goes on: as often as it takes it, at most 30 times a second, always the newest."""
    while True:
        await changed.wait()
        changed.clear()
        await outbox.idle()
        for frame in await anyio.to_thread.run_sync(encoded_news, session, limiter=limiter):
            outbox.put(frame)
        await asyncio.sleep(NEWS_SECONDS)


def encoded_news(session: Session) -> list[Frame]:
    """The news as frames; a fault of ours is logged, and the next news may be better."""
    try:
        return [encode(message) for message in session.news()]
    except Exception:
        log.exception("news could not be told")
        return []


async def receive_all(socket: WebSocket, session: Session, outbox: Outbox, limiters: Limiters) -> None:
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
        long = await anyio.to_thread.run_sync(read_and_answer, session, raw, put, limiter=limiters.short)
        if long is not None:
            await anyio.to_thread.run_sync(answer, session, long, put, limiter=limiters.long)


def read_and_answer(
    session: Session, raw: str | bytes, put: Callable[[Frame], object]
) -> protocol.ClientMessage | None:
    """Read a message and answer it at once; one that may take long is given back, to be answered elsewhere."""
    with faults_told(session, put):
        message = session.read(raw)
        if isinstance(message, protocol.Error):
            put(encode(message))
        elif takes_long(message):
            return message
        else:
            answer(session, message, put)
    return None


def takes_long(message: protocol.ClientMessage) -> bool:
    """Whether answering may take seconds: also opening a step of a run may, which is replayed from a snapshot."""
    return isinstance(message, LONG) or (isinstance(message, protocol.Open) and "run" in message.choices)


def answer(session: Session, message: protocol.ClientMessage, put: Callable[[Frame], object]) -> None:
    """Let the session answer, and encode what it says."""
    with faults_told(session, put):
        for said in session.answer(message):
            put(encode(said))


@contextmanager
def faults_told(session: Session, put: Callable[[Frame], object]) -> Iterator[None]:
    """A fault of ours is logged and told, and the session lives on."""
    try:
        yield
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
