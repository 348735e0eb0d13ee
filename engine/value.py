"""Numbers as the engine holds them."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.errors import ShapeError


def as_value(data: Any, dtype: Any = None) -> Any:
    """The engine's form of `data`: a float for a float64 scalar, which is fast, else an ndarray.

    Numbers and lists become float64, arrays keep their dtype; raises ShapeError for what is no array of numbers.
    """
    kind = type(data)
    if dtype is None and kind is float:
        return data
    if dtype is None and kind is np.ndarray and data.ndim and data.dtype.kind in "fiub":
        return data
    array = np.asarray(data, dtype=dtype)
    if array.dtype == object or array.dtype.kind not in "fiub":
        raise ShapeError("A tensor holds numbers", given=f"{data!r:.60}", expected="numbers in rows of equal length")
    if dtype is None and array.dtype.kind in "iub" and not isinstance(data, np.ndarray | np.generic):
        array = array.astype(np.float64)
    if array.ndim == 0 and array.dtype == np.float64:
        return float(array)
    return array
