"""How errors of the engine are told over HTTP, where pictures and networks are asked about: status and code."""

from __future__ import annotations

from app.digits.code import CodeError
from app.digits.decode import EmptyError, NotAPictureError, PictureError, TooLargeError
from app.networks import DamagedNetworkError, DivergedError, UnknownNetworkError
from app.problems import Code, Problem
from app.runs.errors import RunError, UnknownRunError
from app.store import StoreError
from app.taught import LessonsError
from engine.data import DataError
from engine.errors import EngineError, LimitError

PROBLEMS: tuple[tuple[type[EngineError], int, Code], ...] = (
    (EmptyError, 400, "bad_request"),
    (NotAPictureError, 415, "not_a_picture"),
    (TooLargeError, 413, "too_large"),
    (PictureError, 422, "bad_picture"),
    (CodeError, 422, "bad_code"),
    (LessonsError, 422, "bad_lessons"),
    (UnknownNetworkError, 404, "unknown_network"),
    (UnknownRunError, 404, "unknown_network"),
    (RunError, 422, "bad_request"),
    (LimitError, 422, "bad_lessons"),
    (DivergedError, 422, "diverged"),
    (DamagedNetworkError, 500, "damaged"),
    (DataError, 409, "damaged"),
    (StoreError, 409, "damaged"),
    (EngineError, 422, "bad_request"),
)
"""The first that fits is the one."""


def refusal(error: EngineError) -> Problem:
    """What is told of an error."""
    status, code = next((status, code) for kind, status, code in PROBLEMS if isinstance(error, kind))
    return Problem(status, code, error.message, given=error.given, expected=error.expected)
