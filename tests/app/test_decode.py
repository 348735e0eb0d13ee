"""Decoding: every format, mode and way up comes out the same, and no bytes whatever do harm."""

from __future__ import annotations

import builtins
import os
import re
import struct
import subprocess
import sys
import warnings
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.digits.decode import (
    SCANS,
    EmptyError,
    NotAPictureError,
    Picture,
    PictureError,
    PictureLimits,
    TooLargeError,
    decode,
)
from app.digits.formats import COMMENT, kind_of
from app.digits.reading import WORKING_SIDE
from tests.app.pictures import FORMATS, encoded, exif, one, png_chunk, png_of

ROOT = Path(__file__).resolve().parent.parent.parent
LIMITS = PictureLimits(bytes=2_000_000, pixels=4_000_000)
LOSSLESS = ("PNG", "GIF", "BMP")


def read(data: bytes) -> Picture:
    return decode(data, LIMITS)


def grey(picture: Picture) -> npt.NDArray[np.float64]:
    levels: npt.NDArray[np.float64] = picture.pixels.mean(axis=2)
    return np.round(levels)


def assert_like_the_one(picture: Picture, tolerance: float) -> None:
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.flags.c_contiguous
    assert (picture.width, picture.height, picture.scale) == (120, 160, 1)
    assert np.abs(grey(picture) - np.asarray(one(), np.int64)).mean() <= tolerance


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_is_read(kind: str) -> None:
    picture = read(encoded(one().convert("RGB"), kind))
    assert picture.format == kind
    assert_like_the_one(picture, 0 if kind in LOSSLESS else 4)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_every_mode_of_png_is_read_exactly(mode: str) -> None:
    deep = mode == "I;16"
    image = Image.fromarray(np.asarray(one(), np.uint16) * 257) if deep else one().convert(mode)
    assert image.mode == mode
    assert_like_the_one(read(encoded(image)), 0)


def test_sixteen_bits_of_grey_are_scaled_and_not_cut() -> None:
    levels = np.linspace(0, 65_535, 256).astype(np.uint16)[None].repeat(4, axis=0)
    assert read(encoded(Image.fromarray(levels))).pixels[0, :, 0].tolist() == list(range(256))


def test_colours_keep_their_channels() -> None:
    assert read(encoded(Image.new("RGB", (2, 2), (10, 20, 30)))).pixels[0, 0].tolist() == [10, 20, 30]


@pytest.mark.parametrize("ink", ["black", "red"])
@pytest.mark.parametrize("mode", ["RGBA", "P"])
def test_what_is_transparent_is_white_paper(mode: str, ink: str) -> None:
    image = one(mode="RGBA", ink=ink, paper=(0, 0, 0, 0))
    picture = read(encoded(image if mode == "RGBA" else image.quantize(4)))
    assert picture.pixels[0, 0].tolist() == [255, 255, 255]
    assert picture.pixels[80, 54, 1:].tolist() == [0, 0]


def test_a_transparent_colour_of_a_png_without_opacity_is_paper_too() -> None:
    assert read(encoded(one(paper=0, ink=90), transparency=0)).pixels[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("paper", [(0, 0, 0, 0), (255, 255, 255, 0), (40, 40, 40, 0)])
def test_white_ink_on_nothing_is_put_on_black(paper: tuple[int, ...]) -> None:
    picture = read(encoded(one(mode="RGBA", ink="white", paper=paper)))
    assert picture.pixels[0, 0].tolist() == [0, 0, 0]
    assert picture.pixels[80, 54].tolist() == [255, 255, 255]


def test_a_picture_of_nothing_is_white() -> None:
    assert (read(encoded(Image.new("RGBA", (9, 9)))).pixels == 255).all()


def test_half_transparent_ink_is_mixed_with_the_paper() -> None:
    assert read(encoded(one(mode="RGBA", ink=(0, 0, 0, 128), paper=(0, 0, 0, 0)))).pixels[80, 54, 0] == 127


@pytest.mark.parametrize("adobe", [True, False])
def test_cmyk_of_a_jpeg_is_not_read_inverted(adobe: bool) -> None:
    data = encoded(one().convert("RGB").convert("CMYK"), "JPEG", quality=95)
    assert b"Adobe" in data
    if not adobe:  # a file without Adobe's segment is not inverted, so its numbers have to be
        inverted = Image.eval(one().convert("RGB").convert("CMYK"), lambda level: 255 - level)
        data = encoded(inverted, "JPEG", quality=95)
        start = data.index(b"\xff\xee")
        data = data[:start] + data[start + 2 + int.from_bytes(data[start + 2 : start + 4], "big") :]
    assert_like_the_one(read(data), 4)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "AVIF", "HEIC"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_up_comes_out_upright(kind: str, orientation: int) -> None:
    ways = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    image = one().convert("RGB")
    held = image.transpose(ways[orientation]) if orientation > 1 else image
    assert_like_the_one(read(encoded(held, kind, exif=exif(orientation))), 4)


@pytest.mark.parametrize("words", [exif(9), exif(0), b"Exif\0\0nonsense", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"])
def test_a_way_up_that_makes_no_sense_is_let_be(words: bytes) -> None:
    with warnings.catch_warnings(record=True) as told:
        assert_like_the_one(read(encoded(one(), "JPEG", exif=words)), 4)
    assert not told


def test_an_animation_is_its_first_picture() -> None:
    frames = [one(ink=level).convert("RGB") for level in (0, 100, 200)]
    for kind in ("GIF", "WebP", "PNG", "AVIF"):
        assert_like_the_one(read(encoded(frames[0], kind, save_all=True, append_images=frames[1:])), 4)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(("width", "height"), [(4200, 900), (900, 4200), (1401, 30), (3000, 1)])
def test_a_large_picture_is_made_smaller_and_says_how_large_it_was(kind: str, width: int, height: int) -> None:
    picture = read(encoded(one(width, height), kind))
    assert (picture.width, picture.height) == (width, height)
    assert max(picture.pixels.shape) == WORKING_SIDE
    assert picture.scale == pytest.approx(WORKING_SIDE / max(width, height))
    assert picture.pixels.shape[:2] == (max(1, round(height * picture.scale)), max(1, round(width * picture.scale)))


def test_the_size_told_is_that_of_the_upright_picture() -> None:
    picture = read(encoded(one(3000, 1000), "JPEG", exif=exif(6)))
    assert (picture.width, picture.height) == (1000, 3000)
    assert picture.pixels.shape[0] == WORKING_SIDE


def test_lines_of_one_pixel_survive_being_made_smaller() -> None:
    image = np.full((WORKING_SIDE * 2, 40), 255, np.uint8)
    image[::100] = 0
    dark = (read(encoded(Image.fromarray(image))).pixels[:, 5, 0] < 140).sum()
    assert dark == len(image[::100])


def test_transparent_ink_is_made_smaller_without_the_colour_of_what_is_not_there() -> None:
    image = np.zeros((WORKING_SIDE * 2, 2, 4), np.uint8)
    image[..., :3] = 255, 0, 0  # nothing, but red
    image[1::2] = 0, 0, 0, 255
    assert np.ptp(read(encoded(Image.fromarray(image))).pixels, axis=2).max() == 0


DISGUISED = {
    b"": "0 bytes",
    b"%PDF-1.7\n%\xe2\xe3": "a PDF file",
    b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="http://www.w3.org/2000/svg"/>': "an SVG file",
    b"<svg viewBox='0 0 1 1'></svg>": "an SVG file",
    b"\xef\xbb\xbf<!DOCTYPE html><title>7</title>": "a web page",
    b"PK\x03\x04\x14\0": "a ZIP archive, or a document made of one",
    b"II*\0\x08\0\0\0": "a TIFF file",
    b"MM\0*\0\0\0\x08": "a TIFF file",
    b"\0\0\0\x18ftypmp42\0\0\0\0": "a film",
    b"8BPS\0\x01": "a Photoshop file",
    b"just some words about a seven": "text",
    b"\x01\x02\x03": "a file of no known kind",
    b"GIF88a": "a file of no known kind",
}


@pytest.mark.parametrize("data", DISGUISED)
def test_what_is_no_picture_is_refused_in_words_that_say_what_it_is(data: bytes) -> None:
    with pytest.raises(PictureError) as refusal:
        read(data)
    assert isinstance(refusal.value, NotAPictureError if data else EmptyError)
    assert refusal.value.given == DISGUISED[data]
    assert "PNG, JPEG, WebP" in refusal.value.expected


def test_avif_is_told_from_heic_where_both_begin_alike() -> None:
    start = b"\0\0\0\x20ftypmif1\0\0\0\0"
    assert kind_of(start + b"mif1avifmiaf").name == "AVIF"
    assert kind_of(start + b"mif1heicmiaf").name == "HEIC"
    assert kind_of(start + b"mif1heic\0\0\0\x20metaavif").name == "HEIC"


def test_a_row_of_comments_is_looked_at_in_one_way() -> None:
    """Else the ways to tell its comments apart are tried one by one, and there are two to the power of 145."""
    assert re.fullmatch(COMMENT, b"<!-- a > b -- c -->", re.DOTALL)
    assert re.fullmatch(COMMENT, b"<!----><!---->", re.DOTALL) is None
    assert kind_of(b"<!---->" * 146).name == "text"
    assert kind_of(b"<!----> " * 100 + b"<svg/>").name == "an SVG file"
    assert kind_of(b"<!----> " * 100 + b"<html>").name == "a web page"


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_that_is_cut_off_or_only_begins_like_one_is_refused(kind: str) -> None:
    data = encoded(one(), kind)
    for part in (data[:40], data[: len(data) // 2], data[:12] + b"\xff" * 200, data[:12] + bytes(200)):
        with pytest.raises(PictureError, match=r"broken or cut off|no pixels|too many pixels"):
            read(part)


def test_a_file_too_large_is_not_looked_at() -> None:
    with pytest.raises(TooLargeError, match="megabytes"):
        read(encoded(one()) + bytes(LIMITS.bytes))


def bombs() -> dict[str, bytes]:
    """Small files that claim 50,000 by 50,000 pixels, or as much as the format can."""
    side = 50_000
    gif = encoded(one(), "GIF")
    frame = gif.index(b",\0\0\0\0")
    bmp = encoded(one(), "BMP")
    webp = encoded(one(), "WebP")
    jpeg = encoded(one(), "JPEG")
    size = jpeg.index(b"\xff\xc0") + 5
    avif = encoded(one(), "AVIF")
    shape = avif.index(b"ispe") + 8
    large = struct.pack("<HH", side, side)
    canvas = b"VP8X" + struct.pack("<II", 10, 0) + (16_000).to_bytes(3, "little") * 2
    return {
        "PNG": png_of(side, side, zlib.compress(bytes(1_000_000))),
        "PNG, one line": png_of(2**31 - 1, 1, zlib.compress(bytes(100))),
        "GIF": gif[:6] + large + gif[10:],
        "GIF, frame": gif[: frame + 5] + large + gif[frame + 9 :],
        "BMP": bmp[:18] + struct.pack("<ii", side, side) + bmp[26:],
        "BMP, from the top": bmp[:18] + struct.pack("<ii", side, -side) + bmp[26:],
        "WebP": webp[:12] + canvas + webp[12:],
        "JPEG": jpeg[:size] + struct.pack(">HH", side, side) + jpeg[size + 4 :],
        "AVIF": avif[:shape] + struct.pack(">II", side, side) + avif[shape + 8 :],
    }


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_refused_by_what_it_claims(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: Any) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    with pytest.raises(PictureError) as refusal:
        read(bombs()[name])
    assert "decoded" not in str(refusal.value)
    if name not in ("WebP", "AVIF"):  # their libraries take a size that contradicts another for broken, at once
        assert isinstance(refusal.value, TooLargeError)
        assert "at most 4 million" in refusal.value.expected


def test_text_that_unpacks_to_gigabytes_is_refused() -> None:
    text = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(8_000_000), 9))
    assert len(text) < 100_000
    with pytest.raises(PictureError):
        read(png_of(1, 1, zlib.compress(bytes(2)), text))


def test_pixels_that_unpack_to_more_than_there_are_pixels_stop_there() -> None:
    assert read(png_of(4, 4, zlib.compress(bytes(8_000_000), 9))).pixels.shape == (4, 4, 3)


def test_a_jpeg_of_too_many_scans_is_refused_and_what_follows_its_end_is_not_counted() -> None:
    data = encoded(one(), "JPEG", progressive=True)
    scan = data.rindex(b"\xff\xda")
    crafted = data[:scan] + data[scan:-2] * SCANS + data[-2:]
    with pytest.raises(TooLargeError, match="scans"):
        read(crafted)
    # An end hidden in a comment is none.
    hidden = b"\xff\xfe\0\x04\xff\xd9"
    with pytest.raises(TooLargeError, match="scans"):
        read(data[:scan] + hidden + data[scan:-2] * SCANS + data[-2:])
    assert_like_the_one(read(data + b"\0\x02" + b"\xff\xda\0\x02" * 2 * SCANS), 4)
    assert_like_the_one(read(data[:2] + b"\xff\xfe\1\x92" + b"\xff\xda" * 200 + data[2:]), 4)


def test_neither_pillows_settings_nor_the_filters_of_warnings_are_touched() -> None:
    from PIL import ImageFile

    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, [*warnings.filters])
    read(encoded(one()))
    with pytest.raises(PictureError):
        read(b"GIF89a")
    assert before == (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, [*warnings.filters])


@pytest.mark.parametrize("kind", FORMATS)
def test_nothing_is_written_to_disk(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(one().convert("RGB"), kind)
    read(data)  # imports are done

    def forbidden(*given: Any, **_: Any) -> Any:
        raise AssertionError(f"opened {given}")

    for module, name in ((builtins, "open"), (os, "open")):
        monkeypatch.setattr(module, name, forbidden)
    assert read(data).format == kind


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif.as_plugin", None)
    data = encoded(one(), "HEIC")
    with pytest.raises(NotAPictureError, match="HEIC"):
        read(data)


def test_pictures_cost_nothing_until_the_first_one_comes() -> None:
    code = "import sys, app.main; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"PIL", "cv2", "pillow_heif"} & set(loaded)


SEEDS = [encoded(one(30, 40).convert("RGB"), kind) for kind in FORMATS]
SEEDS += [
    encoded(one(30, 40).convert("RGBA").quantize(8)),
    encoded(one(30, 40), "JPEG", progressive=True, exif=exif(6)),
    encoded(one(30, 40).convert("RGBA"), "WebP", lossless=True),
    encoded(one(30, 40).convert("1"), "BMP"),
    encoded(one(30, 40), save_all=True, append_images=[one(30, 40)]),
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=6), st.integers(0, 6)), max_size=6),
    st.floats(0, 1),
)
def test_whatever_the_bytes_there_is_a_picture_or_a_refusal(
    data: bytes, changes: list[tuple[float, bytes, int]], kept: float
) -> None:
    for place, inserted, removed in changes:
        at = int(place * len(data))
        data = data[:at] + inserted + data[at + removed :]
    for file in (data, data[: int(kept * len(data))]):
        with suppress(PictureError):
            picture = decode(file, PictureLimits(100_000, 20_000))
            assert picture.pixels.ndim == 3
            assert picture.pixels.dtype == np.uint8
            assert picture.width * picture.height <= 20_000
