"""Pictures that come over HTTP: read into memory, bounded one by one and all together; no file is ever made of them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
from starlette.requests import ClientDisconnect, Request

from app.digits.decode import EmptyError, PictureLimits, too_many_bytes
from app.digits.formats import READABLE
from app.problems import Problem, nobody_waits, too_slow
from app.turns import busy

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

# Who sends a broken form is told so; the one who runs the server need not be.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())

FORM = "multipart/form-data"
ENVELOPE = 20_000
"""Bytes that a form may have beside its picture."""

PARTS = 20
"""Fields of a form that are looked at to find the picture."""

SECONDS = 60
"""A picture that has not come by then is not waited for."""


@dataclass(slots=True)
class Uploads:
    """The pictures that are in memory now, waiting for their turn or being read.

    Attributes:
        limits: of each.
        together: bytes of all.
    """

    limits: PictureLimits
    together: int
    _held: int = field(default=0, init=False)

    @asynccontextmanager
    async def body(self, request: Request) -> AsyncIterator[bytes]:
        """The body of a request, in memory for as long as the context lasts.

        Raises:
            TooLargeError: it is larger than a picture may be.
            Problem: 503 where all pictures together are too large, 408 where it does not come, 499 where the client
                is gone.
        """
        chunks: list[bytes] = []
        try:
            await self._read(request, chunks)
            yield b"".join(chunks)
        finally:
            self._held -= sum(map(len, chunks))

    async def _read(self, request: Request, chunks: list[bytes]) -> None:
        most = self.limits.bytes + (ENVELOPE if is_form(request) else 0)
        claimed = request.headers.get("content-length", "")
        if claimed.isdecimal() and int(claimed) > most:
            raise too_many_bytes(int(claimed), self.limits)
        size = 0
        try:
            with anyio.fail_after(SECONDS):
                async for chunk in request.stream():
                    chunks.append(chunk)
                    size += len(chunk)
                    self._held += len(chunk)
                    if size > most:
                        raise too_many_bytes(None, self.limits)
                    if self._held > self.together:
                        raise busy(f"{self._held / 1e6:,.0f} megabytes", f"{self.together / 1e6:,.0f} megabytes")
        except ClientDisconnect:
            raise nobody_waits() from None
        except TimeoutError:
            raise too_slow(size, SECONDS) from None


def is_form(request: Request) -> bool:
    """Whether the picture is a field of a form, and not the whole body."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM


def file_of(body: bytes, content_type: str) -> bytes:
    """The first file in a form; to be called off the event loop.

    Raises:
        EmptyError: it has none.
        Problem: 400 where the body is no form.
    """
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser, parse_options_header

    _, options = parse_options_header(content_type)
    form = _Form()
    try:
        parser = MultipartParser(options.get(b"boundary", b""), form.callbacks())
        parser.write(body)
        parser.finalize()
    except _Done:
        pass
    except FormParserError as error:
        raise Problem(
            400, "bad_request", "This form cannot be read", given=str(error)[:100], expected=f"a body of {FORM}"
        ) from error
    if form.file is None:
        raise EmptyError("There is no file in this form", given=f"{form.parts} fields", expected=READABLE)
    return bytes(form.file)


class _Done(Exception):
    pass


class _Form:
    """Collects the first part that has a file name."""

    def __init__(self) -> None:
        self.file: bytearray | None = None
        self.parts = 0
        self._name = bytearray()
        self._value = bytearray()

    def callbacks(self) -> MultipartCallbacks:
        """What the parser calls as it goes."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._data,
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self.parts += 1
        if self.parts > PARTS:
            raise _Done

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        from python_multipart.multipart import parse_options_header

        if self._name.lower() == b"content-disposition":
            _, options = parse_options_header(bytes(self._value))
            if b"filename" in options or b"filename*" in options:
                self.file = bytearray()
        self._name.clear()
        self._value.clear()

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self.file is not None:
            self.file += data[start:end]

    def _end(self) -> None:
        if self.file is not None:
            raise _Done
