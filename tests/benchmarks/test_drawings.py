"""The drawings of the benchmark are valid, different, and drawn as they stand in their file."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from benchmarks.pictures.drawings import PENS, Drawing, drawings, picture, way

ALL = drawings()


def test_each_digit_is_drawn_at_least_ten_times_in_different_hands() -> None:
    counts = Counter(drawing.digit for drawing in ALL)
    assert sorted(counts) == list(range(10))
    assert min(counts.values()) >= 10
    for digit in range(10):
        assert len({drawing.hand for drawing in ALL if drawing.digit == digit}) >= 4


@pytest.mark.parametrize("drawing", ALL, ids=lambda drawing: f"{drawing.digit} {drawing.note}")
def test_a_drawing_stays_on_the_pad(drawing: Drawing) -> None:
    assert drawing.pen in PENS
    for stroke in drawing.strokes:
        points = np.array(stroke)
        assert points.ndim == 2
        assert points.shape[0] >= 2
        assert points.shape[1] == 2
        assert points.min() >= 0
        assert points.max() <= 1


def test_no_drawing_is_another_one_moved_or_scaled() -> None:
    for a, b in combinations([form(drawing) for drawing in ALL], 2):
        assert a.shape != b.shape or np.abs(a - b).max() > 0.05


def form(drawing: Drawing) -> np.ndarray:
    """Its points, in the box around them."""
    points = np.concatenate([np.array(stroke) for stroke in drawing.strokes])
    low, high = points.min(axis=0), points.max(axis=0)
    return np.asarray((points - low) / (high - low))


def test_a_point_that_stands_twice_is_a_sharp_corner() -> None:
    assert strays(way(((0.1, 0.1), (0.9, 0.1), (0.9, 0.1), (0.9, 0.9)))) < 1e-9
    assert strays(way(((0.1, 0.1), (0.9, 0.1), (0.9, 0.9)))) > 0.01


def strays(points: np.ndarray) -> float:
    """How far a way strays from the straight lines y = 0.1 and x = 0.9."""
    return float(np.abs(points - (0.9, 0.1)).min(axis=1).max())


def test_the_pen_goes_through_every_point() -> None:
    stroke = ((0.2, 0.3), (0.6, 0.1), (0.8, 0.7), (0.4, 0.9))
    passed = way(stroke)
    assert all(np.abs(passed - point).max(axis=1).min() < 1e-9 for point in stroke)


def test_a_picture_is_black_where_the_pen_was_and_only_there() -> None:
    drawn = picture(Drawing(1, "upright", "medium", "plain", (((0.5, 0.2), (0.5, 0.8)),)), side=100)
    assert drawn[50, 50] == 0
    assert drawn[50, 40] == drawn[5, 50] == 255
