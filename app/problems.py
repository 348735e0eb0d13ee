"""The one error shape over HTTP: what was given, what was expected, as the web socket tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict

from fastapi import Request
from fastapi.exceptions import RequestValidationError
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


class Words(TypedDict):
    """What a program reads."""

    code: Code
    message: str
    given: str
    expected: str


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
        return JSONResponse(dict(self.words), self.status, self.headers)


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
