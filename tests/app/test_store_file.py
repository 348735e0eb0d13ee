"""The store's file: kill -9, damage, other versions, a second process, a full disk."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.store import CorruptError, RunRecord, Snapshot, Store, StoreError, file
from tests.app.store_writer import loss, parameters, record

RUN = RunRecord("r1", "v1", "network", None, None, 1.0, 2.0, "{}", "{}")


def snapshot(step: int) -> Snapshot:
    return Snapshot(step, {"step": step}, {"a": np.arange(2_000, dtype=np.float32) + step})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with some runs, closed."""
    path = tmp_path / "folder" / "runs.sqlite3"
    with Store(path) as store:
        for number in range(3):
            for step in range(4):
                run = RunRecord(f"r{number}", "v1", "network", None, None, 1.0, 2.0, "{}", "{}")
                store.save(run, snapshot=snapshot(step), series={"loss": (step, loss(step, step + 1))})
    return path


@contextmanager
def writer(path: Path, root: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that saves without end."""
    command = [sys.executable, "-m", "tests.app.store_writer", str(path)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> int:
    """The next step that has been saved."""
    assert process.stdout
    return int(process.stdout.readline())


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_kill_9_loses_at_most_the_transaction_under_way(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    for steps in (1, 8, 2, 21, 9):  # before, while and after the log is moved into the file
        with writer(path, root) as process:
            last = [said(process) for _ in range(steps)][-1]
            process.send_signal(signal.SIGKILL)
            process.wait(10)
            assert process.stdout
            last = max([last, *map(int, process.stdout.read().split())])
        with Store(path) as store:
            newest, damaged = store.latest("r1")
            assert damaged == ()
            assert last <= newest.step <= last + 1
            assert store.runs() == [record(newest.step)]
            assert np.array_equal(store.series("r1", "loss"), loss(0, newest.step + 1))
            kept = [step for step, _ in store.snapshots("r1")]
            assert kept == list(range(max(0, newest.step - 19), newest.step + 1))
            for step in kept:
                assert np.array_equal(store.snapshot("r1", step).arrays["parameters"], parameters(step))
    assert not list(tmp_path.glob("*.damaged*"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for nobody to let go of a file."""
    monkeypatch.setattr(file, "PATIENCE", 0.0)


@pytest.mark.usefixtures("impatient")
def test_a_second_process_is_told(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    with writer(path, root) as process:
        said(process)
        with pytest.raises(StoreError, match=r"runs\.sqlite3 is in use .*another process.*stop the other"):
            Store(path)
        assert said(process) > 0
        process.kill()
        process.wait(10)
    Store(path).close()


@pytest.mark.usefixtures("impatient")
def test_a_second_store_in_the_same_process_is_told_and_the_first_goes_on(path: Path) -> None:
    with Store(path) as store:
        with pytest.raises(StoreError, match="in use"):
            Store(path)
        store.save(RUN)
    Store(path).close()


@pytest.mark.usefixtures("impatient")
def test_a_file_that_another_program_has_open_is_not_damaged(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="in use"):
            Store(path)
    with Store(path) as store:
        assert len(store.runs()) == 3


def junk(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def cut_off(path: Path) -> None:
    with path.open("r+b") as opened:
        opened.truncate(path.stat().st_size - 20_000)


def cut_short(path: Path) -> None:
    with path.open("r+b") as opened:
        opened.truncate(5_000)


def zeros(path: Path) -> None:
    with path.open("r+b") as opened:
        opened.seek(100)
        opened.write(bytes(16_000))


def other_format(path: Path) -> None:
    """Set the header's format of the tables to one that is yet to come."""
    with path.open("r+b") as opened:
        opened.seek(44)
        opened.write(b"\xff" * 4)


def no_text(path: Path) -> None:
    """Put a byte that is no UTF-8 where SQLite quotes it."""
    data = path.read_bytes()
    assert b"NULL REFERENCES" in data
    path.write_bytes(data.replace(b"NULL REFERENCES", b"NULL \xc6EFERENCES"))


def executed(statement: str) -> Callable[[Path], None]:
    """A change by SQLite itself."""

    def harm(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(statement)

    return harm


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (junk, "not a database"),
        (cut_off, "is damaged"),
        (cut_short, "is damaged"),
        (zeros, "is damaged"),
        (other_format, "is damaged .*unsupported file format"),
        (no_text, "is damaged .*decode"),
        (executed("PRAGMA user_version = 2"), "another version of Gradwalk .*format 2"),
        (executed("PRAGMA application_id = 5"), "another program's"),
        (executed("DROP TABLE series"), "other tables"),
        (executed("ALTER TABLE run ADD COLUMN x"), "other tables"),
    ],
)
def test_what_cannot_be_used_is_moved_aside_not_overwritten(
    path: Path, harm: Callable[[Path], None], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    for number in (1, 2):
        harm(path)
        harmed = path.read_bytes()
        with Store(path) as store:
            assert store.runs() == []
            for step in range(4):
                store.save(RUN, snapshot=snapshot(step))
        aside = path.with_name(f"runs.sqlite3.damaged-{number}")
        assert aside.read_bytes() == harmed
        (warning,) = caplog.messages
        assert aside.name in warning
        assert re.search(words, warning), warning
        caplog.clear()
    with Store(path) as store:
        assert store.runs() == [RUN]
    assert not caplog.records


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("harm", [junk, empty, cut_short, Path.unlink])
def test_the_log_of_an_unusable_file_goes_with_it(
    tmp_path: Path, root: Path, harm: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "runs.sqlite3"
    with writer(path, root) as process:
        for _ in range(10):
            said(process)
    log = path.with_name("runs.sqlite3-wal").read_bytes()
    assert log
    harm(path)
    earlier = path.with_name("runs.sqlite3.damaged-1-wal")
    earlier.touch()
    with Store(path) as store:
        assert store.runs() == []
        store.save(RUN)
    assert path.with_name("runs.sqlite3.damaged-2-wal").read_bytes() == log
    assert not earlier.read_bytes()
    (warning,) = caplog.messages
    assert "\n" not in warning
    assert "***" not in warning
    with Store(path) as store:
        assert store.runs() == [RUN]


def only_a_header(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def some_tables(path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "SCHEMA", (file.SCHEMA[0], None))
        with pytest.raises(TypeError):
            Store(path)


@pytest.mark.parametrize("begin", [Path.touch, only_a_header, some_tables])
def test_a_file_whose_making_was_interrupted_is_made(
    tmp_path: Path, begin: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "runs.sqlite3"
    begin(path)
    with Store(path) as store:
        store.save(RUN)
        names = {"runs.sqlite3", "runs.sqlite3-wal", "runs.sqlite3.lock"}
        assert {file.name for file in tmp_path.iterdir()} == names
    with Store(path) as store:
        assert store.runs() == [RUN]
    assert not caplog.records
    assert {file.name for file in tmp_path.iterdir()} == names - {"runs.sqlite3-wal"}


def outcome(path: Path, caplog: pytest.LogCaptureFixture) -> str:
    """Open the file and compare all that it serves with what was written."""
    caplog.clear()
    with Store(path) as store:
        runs = store.runs()
        if path.with_name("runs.sqlite3.damaged-1").exists():
            assert runs == []
            return "moved aside"
        errors = 0
        for run in runs:
            assert run == replace(RUN, id=run.id)
            assert [step for step, _ in store.snapshots(run.id)] == [0, 1, 2, 3]
            for step in range(4):
                try:
                    assert np.array_equal(store.snapshot(run.id, step).arrays["a"], snapshot(step).arrays["a"])
                except CorruptError:
                    errors += 1
            rows = store.series(run.id, "loss")
            assert np.array_equal(rows, loss(0, len(rows)))
            errors += len(rows) < 4
        errors += len(runs) < 3
        assert bool(caplog.messages) == (len(runs) < 3 or any(len(store.series(run.id, "loss")) < 4 for run in runs))
    return "named" if errors else "sound"


def test_whatever_bit_flips_nothing_wrong_is_served(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    sound = path.read_bytes()
    random = np.random.default_rng(1)
    places = [*range(100), *random.integers(100, 16_384, 20), *random.integers(16_384, len(sound), 100)]
    seen: Counter[str] = Counter()
    for place in map(int, places):
        shutil.rmtree(path.parent)
        path.parent.mkdir()
        harmed = bytearray(sound)
        harmed[place] ^= 1 << int(random.integers(8))
        path.write_bytes(harmed)
        seen[outcome(path, caplog)] += 1
    assert min(seen["moved aside"], seen["named"], seen["sound"]) > 10, seen


def break_chains(path: Path, filling: bytes) -> None:
    """Send SQLite astray on every page that continues a body full of `filling`: they begin with the next page."""
    data = path.read_bytes()
    with path.open("r+b") as opened:
        for start in range(0, len(data), 16_384):
            if data[start + 4 : start + 10_000] == filling * 9_996:
                opened.seek(start)
                opened.write(b"\xff" * 4)


@pytest.fixture
def long(path: Path) -> Path:
    """The file with a snapshot and a series that go on over many pages."""
    with Store(path) as store:
        store.save(RUN, series={"pixels": (0, np.full(4_000_000, 187, np.uint8))})
        store.save(RUN, snapshot=Snapshot(9, {}, {"a": np.full(4_000_000, 170, np.uint8)}))
    return path


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as a large one."""
    monkeypatch.setattr(file, "LARGE", 0)


@pytest.mark.usefixtures("large")
def test_opening_a_large_file_does_not_read_the_snapshots(long: Path, caplog: pytest.LogCaptureFixture) -> None:
    break_chains(long, b"\xaa")
    with Store(long) as store:
        assert not caplog.records
        assert store.snapshots("r1")[-1][0] == 9
        assert store.latest("r1")[0].step == 3


def test_opening_one_that_is_not_does(long: Path, caplog: pytest.LogCaptureFixture) -> None:
    break_chains(long, b"\xaa")
    with Store(long) as store:
        assert store.runs() == []
    assert "is damaged" in caplog.text


@pytest.mark.usefixtures("large")
def test_a_large_file_that_is_cut_off_among_the_snapshots_is_moved_aside(
    long: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cut_off(long)
    with Store(long) as store:
        assert store.runs() == []
    assert "is damaged" in caplog.text


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("table", ["run", "series"])
def test_the_other_tables_of_a_large_file_are_read(path: Path, table: str, caplog: pytest.LogCaptureFixture) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(  # the index of the table becomes that of another
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master"
            " WHERE name = 'sqlite_autoindex_snapshot_1') WHERE name = ?",
            (f"sqlite_autoindex_{table}_1",),
        )
    with Store(path) as store:
        assert store.runs() == []
    assert "is damaged" in caplog.text


@pytest.mark.usefixtures("large")
def test_a_large_file_whose_end_is_still_in_the_log_is_not_cut_off(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    with writer(path, root) as process:
        last = max(said(process) for _ in range(3))
    with Store(path) as store:
        assert store.latest("r1")[0].step >= last


def test_damage_that_comes_while_the_file_is_open_is_named_too(long: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Store(long) as store:
        break_chains(long, b"\xaa")
        break_chains(long, b"\xbb")
        found, (damaged,) = store.latest("r1")
        assert found.step == 3
        assert "run r1 at step 9 is damaged: database disk image is malformed" in str(damaged)
        assert store.series("r1", "pixels").size == 0
        assert "pixels of run r1 is damaged from row 0 on: database disk image is malformed" in caplog.text
        store.save(RUN, snapshot=snapshot(10))
        assert store.latest("r1")[0].step == 10


def for_newer_writers(path: Path) -> bytes:
    """Flip the bit of the header by which SQLite opens a file only to read it."""
    harmed = bytearray(path.read_bytes())
    harmed[18] ^= 1
    path.write_bytes(harmed)
    return bytes(harmed)


def test_a_file_that_a_flipped_bit_makes_read_only_is_moved_aside(path: Path) -> None:
    harmed = for_newer_writers(path)
    with Store(path) as store:
        store.save(RUN)
    assert path.with_name("runs.sqlite3.damaged-1").read_bytes() == harmed


def test_a_file_that_may_not_be_written_to_stays_where_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)  # root may write whatever chmod says
    harmed = for_newer_writers(path)
    with pytest.raises(StoreError, match=r"cannot be opened .*readonly"):
        Store(path)
    assert path.read_bytes() == harmed


# -- disks ----------------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_is_an_error_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path / "file" / "runs.sqlite3")
    (tmp_path / "runs.sqlite3").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(tmp_path / "runs.sqlite3")
    Store(tmp_path / "new" / "folder" / "runs.sqlite3").close()


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """While this holds the system refuses to let a file of this process grow beyond `size` bytes."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_an_error_and_no_damage(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    large = Snapshot(9, {}, {"a": np.zeros(1_000_000, np.float32)})
    with Store(path) as store:
        with largest_file(500_000), pytest.raises(StoreError, match=r"runs\.sqlite3 cannot be written"):
            store.save(replace(RUN, meta='{"step": 9}'), snapshot=large, series={"loss": (4, loss(4, 5))}, drop=[0])
        for _ in range(2):
            assert store.runs().count(replace(RUN, id="r1")) == 1
            assert [step for step, _ in store.snapshots("r1")] == [0, 1, 2, 3]
            assert len(store.series("r1", "loss")) == 4
        store.save(RUN, snapshot=large)
    with Store(path) as store:
        assert [step for step, _ in store.snapshots("r1")] == [0, 1, 2, 3, 9]
    assert not caplog.records


def test_damaged_snapshots_that_cannot_be_deleted_hold_nothing_up(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE snapshot SET checksum = 0 WHERE step = 3")
    with Store(path) as store:
        with largest_file(0):
            found, damaged = store.latest("r1")
        assert (found.step, len(damaged)) == (2, 1)
        assert "Damaged snapshots are still there" in caplog.text
        assert [step for step, _ in store.snapshots("r1")] == [0, 1, 2, 3]
