"""The download of MNIST: one at a time, never half a file, and plain words when it cannot be had."""

from __future__ import annotations

import gzip
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from app.datasets import built_in, load, mnist_files, raw_folder
from app.download import ARRIVING, Download, State, Status, digits_or_download
from app.fetch_mnist import OfflineError, attempt, require_answer
from app.fetch_process import Fetch, fetch_in_process
from tests.small_mirror import COUNTS, Mirror, serving
from tests.small_mnist import idx, write_mnist


def wait(download: Download, until: Callable[[Status], bool]) -> Status:
    """The first status for which `until` holds."""
    for _ in range(6000):
        if until(status := download.status):
            return status
        time.sleep(0.005)
    raise AssertionError(f"still {download.status}")


def finish(download: Download) -> Status:
    """Start, and the last status."""
    download.start()
    return wait(download, lambda status: status.state != "running")


def fetched(temporary: Path, _cancelled: threading.Event) -> None:
    """A download that goes well."""
    write_mnist(temporary)


def held(_temporary: Path, cancelled: threading.Event) -> None:
    """A download that goes on until it is cancelled."""
    cancelled.wait(30)


def failing(error: Exception) -> Fetch:
    """A download that fails."""

    def fetch(_folder: Path, _cancelled: threading.Event) -> None:
        raise error

    return fetch


def test_a_download_runs_in_the_background_and_arrives_whole(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there" / "yet"
    arrived, go = threading.Event(), threading.Event()

    def fetch(temporary: Path, cancelled: threading.Event) -> None:
        fetched(temporary, cancelled)
        (raw_folder(temporary) / "train-images-idx3-ubyte.gz").write_bytes(b"0" * 5_797_361)
        arrived.set()
        go.wait(10)

    download = Download(folder, fetch)
    assert download.status.state == "idle"
    assert download.start().state == "running"
    assert arrived.wait(10)
    running = wait(download, lambda status: status.fraction > 0)
    assert running.fraction == pytest.approx(0.5)
    assert load(folder).train.name == "Built-in digits"  # half a download is none
    go.set()
    done = wait(download, lambda status: status.state != "running")
    assert (done.state, done.fraction) == ("done", 1.0)
    assert str(folder) in done.message
    assert len(load(folder).train) == 6
    assert {path.name for path in folder.iterdir()} == {"MNIST"}


def test_only_one_download_runs_at_a_time(tmp_path: Path) -> None:
    calls: list[Path] = []
    go = threading.Event()

    def fetch(temporary: Path, cancelled: threading.Event) -> None:
        calls.append(temporary)
        go.wait(10)
        fetched(temporary, cancelled)

    download = Download(tmp_path, fetch)
    starters = [threading.Thread(target=download.start) for _ in range(8)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    go.set()
    assert wait(download, lambda status: status.state != "running").state == "done"
    assert len(calls) == 1
    assert "already" in finish(download).message
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OfflineError(), "offline"),
        (ModuleNotFoundError("No module named 'torchvision'"), 'pip install "gradwalk[torch]"'),
        (RuntimeError("File not found or corrupted."), "File not found or corrupted."),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
def test_what_goes_wrong_is_said_and_can_be_tried_again(
    tmp_path: Path, error: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    fetches = iter([failing(error), fetched])
    download = Download(tmp_path, lambda *given: next(fetches)(*given))
    failed = finish(download)
    assert failed.state == "failed"
    assert words in failed.message
    assert not list(tmp_path.iterdir())
    assert finish(download).state == "done"


def test_files_that_arrive_damaged_are_named_and_not_kept(tmp_path: Path) -> None:
    def fetch(temporary: Path, _cancelled: threading.Event) -> None:
        path = raw_folder(write_mnist(temporary)) / mnist_files("test")[0]
        path.write_bytes(path.read_bytes()[:-1])
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(idx(np.zeros(3, np.uint8))))

    failed = finish(Download(tmp_path, fetch))
    assert failed.state == "failed"
    assert "t10k-images-idx3-ubyte is cut off" in failed.message
    assert not list(tmp_path.iterdir())


def test_damaged_files_in_the_folder_are_replaced(tmp_path: Path) -> None:
    broken = raw_folder(write_mnist(tmp_path)) / mnist_files("train")[1]
    broken.write_bytes(b"")
    assert finish(Download(tmp_path, fetched)).state == "done"
    assert load(tmp_path).train.name == "MNIST"


@pytest.mark.parametrize("state", ["idle", "failed"])
def test_a_status_is_there_at_once(tmp_path: Path, state: State) -> None:
    download = Download(tmp_path, failing(OfflineError()))
    status = download.status if state == "idle" else finish(download)
    assert status.state == state
    assert status.message.endswith(".")


# ---------------------------------------------------------------------------------------- cancelled and continued


def test_a_download_is_cancelled_and_continued(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    def fetch(temporary: Path, cancelled: threading.Event) -> None:
        raw = raw_folder(temporary)
        seen.append(sorted(path.name for path in raw.iterdir()))
        write_mnist(temporary)
        if len(seen) == 1:
            for whole, half in (mnist_files("train"), mnist_files("test")):
                (raw / f"{whole}.gz").write_bytes(gzip.compress((raw / whole).read_bytes()))
                (raw / f"{half}.gz").write_bytes(gzip.compress((raw / half).read_bytes())[:-1])
            cancelled.wait(30)

    download = Download(tmp_path, fetch)
    download.start()
    wait(download, lambda status: status.fraction > 0)
    status = download.cancel()
    assert status.state == "cancelled"
    assert "kept" in status.message
    assert not raw_folder(tmp_path).exists()
    whole = [f"{mnist_files(split)[0]}.gz" for split in ("test", "train")]
    assert sorted(path.name for path in raw_folder(tmp_path / ARRIVING).iterdir()) == whole
    assert finish(download).state == "done"
    assert seen == [[], whole]
    assert {path.name for path in tmp_path.iterdir()} == {"MNIST"}


def test_a_cancelled_download_of_which_nothing_was_whole_leaves_nothing(tmp_path: Path) -> None:
    download = Download(tmp_path, held)
    download.start()
    status = download.cancel()
    assert (status.state, status.fraction) == ("cancelled", 0)
    assert "kept" not in status.message
    assert not list(tmp_path.iterdir())
    assert download.cancel().state == "cancelled"  # once more changes nothing


def test_cancelling_what_does_not_run_changes_nothing(tmp_path: Path) -> None:
    download = Download(tmp_path, fetched)
    assert download.cancel().state == "idle"
    assert finish(download).state == "done"
    assert download.cancel().state == "done"


def test_half_files_of_a_server_that_was_killed_are_swept_away(tmp_path: Path) -> None:
    raw = raw_folder(tmp_path / ARRIVING)
    raw.mkdir(parents=True)
    (raw / f"{mnist_files('train')[0]}.gz").write_bytes(b"half")
    (raw / mnist_files("train")[1]).write_bytes(b"unpacked by half")
    seen: list[Path] = []

    def fetch(temporary: Path, cancelled: threading.Event) -> None:
        seen.extend(raw.iterdir())
        fetched(temporary, cancelled)

    assert finish(Download(tmp_path, fetch)).state == "done"
    assert not seen


# ------------------------------------------------------------------------------------------------- what scenes get


def test_a_scene_gets_the_built_in_digits_while_mnist_is_on_its_way(tmp_path: Path) -> None:
    download = Download(tmp_path, held)
    assert digits_or_download(tmp_path, None).train is built_in()[0]
    assert wait(download, lambda status: True).state == "idle"
    digits = digits_or_download(tmp_path, download)
    assert digits.train is built_in()[0]
    assert "open this scene again in a moment" in digits.note
    assert download.status.state == "running"
    download.cancel()


def test_a_scene_does_not_begin_again_what_somebody_cancelled(tmp_path: Path) -> None:
    download = Download(tmp_path, held)
    download.start()
    download.cancel()
    assert "The page Data downloads MNIST" in digits_or_download(tmp_path, download).note
    assert download.status.state == "cancelled"


def test_a_scene_does_not_replace_damaged_files_unasked(tmp_path: Path) -> None:
    broken = raw_folder(write_mnist(tmp_path)) / mnist_files("train")[1]
    broken.write_bytes(b"mine")
    download = Download(tmp_path, fetched)
    note = digits_or_download(tmp_path, download).note
    assert broken.name in note
    assert "The page Data downloads MNIST" in note
    assert download.status.state == "idle"
    assert broken.read_bytes() == b"mine"


def test_a_scene_tries_again_after_a_failure_and_says_what_went_wrong(tmp_path: Path) -> None:
    fetches = iter([failing(OfflineError()), held])
    download = Download(tmp_path, lambda *given: next(fetches)(*given))
    finish(download)
    assert "offline" in digits_or_download(tmp_path, download).note
    assert download.status.state == "running"
    download.cancel()


# ------------------------------------------------------------------------------------------------ through torchvision

with_torchvision = pytest.mark.skipif(find_spec("torchvision") is None, reason="torchvision is not installed")


@pytest.fixture
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """A mirror of a small MNIST on this machine."""
    with serving(Mirror(tmp_path_factory.mktemp("mirror"))) as mirror:
        yield mirror


def downloading(folder: Path, mirror: Mirror) -> Download:
    """Through torchvision, from the mirror."""
    return Download(folder, partial(fetch_in_process, command=mirror.command), mirror.size)


@with_torchvision
def test_torchvision_fetches_no_file_twice_after_a_cancellation(tmp_path: Path, mirror: Mirror) -> None:
    train_images, train_labels, test_images, test_labels = mirror.files
    mirror.held = {test_images}
    mirror.gate.clear()
    download = downloading(tmp_path, mirror)
    download.start()
    here = len(mirror.files[train_images]) + len(mirror.files[train_labels])
    running = wait(download, lambda status: status.fraction > here / mirror.size)
    assert f"of {mirror.size / 1e6:.1f} MB" in running.message
    begun = time.monotonic()
    cancelled = download.cancel()
    assert time.monotonic() - begun < 30
    assert cancelled.state == "cancelled"
    assert cancelled.fraction == pytest.approx(here / mirror.size)
    assert load(tmp_path).train.name == "Built-in digits"
    mirror.gate.set()
    mirror.served.clear()
    assert finish(download).state == "done"
    assert set(mirror.served) == {test_images, test_labels}
    train, test, _ = load(tmp_path)
    assert (len(train), len(test)) == (COUNTS["train"], COUNTS["test"])
    assert {path.name for path in tmp_path.iterdir()} == {"MNIST"}


@with_torchvision
def test_a_file_with_a_wrong_checksum_is_named(
    tmp_path: Path, mirror: Mirror, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    download = downloading(tmp_path, mirror)
    name = list(mirror.files)[2]
    mirror.files[name] = b"no longer what was published"
    failed = finish(download)
    assert failed.state == "failed"
    assert name in failed.message
    assert "corrupted" in failed.message
    assert "What had arrived whole is kept." in failed.message


@with_torchvision
def test_the_program_ends_with_the_server_that_started_it(tmp_path: Path, root: Path, mirror: Mirror) -> None:
    mirror.held = set(mirror.files)
    mirror.gate.clear()
    command = [*mirror.command, str(tmp_path)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as program:
        assert program.stdin is not None
        for _ in range(1000):
            if raw_folder(tmp_path).exists():  # it is on its way
                break
            time.sleep(0.02)
        assert program.poll() is None
        program.stdin.close()
        assert program.wait(10) == 1


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        ('["offline", ""]', OfflineError, "^$"),
        ('["no torchvision", "No module named torch"]', ImportError, "No module named torch"),
        ('["failed", "No space left"]', RuntimeError, "No space left"),
        ("", RuntimeError, "ended with status 3"),
    ],
)
def test_what_the_program_says_is_told(tmp_path: Path, said: str, error: type[Exception], words: str) -> None:
    command = (sys.executable, "-c", f"import sys; print({said!r}, end=''); sys.exit(3)")
    with pytest.raises(error, match=words):
        fetch_in_process(tmp_path, threading.Event(), command)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ImportError("no torch"), ("no torchvision", "no torch")),
        (OfflineError(), ("offline", "")),
        (RuntimeError("Error downloading it:\nTried here, got:\n404\n"), None),
        (TimeoutError(), ("failed", "TimeoutError")),
        (None, ("done", "")),
    ],
)
def test_the_program_says_how_it_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception | None, outcome: tuple[str, str] | None
) -> None:
    def fetch(folder: Path) -> None:
        if error:
            raise error

    monkeypatch.setattr("app.fetch_mnist.fetch_mnist", fetch)
    assert attempt(tmp_path) == (outcome or ("failed", "Error downloading it: Tried here, got: 404"))


class Refusing(BaseHTTPRequestHandler):
    """A server that answers, if only to say no."""

    def do_HEAD(self) -> None:
        """403."""
        self.send_response(403)
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing in the terminal."""


def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_a_mirror_that_says_no_is_there_and_one_that_is_silent_is_not() -> None:
    silent = f"http://127.0.0.1:{closed_port()}/"
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        mirror = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            require_answer([silent, mirror], seconds=5)
        finally:
            server.shutdown()
    with pytest.raises(OfflineError):
        require_answer([silent, mirror], seconds=5)


def test_a_mirror_that_takes_the_call_and_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(OfflineError):
        require_answer([f"http://127.0.0.1:{silent.getsockname()[1]}/"], seconds=0.2)


def test_torchvision_can_be_imported_beside_any_torch(root: Path) -> None:
    if find_spec("torchvision") is None:
        pytest.skip("torchvision is not installed")
    code = "from app.fetch_mnist import torchvision_mnist as mnist; mnist(); print(len(mnist().resources))"
    python = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(python, cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "4", done.stderr
