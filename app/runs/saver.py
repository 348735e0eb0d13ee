"""Who keeps runs: a thread of its own, so that neither training nor an answer waits for the disk."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from app.runs.run import Run

log = logging.getLogger(__name__)


class Saver:
    """Keeps runs one after the other, each as it stands when its turn has come.

    Args:
        save: keeps a run.
    """

    def __init__(self, save: Callable[[Run], None]) -> None:
        self._save = save
        self._waiting: dict[str, Run] = {}
        self._busy = self._closed = False
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="saver", daemon=True)
        self._thread.start()

    def soon(self, run: Run) -> None:
        """Keep it; one that waits already is kept once."""
        with self._change:
            self._waiting[run.id] = run
            self._change.notify_all()

    def rest(self) -> None:
        """Wait until none waits."""
        with self._change:
            self._change.wait_for(lambda: not self._waiting and not self._busy)

    def close(self) -> None:
        """Keep all that wait, and end."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        self._thread.join()

    def _work(self) -> None:
        while (run := self._next()) is not None:
            try:
                self._save(run)
            except Exception:
                log.exception("run %s could not be kept", run.id)
            del run  # one that is gone must not stay in memory until the next one comes

    def _next(self) -> Run | None:
        with self._change:
            self._busy = False
            self._change.notify_all()
            self._change.wait_for(lambda: self._waiting or self._closed)
            if not self._waiting:
                return None
            self._busy = True
            return self._waiting.pop(next(iter(self._waiting)))
