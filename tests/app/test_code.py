"""The word of a picture: there and back for every picture, and no other word is one."""

from __future__ import annotations

import base64
import re
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.digits.code import LONGEST, CodeError, decode, encode

PIXELS = 28 * 28


def word(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@given(st.binary(min_size=PIXELS, max_size=PIXELS))
def test_every_picture_comes_back_and_its_word_fits_into_an_address(pixels: bytes) -> None:
    picture = np.frombuffer(pixels, np.uint8).reshape(28, 28)
    code = encode(picture)
    assert np.array_equal(decode(code), picture)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", code)
    assert len(code) <= LONGEST


def test_the_longest_word_is_that_of_pixels_that_cannot_be_packed() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (28, 28), dtype=np.uint8)
    assert len(encode(noise)) > PIXELS * 4 / 3


def test_a_picture_need_not_lie_in_one_piece() -> None:
    picture = np.arange(PIXELS, dtype=np.uint16).astype(np.uint8).reshape(28, 28)
    assert np.array_equal(decode(encode(picture.T)), picture.T)
    assert np.array_equal(decode(encode(picture[::-1])), picture[::-1])


def test_words_in_plain_base64_are_refused() -> None:
    noise = zlib.compress(np.random.default_rng(0).integers(0, 256, PIXELS, dtype=np.uint8).tobytes())
    even = zlib.compress(bytes([1]) * PIXELS)
    plain, padded = base64.b64encode(noise).decode().rstrip("="), base64.urlsafe_b64encode(even).decode()
    assert {"+", "/"} <= set(plain)
    assert padded.endswith("=")
    assert decode(word(noise)).any()
    assert decode(word(even)).all()
    for text in (plain, padded, f"{word(noise)}\n"):
        with pytest.raises(CodeError):
            decode(text)


@given(st.text(max_size=40) | st.binary(max_size=60).map(word))
def test_any_other_word_is_refused_in_words(text: str) -> None:
    with pytest.raises(CodeError) as refusal:
        decode(text)
    assert refusal.value.given
    assert refusal.value.expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        word(zlib.compress(bytes(PIXELS - 1))),
        word(zlib.compress(bytes(PIXELS + 1))),
        word(zlib.compress(bytes(50_000_000))[:800]),
        word(zlib.compress(bytes(PIXELS)) + b"more"),
        word(zlib.compress(bytes(PIXELS))[:-2]),
        word(zlib.compress(bytes(PIXELS))) + "!",
        "A" * (LONGEST + 1),
        word(zlib.compress(bytes(PIXELS))).replace("A", "Ä"),
    ],
    ids=["nothing", "too few", "too many", "a bomb", "more after it", "cut off", "a sign too many", "long", "letters"],
)
def test_words_that_nearly_are_one_are_refused(text: str) -> None:
    with pytest.raises(CodeError):
        decode(text)
