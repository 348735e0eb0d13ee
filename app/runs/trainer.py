"""Who trains: a few threads that give every running run a slice in its turn."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from app.runs.run import Run

SLICE_SECONDS = 0.02
"""How long one run may train while others wait; a learner who wants something of it waits for one training step."""

SAVE_SECONDS = 0.5
"""How often a running run is kept: what may be lost when the process is killed."""

PACE_SECONDS = 0.5

LATE_SECONDS = 1.0
"""A run that is so far behind the speed that is wanted does not make up for what it missed."""

LONGEST_WAIT = 1.0
"""After so long it is looked anew, whatever is due when."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Job:
    """A run that trains, and when what is due or was done, by the clock."""

    run: Run
    due: float
    save_due: float
    watched: float
    since: float
    steps_then: int


class Trainer:
    """Trains the runs it is given, until each wants no more.

    Args:
        threads: how many train at the same time, each another run.
        idle_seconds: a run that nobody has watched for so long is paused.
        clock: seconds from any beginning.
        save: has a run kept; does not wait for that.
        failed: told of a run whose training step went wrong, in the run's turn; it is to be paused.
    """

    def __init__(
        self,
        threads: int,
        idle_seconds: float,
        clock: Callable[[], float],
        save: Callable[[Run], None],
        failed: Callable[[Run], None],
    ) -> None:
        self._idle_seconds, self._clock, self._save, self._failed = idle_seconds, clock, save, failed
        self._waiting: deque[_Job] = deque()
        self._jobs: dict[str, _Job] = {}
        """All of them by run, those included that are being trained just now."""
        self._change = threading.Condition()
        self._closed = False
        self._threads = [threading.Thread(target=self._work, name=f"trainer {n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def add(self, run: Run) -> None:
        """Train this one too, from now on."""
        with self._change:
            now = self._clock()
            job = self._jobs.get(run.id)
            if job is None:
                job = self._jobs[run.id] = _Job(run, now, now, now, now, run.step)
                self._waiting.append(job)
            else:  # it was just pausing, and begins once more
                job.due = job.since = job.watched = now
                job.steps_then = run.step
            self._change.notify()

    def hurry(self, run: Run) -> None:
        """Look at this one anew: it wants another speed, or no more."""
        with self._change:
            if job := self._jobs.get(run.id):
                speed = run.facts.speed
                wait = 1 / speed if run.running and speed else 0.0
                job.due = min(job.due, self._clock() + wait)
                self._change.notify()

    def has(self, run: Run) -> bool:
        """Whether it still concerns itself with a run."""
        return run.id in self._jobs

    def close(self) -> None:
        """End all training; every run stays as it stands."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        for thread in self._threads:
            thread.join()

    # -- in the threads ---------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (job := self._next()) is not None:
            self._slice(job)
            job.run.tell()
            with self._change:
                # Asked with the lock held: whoever starts a run that was just pausing finds it gone, and adds it again.
                if job.run.running:
                    self._waiting.append(job)
                    self._change.notify()
                else:
                    del self._jobs[job.run.id]
            del job  # a run that is gone must not stay in memory until the next one comes

    def _next(self) -> _Job | None:
        """The next run whose time has come; waits for one. None when all is over."""
        with self._change:
            while not self._closed:
                now = self._clock()
                for _ in range(len(self._waiting)):
                    job = self._waiting.popleft()
                    if job.due <= now:
                        return job
                    self._waiting.append(job)
                self._change.wait(min([LONGEST_WAIT, *(job.due - now for job in self._waiting)]))
            return None

    def _slice(self, job: _Job) -> None:
        run = job.run
        with run.turn:
            try:
                self._train(job)
            except Exception:
                log.exception("run %s failed", run.id)
                self._failed(run)
            now = self._clock()
            if now - job.since >= PACE_SECONDS:
                run.pace = (run.step - job.steps_then) / (now - job.since)
                job.since, job.steps_then = now, run.step
            if run.listeners:
                job.watched = now
            elif run.running and now - job.watched > self._idle_seconds:
                run.pause(
                    f"Paused at training step {run.step:,}: nobody was watching for {self._idle_seconds:g} seconds."
                )
        if not run.running or now >= job.save_due:
            self._save(run)
            job.save_due = now + SAVE_SECONDS

    def _train(self, job: _Job) -> None:
        run = job.run
        now = self._clock()
        end = now + SLICE_SECONDS
        while run.running and now < end and job.due <= now:
            run.advance()
            now = self._clock()
            speed = run.facts.speed
            job.due = job.due + 1 / speed if speed else now
            if job.due < now - LATE_SECONDS:
                job.due = now
            if run.turn.wanted:
                break
