"""The download of MNIST: in the background, with its progress, to be cancelled and continued."""

from __future__ import annotations

import logging
import shutil
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from app.datasets import MNIST, Digits, MissingError, find, get, load, mnist_files, raw_folder, read_mnist
from app.fetch_mnist import OfflineError
from app.fetch_process import Fetch, fetch_in_process
from engine.data import DataError, read_idx

State = Literal["idle", "running", "cancelled", "failed", "done"]
PACKED_BYTES = 11_594_722
"""Size of MNIST's four gzipped files together."""

ARRIVING = ".mnist-download"
"""The folder, in the data folder, of what has arrived so far."""

CANCEL_SECONDS = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Status:
    """How a download stands, in plain words; `fraction` of it, from 0 to 1, is here."""

    state: State
    message: str
    fraction: float = 0.0


class Download:
    """Brings MNIST into a data folder, one download at a time; any thread may call any method.

    The files come into a folder beside their place and are moved when all of them have been read without a fault, so
    that nobody ever meets half a file, and a damaged one is replaced. After a failure or a cancellation the gzipped
    files that had arrived whole wait there for the next attempt.

    Args:
        folder: the data folder; made where it is missing.
        fetch: what brings the files.
        size: bytes of the gzipped files together.
    """

    def __init__(self, folder: Path, fetch: Fetch | None = None, size: int = PACKED_BYTES) -> None:
        self._folder = folder
        self._fetch = fetch or fetch_in_process
        self._size = size
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._thread: threading.Thread | None = None
        self._status = Status("idle", "MNIST has not been downloaded.")

    def start(self) -> Status:
        """Begin or continue, unless a download is running; does not wait for the network."""
        with self._lock:
            if self._status.state != "running":
                self._status = Status("running", "MNIST is being downloaded.")
                self._cancelled = threading.Event()
                self._thread = threading.Thread(
                    target=self._run, args=(self._cancelled,), name="MNIST download", daemon=True
                )
                self._thread.start()
        return self.status

    def cancel(self) -> Status:
        """Stop a running download; waits for its end, but not for the network."""
        with self._lock:
            self._cancelled.set()
            thread = self._thread
        if thread is not None:
            thread.join(CANCEL_SECONDS)
        return self.status

    @property
    def status(self) -> Status:
        """How it stands now."""
        with self._lock:
            status = self._status
        if status.state != "running":
            return status
        here = self._packed_bytes()
        progress = f"MNIST is being downloaded: {here / 1e6:.1f} of {self._size / 1e6:.1f} MB."
        return Status("running", progress if here else status.message, min(1.0, here / self._size))

    def _run(self, cancelled: threading.Event) -> None:
        try:
            status = Status("done", self._bring(cancelled), 1.0)
        except Exception as error:  # noqa: BLE001 - whatever a mirror or the disk do, a page waits for an answer
            kept = "What had arrived whole is kept." if self._tidy() else ""
            if cancelled.is_set():
                state: State = "cancelled"
                words = "The download of MNIST was cancelled."
            else:
                state, words = "failed", self._explain(error)
            status = Status(state, f"{words} {kept}".strip(), min(1.0, self._packed_bytes() / self._size))
        with self._lock:
            self._status = status

    def _explain(self, error: Exception) -> str:
        if isinstance(error, ImportError):
            return f'The download needs torchvision: pip install "gradwalk[torch]" ({error}).'
        if isinstance(error, OfflineError):
            return (
                "No mirror of MNIST answers: this machine seems to be offline. Try again later, or copy the four files "
                f"into {raw_folder(self._folder)}."
            )
        _log.warning("the download of MNIST failed", exc_info=error)
        return f"The download of MNIST failed: {str(error).rstrip('.')}."

    def _bring(self, cancelled: threading.Event) -> str:
        if self._is_here():
            return f"MNIST is in {self._folder} already."
        self._tidy()
        arriving = self._arriving
        arriving.mkdir(parents=True, exist_ok=True)
        self._fetch(self._folder / ARRIVING, cancelled)
        if cancelled.is_set():
            raise InterruptedError
        names = [mnist_files("train"), mnist_files("test")]
        try:
            for images, labels in names:
                read_mnist(arriving / images, arriving / labels)
        except DataError:
            shutil.rmtree(self._folder / ARRIVING)  # to be kept, it would have to be whole
            raise
        target = raw_folder(self._folder)
        target.mkdir(parents=True, exist_ok=True)
        for name in (name for pair in names for name in pair):
            (arriving / name).replace(target / name)
        shutil.rmtree(self._folder / ARRIVING)
        return f"MNIST is in {self._folder} now."

    def _is_here(self) -> bool:
        try:
            return find(self._folder, "train") is not None and find(self._folder, "test") is not None
        except DataError:  # a damaged file is as good as none
            return False

    @property
    def _arriving(self) -> Path:
        return raw_folder(self._folder / ARRIVING)

    def _packed_bytes(self) -> int:
        """How much of the gzipped files has arrived."""
        with suppress(OSError):  # the folder is not there yet, or no longer
            return sum(path.stat().st_size for path in self._arriving.glob("*.gz"))
        return 0

    def _tidy(self) -> bool:
        """Leave no half files behind; whether whole ones are left."""
        with suppress(OSError):
            for path in self._arriving.iterdir():
                if not (path.suffix == ".gz" and _is_whole(path)):
                    path.unlink()
            if any(self._arriving.iterdir()):
                return True
            shutil.rmtree(self._folder / ARRIVING)
        return False


def _is_whole(packed: Path) -> bool:
    try:
        read_idx(packed)  # to its end, where the checksum stands
    except DataError:
        return False
    return True


def digits_or_download(folder: Path, download: Download | None) -> Digits:
    """Digits from `folder`; where MNIST is missing, the built-in ones at once, while a download of MNIST runs beside.

    The note says how the download stands. Asking again after a failure tries again; after a cancellation, and where
    files are damaged, only the page of the data sets does.
    """
    digits = load(folder)
    if download is None or digits.train.name == MNIST:
        return digits
    before = download.status
    if before.state == "cancelled" or not _is_missing(folder):
        return digits._replace(note=f"{digits.note} The page Data downloads MNIST.")
    if before.state != "running":
        download.start()
    news = (
        before.message if before.state == "failed" else "MNIST is being downloaded: open this scene again in a moment."
    )
    return digits._replace(note=f"{digits.note} {news}")


def _is_missing(folder: Path) -> bool:
    try:
        get(folder, "mnist")
    except DataError as error:
        return isinstance(error, MissingError)
    return False
