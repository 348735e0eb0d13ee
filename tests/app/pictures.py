"""Pictures of all kinds, made on the fly."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

FORMATS = ("PNG", "JPEG", "WebP", "GIF", "BMP", "HEIC", "AVIF")


def one(width: int = 120, height: int = 160, mode: str = "L", ink: Any = 0, paper: Any = 255) -> Image.Image:
    """A 1 with a long foot to the right, so that every way up looks different; by default black on white."""
    image = Image.new(mode, (width, height), paper)
    draw = ImageDraw.Draw(image)
    draw.rectangle((width * 0.4, height * 0.15, width * 0.5, height * 0.85), fill=ink)
    draw.rectangle((width * 0.4, height * 0.78, width * 0.8, height * 0.85), fill=ink)
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The bytes of a file of this kind."""
    file = BytesIO()
    if kind == "HEIC":
        from pillow_heif import from_pillow

        from_pillow(image).save(file, **options)
    else:
        image.save(file, kind, **options)
    return file.getvalue()


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, packed: bytes, *chunks: bytes, bits: int = 8, colour: int = 0) -> bytes:
    """A PNG that claims a size and holds these zlib bytes."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return b"".join(
        (b"\x89PNG\r\n\x1a\n", header, *chunks, png_chunk(b"IDAT", packed), png_chunk(b"IEND", b"")),
    )


def exif(orientation: int) -> bytes:
    """EXIF with nothing but the way up."""
    words = Image.Exif()
    words[0x0112] = orientation
    return words.tobytes()
