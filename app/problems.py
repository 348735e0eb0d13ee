"""The one error shape over HTTP: what was given, what was expected, as the web socket tells it."""

from __future__ import annotations

from typing import Literal, TypedDict

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse

Code = Literal["bad_request", "damaged", "foreign", "missing", "no_download", "out_of_range", "unknown_dataset"]


class Words(TypedDict):
    """What a program reads."""

    code: Code
    message: str
    given: str
    expected: str


class Problem(Exception):
    """A request that cannot be served; becomes an answer with `status` and `words`."""

    def __init__(self, status: int, code: Code, message: str, *, given: str, expected: str) -> None:
        super().__init__(message)
        self.status = status
        self.words = Words(code=code, message=message, given=given, expected=expected)

    def answer(self) -> JSONResponse:
        """The answer to the request."""
        return JSONResponse(dict(self.words), self.status)


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
