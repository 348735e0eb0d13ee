"""A real server and a real Chromium. Whatever a page logs as an error fails the test that opened it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.server import Server
from tools import chromium

# Software rendering, and no sandbox for root, who runs the tests in containers.
FLAGS = ["--disable-gpu", *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]

# Longer than the 5 s by default: the machine may be one on which everything happens at the same time.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="package")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that all tests of the folder share."""
    server = Server(root, tmp_path_factory.mktemp("server"), port=0)
    yield server.address
    server.end()


@pytest.fixture
def mortal(root: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, which it may kill and start again."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    server = Server(root, tmp_path, port)
    yield server
    server.kill()


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
