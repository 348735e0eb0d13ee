"""A visitor's digit as a learner walks it, in a real Chromium: down to the pixels and their products, and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.datasets import built_in
from app.digits.code import encode

CODE = encode(built_in()[1].images[5])
TO_X, TO_W1 = 8, 9
"""Steps done, in a network of one layer, when X and W1 have their gradients."""


@pytest.fixture
def phone(browser: Browser, server: str) -> Iterator[Page]:
    """A window as narrow as a phone."""
    context = browser.new_context(base_url=server, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def address(**choices: str) -> str:
    given = {"picture": CODE, "network": "one-layer", "label": "7", **choices}
    return "/step/digit?" + "&".join(f"c.{name}={value}" for name, value in given.items())


def opened(page: Page, where: str) -> None:
    page.goto(where)
    expect(page.locator("#crumbs a")).to_have_text("Your drawing")


def press(page: Page, key: str, times: int = 1) -> None:
    for _ in range(times):
        page.keyboard.press(key)


@pytest.mark.parametrize("window", ["page", "phone"])
def test_the_walk_leads_to_the_pixels_and_back(request: pytest.FixtureRequest, window: str) -> None:
    page: Page = request.getfixturevalue(window)
    opened(page, address(**{"pass": "learn"}))
    press(page, "ArrowRight", TO_X)
    expect(page.locator("#crumbs li").last).to_have_text("→ X")
    expect(page.locator("#say")).to_contain_text("X receives")
    press(page, "ArrowDown")
    expect(page.locator("#terms")).to_contain_text("∂L/∂X[0, ")
    expect(page.locator("#terms .running")).to_contain_text("Sum of 0 of 10")
    press(page, "End")
    expect(page.locator("#terms .running")).to_contain_text("That is the number shown")
    press(page, "ArrowUp")
    press(page, "ArrowRight")
    expect(page.locator("#crumbs li").last).to_have_text("→ W1")
    press(page, "ArrowDown")
    expect(page.locator("#terms .running")).to_contain_text("Sum of 0 of 1")
    press(page, "ArrowUp")
    press(page, "ArrowLeft", TO_W1)
    expect(page.locator("#crumbs li").last).to_have_text("nothing computed yet")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_last_step_says_what_was_learned(page: Page) -> None:
    opened(page, address(**{"pass": "learn"}))
    press(page, "End")
    expect(page.locator("#say")).to_contain_text("On the same picture the loss fell from")
    page.locator("#choices label", has_text="look").click()
    expect(page.locator("#timeline")).not_to_contain_text("update")
    expect(page.locator("#notes")).to_contain_text("Nothing is updated in this pass.")


def test_out_of_the_largest_steps_is_the_drawing(page: Page) -> None:
    opened(page, address(network="reader"))
    expect(page.locator("nav.places [aria-current]")).to_have_text("Draw")
    expect(page.locator("#crumbs a")).to_have_attribute("href", f"/draw?picture={CODE}#forward")
    press(page, "ArrowRight")
    for level in ("s1", "s1", "Layer 1", "forward"):
        expect(page.locator("#crumbs [aria-current]")).to_have_text(level)
        press(page, "ArrowUp")
    page.wait_for_url(f"**/draw?picture={CODE}#forward")


def test_the_address_alone_shows_a_sample(page: Page) -> None:
    opened(page, "/step/digit")
    expect(page.locator("#notes")).to_contain_text("No picture came with this address")
    expect(page.locator("#choices input:checked").first).to_have_value("reader")


def test_what_cannot_be_opened_is_told_and_the_sample_shown(page: Page) -> None:
    page.goto("/step/digit?c.picture=nonsense")
    expect(page.locator("#notice")).to_contain_text("This is not the word of a picture")
    expect(page.locator("#notes")).to_contain_text("No picture came with this address")
