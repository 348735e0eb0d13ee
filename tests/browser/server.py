"""A real server in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


class Server:
    """A server that can be killed and started again, with the same port and the same runs.

    Its data folder is empty unless GRADWALK_DATA names one.
    """

    def __init__(self, root: Path, folder: Path, port: int) -> None:
        self._root, self._port = root, port
        self._environment = {
            **os.environ,
            "GRADWALK_DATA": str(folder),
            "GRADWALK_DOWNLOAD": "no",
            "GRADWALK_KEEP_RUNS": "yes",
            "GRADWALK_RUNS_FILE": str(folder / "runs.sqlite"),
        }
        self.address = self.start()

    def start(self) -> str:
        """Returns its address once it listens."""
        command = [sys.executable, "-m", "app", "--no-browser", "--port", str(self._port)]
        self._process = subprocess.Popen(
            command, cwd=self._root, env=self._environment, text=True, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        words = self._process.stdout.readline().split()
        if words[:3] != ["Gradwalk", "is", "at"]:
            self.kill()
            raise AssertionError("the server did not start")
        return words[3]

    def kill(self) -> None:
        """At once, as `kill -9` does."""
        self._process.kill()
        self._process.communicate()

    def end(self) -> None:
        """As Ctrl+C does."""
        self._process.terminate()
        self._process.communicate(timeout=30)
