"""A mirror of a small MNIST on this machine, and a program that downloads from it through torchvision."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from app import fetch_mnist
from app.datasets import Split, mnist_files, raw_folder
from tests.small_mnist import write_mnist

NAMES = (*mnist_files("train"), *mnist_files("test"))
COUNTS: dict[Split, int] = {"train": 300, "test": 400}
"""Enough that half a file of pictures is more than torchvision takes at once."""


class Mirror:
    """Serves the gzipped files of a small MNIST.

    Attributes:
        files: what is served, by name.
        served: the files that were sent whole, in this order; torchvision asks for each twice.
        gate: closed, every answer stops in the middle of a file named by `held`.
        held: names that wait for the gate.
        url: its address.
    """

    def __init__(self, folder: Path) -> None:
        write_mnist(folder, COUNTS)
        self.files = {f"{name}.gz": gzip.compress((raw_folder(folder) / name).read_bytes()) for name in NAMES}
        self.served: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.held: set[str] = set()
        self.url = ""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(map(len, self.files.values()))

    @property
    def command(self) -> Sequence[str]:
        """The program that downloads from here, without the folder to download into."""
        resources = [(name, hashlib.md5(content).hexdigest()) for name, content in self.files.items()]
        return (sys.executable, "-m", "tests.small_mirror", self.url, json.dumps(resources))


@contextmanager
def serving(mirror: Mirror) -> Iterator[Mirror]:
    """Serve until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(403)
            self.end_headers()

        def do_GET(self) -> None:
            name = self.path.rsplit("/", 1)[-1]
            content = mirror.files[name]
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            middle = len(content) // 2
            try:
                self.wfile.write(content[:middle])
                if name in mirror.held:
                    mirror.gate.wait(30)
                self.wfile.write(content[middle:])
                mirror.served.append(name)
            except OSError:  # whoever asked has gone
                pass

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        mirror.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield mirror
        finally:
            mirror.gate.set()
            server.shutdown()


if __name__ == "__main__":
    url, resources, folder = sys.argv[1:]
    theirs = fetch_mnist.torchvision_mnist()
    theirs.mirrors, theirs.resources = [url], json.loads(resources)
    sys.exit(fetch_mnist.main([folder]))
