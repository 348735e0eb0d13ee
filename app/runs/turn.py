"""A lock that is had in the order it was asked for: whoever trains cannot keep others from a run by being quick."""

from __future__ import annotations

import threading
from types import TracebackType


class Turn:
    """First come, first served. Python's own lock may be had again and again by the thread that lets go of it."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._drawn = 0
        self._served = 0

    @property
    def wanted(self) -> bool:
        """Whether somebody waits while somebody else has the turn."""
        return self._drawn - self._served > 1

    def __enter__(self) -> None:
        with self._change:
            number = self._drawn
            self._drawn += 1
            self._change.wait_for(lambda: self._served == number)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._change:
            self._served += 1
            self._change.notify_all()
