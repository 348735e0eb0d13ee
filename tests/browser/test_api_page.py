"""The page for programs: Swagger UI under our own policy, offline, in our theme, and trying it out really asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.pictures import encoded, one


def test_a_picture_can_be_sent_from_the_page(page: Page, tmp_path: Path) -> None:
    picture = tmp_path / "one.png"
    picture.write_bytes(encoded(one()))
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url) if "//127.0.0.1" not in request.url else None)
    page.goto("/api")
    page.locator(".opblock-summary", has_text="/api/predict").click()
    page.locator("input[type=file]").set_input_files(picture)
    page.get_by_role("button", name="Execute").click()
    answer = page.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status")).to_contain_text("200")
    expect(answer.locator(".microlight").first).to_contain_text('"text": "1"')
    assert not [url for url in elsewhere if not url.startswith("data:")]


def test_it_follows_the_theme(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/api")
    html = page.locator("html")
    ours = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    expect(page.locator("#swagger .opblock").first).to_be_visible()
    expect(html).not_to_have_class("dark-mode")
    page.emulate_media(color_scheme="dark")
    expect(html).to_have_class("dark-mode")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    expect(html).not_to_have_class("dark-mode")
    expect(page.locator("body")).to_have_css("background-color", ours)


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_on_the_screen(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/api")
    page.locator(".opblock-summary", has_text="/api/predict").click()
    expect(page.locator("input[type=file]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
