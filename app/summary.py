"""A tensor as it travels: statistics, a histogram and a picture of at most 64x64. Exact numbers travel by window."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import Any

import msgpack
import numpy as np

from app.protocol import TensorFrame
from engine.op import Array

PICTURE_SIDE = 64
BINS = 32
LARGEST_POOLING = 4096
"""Up to this size numbers are averaged by a product with a matrix that is kept: faster than sums, but it needs room."""

CHUNK = 1 << 16
"""Numbers that are counted at a time: what is made of them stays in the cache, and its memory is used again."""


def as_matrix(array: Array) -> Array:
    """The array seen as rows and columns: leading axes flattened into rows, a vector as one row."""
    if array.ndim == 2:
        return array
    return array.reshape(math.prod(array.shape[:-1]), array.shape[-1])


def run_edges(size: int, to: int) -> Array:
    """Where `to` runs of nearly equal length begin in `size` numbers, and where the last one ends; shape (to + 1,)."""
    return np.linspace(0, size, to + 1).round().astype(int)


@lru_cache(maxsize=64)
def pooling(size: int, to: int) -> Array:
    """The (to, size) matrix whose product averages `size` numbers into `to` runs of nearly equal length."""
    matrix = np.zeros((to, size), np.float32)
    for row, (a, b) in enumerate(pairwise(run_edges(size, to))):
        matrix[row, a:b] = 1.0 / (b - a)
    matrix.setflags(write=False)
    return matrix


def averaged_rows(matrix: Array) -> Array:
    """The matrix with its rows averaged down to 64 where there are more."""
    size = len(matrix)
    if size <= PICTURE_SIDE:
        return matrix
    if size <= LARGEST_POOLING:
        return pooling(size, PICTURE_SIDE) @ matrix
    edges = run_edges(size, PICTURE_SIDE)
    return np.add.reduceat(matrix, edges[:-1]) / np.diff(edges)[:, None].astype(np.float32)


def picture(array: Array) -> Array:
    """The array as a float32 picture of at most 64x64, averaged down where it is larger."""
    with np.errstate(all="ignore"):  # beyond float32 there is infinity, which the page shows as such
        matrix = averaged_rows(as_matrix(array).astype(np.float32))
        return np.ascontiguousarray(averaged_rows(matrix.T).T)


def histogram(finite: Array, largest: float) -> list[int]:
    """Counts in 32 equal bins over [-largest, largest]."""
    if not finite.size or not largest:
        counts = np.zeros(BINS, int)
        counts[BINS // 2] = finite.size
        return [int(n) for n in counts]
    counts = np.zeros(BINS, int)
    for start in range(0, finite.size, CHUNK):
        bins = ((finite[start : start + CHUNK] / largest + 1.0) * (BINS / 2)).astype(np.intp)
        counts += np.bincount(np.minimum(bins, BINS - 1), minlength=BINS)
    return [int(n) for n in counts]


def maps(array: Array, largest: float) -> tuple[bytes, float, int]:
    """Rows as 8-bit pictures: bytes, and the scale and zero with number = (byte - zero) * scale."""
    low = float(array.min())
    zero = 0 if low >= 0 else 128
    scale = (largest or 1.0) / (255 if zero == 0 else 127)
    if scale < np.finfo(np.float32).tiny:  # gradients may vanish so far that float32 has no such scale
        array = array.astype(np.float64)
    return (np.clip(np.rint(array / scale) + zero, 0, 255)).astype(np.uint8).tobytes(), scale, zero


def summarise(array: Array, generation: int, ref: int, images: tuple[int, int] | None = None) -> TensorFrame:
    """The frame of one tensor.

    Args:
        array: any shape but ().
        images: height and width where each row is a picture; its maps travel too.
    """
    flat = np.asarray(array, dtype=np.float64).ravel(order="K")  # as they lie in memory: weights lie by columns
    are_finite = np.isfinite(flat)
    finite = flat if are_finite.all() else flat[are_finite]
    largest = float(np.abs(finite).max()) if finite.size else 0.0
    some = finite if finite.size else np.zeros(1)
    pooled = picture(array)
    drawn = maps(np.asarray(array), largest) if images and finite.size == flat.size else (None, 1.0, 0)
    matrix = as_matrix(array)
    with np.errstate(all="ignore"):  # sums and squares of the largest float64 numbers are infinite
        mean, std, norm = float(some.mean()), float(some.std()), float(np.sqrt(np.dot(some, some)))
    return TensorFrame(
        generation=generation,
        ref=ref,
        shape=list(array.shape),
        dtype=str(array.dtype),
        minimum=float(some.min()),
        maximum=float(some.max()),
        mean=mean,
        std=std,
        norm=norm,
        largest=largest,
        not_finite=int(flat.size - finite.size),
        zeros=int(flat.size - np.count_nonzero(flat)),
        histogram=histogram(finite, largest),
        exact=pooled.shape == matrix.shape,
        picture_shape=(pooled.shape[0], pooled.shape[1]),
        picture=pooled.astype("<f4").tobytes(),
        images=images if drawn[0] is not None else None,
        maps=drawn[0],
        maps_scale=drawn[1],
        maps_zero=drawn[2],
    )


def pack(frame: TensorFrame) -> bytes:
    """The frame as MessagePack."""
    fields: dict[str, Any] = {name: getattr(frame, name) for name in TensorFrame.model_fields}
    return bytes(msgpack.packb(fields))
