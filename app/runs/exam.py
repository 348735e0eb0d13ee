"""What members have learned, asked on test pictures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from app.runs.lessons import Lessons
from engine.train import Training, scores


class Mark(NamedTuple):
    """The mean loss, and the share of pictures that were right."""

    loss: float
    accuracy: float


def short_exam(training: Training, lessons: Lessons) -> Mark:
    """How well a network does on part of the test pictures."""
    found = training.evaluate(lessons.some_rows, lessons.some_labels)
    return Mark(float(found.losses.mean()), float(np.mean(found.predictions == lessons.some_labels)))


def final_exam(candidates: Iterable[tuple[str, Training]], lessons: Lessons) -> str:
    """How many of all test pictures each network takes for what they are, in words; a label goes before each."""
    rows, labels = lessons.test_rows(), lessons.test.labels
    words = []
    for label, training in candidates:
        right = int(np.count_nonzero(scores(training.predict(rows), labels).predictions == labels))
        words.append(f"{label}{right / len(labels):.2%} of {len(labels):,} test pictures right")
    return f"{'; '.join(words)}." if words else ""
