"""Every page opens in a real browser without an error, and takes nothing from anywhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page


@pytest.mark.parametrize("path", ["/", "/step/sigmoid", "/train"])
def test_a_page_loads_everything_from_its_own_server(page: Page, server: str, path: str) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    response = page.goto(path, wait_until="networkidle")
    assert response is not None
    assert response.status == 200
    assert hosts == {urlsplit(server).netloc}
