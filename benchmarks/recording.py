"""What it costs to record a training step of 784-128-10: nobody watching, and every value and grad copied.

    python -m benchmarks.recording [--rounds 200]

Aim: copying everything takes at most 10 % of a step; nothing where nobody records.
"""

from __future__ import annotations

import argparse
import os

from app.blas import advise

advise(os.environ)

from benchmarks import peers  # noqa: E402 (BLAS reads the environment when it is loaded)
from benchmarks.measure import CLOCKS, interleaved, machine, ratio  # noqa: E402
from engine.recording import Recording  # noqa: E402

SIZES = (784, 128, 10)
AIM = 0.10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    options = parser.parse_args()
    given = peers.task(SIZES)
    unwatched, watched = peers.Gradwalk(given), peers.Gradwalk(given)
    recording: Recording | None = None

    def recorded() -> None:
        nonlocal recording
        watched()
        recording = watched.tape.record(recording)

    times = interleaved(
        {"unwatched": unwatched, "recorded": recorded}, rounds=options.rounds, clock=CLOCKS[options.clock]
    )
    cost = ratio(times["recorded"], times["unwatched"]) - 1.0
    assert recording is not None
    copies = [a for t in recording.tensors for a in (recording.value(t), recording.grad(t)) if hasattr(a, "nbytes")]
    print(
        f"{'-'.join(map(str, SIZES))}, batch {peers.BATCH}: {len(copies)} arrays, {sum(a.size for a in copies)} numbers"
    )
    for name, time in times.items():
        print(f"  {name:10} {time.median * 1e6:8.1f} microseconds a step ({options.clock}) ±{time.spread:.0%}")
    print(f"  recording costs {cost:.1%} of a step <= {AIM:.0%} {'yes' if cost <= AIM else 'NO'}")
    print(f"\n{machine('numpy')}")


if __name__ == "__main__":
    main()
