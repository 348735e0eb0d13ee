"""Training runs as tests want them: small networks on the built-in digits, kept in memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app import protocol
from app.datasets import built_in
from app.protocol import NetworkRecipe, RunFrame, RunState
from app.runs.lessons import Lessons, lessons
from app.runs.recipes import RunLimits
from app.runs.runs import Runs, Shares
from app.runs.states import state_of
from app.store import Store
from engine.data import DataError

ME = "somebody"
LIMITS = RunLimits(layers=3, width=256, parameters=300_000, batch=500, steps=20_000)
SMALL = NetworkRecipe(dataset="built-in", hidden=[8], batch=50, epochs=4, lr=0.01)  # 30 steps an epoch, 120 in all


def shares(**changes: Any) -> Shares:
    usual = {"visitor": 10, "everybody": 50, "history_bytes": 10_000_000, "idle_seconds": 60.0, "threads": 1}
    return Shares(**(usual | changes))


def load(dataset: str) -> Lessons:
    if dataset != "built-in":
        raise DataError("MNIST is not in the data folder", given="none", expected="four files")
    return lessons(*built_in(), "Built-in digits.")


@contextmanager
def some_runs(path: Path | None = None, find: Callable[[str], Lessons] = load, **changes: Any) -> Iterator[Runs]:
    """Runs on the built-in digits; what is to be other than usual of their shares is given."""
    runs = Runs(LIMITS, shares(**changes), find, Store(path), time.monotonic, time.time)
    try:
        yield runs
    finally:
        runs.close()


def wait(runs: Runs, run: str, until: Callable[[RunState], bool], seconds: float = 20.0) -> RunState:
    """The run's state once it is as wanted."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with runs.using(run) as found, found.turn:
            state = state_of(found, ME)
        if until(state):
            return state
        time.sleep(0.005)
    raise AssertionError(f"the run stays {state.status} at step {state.step}")


def finished(runs: Runs, run: str) -> RunState:
    runs.control(run, "start", ME)
    return wait(runs, run, lambda state: state.status in ("done", "diverged"))


def losses(runs: Runs, run: str, member: int = 0) -> list[float]:
    with runs.using(run) as found:
        return [float(y) for y in found.curves.get(member, "loss").since(0).y]


def steps_of(runs: Runs, run: str, count: int) -> None:
    """Single training steps, each of which is kept before the next one is taken."""
    for _ in range(count):
        runs.control(run, "step", ME)
        kept(runs)


def kept(runs: Runs) -> None:
    """Wait until the store has what it is to have."""
    runs._saver.rest()


def watch(run: str, **more: Any) -> protocol.Watch:
    return protocol.Watch(type="watch", seq=1, run=run, **more)


def frames(told: list[Any]) -> list[RunFrame]:
    return [message for message in told if isinstance(message, RunFrame)]
