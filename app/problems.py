"""The one error shape over HTTP: what was given, what was expected, as the web socket tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse

Code = Literal[
    "bad_code",
    "bad_lessons",
    "bad_picture",
    "bad_request",
    "busy",
    "damaged",
    "diverged",
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


MEANINGS = {
    400: "There is nothing in the request, or it cannot be read",
    403: "A page of somebody else's asks",
    404: "There is no such thing",
    408: "The request did not come in time",
    409: "What is asked for is damaged",
    413: "It is too large",
    415: "It is of a kind that is not read",
    422: "It is broken, or out of range",
    503: "Too many wait already; the header Retry-After says when to ask again",
}
"""What the statuses say, for the page of the interface."""


class Words(BaseModel):
    """What went wrong, in words for people and in a code for programs."""

    code: Code = Field(description="the same for every error of its kind", examples=["not_a_picture"])
    message: str = Field(examples=["This is not a picture that can be read"])
    given: str = Field(examples=["a PDF file"])
    expected: str = Field(examples=["a picture: PNG, JPEG, WebP, GIF, BMP, HEIC or AVIF"])


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route documents, all in the one shape."""
    return {status: {"model": Words, "description": MEANINGS[status]} for status in statuses}


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
        return JSONResponse(self.words.model_dump(), self.status, self.headers)


async def tell_problem(request: Request, error: Exception) -> JSONResponse:
    """A handler of `Problem`."""
    assert isinstance(error, Problem)
    return error.answer()


async def tell_invalid(request: Request, error: Exception) -> JSONResponse:
    """A handler of parameters that cannot be; the first of them is told."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name = str(first["loc"][-1])
    return Problem(
        422, "bad_request", f"{name} cannot be that", given=str(first["input"])[:100], expected=first["msg"]
    ).answer()
