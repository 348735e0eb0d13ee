"""How errors are told: each by its own status and code, whatever it inherits from."""

from __future__ import annotations

from itertools import combinations

import pytest

from app.digits.code import CodeError
from app.digits.decode import EmptyError, NotAPictureError, PictureError, TooLargeError
from app.networks import DamagedNetworkError, DivergedError, UnknownNetworkError
from app.refusals import PROBLEMS, refusal
from app.runs.errors import RunError, RunLimitError, UnknownRunError
from app.store import StoreError
from app.taught import LessonsError
from engine.data import DataError
from engine.errors import EngineError, LimitError


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (EmptyError, 400, "bad_request"),
        (NotAPictureError, 415, "not_a_picture"),
        (TooLargeError, 413, "too_large"),
        (PictureError, 422, "bad_picture"),
        (CodeError, 422, "bad_code"),
        (LessonsError, 422, "bad_lessons"),
        (LimitError, 422, "bad_lessons"),
        (UnknownNetworkError, 404, "unknown_network"),
        (DivergedError, 422, "diverged"),
        (DamagedNetworkError, 500, "damaged"),
        (DataError, 409, "damaged"),
        (StoreError, 409, "damaged"),
        (RunError, 422, "bad_request"),
        (RunLimitError, 422, "bad_request"),
        (EngineError, 422, "bad_request"),
    ],
)
def test_an_error_is_told_by_its_kind(kind: type[EngineError], status: int, code: str) -> None:
    told = refusal(kind("Something cannot be", given="this", expected="that"))
    assert (told.status, told.words.code) == (status, code)
    assert (told.words.message, told.words.given, told.words.expected) == ("Something cannot be", "this", "that")


def test_a_run_that_is_gone_is_a_network_that_there_is_not() -> None:
    told = refusal(UnknownRunError("gone"))
    assert (told.status, told.words.code, told.words.given) == (404, "unknown_network", "gone")


def test_no_error_is_told_as_what_it_inherits_from() -> None:
    for (before, *_), (after, *_) in combinations(PROBLEMS, 2):
        assert not issubclass(after, before)
    assert PROBLEMS[-1][0] is EngineError
