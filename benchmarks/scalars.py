"""Scalars: one forward and backward of micrograd's demo, about 65,000 nodes, against micrograd itself.

    python -m benchmarks.scalars [--rounds 3]

The demo: a 2-16-16-1 network with ReLU on 100 points, the SVM's max-margin loss with L2 regularization. Every contender
makes several passes in a process of its own. micrograd runs as shipped, and tuned: garbage is collected between the
passes only, and that is not timed. On our tape the first pass records, the later ones repeat. Values and grads must
agree. Aims: a repeated pass at least 25 times as fast as micrograd as shipped, and 5 times as fast as the tuned one.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import subprocess
import sys
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


CONTENDERS = {
    "gradwalk, no tape": lambda: ours(None),
    "gradwalk, tape": lambda: ours(Tape()),
    "micrograd as shipped": micrograd,
    "micrograd tuned": micrograd,
}


def loop(name: str, clock: Clock, passes: int) -> list[float]:
    """Times of consecutive passes, as in training.

    Tuned, no garbage is collected while a pass runs, but between the passes, outside of the time.
    """
    run, times, tuned = CONTENDERS[name](), [], name.endswith("tuned")
    if tuned:
        gc.disable()
    for _ in range(passes):
        start = clock()
        run()
        times.append(clock() - start)
        if tuned:
            gc.collect()
    return times


def apart(name: str, clock: str, passes: int) -> list[float]:
    """`loop` in a process of its own: how long garbage collection takes depends on what else a process holds."""
    command = [sys.executable, "-m", "benchmarks.scalars", "--only", name, "--clock", clock, "--passes", str(passes)]
    found: list[float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def agree() -> None:
    """The same loss and the same grads as micrograd's."""
    tape = Tape()
    (loss, grads), (expected, right) = ours(tape)(), micrograd()()
    np.testing.assert_allclose(loss, expected, rtol=1e-12)
    np.testing.assert_allclose(grads, right, rtol=1e-9, atol=1e-12)
    print(f"{len(tape.nodes)} nodes on our tape; loss {loss:.6f} and {len(grads)} grads as micrograd's")


def main() -> None:
    """Check, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passes", type=int, default=8)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--only", choices=CONTENDERS, help="print this contender's times as JSON")
    options = parser.parse_args()
    if options.only:
        print(json.dumps(loop(options.only, CLOCKS[options.clock], options.passes)))
        return
    names = [name for name in CONTENDERS if name.startswith("gradwalk")]
    if installed("micrograd"):
        names = list(CONTENDERS)
        agree()
    first: dict[str, list[float]] = {name: [] for name in names}
    later: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(options.rounds):
        for name in names:
            begin, *rest = apart(name, options.clock, options.passes)
            first[name].append(begin)
            later[name] += rest
    fastest = statistics.median(later["gradwalk, tape"])
    print(f"\nmilliseconds a pass ({options.clock}): the first, the later ones, and times as long as ours on a tape")
    for name in names:
        median = statistics.median(later[name])
        print(f"  {name:22} {statistics.median(first[name]) * 1e3:8.1f} {median * 1e3:8.1f}   {median / fastest:6.1f}")
    for name, aim in (("micrograd as shipped", AIM_SHIPPED), ("micrograd tuned", AIM_TUNED)):
        if name in later:
            print(f"  against {name}: {verdict(statistics.median(later[name]) / fastest, aim)}")
    print(f"\n{machine('numpy', 'micrograd')}")


if __name__ == "__main__":
    main()
