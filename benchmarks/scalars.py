"""Scalars: one forward and backward of micrograd's demo, about 65,000 nodes, against micrograd itself.

    python -m benchmarks.scalars [--rounds 5]

The demo: a 2-16-16-1 network with ReLU on 100 points, the SVM's max-margin loss with L2 regularization. micrograd runs
as shipped, and tuned: garbage collection off while a pass runs, collected between passes and not timed. Ours runs
without a tape, on a fresh tape (recording), and on a tape that repeats. Values and grads must agree. Aims: a repeated
pass at least 25 times as fast as micrograd as shipped, and 5 times as fast as the tuned one.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from benchmarks.measure import CLOCKS, installed, machine, verdict
from engine import Tensor
from engine.tape import Tape

SIZES = (2, 16, 16, 1)
POINTS = 100
AIM_SHIPPED, AIM_TUNED = 25.0, 5.0

Clock = Callable[[], float]
Pass = Callable[[], tuple[float, Sequence[float]]]
"""A forward and backward pass: the loss, and the grads of all parameters."""


def data(seed: int = 0) -> tuple[list[list[float]], list[float]]:
    """Points and their classes -1 and 1."""
    points = np.random.default_rng(seed).normal(size=(POINTS, 2))
    return points.tolist(), np.sign(points[:, 0] * points[:, 1]).tolist()


def weights(seed: int = 1337) -> list[list[tuple[list[float], float]]]:
    """For each neuron of each layer its weights and its bias, drawn as micrograd draws them."""
    uniform = random.Random(seed).uniform
    return [[([uniform(-1, 1) for _ in range(a)], 0.0) for _ in range(b)] for a, b in pairwise(SIZES)]


def ours(tape: Tape | None) -> Pass:
    """The demo on our tensors: micrograd's program, line by line, with tensors for its values."""
    points, classes = data()
    layers = [[([Tensor(w, True) for w in ws], Tensor(b, True)) for ws, b in layer] for layer in weights()]
    parameters = [p for layer in layers for ws, b in layer for p in (*ws, b)]
    inputs = [[Tensor(x) for x in point] for point in points]
    signs, one = [Tensor(-y) for y in classes], Tensor(1.0)
    share, alpha = Tensor(1.0 / POINTS), Tensor(1e-4)

    def score(x: list[Tensor]) -> Tensor:
        for number, layer in enumerate(layers, 1):
            out = []
            for ws, b in layer:
                activation = b
                for w, xi in zip(ws, x, strict=True):
                    activation = activation + w * xi
                out.append(activation if number == len(layers) else activation.relu())
            x = out
        return x[0]

    def loss() -> Tensor:
        losses = [(sign * score(x) + one).relu() for sign, x in zip(signs, inputs, strict=True)]
        total = losses[0]
        for each in losses[1:]:
            total = total + each
        squares = parameters[0] * parameters[0]
        for p in parameters[1:]:
            squares = squares + p * p
        return total * share + squares * alpha

    def run() -> tuple[float, Sequence[float]]:
        for p in parameters:
            p.grad = None
        if tape is None:
            result = loss()
            result.backward()
        else:
            with tape:
                result = loss()
                result.backward()
        return result.value, [p.grad for p in parameters]

    return run


def micrograd() -> Pass:
    """The demo on micrograd."""
    from micrograd.engine import Value
    from micrograd.nn import MLP

    points, classes = data()
    model = MLP(SIZES[0], list(SIZES[1:]))
    for neurons, layer in zip(weights(), model.layers, strict=True):
        for (ws, b), neuron in zip(neurons, layer.neurons, strict=True):
            neuron.w, neuron.b = [Value(w) for w in ws], Value(b)

    def run() -> tuple[float, Sequence[float]]:
        scores = [model(list(map(Value, point))) for point in points]
        losses = [(1 + -y * score).relu() for y, score in zip(classes, scores, strict=True)]
        total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        total.backward()
        return total.data, [p.grad for p in model.parameters()]

    return run


def seconds(run: Pass, clock: Clock, *, collect: bool) -> float:
    """Time of one pass; without collection, the garbage is removed before and after, outside of the time."""
    if not collect:
        gc.collect()
        gc.disable()
    start = clock()
    run()
    took = clock() - start
    gc.enable()
    return took


def main() -> None:
    """Check, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    options = parser.parse_args()
    clock = CLOCKS[options.clock]
    tape = Tape()
    repeated = ours(tape)
    first = seconds(repeated, clock, collect=True)
    runs: dict[str, tuple[Callable[[], Pass], bool]] = {
        "gradwalk, no tape": (lambda: ours(None), True),
        "gradwalk, fresh tape": (lambda: ours(Tape()), True),
        "gradwalk, tape repeated": (lambda: repeated, True),
    }
    if installed("micrograd"):
        theirs = micrograd()
        runs |= {"micrograd as shipped": (lambda: theirs, True), "micrograd tuned": (lambda: theirs, False)}
        (loss, grads), (expected, right) = repeated(), theirs()
        np.testing.assert_allclose(loss, expected, rtol=1e-12)
        np.testing.assert_allclose(grads, right, rtol=1e-9, atol=1e-12)
        print(f"{len(tape.nodes)} nodes on our tape; loss {loss:.6f} and {len(grads)} grads as micrograd's")
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(options.rounds):
        for name, (make, collect) in runs.items():
            repeats = 5 if name == "gradwalk, tape repeated" else 1
            times[name] += [seconds(make(), clock, collect=collect) for _ in range(repeats)]
    medians = {name: statistics.median(values) for name, values in times.items()}
    fastest = medians["gradwalk, tape repeated"]
    print(f"\nmilliseconds a pass ({options.clock}), and how many times as long as the repeated tape takes")
    print(f"  {'gradwalk, very first pass':26} {first * 1e3:8.1f}   {first / fastest:6.1f}")
    for name, median in medians.items():
        print(f"  {name:26} {median * 1e3:8.1f}   {median / fastest:6.1f}")
    for name, aim in (("micrograd as shipped", AIM_SHIPPED), ("micrograd tuned", AIM_TUNED)):
        if name in medians:
            print(f"  against {name}: {verdict(medians[name] / fastest, aim)}")
    print(f"\n{time.strftime('%Y-%m-%d')}\n{machine('numpy', 'micrograd')}")


if __name__ == "__main__":
    main()
