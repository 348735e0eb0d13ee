"""What a file is, told from its first bytes; its name and what the sender calls it are not asked."""

from __future__ import annotations

import re
from typing import NamedTuple

HEAD = 1_024
"""So many bytes are looked at."""


class Kind(NamedTuple):
    """A kind of file.

    Attributes:
        name: as people call it, with its article where it is no picture's.
        pattern: what such a file begins with.
        reader: the module and the class of Pillow's that read it; None where it is none that is read here.
    """

    name: str
    pattern: re.Pattern[bytes]
    reader: tuple[str, str] | None = None


def _picture(name: str, pattern: bytes, module: str, reader: str) -> Kind:
    return Kind(name, re.compile(pattern, re.DOTALL), (module, reader))


def _other(name: str, pattern: bytes) -> Kind:
    return Kind(name, re.compile(pattern, re.DOTALL | re.IGNORECASE))


GENERAL = rb"....ftyp(?:m(?:if1|iaf|sf1).{4}(?:[ -~]{4}){0,16}?)?"
"""Where the first brand of a file is general, those after it and a version tell which it is."""

MARKUP = rb"(?:\xef\xbb\xbf)?\s*"
"""What may stand before the first tag: a byte order mark, and space."""

COMMENT = rb"<!--(?:(?!-->).)*-->"
"""It ends where it first may: were there a choice, the ways to cut a row of comments would double with each of them."""

KINDS = (
    _picture("PNG", rb"\x89PNG\r\n\x1a\n", "PIL.PngImagePlugin", "PngImageFile"),
    _picture("JPEG", rb"\xff\xd8\xff", "PIL.JpegImagePlugin", "JpegImageFile"),
    _picture("WebP", rb"RIFF....WEBP", "PIL.WebPImagePlugin", "WebPImageFile"),
    _picture("GIF", rb"GIF8[79]a", "PIL.GifImagePlugin", "GifImageFile"),
    _picture("BMP", rb"BM.{8}", "PIL.BmpImagePlugin", "BmpImageFile"),
    _picture("AVIF", GENERAL + rb"avi[fs]", "PIL.AvifImagePlugin", "AvifImageFile"),
    _picture("HEIC", rb"....ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)", "pillow_heif.as_plugin", "HeifImageFile"),
    _other("a TIFF file", rb"II\*\0|MM\0\*|II\+\0|MM\0\+"),
    _other("a PDF file", rb"\s*%PDF-"),
    _other("a PostScript file", rb"%!PS"),
    _other("an SVG file", MARKUP + rb"(?:(?:<\?xml[^>]*>|" + COMMENT + rb"|<!doctype svg[^>]*>)\s*)*<svg\b"),
    _other("a web page", MARKUP + rb"(?:" + COMMENT + rb"\s*)*<(?:!doctype html|html|head|body|script)\b"),
    _other("an XML file", MARKUP + rb"<\?xml"),
    _other("a ZIP archive, or a document made of one", rb"PK(?:\x03\x04|\x05\x06|\x07\x08)"),
    _other("a compressed file", rb"\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd"),
    _other("a JPEG 2000 file", rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
    _other("a JPEG XL file", rb"\xff\x0a|\0\0\0\x0cJXL "),
    _other("a Photoshop file", rb"8BPS"),
    _other("an icon file", rb"\0\0[\x01\x02]\0"),
    _other("a film", rb"....ftyp|\x1a\x45\xdf\xa3|RIFF....AVI "),
    _other("a sound file", rb"ID3|OggS|fLaC|RIFF....WAVE"),
    _other("a NumPy file", rb"\x93NUMPY"),
    _other("text", rb"[\t\n\r\x20-\x7e]{16,}"),
)
"""The first that fits is the one."""

UNKNOWN = Kind("a file of no known kind", re.compile(b""))

READABLE = "a picture: PNG, JPEG, WebP, GIF, BMP, HEIC or AVIF"


def kind_of(data: bytes) -> Kind:
    """What the file is.

    >>> kind_of(b"%PDF-1.7").name
    'a PDF file'
    """
    head = data[:HEAD]
    return next((kind for kind in KINDS if kind.pattern.match(head)), UNKNOWN)
