"""Sessions as tests want them: with all scenes, without digits, without a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from app.desk import Desk
from app.main import expression_limits, runs_of
from app.proof import Prover
from app.runs.runs import Runs
from app.scenes import all_scenes
from app.session import Session
from app.settings import Settings


def no_digits() -> Any:
    """For sessions that open no scene on digits."""
    raise AssertionError("this session opens no scene on digits")


@cache
def some_runs() -> Runs:
    """Training runs that are kept in memory; one trainer for all tests."""
    return runs_of(Settings(keep_runs=False))


def make_session(
    kind: type[Session] = Session,
    prover: Prover = lambda trace: ([], ""),
    changed: Callable[[], None] = lambda: None,
    runs: Runs | None = None,
) -> Session:
    """A session of its own, not greeted yet."""
    return kind(all_scenes(no_digits), expression_limits(Settings()), prover, Desk(runs or some_runs(), changed))
