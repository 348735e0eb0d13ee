"""Values of names that nobody has given one: the same for the same name, and different from one another."""

from __future__ import annotations

import re
import zlib
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np

from engine.op import Shape

_USUAL = {
    "x": 1.5, "y": 2.0, "z": 0.8, "w": 0.5, "b": 0.25, "a": 1.2, "c": 0.6, "t": 1.0, "k": 3.0, "n": 2.5, "u": 0.7,
    "v": 1.1,
}  # fmt: skip
"""Positive and of size about 1: logarithms and roots exist, and nothing saturates."""

_NUMBERED = re.compile(r"(.*?)_?([0-9]*)", re.ASCII | re.DOTALL)


def default_number(name: str, taken: AbstractSet[float]) -> float:
    """A number for `name`, none of `taken`: x is 1.5; x1, x2, ... lie beside it; other names have their own."""
    match = _NUMBERED.fullmatch(name)
    stem, digits = match.groups() if match else (name, "")
    base = _USUAL.get(stem.lower(), 0.3 + zlib.crc32(stem.encode()) % 25 / 10)
    number = round(base + int(digits or 0) % 8 * 0.3, 2)
    while number in taken:
        number = round(number + 0.05, 2)
    return number


def default_value(number: float, shape: Shape, labels: bool) -> Any:
    """`number` spread over `shape`, no two neighbours alike; for labels the classes 0, 1, 0, 1, ..."""
    count = np.arange(int(np.prod(shape)))
    values = count % 2.0 if labels else np.round(number + count * 3 % 8 * 0.25, 2)
    return values.reshape(shape) if shape else float(values[0])
