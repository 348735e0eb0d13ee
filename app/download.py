"""The download of MNIST, in a thread of its own, through torchvision: its mirrors, its checksums."""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from app.datasets import MNIST, Digits, find, load, mnist_files, raw_folder, read_mnist
from engine.data import DataError

State = Literal["idle", "running", "failed", "done"]
Fetch = Callable[[Path], None]
"""Brings MNIST, in torchvision's layout, into an empty folder."""

PACKED_BYTES = 11_594_722
"""Size of MNIST's four gzipped files together."""

ANSWER_SECONDS = 10

_log = logging.getLogger(__name__)


class OfflineError(Exception):
    """No mirror answers."""


@dataclass(frozen=True, slots=True)
class Status:
    """How a download stands, in plain words; `fraction` of it, from 0 to 1, is here."""

    state: State
    message: str
    fraction: float = 0.0


class Download:
    """Brings MNIST into a data folder, one download at a time; no method waits for the network.

    The files come into a folder beside their place and are moved when all of them have been read without a fault, so
    that nobody ever meets half a file, and a damaged one is replaced.

    Args:
        folder: the data folder; made where it is missing.
        fetch: what brings the files.
    """

    def __init__(self, folder: Path, fetch: Fetch | None = None) -> None:
        self._folder = folder
        self._fetch = fetch or fetch_mnist
        self._lock = threading.Lock()
        self._arriving: Path | None = None
        self._status = Status("idle", "MNIST has not been downloaded.")

    def start(self) -> Status:
        """Begin, unless a download is running."""
        with self._lock:
            if self._status.state != "running":
                self._status = Status("running", "MNIST is being downloaded.")
                threading.Thread(target=self._run, name="MNIST download", daemon=True).start()
            return self._status

    @property
    def status(self) -> Status:
        """How it stands now."""
        status, arriving = self._status, self._arriving
        if status.state != "running" or arriving is None:
            return status
        return Status(status.state, status.message, min(1.0, packed_bytes(arriving) / PACKED_BYTES))

    def _run(self) -> None:
        try:
            status = Status("done", self._bring(), 1.0)
        except ImportError as error:
            status = Status("failed", f'The download needs torchvision: pip install "gradwalk[torch]" ({error}).')
        except OfflineError:
            status = Status(
                "failed",
                "No mirror of MNIST answers: this machine seems to be offline. Try again later, or copy the four files "
                f"into {raw_folder(self._folder)}.",
            )
        except Exception as error:  # noqa: BLE001 - whatever torchvision or the disk raise, a page waits for an answer
            _log.warning("the download of MNIST failed", exc_info=True)
            status = Status("failed", f"The download of MNIST failed: {error}")
        self._arriving = None
        self._status = status

    def _bring(self) -> str:
        if self._is_here():
            return f"MNIST is in {self._folder} already."
        target = raw_folder(self._folder)
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=self._folder) as temporary:
            self._arriving = raw_folder(Path(temporary))
            self._fetch(Path(temporary))
            names = [mnist_files("train"), mnist_files("test")]
            for images, labels in names:
                read_mnist(self._arriving / images, self._arriving / labels)
            for name in (name for pair in names for name in pair):
                (self._arriving / name).replace(target / name)
        return f"MNIST is in {self._folder} now."

    def _is_here(self) -> bool:
        try:
            return find(self._folder, "train") is not None and find(self._folder, "test") is not None
        except DataError:  # a damaged file is as good as none
            return False


def packed_bytes(folder: Path) -> int:
    """How much of the gzipped files has arrived."""
    with suppress(FileNotFoundError):  # the folder is not there yet, or no longer
        return sum(path.stat().st_size for path in folder.iterdir() if path.suffix == ".gz")
    return 0


def fetch_mnist(folder: Path) -> None:
    """Download MNIST into `folder` through torchvision.

    Raises:
        ImportError: torchvision is not installed.
        OfflineError: no mirror answers.
        RuntimeError: torchvision could not download a file, or its checksum is wrong.
    """
    mnist = torchvision_mnist()
    require_answer(mnist.mirrors)
    mnist(folder, train=False, download=True)  # brings all four files, and reads the two small ones


def require_answer(mirrors: Iterable[str], seconds: float = ANSWER_SECONDS) -> None:
    """Make sure that a mirror answers: torchvision would wait for one without end.

    Raises:
        OfflineError: none does.
    """
    for mirror in mirrors:
        try:
            urllib.request.urlopen(urllib.request.Request(mirror, method="HEAD"), timeout=seconds).close()
        except urllib.error.HTTPError:  # there is nothing to see at this address, but somebody said so
            return
        except OSError:
            continue
        return
    raise OfflineError


def torchvision_mnist() -> Any:
    """torchvision's MNIST class, also where torchvision's compiled ops do not fit the torch beside them.

    torchvision's usual Linux build wants CUDA. Beside a CPU-only torch it cannot load its ops, and its import fails
    because two of them, which it wants to extend, do not exist. MNIST needs neither: declared, they are enough.

    Raises:
        ImportError: torch or torchvision is not installed.
    """
    try:
        from torchvision import datasets
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]  # what the failed import left half made
        _declare_operators()
        from torchvision import datasets
    return datasets.MNIST


def _declare_operators() -> None:
    library = import_module("torch.library").Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _declared.append(library)  # the declarations last as long as their library


_declared: list[object] = []


def digits_or_download(folder: Path, download: Download | None) -> Digits:
    """Digits from `folder`; where MNIST is missing, the built-in ones at once, while a download of MNIST runs beside.

    The note says how the download stands. Asking again after a failure tries again.
    """
    digits = load(folder)
    if download is None or digits.train.name == MNIST:
        return digits
    before = download.status
    if before.state != "running":
        download.start()
    news = (
        before.message if before.state == "failed" else "MNIST is being downloaded: open this scene again in a moment."
    )
    return digits._replace(note=f"{digits.note} {news}")
