"""Distorted pictures are what their name says, and the same each time."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps

from app.digits.reading import Grey
from benchmarks.pictures import distort
from benchmarks.pictures.distort import DISTORTIONS, ORIENTATION, Distortion, distorted, skeleton

BY_NAME = {distortion.name: distortion for distortion in DISTORTIONS}


def glyph() -> Grey:
    """A 1 with a foot: more ink below than above, and to the right of its stem."""
    pixels = np.zeros((28, 28), np.uint8)
    pixels[4:24, 13:16] = 255
    pixels[21:24, 13:20] = 255
    return pixels


def opened(name: str, number: int = 0) -> Image.Image:
    return Image.open(BytesIO(distorted(BY_NAME[name], glyph(), 1, number)))


@pytest.mark.parametrize("distortion", DISTORTIONS, ids=lambda distortion: distortion.name)
def test_a_distortion_depends_on_seed_and_number_alone(distortion: Distortion) -> None:
    once = distorted(distortion, glyph(), 1, 7)
    assert distorted(distortion, glyph(), 1, 7) == once


@pytest.mark.parametrize("name", ["small in the picture", "noisy", "on paper, in shadow"])
def test_other_numbers_and_seeds_give_other_pictures(name: str) -> None:
    made = {distorted(BY_NAME[name], glyph(), seed, number) for seed in (1, 2) for number in (7, 8)}
    assert len(made) == 4


def test_the_phone_stores_its_picture_turned_and_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distort, "paper", lambda height, width, rng: np.ones((height, width), np.float32))
    seen = set()
    for number in range(3):
        image = opened("1512x2016 JPEG, EXIF", number)
        seen.add(image.getexif()[ORIENTATION])
        upright = ImageOps.exif_transpose(image)
        assert upright.size == (1512, 2016)
        rows, columns = np.nonzero(np.asarray(upright.convert("L")) < 190)
        middle = (rows.min() + rows.max()) / 2
        assert columns[rows > middle].max() > columns[rows < middle].max()
        assert np.ptp(rows) > 1.5 * np.ptp(columns)
    assert len(seen) > 1


def test_ink_lies_on_nothing_where_the_picture_is_transparent() -> None:
    image = opened("RGBA, transparent")
    assert image.mode == "RGBA"
    pixels = np.asarray(image)
    assert np.all(pixels[pixels[..., 3] == 0][:, :3] == 0)
    assert 0.01 < (pixels[..., 3] > 128).mean() < 0.2


def test_thick_has_more_ink_than_thin_and_inverted_is_light_on_dark() -> None:
    ink = {name: (255.0 - np.asarray(opened(name), np.float32)).mean() for name in BY_NAME if name in ("thick", "thin")}
    assert ink["thick"] > 4 * ink["thin"]
    assert np.asarray(opened("inverted")).mean() < 90


def test_a_skeleton_is_thin_and_in_one_piece() -> None:
    ring = np.zeros((40, 40), np.bool_)
    ring[5:35, 5:35] = True
    ring[14:26, 14:26] = False
    line = skeleton(ring)
    assert np.all(ring[line])
    assert not np.any(line[:-1, :-1] & line[1:, :-1] & line[:-1, 1:] & line[1:, 1:])
    y, x = np.nonzero(line)
    around = [(abs(y - row) <= 1) & (abs(x - column) <= 1) for row, column in zip(y, x, strict=True)]
    assert min(near.sum() for near in around) >= 3
