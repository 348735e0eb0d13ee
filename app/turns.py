"""Bounded work on pictures: on threads of its own, in the order it came, and refused in words where too much waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

from app.problems import Problem, nobody_waits

T = TypeVar("T")

RETRY_SECONDS = 2
"""After this time it is worth asking again: a turn takes some hundredths of a second."""


class Turns:
    """Who wants something computed takes a turn; the event loop computes nothing.

    >>> turns = Turns(threads=1, waiting=100)
    >>> anyio.run(turns.run, lambda: 6 * 7)
    42
    """

    def __init__(self, threads: int, waiting: int) -> None:
        """At most `threads` run at the same time, at most `waiting` wait for that."""
        self._most = threads + waiting
        self._waiting = waiting
        self._admitted = 0
        self._threads = CapacityLimiter(threads)

    async def run(self, work: Callable[[], T], gone: Callable[[], Awaitable[bool]] | None = None) -> T:
        """What `work` returns, or raises. Cancelled while it waits, or given up, it is never begun.

        Args:
            work: runs on a thread, so it may take its time.
            gone: whether nobody waits for the result any more; asked once the turn has come.

        Raises:
            Problem: 503 where too many wait already, 499 where the client is gone.
        """
        if self._admitted >= self._most:
            raise busy(f"{self._waiting} questions that wait", f"{self._waiting}")
        self._admitted += 1
        try:
            async with self._threads:
                if gone is not None and await gone():
                    raise nobody_waits()
                # The turn is held here already: the limit of the call itself is that of this one call.
                return await anyio.to_thread.run_sync(work, limiter=CapacityLimiter(1))
        finally:
            self._admitted -= 1


def busy(given: str, most: str) -> Problem:
    """The refusal of more than can be answered in a reasonable time, with the time after which to ask again."""
    return Problem(
        503,
        "busy",
        "Too many wait for an answer already; please ask again in a moment",
        given=given,
        expected=f"fewer than {most}",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )
