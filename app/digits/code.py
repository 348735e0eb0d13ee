"""A picture of 28x28 as a short word that fits into an address, and back."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

import numpy as np

from app.digits.reading import Grey
from engine.data import SIDE
from engine.errors import EngineError

LONGEST = 1_200
"""Characters of the longest word: 784 bytes that deflate cannot shorten."""


SIGNS = re.compile(r"[A-Za-z0-9_-]+")
"""What a word is made of. Python would also read the signs of plain base64, which addresses and lessons do not hold."""


class CodeError(EngineError):
    """A word that is no picture."""


def encode(picture: Grey) -> str:
    """The word of a picture of shape (28, 28).

    >>> int(decode(encode(np.eye(28, dtype=np.uint8) * 255)).trace())
    7140
    """
    packed = zlib.compress(np.ascontiguousarray(picture, np.uint8).tobytes(), 9)
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def decode(word: str) -> Grey:
    """The picture of a word, of shape (28, 28).

    Raises:
        CodeError: the word of no picture.
    """
    try:
        if len(word) > LONGEST or not SIGNS.fullmatch(word):
            raise ValueError("too long, or with signs that mean something in an address")
        packed = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4))
        unpacker = zlib.decompressobj()
        pixels = unpacker.decompress(packed, SIDE * SIDE + 1)
        if len(pixels) != SIDE * SIDE or not unpacker.eof or unpacker.unused_data:
            raise ValueError("of another size")
    except (ValueError, binascii.Error, zlib.error):
        raise CodeError(
            "This is not the word of a picture",
            given=f"{word[:40]!r}",
            expected="what the answer to a prediction calls code",
        ) from None
    return np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE)
