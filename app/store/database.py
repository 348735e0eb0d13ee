"""One SQLite database for all threads: its lock, its transactions, its errors in plain words."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.store.file import connect, open_or_begin, own, prepare, result_code
from app.store.records import StoreError


class Database:
    """One connection, and one lock around it.

    Not a connection for each thread: SQLite lets one write at a time anyway, whatever is read here is read in
    milliseconds, and a database in memory has no second connection. One connection may also lock the file for itself,
    which spares SQLite the shared memory that some file systems of containers lack.

    Args:
        path: the file, made where missing; None for a database in memory.

    Raises:
        StoreError: another process has the file, or it cannot be opened.
    """

    def __init__(self, path: Path | None) -> None:
        self._name = path.name if path else "The store in memory"
        self._lock = threading.Lock()
        with self._worded("opened"):
            if path is None:
                self._owner = None
                self._connection = connect(":memory:")
                prepare(self._connection)
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            self._owner = own(path)
            try:
                self._connection = open_or_begin(path)
            except BaseException:
                self._owner.close()
                raise

    def close(self) -> None:
        """Let go of the file. Nothing can be done with it afterwards; closing again does no harm."""
        with self._lock, self._worded("closed"):
            self._connection.close()
            if self._owner:
                self._owner.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, while nobody else has it. Raises StoreError for what SQLite raises."""
        with self._lock, self._worded("read"):
            yield self._connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """As `reading`; what is written within is kept as a whole or, where anything is raised, not at all."""
        with self._lock, self._worded("written"):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                raise

    @contextmanager
    def _worded(self, done: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, OverflowError, UnicodeEncodeError) as error:
            if isinstance(error, sqlite3.Error) and result_code(error) == sqlite3.SQLITE_BUSY:
                raise StoreError(
                    f"{self._name} is in use",
                    given="a file that another process has open",
                    expected="one process for one file: stop the other, or give this one a folder of its own",
                ) from error
            raise StoreError(
                f"{self._name} cannot be {done}",
                given=str(error),
                expected="a sound disk with room, and leave to write",
            ) from error
