"""Distorted pictures: what each change does, and that nothing else happens."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from engine.augment import (
    BOX,
    CANVAS,
    INK,
    REACH,
    Distortion,
    Grey,
    bends,
    blurred,
    distorted,
    frame,
    framed,
    linear,
    warped,
    widened,
    worn,
)
from engine.data import SIDE

NONE = Distortion(**{field.name: 0.0 for field in fields(Distortion)} | {"smooth": 4.5})
FLAT = np.zeros((1, 2, CANVAS, CANVAS), np.float32)


def letter() -> Grey:
    """A thick L in MNIST's form: 20 pixels tall, its centre of mass in the middle."""
    picture = np.zeros((1, SIDE, SIDE), np.float32)
    picture[0, 2:22, 10:14] = 1
    picture[0, 18:22, 10:22] = 1
    return picture


def one(value: float) -> Grey:
    return np.array([value], np.float32)


def middle(picture: Grey) -> tuple[float, float]:
    """The centre of mass, in pixels from the upper left corner."""
    places = np.arange(SIDE) + 0.5
    return float(picture[0].sum(1) @ places / picture.sum()), float(picture[0].sum(0) @ places / picture.sum())


def bent(turn: float = 0, slant: float = 0, stretch: float = 0, width: float = 0) -> Grey:
    """The letter after one change, in MNIST's form."""
    sheet = warped(letter(), linear(one(turn), one(slant), one(stretch)), FLAT)
    return framed(widened(sheet, one(width)), one(BOX), one(0), one(0))


def ink(picture: Grey) -> tuple[int, int]:
    """Height and width of the ink."""
    rows, columns = np.nonzero(picture[0] > 0.5)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def axis_angle(picture: Grey) -> float:
    """Direction in which a picture's ink is longest, in degrees counter-clockwise from upright."""
    rows, columns = np.indices((SIDE, SIDE)) + 0.5
    y, x = middle(picture)
    weights = picture[0]
    rows, columns = rows - y, columns - x
    mixed, across = float((weights * rows * columns).sum()), float((weights * (rows**2 - columns**2)).sum())
    return float(np.rad2deg(np.arctan2(2 * mixed, across) / 2))


def test_at_strength_zero_a_picture_in_mnists_form_comes_back() -> None:
    picture = framed(letter(), one(BOX), one(0), one(0))
    again = distorted(picture, NONE, np.random.default_rng(0))
    assert np.corrcoef(again.ravel(), picture.ravel())[0, 1] > 0.97  # resampled twice: edges are a little softer
    assert np.abs(np.subtract(ink(again), ink(picture))).max() <= 1
    assert middle(again) == pytest.approx((SIDE / 2, SIDE / 2), abs=0.01)


def test_the_same_generator_makes_the_same_pictures_and_another_makes_others() -> None:
    pictures = np.repeat(letter(), 5, 0)
    first, again, other = (distorted(pictures, Distortion(), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.array_equal(pictures, np.repeat(letter(), 5, 0))


@pytest.mark.parametrize("count", [0, 1, 7])
def test_pictures_keep_their_shape_dtype_and_range(count: int) -> None:
    result = distorted(np.repeat(letter(), count, 0), Distortion(), np.random.default_rng(0))
    assert result.shape == (count, SIDE, SIDE)
    assert result.dtype == np.float32
    assert not count or (result.min() >= 0 and 0.5 < result.max() <= 1)


def test_pictures_without_ink_do_no_harm() -> None:
    blank = np.zeros((20, SIDE, SIDE), np.float32)
    assert not distorted(blank, NONE, np.random.default_rng(0)).any()
    assert np.isfinite(distorted(blank, Distortion(), np.random.default_rng(0))).all()


def test_a_share_stays_whole() -> None:
    pictures = np.repeat(letter(), 400, 0)
    result = distorted(pictures, replace(Distortion(), whole=0.25), np.random.default_rng(0))
    assert 70 <= (result == pictures).all((1, 2)).sum() <= 130


@pytest.mark.parametrize("degrees", [-15, 10, 20])
def test_a_turn_turns_counter_clockwise_by_so_many_degrees(degrees: float) -> None:
    bar = np.zeros((1, SIDE, SIDE), np.float32)
    bar[0, 4:24, 12:16] = 1
    sheet = warped(bar, linear(one(np.deg2rad(degrees)), one(0), one(0)), FLAT)
    assert axis_angle(framed(sheet, one(BOX), one(0), one(0))) == pytest.approx(degrees, abs=0.5)


def test_a_slant_leans_to_the_right() -> None:
    bar = np.zeros((1, SIDE, SIDE), np.float32)
    bar[0, 4:24, 12:16] = 1
    sheet = framed(warped(bar, linear(one(0), one(0.3), one(0)), FLAT), one(BOX), one(0), one(0))
    columns = (sheet[0] * (np.arange(SIDE) + 0.5)).sum(1) / np.maximum(sheet[0].sum(1), 1e-6)
    assert (columns[6] - columns[21]) / 15 == pytest.approx(0.3, abs=0.02)


def test_a_stretch_makes_wider_and_keeps_the_area() -> None:
    wide = warped(letter(), linear(one(0), one(0), one(np.log(1.5))), FLAT)
    plain = warped(letter(), linear(one(0), one(0), one(0)), FLAT)
    assert wide.sum() == pytest.approx(plain.sum(), rel=0.01)
    heights, widths = ([np.ptp(np.nonzero(s[0] > 0.5)[axis]) + 1 for s in (wide, plain)] for axis in (0, 1))
    assert widths[0] / widths[1] == pytest.approx(1.5**0.5, abs=0.06)
    assert heights[0] / heights[1] == pytest.approx(1.5**-0.5, abs=0.06)


def test_the_sheet_shows_the_picture_at_its_scale() -> None:
    sheet = warped(letter(), linear(one(0), one(0), one(0)), FLAT)
    assert sheet.sum() * (REACH / CANVAS) ** 2 == pytest.approx(letter().sum(), rel=0.01)


def test_a_displacement_by_a_pixel_moves_the_picture_by_a_pixel() -> None:
    plain = warped(letter(), linear(one(0), one(0), one(0)), FLAT)
    bend = FLAT.copy()
    bend[:, 0] = REACH / CANVAS  # what is shown comes from one line of the sheet further down
    moved = warped(letter(), linear(one(0), one(0), one(0)), bend)
    assert np.allclose(moved[:, :-1], plain[:, 1:], atol=1e-4)


def test_ink_at_the_edge_ends_there() -> None:
    picture = np.zeros((1, SIDE, SIDE), np.float32)
    picture[0, :, 0] = picture[0, 0, :] = 1
    sheet = warped(picture, linear(one(0), one(0), one(0)), FLAT)
    assert not sheet[0, :3].any()
    assert not sheet[0, :, :3].any()


def test_displacements_are_smooth_random_and_as_strong_as_they_should_be() -> None:
    field = bends(300, 1.5, 4.5, np.random.default_rng(0))
    assert field.shape == (300, 2, CANVAS, CANVAS)
    assert field.std() == pytest.approx(1.5, rel=0.05)
    assert np.abs(np.diff(field, axis=-1)).max() < 1
    assert abs(float(np.corrcoef(field[:, 0, 24, 24], field[:, 1, 24, 24])[0, 1])) < 0.2
    assert abs(float(np.corrcoef(field[:, 0, 24, 0], field[:, 0, 24, -1])[0, 1])) < 0.2


def test_strokes_grow_and_shrink_by_so_many_pixels_and_keep_their_darkness() -> None:
    sheet = np.zeros((3, CANVAS, CANVAS), np.float32)
    sheet[:, :, 20:26] = 0.8
    result = widened(sheet, np.array([-1.5, 0, 2], np.float32))
    assert result[:, 24].sum(1) / 0.8 == pytest.approx([6 - 3, 6, 6 + 4], abs=0.01)
    assert result.max((1, 2)) == pytest.approx(0.8)


def test_a_stroke_that_is_worn_away_is_made_as_dark_as_it_was() -> None:
    sheet = np.zeros((1, CANVAS, CANVAS), np.float32)
    sheet[:, :, 20] = 1
    assert widened(sheet, one(-0.7)).max() == pytest.approx(1)


def test_a_frame_tells_the_length_of_the_ink_and_its_centre_of_mass() -> None:
    found = frame(letter())
    assert found.length == 20
    assert (float(found.rows[0]), float(found.columns[0])) == pytest.approx(middle(letter()))
    faint = letter()
    faint[0, 0, 0] = INK / 2
    assert frame(faint).length == 20


@pytest.mark.parametrize("size", [10.0, 12.0, 20.0])
def test_framed_ink_fits_its_square_and_its_centre_of_mass_is_in_the_middle(size: float) -> None:
    result = framed(letter(), one(size), one(0), one(0))
    assert max(ink(result)) == size
    assert middle(result) == pytest.approx((SIDE / 2, SIDE / 2), abs=0.01)
    assert result.sum() == pytest.approx(letter().sum() * (size / 20) ** 2, rel=0.01)


def test_framed_ink_lies_as_far_from_the_middle_as_it_should() -> None:
    result = framed(letter(), one(16), one(1.5), one(-2))
    assert middle(result) == pytest.approx((SIDE / 2 + 1.5, SIDE / 2 - 2), abs=0.05)


def test_blur_keeps_the_ink_and_softens_its_edges() -> None:
    soft = np.zeros((1, SIDE, SIDE), np.float32)
    soft[0, 10, 10] = 1
    blurred(soft, one(0.2))
    assert soft.sum() == pytest.approx(1)
    assert soft[0, 10, 9:12] == pytest.approx([0.2 * 0.6, 0.6 * 0.6, 0.6 * 0.2])
    assert soft[0, 9:12, 10] == pytest.approx([0.2 * 0.6, 0.6 * 0.6, 0.6 * 0.2])


def test_noise_damage_and_contrast_come_one_by_one() -> None:
    pictures = np.repeat(letter() * np.float32(0.5), 200, 0)

    def changed(**strengths: float) -> Grey:
        return worn(pictures.copy(), replace(NONE, **strengths), np.random.default_rng(0))

    rest = changed()
    assert np.allclose(rest, letter())  # the darkest pixel is full ink
    noisy = (changed(grain=0.5, noise=0.1) != rest).any((1, 2))
    assert 70 <= noisy.sum() <= 130
    damage = changed(damage=0.3) - rest
    lost, specks = (damage.min((1, 2)) < -0.5).sum(), (damage.max((1, 2)) > 0.5).sum()
    assert 10 <= lost <= 90
    assert 20 <= specks <= 90


def test_contrast_stretches_and_bends_the_scale_of_greys_and_leaves_paper_white() -> None:
    pictures = np.repeat(letter() * np.float32(0.5), 200, 0)
    pictures[:, 0, 0] = 1
    found = worn(pictures, replace(NONE, contrast=0.6), np.random.default_rng(0))
    greys = found[:, 20, 12]
    assert greys.min() < 0.45
    assert greys.max() > 0.65
    assert not found[:, 27, 27].any()
