"""One MNIST training step (batch 100, Adam, float32, one thread) against PyTorch, hand-written NumPy, autograd and JAX.

    python -m benchmarks.train_step [--rounds 60] [--clock cpu]

Before anything is timed, every contender makes the same ten steps: their losses must agree. Aims: against the better of
PyTorch's two Adams 1.8 / 1.1 / 1.0 with NumPy's BLAS as shipped, 3.0 / 1.6 / 1.5 where a kernel is chosen for it
(OPENBLAS_CORETYPE), and 0.93 of hand-written NumPy with preallocated buffers. A second hand-written program makes the
very calls that gradwalk makes, its memory layouts and shortcuts included: what is left is the price of the graph.
"""

from __future__ import annotations

import argparse
import os

from app.blas import KERNEL, advise

advise(os.environ)
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import numpy as np  # noqa: E402 (BLAS reads the environment when it is loaded)

from benchmarks import peers  # noqa: E402
from benchmarks.measure import CLOCKS, installed, interleaved, machine, ratio, verdict  # noqa: E402

NETWORKS = ((784, 10), (784, 128, 10), (784, 512, 256, 10))
AIMS_AS_SHIPPED, AIMS_WITH_KERNEL, AIM_BY_HAND = (1.8, 1.1, 1.0), (3.0, 1.6, 1.5), 0.93
OURS, BY_HAND, OUR_MEANS = "gradwalk", "NumPy by hand", "NumPy, our means"
EAGER, FUSED = "PyTorch eager", "PyTorch fused Adam"


def contenders(given: peers.Task) -> dict[str, peers.Train]:
    """Everybody who is installed."""
    found: dict[str, peers.Train] = {
        OURS: peers.Gradwalk(given),
        BY_HAND: peers.by_hand(given),
        OUR_MEANS: peers.by_hand_with_our_means(given),
    }
    if installed("torch"):
        found |= {EAGER: peers.pytorch(given), FUSED: peers.pytorch(given, fused=True)}
    if installed("autograd"):
        found["HIPS autograd"] = peers.hips_autograd(given)
    if installed("jax"):
        found["JAX jitted"] = peers.jax_jitted(given)
    return found


def agree(steps: dict[str, peers.Train]) -> None:
    """All contenders learn the same: a benchmark of different computations would mean nothing."""
    losses = {name: [step() for _ in range(10)] for name, step in steps.items()}
    for name, trajectory in losses.items():
        np.testing.assert_allclose(trajectory, losses[BY_HAND], rtol=2e-4, err_msg=name)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    options = parser.parse_args()
    aims = AIMS_WITH_KERNEL if KERNEL in os.environ else AIMS_AS_SHIPPED
    for sizes, aim in zip(NETWORKS, aims, strict=True):
        steps = contenders(peers.task(sizes))
        agree(steps)
        times = interleaved(steps, rounds=options.rounds, clock=CLOCKS[options.clock])
        print(
            f"\n{'-'.join(map(str, sizes))}, batch {peers.BATCH}: microseconds a step ({options.clock}), "
            "and how many times as fast gradwalk is"
        )
        for name, time in times.items():
            print(f"  {name:20} {time.median * 1e6:9.1f} ±{time.spread:4.0%}       {ratio(time, times[OURS]):5.2f}")
        print(f"  of hand-written NumPy: {verdict(ratio(times[BY_HAND], times[OURS]), AIM_BY_HAND)}")
        print(f"  of the same NumPy calls without a graph: {ratio(times[OUR_MEANS], times[OURS]):.2f}")
        torch_times = [times[name] for name in (EAGER, FUSED) if name in times]
        if torch_times:
            better = min(torch_times, key=lambda time: time.median)
            print(f"  against the better PyTorch: {verdict(ratio(better, times[OURS]), aim)}")
    print(f"\n{machine('numpy', 'torch', 'autograd', 'jax', 'jaxlib')}")


if __name__ == "__main__":
    main()
