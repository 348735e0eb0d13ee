"""The download of MNIST: one at a time, never half a file, and plain words when it cannot be had."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.datasets import load, mnist_files, raw_folder
from app.download import Download, Fetch, OfflineError, State, Status, require_answer
from tests.small_mnist import write_mnist


def wait(download: Download, until: Callable[[Status], bool]) -> Status:
    """The first status for which `until` holds."""
    for _ in range(1000):
        if until(status := download.status):
            return status
        time.sleep(0.005)
    raise AssertionError(f"still {download.status}")


def finish(download: Download) -> Status:
    """Start, and the last status."""
    download.start()
    return wait(download, lambda status: status.state != "running")


def fetched(temporary: Path) -> None:
    """A download that goes well."""
    write_mnist(temporary)


def failing(error: Exception) -> Fetch:
    """A download that fails."""

    def fetch(folder: Path) -> None:
        raise error

    return fetch


def test_a_download_runs_in_the_background_and_arrives_whole(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there" / "yet"
    arrived, go = threading.Event(), threading.Event()

    def fetch(temporary: Path) -> None:
        fetched(temporary)
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

    def fetch(temporary: Path) -> None:
        calls.append(temporary)
        go.wait(10)
        fetched(temporary)

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
    download = Download(tmp_path, lambda temporary: next(fetches)(temporary))
    failed = finish(download)
    assert failed.state == "failed"
    assert words in failed.message
    assert not list(tmp_path.glob(".download-*"))
    assert finish(download).state == "done"


def test_files_that_arrive_damaged_are_named_and_not_kept(tmp_path: Path) -> None:
    def fetch(temporary: Path) -> None:
        path = raw_folder(write_mnist(temporary)) / mnist_files("test")[0]
        path.write_bytes(path.read_bytes()[:-1])

    failed = finish(Download(tmp_path, fetch))
    assert failed.state == "failed"
    assert "t10k-images-idx3-ubyte is cut off" in failed.message
    assert not list(raw_folder(tmp_path).iterdir())


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
    code = "from app.download import torchvision_mnist as mnist; mnist(); print(len(mnist().resources))"
    python = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(python, cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "4", done.stderr
