"""Strokes that some hands add: on which digits, where, and how wide."""

from __future__ import annotations

import numpy as np
import pytest

from engine.augment import Grey
from engine.data import SIDE
from engine.serifs import straightened, stroked, with_serifs


def upright(count: int) -> Grey:
    """A bar, 20 pixels tall and 3 wide: a 1 without anything."""
    pictures = np.zeros((count, SIDE, SIDE), np.float32)
    pictures[:, 4:24, 13:16] = 0.9
    return pictures


def leaning(columns: float) -> Grey:
    """A stem, 20 pixels tall, its upper end so many columns to the right of its lower end."""
    blank = np.zeros((1, SIDE, SIDE), np.float32)
    blank[0, 13, 13] = 1  # strokes are as dark as the darkest pixel
    upper, lower = (np.array([[row, 13 + side * columns / 2]], np.float32) for row, side in ((4, 1), (22, -1)))
    return stroked(blank, upper, lower, np.array([2], np.float32))


def middles(pictures: Grey, row: int) -> Grey:
    """The column of the middle of the ink in a row of each picture."""
    middle: Grey = pictures[:, row] @ np.arange(SIDE, dtype=np.float32) / pictures[:, row].sum(1)
    return middle


def seven() -> Grey:
    picture = np.zeros((1, SIDE, SIDE), np.float32)
    picture[0, 4:7, 8:20] = 1
    picture[0, 7:24, 17:20] = 1
    return picture


@pytest.mark.parametrize("digit", [0, 2, 3, 4, 5, 6, 8, 9])
def test_other_digits_stay_as_they_are(digit: int) -> None:
    pictures = upright(50)
    assert np.array_equal(with_serifs(pictures, np.full(50, digit), 1.0, np.random.default_rng(0)), pictures)


def test_a_share_of_the_ones_gets_a_stroke_and_the_given_pictures_stay() -> None:
    pictures = upright(400)
    result = with_serifs(pictures, np.ones(400, np.int64), 0.25, np.random.default_rng(0))
    assert 70 <= (result != pictures).any((1, 2)).sum() <= 130
    assert np.array_equal(pictures, upright(400))


def test_a_one_gets_a_flag_to_the_left_of_its_top_and_three_of_ten_a_foot() -> None:
    pictures = upright(200)
    added = with_serifs(pictures, np.ones(200, np.int64), 1.0, np.random.default_rng(0)) - pictures
    assert (added[:, 4:16, :12].sum((1, 2)) > 1).all()
    assert not added[:, 4:18, 18:].any()
    feet = added[:, 20:, 18:].any((1, 2))
    assert 40 <= feet.sum() <= 80


def test_a_flag_is_the_steeper_the_longer_it_is() -> None:
    large = np.zeros((300, 120, 120), np.float32)  # of any size: here the flags are measured to a degree or two
    large[:, 10:110, 99:102] = 1
    flags = with_serifs(large, np.ones(300, np.int64), 1.0, np.random.default_rng(0)) > 0.5
    left = flags[:, :85].any(1).argmax(1)
    tips = np.array([flag[:85, column].nonzero()[0].mean() for flag, column in zip(flags, left, strict=True)])
    down, along = tips - 10, 100 - left
    reach, angle = np.hypot(down, along), np.rad2deg(np.arctan2(down, along))
    assert 18 <= reach.min() < 25 < 60 < reach.max() <= 71
    assert 10 < angle[reach < 40].min() < 20
    assert 27 < angle[reach > 55].min() < 37
    assert 60 < angle.max() < 67


@pytest.mark.parametrize(("columns", "share"), [(12, 0.0), (12, 0.5), (12, 1.0), (-6, 1.0)])
def test_a_one_that_leans_is_straightened_by_a_share_around_its_middle(columns: int, share: float) -> None:
    result = straightened(leaning(columns), np.array([share], np.float32))
    expected = leaning(columns * (1 - share))
    for row in (5, 13, 21):
        assert middles(result, row) == pytest.approx(middles(expected, row), abs=1)
    moved = np.array([middles(result, row) - middles(leaning(columns), row) for row in range(6, 21)])
    assert np.ptp(np.diff(moved[:, 0])) < 0.1  # by parts of a pixel


def test_of_the_ones_with_a_flag_half_stand_upright_and_none_leans_the_other_way() -> None:
    pictures = leaning(12).repeat(200, 0)
    low = middles(with_serifs(pictures, np.ones(200, np.int64), 1.0, np.random.default_rng(0)), 18)
    assert 70 <= (low > 12.2).sum() <= 130
    assert middles(pictures, 18)[0] < low.min() < 11
    assert low.max() < 13.6


def test_a_seven_gets_a_bar_across_its_stem() -> None:
    picture = seven()
    added = with_serifs(picture, np.array([7]), 1.0, np.random.default_rng(0)) - picture
    rows, columns = np.nonzero(added[0] > 0.3)
    assert rows.min() >= 9
    assert rows.max() <= 20
    assert columns.min() < 17 <= 20 <= columns.max()


def test_nothing_is_added_to_blank_paper() -> None:
    blank = np.zeros((2, SIDE, SIDE), np.float32)
    assert not with_serifs(blank, np.array([1, 7]), 1.0, np.random.default_rng(0)).any()


def test_the_same_generator_adds_the_same_strokes() -> None:
    first, again = (with_serifs(upright(5), np.ones(5, np.int64), 1.0, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, again)


def test_a_stroke_has_its_width_its_ends_and_the_darkness_of_the_picture() -> None:
    picture = np.zeros((1, SIDE, SIDE), np.float32)
    picture[0, 0, 0] = 0.5
    start, end = np.array([[14, 5]], np.float32), np.array([[14, 20]], np.float32)
    result = stroked(picture, start, end, np.array([3], np.float32))
    assert result[0, :, 12].tolist() == [0.0] * 13 + [0.5] * 3 + [0.0] * 12
    assert np.flatnonzero(result[0, 14]).tolist() == list(range(4, 22))
