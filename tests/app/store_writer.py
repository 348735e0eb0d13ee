"""A process that saves snapshots without end, for tests that kill it. Says each step after it has been saved."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from app.store import MissingError, RunRecord, Snapshot, Store


def record(step: int) -> RunRecord:
    """The run after `step` training steps."""
    return RunRecord("r1", "v1", "network", None, None, 0.0, float(step), "{}", f'{{"step": {step}}}')


def parameters(step: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Numbers that tell the step; half a megabyte."""
    return np.arange(125_000, dtype=np.float32) + step


def loss(start: int, end: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """The series from one step to another."""
    return np.arange(start, end, dtype=np.float32)


def main(path: Path) -> None:
    """Save one snapshot a training step, going on from the newest."""
    with Store(path) as store:
        try:
            step = store.latest("r1")[0].step + 1
        except MissingError:
            step = 0
        while True:
            store.save(
                record(step),
                snapshot=Snapshot(step, {"step": step}, {"parameters": parameters(step)}),
                series={"loss": (step, loss(step, step + 1))},
                drop=[step - 20],
            )
            sys.stdout.write(f"{step}\n")
            sys.stdout.flush()
            step += 1


if __name__ == "__main__":
    main(Path(sys.argv[1]))
