"""Shares, intervals, calibration and confusions are counted right."""

from __future__ import annotations

from itertools import starmap

import numpy as np
import pytest

from benchmarks.pictures.score import Row, Verdict, calibration, confusions, interval, table, worst

VERDICTS = list(
    starmap(
        Verdict,
        [
            (7, 7, 0.9, 7, 1),
            (7, 1, 0.6, 7, 7),
            (7, 1, 0.7, 1, 1),
            (4, 4, 1.0, 9, 4),
            (4, None, 0.0, None, 4),
        ],
    )
)


def test_an_interval_holds_the_true_share_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    for share in (0.5, 0.9, 0.99):
        ends = [interval(int(right), 300) for right in rng.binomial(300, share, 2_000)]
        held = np.mean([low <= share <= high for low, high in ends])
        assert 0.93 < held < 0.98


@pytest.mark.parametrize(("right", "n"), [(0, 10), (10, 10), (1, 1)])
def test_an_interval_stays_between_nothing_and_all(right: int, n: int) -> None:
    low, high = interval(right, n)
    assert 0 <= low < high <= 1
    assert low <= right / n <= high


def test_a_row_counts_what_was_not_read_as_wrong_but_not_as_unsure() -> None:
    row = Row.of("some", VERDICTS)
    assert (row.n, row.right, row.unread) == (5, 2, 1)
    assert (row.one_layer, row.naive) == (0.4, 0.6)
    assert row.sure == pytest.approx((0.9 + 0.6 + 0.7 + 1.0) / 4)
    assert row.right_of_read == 0.5


def test_calibration_puts_every_read_picture_into_one_stretch() -> None:
    rows = calibration(VERDICTS, (0.0, 0.7, 0.9, 1.0))
    assert [(low, high, n) for low, high, n, _, _ in rows] == [(0.0, 0.7, 1), (0.7, 0.9, 1), (0.9, 1.0, 2)]
    assert rows[2][3:] == (0.95, 1.0)


def test_confusions_name_the_worst_pair_first() -> None:
    counts = confusions(VERDICTS)
    assert counts[7, "1"] == 2
    assert worst(counts, 5) == "7 as 1 2, 4 as - 1"
    assert table(counts).splitlines()[8].split() == ["7", "2", "1"]
