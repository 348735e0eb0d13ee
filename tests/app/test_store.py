"""The store: what was saved comes back, whole or not at all, and what is damaged is named and never served."""

from __future__ import annotations

import logging
import math
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some
from numpy.typing import NDArray

from app.store import CorruptError, MissingError, RunRecord, Snapshot, Store, StoreError
from app.store.packing import DTYPES, checksum, pack, unpack

RUN = RunRecord("r1", "v1", "network", None, None, 1.5, 2.5, '{"seed": 1}', '{"status": "running"}')
NUMBERS = np.arange(12, dtype=np.float32).reshape(3, 4)


def at(step: int, **arrays: NDArray[Any]) -> Snapshot:
    return Snapshot(step, {"step": step}, arrays or {"parameters": NUMBERS + step})


def same(a: Snapshot, b: Snapshot) -> bool:
    return (a.step, a.meta, a.arrays.keys()) == (b.step, b.meta, b.arrays.keys()) and all(
        np.array_equal(a.arrays[name], b.arrays[name]) for name in a.arrays
    )


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "runs.sqlite3" if request.param == "file" else None) as opened:
        yield opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with snapshots at 0, 10, 20 and 30 and three chunks of a series."""
    path = tmp_path / "runs.sqlite3"
    with Store(path) as store:
        for step in (0, 10, 20, 30):
            store.save(RUN, snapshot=at(step))
        for start in (0, 4, 8):
            store.save(RUN, series={"loss": (start, np.arange(start, start + 4, dtype=np.float32))})
    return path


def damage(path: Path, statement: str, *values: object) -> None:
    """Change the file behind the store's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, values).rowcount > 0


def flip(path: Path, table: str, condition: str, byte: int) -> None:
    """Turn over one bit of a body."""
    with closing(sqlite3.connect(path)) as connection:
        (body,) = connection.execute(f"SELECT body FROM {table} WHERE {condition}").fetchone()
    body = bytearray(body)
    body[byte] ^= 1
    damage(path, f"UPDATE {table} SET body = ? WHERE {condition}", bytes(body))


# -- snapshots ------------------------------------------------------------------------------------------------------


def test_what_was_saved_comes_back(store: Store) -> None:
    store.save(RUN, snapshot=at(7))
    assert store.runs() == [RUN]
    assert same(store.snapshot("r1", 7), at(7))


ARRAYS = st.sampled_from(sorted(DTYPES)).flatmap(
    lambda dtype: some.arrays(np.dtype(dtype), some.array_shapes(min_dims=0, min_side=0, max_side=4))
)


@given(ARRAYS, st.sampled_from("CF"), st.sampled_from("<>"))
def test_every_array_comes_back(array: NDArray[Any], order: Any, end: Any) -> None:
    given = np.array(array, array.dtype.newbyteorder(end), order=order)
    back = unpack(3, pack(Snapshot(3, {}, {"a": given}))).arrays["a"]
    assert back.shape == array.shape
    assert back.dtype == array.dtype
    assert back.tobytes() == array.tobytes()  # to the bit, NaN too
    assert not back.flags.writeable


def test_views_with_strides_come_back() -> None:
    view = np.arange(24).reshape(4, 6)[::2, ::-3]
    assert np.array_equal(unpack(0, pack(Snapshot(0, {}, {"a": view}))).arrays["a"], view)


def test_meta_comes_back_whatever_the_numbers() -> None:
    meta = {"state": 2**127 + 1, "lr": 0.1 + 0.2, "none": None, "log": [[0, 0.1], [5, math.inf]], "ü": "∂"}
    assert unpack(0, pack(Snapshot(0, meta, {}))).meta == meta
    assert math.isnan(unpack(0, pack(Snapshot(0, {"loss": math.nan}, {}))).meta["loss"])


@pytest.mark.parametrize(
    "array",
    [np.array([None]), np.array(["a"]), np.zeros(2, np.complex64), np.zeros(2, [("a", "<f4")]), np.zeros(1, "M8[s]")],
    ids=lambda array: str(array.dtype),
)
def test_other_dtypes_are_refused_and_nothing_is_saved(store: Store, array: NDArray[Any]) -> None:
    with pytest.raises(StoreError, match="dtype cannot be kept"):
        store.save(RUN, snapshot=at(0, a=array))
    with pytest.raises(StoreError, match="dtype cannot be kept"):
        store.save(RUN, series={"a": (0, array)})
    assert store.runs() == []


def test_meta_that_is_no_json_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no JSON"):
        store.save(RUN, snapshot=Snapshot(0, {"a": np.zeros(1)}, {}))


def test_a_snapshot_takes_the_place_of_the_one_of_its_step(store: Store) -> None:
    store.save(RUN, snapshot=at(7))
    store.save(RUN, snapshot=at(7, other=np.ones(2)))
    assert store.snapshot("r1", 7).arrays.keys() == {"other"}
    assert [step for step, _ in store.snapshots("r1")] == [7]


def test_snapshots_are_listed_with_their_sizes_and_dropped(store: Store) -> None:
    for step in (30, 10, 20):
        store.save(RUN, snapshot=at(step))
    assert store.snapshots("r1") == [(step, len(pack(at(step)))) for step in (10, 20, 30)]
    store.save(RUN, snapshot=at(40), drop=[10, 30, 99])
    assert [step for step, _ in store.snapshots("r1")] == [20, 40]


def test_the_latest_is_the_newest_up_to_a_step(store: Store) -> None:
    for step in (0, 10, 20):
        store.save(RUN, snapshot=at(step))
    for at_most, step in ((None, 20), (99, 20), (20, 20), (19, 10), (0, 0)):
        found, damaged = store.latest("r1", at_most)
        assert same(found, at(step))
        assert damaged == ()


def test_what_is_not_there_is_said_to_be_missing(store: Store) -> None:
    store.save(RUN, snapshot=at(10))
    with pytest.raises(MissingError, match=r"r1 .* step 11"):
        store.snapshot("r1", 11)
    with pytest.raises(LookupError, match="step 9 or before"):
        store.latest("r1", 9)
    with pytest.raises(MissingError, match="r2"):
        store.latest("r2")


def test_a_cut_drops_what_comes_after(store: Store) -> None:
    for step in (0, 10, 20, 30):
        store.save(RUN, snapshot=at(step))
    assert store.cut("r1", 10) == [20, 30]
    assert [step for step, _ in store.snapshots("r1")] == [0, 10]


# -- runs -----------------------------------------------------------------------------------------------------------


def test_runs_are_listed_last_touched_first(store: Store) -> None:
    for name, touched in (("a", 1.0), ("b", 3.0), ("c", 2.0)):
        store.save(replace(RUN, id=name, touched=touched))
    assert [run.id for run in store.runs()] == ["b", "c", "a"]
    store.save(replace(RUN, id="a", touched=4))
    assert [run.id for run in store.runs()] == ["a", "b", "c"]


def test_saving_a_record_anew_leaves_its_history(store: Store) -> None:
    store.save(RUN, snapshot=at(0), series={"loss": (0, np.ones(2))})
    changed = replace(RUN, touched=9.0, parent="r0", branched_at=5, meta='{"status": "paused", "says": "∂ – ü"}')
    store.save(changed)
    assert store.runs() == [changed]
    assert same(store.latest("r1")[0], at(0))
    assert len(store.series("r1", "loss")) == 2


def test_a_deleted_run_leaves_nothing_and_the_others_alone(store: Store) -> None:
    other = replace(RUN, id="r2")
    empty = store.size()
    store.save(other, snapshot=at(1), series={"loss": (0, np.ones(1))})
    before = store.size()
    store.save(RUN, snapshot=at(0, a=np.zeros(300_000)), series={"loss": (0, np.ones(50_000))})
    assert empty <= before < store.size() - 2_700_000
    store.delete("r1")
    assert store.size() == before
    assert store.runs() == [other]
    assert store.snapshots("r1") == []
    assert store.series("r1", "loss").shape == (0,)
    assert same(store.snapshot("r2", 1), at(1))
    store.delete("r1")


# -- series ---------------------------------------------------------------------------------------------------------


def test_a_series_grows_and_is_cut(store: Store) -> None:
    expected = np.empty(0, np.float32)
    writes = [(0, 5), (5, 3), (8, 4), (6, 1), (7, 2), (3, 0), (3, 2), (0, 4), (4, 0), (4, 1)]
    for turn, (start, length) in enumerate(writes):
        rows = np.arange(length, dtype=np.float32) + 100 * turn
        store.save(RUN, series={"loss": (start, rows), "other": (0, rows)})
        expected = np.concatenate([expected[:start], rows])
        assert np.array_equal(store.series("r1", "loss"), expected), (start, length)
        assert np.array_equal(store.series("r1", "other"), rows)


def test_rows_of_a_series_may_have_columns(store: Store) -> None:
    rows = np.asfortranarray(np.arange(12, dtype=np.int64).reshape(6, 2))
    store.save(RUN, series={"norms": (0, rows[:4])})
    store.save(RUN, series={"norms": (3, rows[3:])})
    back = store.series("r1", "norms")
    assert np.array_equal(back, rows)
    assert back.dtype == np.int64
    store.save(RUN, series={"norms": (0, rows[:0])})
    assert store.series("r1", "norms").shape == (0, 2)


@pytest.mark.parametrize(
    ("start", "rows", "words"),
    [
        (4, np.ones(1, np.float32), "gap.*start 4.*0 to 3"),
        (-1, np.ones(9, np.float32), "gap.*start -1"),
        (3, np.ones(1), "alike"),
        (3, np.ones((1, 2), np.float32), "alike"),
        (3, np.float32(1), "single number"),
    ],
)
def test_rows_that_do_not_go_there_are_refused_and_nothing_is_saved(
    store: Store, start: int, rows: Any, words: str
) -> None:
    store.save(RUN, series={"loss": (0, np.zeros(3, np.float32))})
    with pytest.raises(StoreError, match=words):
        store.save(replace(RUN, touched=9.0), snapshot=at(1), series={"a": (0, np.ones(1)), "loss": (start, rows)})
    assert store.runs() == [RUN]
    assert store.snapshots("r1") == []
    assert store.series("r1", "a").size == 0
    assert np.array_equal(store.series("r1", "loss"), np.zeros(3))


# -- damage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("byte", [0, 60, -1])
def test_a_flipped_bit_in_a_snapshot_is_found_and_named(path: Path, byte: int) -> None:
    flip(path, "snapshot", "step = 20", byte)
    with Store(path) as store:
        with pytest.raises(CorruptError, match="run r1 at step 20 is damaged: its checksum differs") as caught:
            store.snapshot("r1", 20)
        assert (caught.value.run, caught.value.step) == ("r1", 20)
        for step in (0, 10, 30):
            assert same(store.snapshot("r1", step), at(step))


def test_the_latest_skips_names_and_deletes_the_damaged(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    flip(path, "snapshot", "step = 20", 50)
    flip(path, "snapshot", "step = 30", 50)
    with Store(path) as store:
        assert same(store.latest("r1", 15)[0], at(10))
        assert not caplog.records
        found, damaged = store.latest("r1")
        assert same(found, at(10))
        assert [(error.run, error.step) for error in damaged] == [("r1", 30), ("r1", 20)]
        assert [record.getMessage() for record in caplog.records] == [str(error) for error in damaged]
        assert [step for step, _ in store.snapshots("r1")] == [0, 10]


def test_a_run_whose_snapshots_are_all_damaged_has_none(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    for step in (0, 10, 20, 30):
        flip(path, "snapshot", f"step = {step}", 50)
    with Store(path) as store, pytest.raises(MissingError, match="4 damaged"):
        store.latest("r1")


@pytest.mark.parametrize(
    "change",
    ["body = x''", "body = 'text'", "body = substr(body, 1, 40)", "step = 31", "checksum = checksum + 1"],
)
def test_a_snapshot_that_is_another_is_not_served(path: Path, change: str) -> None:
    damage(path, f"UPDATE snapshot SET {change} WHERE step = 30")
    with Store(path) as store:
        found, damaged = store.latest("r1")
    assert same(found, at(20))
    assert len(damaged) == 1


def packed(fields: object) -> bytes:
    return bytes(msgpack.packb(fields))


ARRAY = {"dtype": "<f4", "shape": [2], "data": bytes(8)}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        packed({"meta": "{}", "arrays": {"a": ARRAY}})[:-1],
        packed({"meta": "{}", "arrays": {"a": ARRAY}}) + b"\0",
        packed([]),
        packed({"meta": "{}"}),
        packed({"meta": "{", "arrays": {}}),
        packed({"meta": "{}", "arrays": []}),
        *(
            packed({"meta": "{}", "arrays": {"a": ARRAY | wrong}})
            for wrong in (
                {"shape": [3]},
                {"shape": [-2]},
                {"shape": [-1, -2]},
                {"shape": 2},
                {"shape": ["2"]},
                {"shape": [2.0]},
                {"dtype": "|O"},
                {"dtype": "<c8", "shape": [1]},
                {"dtype": 4},
                {"data": "12345678"},
                {"data": None},
            )
        ),
    ],
)
def test_bytes_that_are_no_snapshot_are_named_though_their_checksum_is_right(body: bytes, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="put together wrongly"):
        unpack(0, body)
    path = tmp_path / "runs.sqlite3"
    with Store(path) as store:
        store.save(RUN, snapshot=at(0))
    damage(path, "UPDATE snapshot SET body = ?, checksum = ?", body, checksum(("r1", 0), body))
    with Store(path) as store, pytest.raises(CorruptError, match="run r1 at step 0 is damaged"):
        store.snapshot("r1", 0)


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ("body = x'00' || substr(body, 2) WHERE start = 8", 8),
        ("form = '[\"<i4\"]' WHERE start = 4", 4),
        ("length = 3 WHERE start = 0", 0),
        ("start = 5 WHERE start = 4", 4),
        ("checksum = 0 WHERE start = 4", 4),
        ("run = 'r2' WHERE start = 4", 4),
    ],
)
def test_a_series_ends_where_it_is_damaged_and_says_so(
    path: Path, change: str, row: int, caplog: pytest.LogCaptureFixture
) -> None:
    with Store(path) as store:
        store.save(replace(RUN, id="r2"))
    damage(path, f"UPDATE series SET {change}")
    with Store(path) as store:
        assert np.array_equal(store.series("r1", "loss"), np.arange(row))
        assert f"The series loss of run r1 is damaged from row {row} on" in caplog.text
        assert store.series("r2", "loss").size == 0
        caplog.clear()
        store.save(RUN, series={"loss": (row, np.full(1, -1, np.float32))})
        assert np.array_equal(store.series("r1", "loss"), [*range(row), -1])
        assert not caplog.records


def test_a_damaged_part_of_a_series_cannot_be_cut_within(path: Path) -> None:
    flip(path, "series", "start = 8", 0)
    with Store(path) as store:
        with pytest.raises(CorruptError, match="from row 8 on"):
            store.save(RUN, series={"loss": (10, np.ones(1, np.float32))})
        store.save(RUN, series={"loss": (6, np.ones(1, np.float32))})
        assert np.array_equal(store.series("r1", "loss"), [0, 1, 2, 3, 4, 5, 1])


@pytest.mark.parametrize(
    "change", ["meta = '{}'", "recipe = CAST(x'ff' AS TEXT)", "touched = 'soon'", "branched_at = 1", "id = 'r9'"]
)
def test_a_damaged_record_is_left_out_and_named(path: Path, change: str, caplog: pytest.LogCaptureFixture) -> None:
    sound = replace(RUN, id="r2")
    with Store(path) as store:
        store.save(sound)
        store.delete("r1")
        store.save(RUN)
    damage(path, f"UPDATE run SET {change} WHERE id = 'r1'")
    with Store(path) as store:
        assert store.runs() == [sound]
        assert "record of run r" in caplog.text
        store.save(RUN)
        assert RUN in store.runs()


# -- threads --------------------------------------------------------------------------------------------------------


def test_threads_save_and_read_at_the_same_time(store: Store) -> None:
    workers, turns = 6, 25
    ready = threading.Barrier(workers)

    def work(number: int) -> None:
        run = replace(RUN, id=f"r{number}")
        ready.wait(10)
        for turn in range(turns):
            loss = np.array([turn + number], np.float32)
            store.save(run, snapshot=at(turn), series={"loss": (turn, loss)}, drop=[turn - 5])
            assert same(store.latest(run.id)[0], at(turn))
            assert len(store.series(run.id, "loss")) == turn + 1
            store.runs()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))
    assert {run.id for run in store.runs()} == {f"r{number}" for number in range(workers)}
    for number in range(workers):
        assert [step for step, _ in store.snapshots(f"r{number}")] == list(range(turns - 5, turns))
        assert np.array_equal(store.series(f"r{number}", "loss"), np.arange(turns) + number)


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    store.close()
    for act in (store.runs, store.size, lambda: store.save(RUN), lambda: store.latest("r1")):
        with pytest.raises(StoreError, match="closed"):
            act()


def test_errors_say_given_and_expected(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        store.save(replace(RUN, meta="\ud800"))
    assert caught.value.given
    assert caught.value.expected
    with pytest.raises(StoreError, match="cannot be written"):
        store.save(replace(RUN, touched=math.nan))
    with pytest.raises(StoreError, match="cannot be written"):
        store.save(replace(RUN, branched_at=2**70))
    assert store.runs() == []
