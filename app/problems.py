"""The one error shape over HTTP: what was given, what was expected, as the web socket tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.status import HTTP_404_NOT_FOUND

Code = Literal[
    "bad_code",
    "bad_lessons",
    "bad_picture",
    "bad_request",
    "busy",
    "damaged",
    "diverged",
    "failed",
    "foreign",
    "gone",
    "missing",
    "no_download",
    "not_a_picture",
    "out_of_range",
    "too_large",
    "too_slow",
    "unknown_dataset",
    "unknown_network",
]


class Words(BaseModel):
    """What went wrong, in words for people and in a code for programs."""

    code: Code = Field(description="the same for every error of its kind", examples=["not_a_picture"])
    message: str = Field(examples=["This is not a picture that can be read"])
    given: str = Field(examples=["a PDF file"])
    expected: str = Field(examples=["a picture: PNG or JPEG"])


PICTURE = "a picture: PNG, JPEG, WebP, GIF, BMP, HEIC or AVIF"

STATUSES: dict[int, tuple[str, Words]] = {
    400: (
        "There is nothing in the request, or it cannot be read",
        Words(
            code="bad_request",
            message="There is nothing in this file",
            given="0 bytes",
            expected=PICTURE,
        ),
    ),
    403: (
        "It is not allowed here",
        Words(
            code="foreign",
            message="Only Gradwalk's own pages may change something here",
            given="POST from http://elsewhere.example",
            expected="a page of this server",
        ),
    ),
    404: (
        "There is no such thing",
        Words(
            code="unknown_network",
            message="There is no such network",
            given="oracle",
            expected="reader, one-layer or run:ID",
        ),
    ),
    408: (
        "The request did not come in time",
        Words(
            code="too_slow",
            message="The request did not come in time",
            given="65,536 bytes in 60 seconds",
            expected="all of it",
        ),
    ),
    409: (
        "What is asked for is damaged",
        Words(
            code="damaged",
            message="A file of MNIST is damaged",
            given="t10k-labels-idx1-ubyte",
            expected="the file as it is published",
        ),
    ),
    413: (
        "It is too large",
        Words(
            code="too_large",
            message="This picture has too many pixels",
            given="50,000 by 50,000, 2,500 million",
            expected="at most 60 million",
        ),
    ),
    415: (
        "It is of a kind that is not read",
        Words(
            code="not_a_picture",
            message="This is not a picture that can be read",
            given="a PDF file",
            expected=PICTURE,
        ),
    ),
    422: (
        "It is broken, or out of range",
        Words(
            code="bad_picture",
            message="This PNG picture is broken or cut off",
            given="812 bytes, of which the decoder says: image file is truncated",
            expected="a file that other programs open",
        ),
    ),
    500: (
        "The server cannot answer, whatever is asked",
        Words(
            code="damaged",
            message="reader.npz is damaged",
            given="a file of another content",
            expected="the file that Gradwalk came with: install it again",
        ),
    ),
    503: (
        "Too many wait already; the header Retry-After says after how many seconds to ask again",
        Words(
            code="busy",
            message="Too many wait for an answer already; please ask again in a moment",
            given="100 questions that wait",
            expected="fewer than 100",
        ),
    ),
}
"""What the statuses say, each with an example, for the page of the interface."""


PLAINLY = {
    "Not Found": "There is nothing at this address",
    "Method Not Allowed": "This address is not asked in that way",
}
"""What the framework says, in plain words."""


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route documents, all in the one shape."""
    return {
        status: {
            "model": Words,
            "description": STATUSES[status][0],
            "content": {"application/json": {"example": STATUSES[status][1].model_dump()}},
        }
        for status in statuses
    }


class Problem(Exception):
    """A request that cannot be served; becomes an answer with `status`, `headers` and `words`."""

    def __init__(
        self,
        status: int,
        code: Code,
        message: str,
        *,
        given: str,
        expected: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.words = Words(code=code, message=message, given=given, expected=expected)

    def answer(self) -> JSONResponse:
        """The answer to the request."""
        # What was given may hold halves of characters, which JSON has a word for and UTF-8 has not.
        words = {name: text.encode(errors="replace").decode() for name, text in self.words.model_dump().items()}
        return JSONResponse(words, self.status, self.headers)


def nobody_waits() -> Problem:
    """Nobody reads this any more: it is for the records of the server."""
    return Problem(499, "gone", "Nobody waits any more", given="a closed connection", expected="none")


def too_slow(size: int, seconds: int) -> Problem:
    """What has not come in time is not waited for."""
    return Problem(
        408,
        "too_slow",
        "The request did not come in time",
        given=f"{size:,} bytes in {seconds} seconds",
        expected="all of it",
    )


async def tell_problem(request: Request, error: Exception) -> JSONResponse:
    """A handler of `Problem`."""
    assert isinstance(error, Problem)
    return error.answer()


async def tell_invalid(request: Request, error: Exception) -> JSONResponse:
    """A handler of parameters that cannot be; the first of them is told."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name = next(part for part in reversed(first["loc"]) if isinstance(part, str))  # not its number in a list
    return Problem(
        422, "bad_request", f"{name} cannot be that", given=str(first["input"])[:100], expected=first["msg"]
    ).answer()


async def tell_refusal(request: Request, error: Exception) -> JSONResponse:
    """A handler of what the framework refuses: addresses that there are not, and methods that they have not."""
    assert isinstance(error, HTTPException)
    allowed = (error.headers or {}).get("Allow")
    return Problem(
        error.status_code,
        "missing" if error.status_code == HTTP_404_NOT_FOUND else "bad_request",
        PLAINLY.get(error.detail, error.detail),
        given=f"{request.method} {request.url.path[:100]}",
        expected=f"one of the methods {allowed}" if allowed else "an address that the page /api lists",
        headers=error.headers,
    ).answer()


async def tell_failure(request: Request, error: Exception) -> JSONResponse:
    """A handler of what nobody has foreseen; the server's records say more than is told here."""
    return Problem(
        500,
        "failed",
        "The server has failed; this is its fault",
        given=f"{request.method} {request.url.path[:100]}",
        expected="an answer",
    ).answer()
