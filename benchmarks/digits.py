"""How often a picture of a digit is read right: MNIST's test set, the same distorted, and drawings on the sketchpad.

    python -m benchmarks.digits [--pictures 1000] [--failures FOLDER]

Prints a table. Beside the reader stand, in the same run, the one-layer network on the same 28x28 and the naive way: the
picture merely resized to 28x28 in front of the reader's network. A picture counts as right where exactly one digit is
found in it and is the one that was meant. Distorted pictures go the whole way from a file's bytes. The drawings are
drawn by a pointer on the page's own sketchpad in Chromium, and the digit is what the page then says.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.datasets import load
from app.networks import built_in
from benchmarks.measure import machine
from benchmarks.pictures.distort import DISTORTIONS, distorted
from benchmarks.pictures.reading import verdict
from benchmarks.pictures.score import HEAD, Row, Verdict, calibration, confusions, table, worst
from benchmarks.pictures.sheets import Failures
from benchmarks.pictures.sketchpad import drawn
from engine.data import Dataset, rows

SEED = 20
PICTURES = 1000
EDGES = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
AIM = 0.99
"""Of MNIST's own pictures that the reader reads right."""


def directly(data: Dataset) -> list[Verdict]:
    """The networks on the data set's own 28x28."""
    chances = built_in("reader").probabilities(rows(data.images))
    plain = built_in("one-layer").logits(rows(data.images)).argmax(axis=1)
    digits = chances.argmax(axis=1)
    return [
        Verdict(int(meant), int(digit), float(row[digit]), int(other), int(digit))
        for meant, digit, row, other in zip(data.labels, digits, chances, plain, strict=True)
    ]


def pictures(data: Dataset, n: int, failures: Failures) -> Iterator[tuple[str, list[Verdict]]]:
    """Every distortion, of `n` pictures or its share of them, chosen by the seed."""
    chosen = np.random.default_rng(SEED).permutation(len(data))
    for distortion in DISTORTIONS:
        verdicts = []
        for number in chosen[: max(1, round(n * distortion.share))].tolist():
            file = distorted(distortion, data.images[number], SEED, number)
            verdicts.append(verdict(int(data.labels[number]), file))
            failures.note(distortion.name, verdicts[-1], file)
        yield distortion.name, verdicts


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pictures", type=int, default=PICTURES, help="of each distortion")
    parser.add_argument("--failures", type=Path, help="write sheets of what is read wrong, with its stages, here")
    options = parser.parse_args()
    failures = Failures(options.failures)
    started = time.perf_counter()
    print(machine("numpy", "opencv-python-headless", "pillow"))
    test = load(Path(os.environ.get("GRADWALK_DATA", "data"))).test
    print(f"{test.name}, its {len(test):,} pictures for testing; distorted ones chosen by seed {SEED}\n\n{HEAD}")

    straight = directly(test)
    first = Row.of("given as they are", straight)
    print(f"{first.line()}   >= {AIM:.0%} {'yes' if first.right >= AIM * first.n else 'NO'}", flush=True)
    everything = list(straight)
    for name, verdicts in pictures(test, options.pictures, failures):
        print(Row.of(name, verdicts).line(), flush=True)
        everything += verdicts
    sketched = drawn(failures)
    print(Row.of("drawn on the sketchpad", sketched).line())
    everything += sketched

    print("\nprobability       pictures   mean probability   share right")
    for low, high, n, sure, right in calibration(everything, EDGES):
        print(f"{low:.2f} to {high:.2f}   {n:12,}   {sure:16.1%}   {right:11.1%}")
    counts = confusions(everything)
    print(f"\n{table(counts)}\n\nworst: {worst(counts, 12)}")
    failures.write()
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
