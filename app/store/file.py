"""The SQLite file: whose it is, whether it is ours and sound, and what becomes of it when it is not."""

from __future__ import annotations

import logging
import os
import sqlite3
from itertools import count
from pathlib import Path

from app.store.records import StoreError

log = logging.getLogger(__name__)

APPLICATION = int.from_bytes(b"GrWk")
"""By which SQLite, and `file`, tell ours from other programs' databases."""

VERSION = 1
SCHEMA = (
    """CREATE TABLE run (
        id TEXT NOT NULL PRIMARY KEY,
        visitor TEXT NOT NULL,
        kind TEXT NOT NULL,
        parent TEXT,
        branched_at INTEGER,
        created REAL NOT NULL,
        touched REAL NOT NULL,
        recipe TEXT NOT NULL,
        meta TEXT NOT NULL,
        checksum INTEGER NOT NULL
    )""",
    """CREATE TABLE snapshot (
        run TEXT NOT NULL REFERENCES run ON DELETE CASCADE,
        step INTEGER NOT NULL,
        checksum INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (run, step)
    )""",
    """CREATE TABLE series (
        run TEXT NOT NULL REFERENCES run ON DELETE CASCADE,
        name TEXT NOT NULL,
        start INTEGER NOT NULL,
        length INTEGER NOT NULL,
        form TEXT NOT NULL,
        checksum INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (run, name, start)
    )""",
)
"""The tables, word for word as SQLite keeps them. Whoever changes them counts VERSION up."""

LARGE = 1_000_000_000
"""Bytes from which on opening a file no longer reads its snapshots, which have checksums of their own."""

PATIENCE = 1.0
"""Seconds that a server which is just ending gets to let go of the file."""


class UnusableError(StoreError):
    """A file that is not to be served: damaged, not ours, or of another version."""


def result_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 where the error is not SQLite's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite met bytes that make no sense."""
    return result_code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def connect(path: Path | str) -> sqlite3.Connection:
    """A connection for any thread, with transactions only where they are written."""
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    # A flipped bit can make text undecodable. An exception would take sound rows along; so the row's checksum tells.
    connection.text_factory = lambda text: text.decode(errors="replace")
    return connection


def own(path: Path) -> sqlite3.Connection:
    """Claim the file for this process, for as long as the connection that is returned stays open.

    Locked is an empty database beside the file and not the file itself, because the claim has to hold while the file
    is moved aside. Of the locks the standard library has, SQLite's is the one for every platform; the system lets go
    of it when the process dies, however it does.
    """
    owner = connect(path.with_name(path.name + ".lock"))
    try:
        owner.execute("PRAGMA journal_mode = MEMORY")  # else a journal would lie there too
        owner.execute("BEGIN EXCLUSIVE")
    except BaseException:
        owner.close()
        raise
    return owner


def open_or_begin(path: Path) -> sqlite3.Connection:
    """The database; where it cannot be used it is moved aside, never overwritten, and an empty one takes its place."""
    try:
        return open_sound(path)
    except UnusableError as error:
        aside = move_aside(path)
        log.warning("%s: %s. It is now %s, and an empty one takes its place", path, error, aside.name)
        return open_sound(path)


def open_sound(path: Path) -> sqlite3.Connection:
    """The database, made where missing. Raises UnusableError when it is not to be served."""
    if not size(path) and size(log_of(path)):  # SQLite would throw the log away
        raise UnusableError("The file is empty", given="transactions for it", expected="a database")
    connection = connect(path)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        if identity(connection) != (0, 0, []):  # else it is new, or its making was interrupted
            require_sound(connection, path)
        prepare(connection)
    except BaseException as error:
        connection.close()
        if is_at_fault(path, error):
            raise UnusableError("The file is damaged", given=str(error), expected="an SQLite database") from error
        raise
    return connection


def is_at_fault(path: Path, error: BaseException) -> bool:
    """Whether it is the file, and not the disk or who may write there, that made opening fail."""
    if not isinstance(error, sqlite3.Error):
        return isinstance(error, UnicodeDecodeError)  # SQLite quotes a damaged name in what it says
    if result_code(error) == sqlite3.SQLITE_READONLY:  # also what a flipped bit of the header makes it
        return os.access(path, os.W_OK)
    return is_damage(error) or result_code(error) == sqlite3.SQLITE_ERROR  # nothing is wrong with our statements


def identity(connection: sqlite3.Connection) -> tuple[int, int, list[str]]:
    """Whose database it is, of which version, with which tables; zeros and none where nothing has been made yet."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    tables = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table'").fetchall()
    return application, version, [sql for (sql,) in tables]


def require_sound(connection: sqlite3.Connection, path: Path) -> None:
    """Raises UnusableError, or what SQLite raises, unless the database is ours and its structure is sound."""
    application, version, tables = identity(connection)
    if application != APPLICATION:
        raise UnusableError("The file is another program's", given=f"application {application}", expected="Gradwalk's")
    if version != VERSION:
        raise UnusableError(
            "The file is of another version of Gradwalk", given=f"format {version}", expected=f"format {VERSION}"
        )
    if tables != list(SCHEMA):
        raise UnusableError("The file is damaged", given="other tables", expected="those of a run")
    # integrity_check is quick_check plus the indexes, which are small here: it costs no more. "1" is the whole file, up
    # to the first thing that is wrong. That a file is cut off SQLite has noticed before.
    parts = ["1"] if size(path) < LARGE else ["run", "series"]
    for part in parts:
        (result,) = connection.execute(f"PRAGMA integrity_check({part})").fetchone()
        if result != "ok":
            wrong = next(line for line in result.splitlines() if not line.startswith("***"))  # a heading
            raise UnusableError("The file is damaged", given=wrong, expected="an SQLite database")


def prepare(connection: sqlite3.Connection) -> None:
    """Set the connection up, and make the tables where there are none."""
    for pragma in (
        "page_size = 16384",  # snapshots are large: a write takes two thirds of the time it does with 4096
        "journal_mode = WAL",
        "synchronous = NORMAL",  # no waiting for the disk: kill -9 loses nothing, a power cut the last moments
        "wal_autocheckpoint = 256",
        "secure_delete = OFF",  # on by default in some builds; writes zeros over every snapshot that is dropped
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    if identity(connection) == (0, 0, []):
        connection.execute("BEGIN")
        for statement in (*SCHEMA, f"PRAGMA application_id = {APPLICATION}", f"PRAGMA user_version = {VERSION}"):
            connection.execute(statement)
        connection.commit()
    connection.execute("DELETE FROM run WHERE 0")  # says now, and not at the first save, if nothing can be written


def move_aside(path: Path) -> Path:
    """Rename the file, and the log of its last transactions where there is one; returns the new path."""
    asides = (path.with_name(f"{path.name}.damaged-{number}") for number in count(1))
    aside = next(name for name in asides if not name.exists() and not log_of(name).exists())
    for part, new in ((log_of(path), log_of(aside)), (path, aside)):  # the log first: it must never meet the new file
        if part.exists():
            part.rename(new)
    return aside


def log_of(path: Path) -> Path:
    """Where SQLite keeps the transactions that are not yet in the file."""
    return path.with_name(path.name + "-wal")


def size(path: Path) -> int:
    """Bytes of a file, 0 where there is none."""
    return path.stat().st_size if path.exists() else 0
