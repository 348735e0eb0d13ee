"""Memory for arrays that are used again and again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.op import Array, Shape

LINE = 64
"""Bytes of a cache line, and of the widest vectors a processor loads at once."""


def aligned(shape: Shape, dtype: Any) -> Array:
    """An array of undefined numbers that begins at a cache line.

    NumPy's own begin at any multiple of 16 bytes; then every load of 64 bytes touches two lines, which costs an Adam
    step a sixth of its time.
    """
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    memory = np.empty(size + LINE, np.uint8)
    start = -memory.ctypes.data % LINE
    array: Array = memory[start : start + size].view(dtype).reshape(shape)
    return array
