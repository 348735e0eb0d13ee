"""A tensor as it travels: what the summary says must be true of the tensor."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

import msgpack
import numpy as np
import pytest

from app.summary import BINS, PICTURE_SIDE, pack, pooling, summarise


def test_statistics_are_the_tensors_own() -> None:
    array = np.random.default_rng(0).normal(size=(7, 5))
    frame = summarise(array, 3, 9)
    assert (frame.generation, frame.ref, frame.shape) == (3, 9, [7, 5])
    assert frame.mean == pytest.approx(array.mean())
    assert frame.std == pytest.approx(array.std())
    assert frame.norm == pytest.approx(np.linalg.norm(array))
    assert frame.largest == np.abs(array).max()
    assert sum(frame.histogram) == array.size
    assert len(frame.histogram) == BINS


@pytest.mark.parametrize("order", ["C", "F"])
def test_how_a_large_tensor_lies_in_memory_does_not_matter(order: Literal["C", "F"]) -> None:
    array = np.asarray(np.random.default_rng(4).normal(size=(300, 784)), np.float32, order=order)
    array[2, 3] = array[290, 700] = np.nan
    frame = summarise(array, 1, 0)
    finite = array[np.isfinite(array)].astype(np.float64)
    edges = np.linspace(-frame.largest, frame.largest, BINS + 1)
    assert np.abs(np.array(frame.histogram) - np.histogram(finite, edges)[0]).sum() <= 2  # those on an edge
    assert (sum(frame.histogram), frame.not_finite) == (array.size - 2, 2)
    assert frame.mean == pytest.approx(finite.mean())
    assert frame.std == pytest.approx(finite.std())
    rows = summarise(np.nan_to_num(array), 1, 0, images=(28, 28)).maps
    assert rows == summarise(np.ascontiguousarray(np.nan_to_num(array)), 1, 0, images=(28, 28)).maps


def test_a_small_tensor_is_drawn_exactly() -> None:
    array = np.arange(12, dtype=np.float32).reshape(3, 4) - 5
    frame = summarise(array, 1, 0)
    assert frame.exact
    assert np.array_equal(np.frombuffer(frame.picture, "<f4").reshape(frame.picture_shape), array)


@pytest.mark.parametrize("shape", [(100, 784), (10, 784), (3, 200), (65, 64), (4, 30, 70), (5_000, 3), (2, 50_000)])
def test_a_large_tensor_is_averaged_into_64x64(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(1).normal(size=shape)
    frame = summarise(array, 1, 0)
    picture = np.frombuffer(frame.picture, "<f4").reshape(frame.picture_shape)
    assert not frame.exact
    assert max(frame.picture_shape) <= PICTURE_SIDE
    matrix = array.reshape(-1, shape[-1])
    rows = np.linspace(0, matrix.shape[0], frame.picture_shape[0] + 1).round().astype(int)
    columns = np.linspace(0, matrix.shape[1], frame.picture_shape[1] + 1).round().astype(int)
    runs = [[matrix[a:b, c:d].mean() for c, d in pairwise(columns)] for a, b in pairwise(rows)]
    np.testing.assert_allclose(picture, runs, rtol=1e-4, atol=1e-6)


def test_no_matrix_is_kept_for_what_is_long() -> None:
    before = pooling.cache_info().currsize
    for size in range(5_000, 5_010):
        summarise(np.zeros((2, size)), 1, 0)
    assert pooling.cache_info().currsize == before


def test_pooling_averages_every_number_once() -> None:
    matrix = pooling(784, 64)
    assert np.allclose(matrix.sum(axis=1), 1.0)
    assert np.count_nonzero(matrix) == 784


def test_nan_and_infinity_are_counted_and_do_not_spoil_the_statistics() -> None:
    frame = summarise(np.array([1.0, np.nan, -np.inf, 3.0]), 1, 0)
    assert frame.not_finite == 2
    assert frame.mean == 2.0
    assert frame.largest == 3.0
    assert np.isnan(np.frombuffer(frame.picture, "<f4")[1])


def test_maps_give_back_the_numbers_within_half_a_grey_level() -> None:
    array = np.random.default_rng(2).normal(size=(10, 784)).astype(np.float32)
    frame = summarise(array, 1, 0, images=(28, 28))
    assert frame.maps is not None
    back = (np.frombuffer(frame.maps, np.uint8).astype(float) - frame.maps_zero) * frame.maps_scale
    assert np.abs(back.reshape(array.shape) - array).max() <= frame.maps_scale / 2 * 1.0001


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 3)),
        np.full(4, np.nan),
        np.array([1e300, -1e300]),
        np.array([1.7e308, 1.7e308]),
        *(np.zeros(shape) for shape in [(0,), (0, 3), (3, 0), (2, 3, 0), (0, 3, 4)]),
    ],
)
def test_degenerate_tensors_have_a_summary(array: np.ndarray) -> None:
    frame = summarise(array, 1, 0, images=None)
    assert sum(frame.histogram) + frame.not_finite == array.size
    assert msgpack.unpackb(pack(frame))["type"] == "tensor"
