"""A real server and a real Chromium. Whatever a page logs as an error fails the test that opened it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tools import chromium

# Software rendering, and no sandbox for root, who runs the tests in containers.
FLAGS = ["--disable-gpu", *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]


@pytest.fixture(scope="package")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of its own; its data folder is empty unless GRADWALK_DATA names one."""
    environment = {"GRADWALK_DATA": str(tmp_path_factory.mktemp("data")), "GRADWALK_DOWNLOAD": "no", **os.environ}
    command = [sys.executable, "-m", "app", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, cwd=root, env=environment, text=True, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            assert words[:3] == ["Gradwalk", "is", "at"], "the server did not start"
            yield words[3]
        finally:
            process.terminate()
            process.wait(timeout=5)


# For the folder, not for the session: Playwright keeps an event loop running, which tests elsewhere do not expect.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of the folder."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A fresh window, 1280x800, whose addresses are relative to the server: ``page.goto("/step/sigmoid")``."""
    context = browser.new_context(base_url=server, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Finds a port that nobody listens on, for a server that is started twice."""

    def find() -> int:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            return int(listener.getsockname()[1])

    return find
