"""A session: one learner's scene and position. Sans-I/O: a message goes in, messages come out; no socket, no clock."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError

from app import __version__, protocol
from app.desk import Desk
from app.elements import element_message
from app.encode import Encoder, window
from app.proof import Prover
from app.protocol import Position
from app.runs.errors import UnknownRunError
from app.scene import Request, Scene
from app.store import StoreError
from engine.data import DataError
from engine.errors import EngineError, ExpressionError, LimitError, ShapeError
from engine.expression import Limits

Outgoing = protocol.Answer | protocol.BinaryFrame

WINDOW_NUMBERS = 1024


class Refused(Exception):
    """A request that cannot be served; becomes the one error shape."""

    def __init__(self, code: protocol.Code, message: str, *, given: str, expected: str) -> None:
        super().__init__(message)
        self.code, self.message, self.given, self.expected = code, message, given, expected


@dataclass(frozen=True, slots=True)
class _Open:
    scene: Scene
    request: Request
    encoder: Encoder
    position: Position


class Session:
    """Answers the messages of one browser. Not thread-safe: one message after the other.

    Args:
        scenes: the scenes by id.
        limits: what an expression may be.
        prover: compares gradients with central differences and PyTorch.
        desk: answers what is about training runs.
        max_message_bytes: longer messages are refused unread.

    Attributes:
        answering: the seq of the message being answered, or answered last; None where it has none that counts.
        generation: how many scenes have been opened.
    """

    def __init__(
        self,
        scenes: Mapping[str, Scene],
        limits: Limits,
        prover: Prover,
        desk: Desk,
        max_message_bytes: int = 1_000_000,
    ) -> None:
        self._scenes = scenes
        self._limits = limits
        self._prover = prover
        self._desk = desk
        self._max_message_bytes = max_message_bytes
        self._greeted = False
        self._seq = -1
        self.answering: int | None = None
        self.generation = 0
        self._open: _Open | None = None

    def news(self) -> Iterator[Outgoing]:
        """What is to be told unasked: how the watched run goes on. May be asked while a message is answered."""
        yield from self._desk.news()

    def close(self) -> None:
        """The browser has left."""
        self._desk.close()

    # -- what comes in ------------------------------------------------------------------------------------------

    def receive(self, raw: str | bytes) -> Iterator[Outgoing]:
        """Answer one frame from the browser. Whatever it holds, the answer is messages, never an exception."""
        message = self.read(raw)
        if isinstance(message, protocol.Error):
            yield message
        else:
            yield from self.answer(message)

    def read(self, raw: str | bytes) -> protocol.ClientMessage | protocol.Error:
        """The message that a frame holds, to be answered next; an error where it holds none."""
        self.answering = None
        try:
            size = len(raw if isinstance(raw, bytes) else raw.encode(errors="replace"))
            if size > self._max_message_bytes:
                raise Refused(
                    "too_large",
                    "The message is too large",
                    given=f"{size:,} bytes",
                    expected=f"at most {self._max_message_bytes:,}",
                )
            try:
                message = protocol.CLIENT_MESSAGE.validate_json(raw)
            except ValidationError as error:
                raise _bad_message(error) from None
            if message.seq <= self._seq:
                raise Refused(
                    "out_of_order",
                    "Requests are numbered upwards",
                    given=f"seq {message.seq} after {self._seq}",
                    expected=f"a seq above {self._seq}",
                )
        except Refused as error:
            return _refusal(error, None)
        self.answering = self._seq = message.seq
        return message

    def answer(self, message: protocol.ClientMessage) -> Iterator[Outgoing]:
        """Answer one message that was read. The answer is messages, never an exception."""
        try:
            yield from self.handle(message)
        except Refused as error:
            yield _refusal(error, self.answering)
        except EngineError as error:
            yield engine_error(error, self.answering)

    def handle(self, message: protocol.ClientMessage) -> Iterator[Outgoing]:
        """Answer one message. Raises Refused and the engine's errors; `answer` words them."""
        answer, needs_scene = self._ANSWERS[type(message)]
        if not self._greeted and not isinstance(message, protocol.Hello):
            raise Refused("out_of_order", "The first message must be hello", given=message.type, expected="hello")
        if needs_scene:
            self._require_scene(message)
        yield from answer(self, message)

    def _require_scene(self, message: Any) -> None:
        if self._open is None:
            raise Refused(
                "out_of_order",
                "No scene is open yet",
                given=message.type,
                expected="open, before anything about a scene",
            )
        if message.generation != self.generation:
            raise Refused(
                "stale",
                "That was about an earlier state",
                given=f"generation {message.generation}",
                expected=f"generation {self.generation}",
            )

    def _train(self, message: protocol.TrainingRequest) -> Iterator[Outgoing]:
        yield from self._desk.handle(message)

    # -- answers ------------------------------------------------------------------------------------------------

    def _hello(self, message: protocol.Hello) -> Iterator[Outgoing]:
        if message.protocol != protocol.PROTOCOL_VERSION:
            raise Refused(
                "protocol_version",
                "This page is out of date: reload it",
                given=f"protocol {message.protocol}",
                expected=f"protocol {protocol.PROTOCOL_VERSION}",
            )
        self._greeted = True
        self._desk.visitor = message.visitor or secrets.token_urlsafe()
        cards = [
            protocol.SceneCard(id=s.id, title=s.title, says=s.says, source=s.source)
            for s in self._scenes.values()
            if s.listed
        ]
        yield protocol.Welcome(
            request_seq=message.seq, protocol=protocol.PROTOCOL_VERSION, version=__version__, scenes=cards
        )

    def _open_scene(self, message: protocol.Open) -> Iterator[Outgoing]:
        scene = self._scenes.get(message.scene)
        if scene is None:
            raise Refused(
                "unknown_scene", "There is no such scene", given=message.scene, expected=", ".join(self._scenes)
            )
        yield from self._compute(
            scene, Request(message.source, message.values, message.choices), message.position, message.seq
        )

    def _set_value(self, message: protocol.SetValue) -> Iterator[Outgoing]:
        now = self._current
        names = [leaf.name for leaf in now.encoder.opened.leaves]
        if message.name not in names:
            raise Refused(
                "unknown_name",
                "There is no such value to change",
                given=message.name,
                expected=", ".join(names) or "none here",
            )
        yield from self._compute(
            now.scene, now.request.with_value(message.name, message.value), now.position, message.seq
        )

    def _compute(self, scene: Scene, request: Request, position: Position, seq: int) -> Iterator[Outgoing]:
        opened = scene.open(request, self._limits)
        if position.step > len(opened.trace):
            position = Position(step=len(opened.trace))
        encoder = Encoder(opened, self.generation + 1)
        message = encoder.opened_message(scene.title, scene.says, scene.id, position, seq)
        self.generation += 1  # up to here whatever fails leaves the old scene open
        self._open = _Open(scene, request, encoder, position)
        yield message
        yield from encoder.step_messages(seq)
        yield from encoder.frames()

    def _seek(self, message: protocol.Seek) -> Iterator[Outgoing]:
        now = self._current
        steps = len(now.encoder.opened.trace)
        if message.position.step > steps:
            raise Refused(
                "out_of_range",
                "There is no such position",
                given=f"step {message.position.step}",
                expected=f"0 to {steps}",
            )
        self._open = _Open(now.scene, now.request, now.encoder, message.position)
        yield protocol.At(request_seq=message.seq, generation=self.generation, position=message.position)

    def _into(self, message: protocol.Into) -> Iterator[Outgoing]:
        trace = self._current.encoder.opened.trace
        if not message.step < len(trace):
            raise Refused(
                "out_of_range", "There is no such step", given=f"step {message.step}", expected=f"0 to {len(trace) - 1}"
            )
        now = self._current.encoder
        yield element_message(now.opened, trace.steps[message.step], message.element, self.generation, message.seq)

    def _window(self, message: protocol.Window) -> Iterator[Outgoing]:
        try:
            array = self._current.encoder.array(message.ref)
        except IndexError:
            raise Refused(
                "unknown_name", "There is no such tensor", given=f"ref {message.ref}", expected="a ref of this scene"
            ) from None
        numbers = window(array, message.rows, message.columns, WINDOW_NUMBERS)
        yield protocol.Numbers(
            request_seq=message.seq,
            generation=self.generation,
            ref=message.ref,
            rows=message.rows,
            columns=message.columns,
            numbers=numbers,
        )

    def _prove(self, message: protocol.Prove) -> Iterator[Outgoing]:
        proofs, says = self._prover(self._current.encoder.opened.trace)
        yield protocol.Proved(request_seq=message.seq, generation=self.generation, proofs=proofs, says=says)

    @property
    def _current(self) -> _Open:
        assert self._open is not None
        return self._open

    _ANSWERS: Mapping[type, tuple[Callable[[Any, Any], Iterator[Outgoing]], bool]] = {
        protocol.Hello: (_hello, False),
        protocol.Open: (_open_scene, False),
        protocol.SetValue: (_set_value, True),
        protocol.Seek: (_seek, True),
        protocol.Into: (_into, True),
        protocol.Window: (_window, True),
        protocol.Prove: (_prove, True),
        **dict.fromkeys(get_args(protocol.TrainingRequest), (_train, False)),
    }
    """The transitions: who answers a message, and whether it is about an open scene."""


def engine_error(error: EngineError, seq: int | None) -> protocol.Error:
    """The engine's error in the one error shape."""
    if isinstance(error, ExpressionError):
        return protocol.Error(
            request_seq=seq,
            code="expression",
            message=error.message,
            given=error.given,
            expected=error.expected,
            span=error.position,
            suggestion=error.suggestion,
        )
    code: protocol.Code = next((code for kind, code in _CODES if isinstance(error, kind)), "out_of_range")
    return protocol.Error(request_seq=seq, code=code, message=error.message, given=error.given, expected=error.expected)


_CODES: tuple[tuple[type[EngineError], protocol.Code], ...] = (
    (ShapeError, "shape"),
    (LimitError, "limit"),
    (UnknownRunError, "unknown_run"),
    (DataError, "data"),
    (StoreError, "data"),
)


def _refusal(error: Refused, seq: int | None) -> protocol.Error:
    return protocol.Error(
        request_seq=seq, code=error.code, message=error.message, given=error.given, expected=error.expected
    )


def _bad_message(error: ValidationError) -> Refused:
    first = error.errors(include_url=False, include_context=False)[0]
    where = f"{'.'.join(str(part) for part in first['loc']):.80}" or "the message"
    return Refused(
        "bad_message",
        f"The message cannot be read: {where}",
        given=f"{first.get('input')!r:.80}",
        expected=f"{first['msg']:.200}",
    )
