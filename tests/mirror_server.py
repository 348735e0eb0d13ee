"""Gradwalk whose MNIST comes from a mirror on this machine: python -m tests.mirror_server FOLDER COMMAND"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import uvicorn

from app.fetch_process import fetch_in_process
from app.listener import listen, url
from app.main import create_app
from app.settings import Settings


def main(folder: str, command: str) -> None:
    """Serve until it is ended; the first line says where."""
    app = create_app(
        Settings(data=Path(folder), keep_runs=False), partial(fetch_in_process, command=json.loads(command))
    )
    with listen("127.0.0.1", 0) as listener:
        print(f"Gradwalk is at {url(listener)}", flush=True)  # noqa: T201 - the tests read it
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
