"""The bytes of a picture -> its pixels: upright, red, green and blue, no larger than they are needed.

Whoever sends the bytes is not trusted. What they are is told from themselves; how large the picture is, and how often
it would have to be gone through, is known before it is decoded; every failure is a `PictureError` in plain words.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from app.digits.formats import READABLE, Kind, kind_of
from app.digits.jpeg import too_many_scans
from app.digits.reading import WORKING_SIDE, Colours
from engine.errors import EngineError

if TYPE_CHECKING:
    from PIL.Image import Image

SCANS = 100
"""A JPEG goes over its pixels at most so often; encoders write about ten scans, crafted files hundred thousands."""

ORIENTATION = 0x0112
"""EXIF's tag that says which way up the picture was taken."""


class PictureError(EngineError):
    """A picture that cannot be read: broken, cut off, or made in a way nobody reads."""


class NotAPictureError(PictureError):
    """Something else than a picture, or a picture of a kind that is not read."""


class EmptyError(PictureError):
    """Nothing at all."""


class TooLargeError(PictureError):
    """A picture larger than a limit."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """How large a picture may be.

    Attributes:
        bytes: of the file.
        pixels: width times height, told before they are decoded.
    """

    bytes: int
    pixels: int


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture.

    Attributes:
        pixels: upright, of shape (height, width, 3); its longer side is at most `WORKING_SIDE`.
        width: of the picture as it was given, upright, in pixels.
        height: the same.
        scale: how many pixels here stand for one of those; at most 1.
        format: of the file, as people call it.
    """

    pixels: Colours
    width: int
    height: int
    scale: float
    format: str


def decode(data: bytes, limits: PictureLimits) -> Picture:
    """The picture of a file; the first one, where it moves.

    Raises:
        PictureError: there is none that can be read within the limits; nothing else, whatever the bytes.
    """
    from PIL.Image import DecompressionBombError

    from app.digits.flatten import fitting, flatten, smaller, upright

    if not data:
        raise EmptyError("There is nothing in this file", given="0 bytes", expected=READABLE)
    if len(data) > limits.bytes:
        raise too_many_bytes(len(data), limits)
    kind = kind_of(data)
    if kind.reader is None:
        raise NotAPictureError("This is not a picture that can be read", given=kind.name, expected=READABLE)
    with _quiet():
        try:
            image = _open(kind, kind.reader, data)
            width, height = image.size
            _check(kind, data, width, height, limits)
            size = fitting(width, height, WORKING_SIDE)
            image.draft(image.mode, size)  # a JPEG is made smaller while it is decoded
            image.load()
            orientation = _orientation(image)
            pixels = upright(flatten(smaller(image, size)), orientation)
        except EngineError:
            raise
        except (DecompressionBombError, MemoryError) as error:
            raise _too_many_pixels(f"more than the decoder of {kind.name} takes", limits) from error
        except Exception as error:
            # Decoders raise whatever their depths do; all of it means that the file is at fault.
            raise PictureError(
                f"This {kind.name} picture is broken or cut off",
                given=f"{len(data):,} bytes, of which the decoder says: {str(error)[:100] or type(error).__name__}",
                expected="a file that other programs open",
            ) from error
    if orientation in TURNED:
        width, height = height, width
    return Picture(pixels, width, height, min(1.0, max(pixels.shape) / max(width, height)), kind.name)


TURNED = {5, 6, 7, 8}
"""Orientations that exchange width and height."""


def too_many_bytes(given: int | None, limits: PictureLimits) -> TooLargeError:
    """The refusal of a file of `given` bytes; None: of more than were read."""
    most = limits.bytes / 1_000_000
    return TooLargeError(
        "This picture is too large",
        given=f"{given / 1_000_000:,.1f} megabytes" if given else f"more than {most:,.0f} megabytes",
        expected=f"at most {most:,.0f} megabytes",
    )


def _open(kind: Kind, reader: tuple[str, str], data: bytes) -> Image:
    """The picture with its header read and nothing decoded.

    Pillow's own `open` would ask all its readers, and measure against a limit that the whole process shares.
    """
    module, name = reader
    try:
        library = importlib.import_module(module)
        if not getattr(library, "SUPPORTED", True):
            raise ImportError(module)
        image: Image = getattr(library, name)(BytesIO(data))
    except ImportError:
        raise NotAPictureError(
            f"This server cannot read {kind.name}: its library is missing here", given=kind.name, expected="PNG or JPEG"
        ) from None
    return image


def _check(kind: Kind, data: bytes, width: int, height: int, limits: PictureLimits) -> None:
    if width < 1 or height < 1:
        raise PictureError("This picture has no pixels", given=f"{width} by {height}", expected="at least 1 by 1")
    if width * height > limits.pixels:
        raise _too_many_pixels(f"{width:,} by {height:,}, {width * height / 1e6:,.0f} million", limits)
    if kind.name == "JPEG" and too_many_scans(data, SCANS):
        raise TooLargeError(
            "This JPEG goes over its pixels too often", given=f"more than {SCANS} scans", expected=f"at most {SCANS}"
        )


def _too_many_pixels(given: str, limits: PictureLimits) -> TooLargeError:
    return TooLargeError(
        "This picture has too many pixels", given=given, expected=f"at most {limits.pixels / 1e6:,.0f} million"
    )


def _orientation(image: Image) -> int:
    """From 1, upright, to 8; broken words about a picture are no reason to refuse it."""
    try:
        orientation = image.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - whatever its reader raises
        return 1
    return orientation if orientation in range(1, 9) else 1


_hush = Lock()
_hushing = 0
_filters = warnings.catch_warnings()


@contextmanager
def _quiet() -> Iterator[None]:
    """Decoders' warnings go nowhere: they are about files of strangers, and nobody here can mend those.

    The filters belong to the whole process, so the first thread in sets them, and the last one out puts them back.
    """
    global _hushing, _filters
    with _hush:
        if not _hushing:
            _filters = warnings.catch_warnings()
            _filters.__enter__()
            warnings.simplefilter("ignore")
        _hushing += 1
    try:
        yield
    finally:
        with _hush:
            _hushing -= 1
            if not _hushing:
                _filters.__exit__(None, None, None)
