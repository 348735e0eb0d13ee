"""MNIST through torchvision: its mirrors, its checksums. A program of its own, which can be ended at any moment.

    python -m app.fetch_mnist FOLDER

It writes its outcome to its standard output as JSON, and ends when its standard input does: with the process that
started it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["done", "offline", "no torchvision", "failed"]

ANSWER_SECONDS = 10
SILENCE_SECONDS = 30
"""A mirror that sends nothing for so long has been lost; torchvision would wait without end."""


class OfflineError(Exception):
    """No mirror answers."""


def main(arguments: list[str]) -> int:
    """Download into the folder that `arguments` name, and say how it went."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    socket.setdefaulttimeout(SILENCE_SECONDS)
    outcome, words = attempt(Path(arguments[0]))
    sys.stdout.write(json.dumps([outcome, words]) + "\n")
    return int(outcome != "done")


def attempt(folder: Path) -> tuple[Outcome, str]:
    """Download into `folder`; how it went, and what stood in the way."""
    try:
        fetch_mnist(folder)
    except ImportError as error:
        return "no torchvision", str(error)
    except OfflineError:
        return "offline", ""
    except Exception as error:  # noqa: BLE001 - whatever torchvision raises, somebody waits for the outcome
        return "failed", " ".join(str(error).split()) or type(error).__name__
    return "done", ""


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def fetch_mnist(folder: Path) -> None:
    """Download MNIST into `folder` through torchvision; gzipped files that are there and whole are not fetched again.

    Raises:
        ImportError: torchvision is not installed.
        OfflineError: no mirror answers.
        RuntimeError: torchvision could not download a file, or its checksum is wrong.
    """
    mnist = torchvision_mnist()
    require_answer(mnist.mirrors)
    mnist(folder, train=False, download=True)  # brings all four files, and reads the two small ones


def require_answer(mirrors: Iterable[str], seconds: float = ANSWER_SECONDS) -> None:
    """Make sure that a mirror answers: without, torchvision's account of what went wrong names everything but that.

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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
