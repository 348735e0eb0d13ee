"""Runs the program that downloads MNIST: a process can be ended at any moment, and PyTorch's memory ends with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from app.fetch_mnist import OfflineError
from app.resources import CHECKOUT

Fetch = Callable[[Path, threading.Event], None]
"""Brings MNIST, in torchvision's layout, into a folder in which some gzipped files may be already; gives up when the
event is set."""

POLL_SECONDS = 0.1


def fetch_in_process(
    folder: Path,
    cancelled: threading.Event,
    command: Sequence[str] = (sys.executable, "-m", "app.fetch_mnist"),
) -> None:
    """Download MNIST into `folder`, until it is there or `cancelled` is set.

    Args:
        folder: what torchvision calls root.
        cancelled: ends the download from another thread.
        command: the program; the folder is added to it.

    Raises:
        ImportError: torchvision is not installed.
        OfflineError: no mirror answers.
        RuntimeError: it did not go well.
    """
    path = os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))
    with subprocess.Popen(
        [*command, str(folder.absolute())],
        stdin=subprocess.PIPE,  # ends when we do
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": path},
        text=True,
    ) as process:
        try:
            while process.poll() is None and not cancelled.wait(POLL_SECONDS):
                pass
        finally:
            process.kill()
        assert process.stdout is not None
        said = process.stdout.read()
    if cancelled.is_set():
        return
    if not said:
        raise RuntimeError(f"the process that downloads ended with status {process.returncode}")
    outcome, words = json.loads(said.splitlines()[-1])
    if outcome != "done":
        raise {"offline": OfflineError, "no torchvision": ImportError}.get(outcome, RuntimeError)(words)
