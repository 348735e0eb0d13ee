"""The stepper as a learner uses it, in a real Chromium: what stands on screen are the engine's numbers."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.server import Server

SIGMOID_STEPS = 12

# A node's spoken name says "value" and "gradient" before the numbers, which the picture tells apart by their hues.
AXE = "{rules: {'label-content-name-mismatch': {enabled: false}}}"


def position(page: Page) -> str:
    return page.locator("#controls .position").last.inner_text()


def press(page: Page, key: str, times: int = 1) -> None:
    for _ in range(times):
        page.keyboard.press(key)


def opened(page: Page, address: str) -> Page:
    """The page with its scene drawn and ready for keys."""
    page.goto(address)
    expect(page.locator("#controls .position").last).to_contain_text("step")
    return page


def test_the_sigmoid_is_walked_forth_and_back(page: Page) -> None:
    opened(page, "/step/sigmoid")
    expect(page.locator("#controls")).to_contain_text(f"of {SIGMOID_STEPS}")
    press(page, "ArrowRight", 7)
    # dσ/dc = -1/c^2 with c = 1 + e^-1.5
    number = f"{1 / (1 + math.exp(-1.5)) ** 2:.4g}"
    expect(page.locator("#say")).to_contain_text(f"\N{MINUS SIGN}{number}")
    expect(page.locator("#equation .katex").first).to_be_visible()
    press(page, "ArrowLeft", 3)
    expect(page.locator("#controls")).to_contain_text(f"step 4 of {SIGMOID_STEPS}")
    press(page, "End")
    expect(page.locator("#controls")).to_contain_text(f"step {SIGMOID_STEPS} of {SIGMOID_STEPS}")
    press(page, "Home")
    expect(page.locator("#controls button.main")).to_be_enabled()
    expect(page.locator("#controls")).not_to_contain_text("step 12")


@pytest.mark.parametrize("width", [1280, 1024, 900, 390])
def test_nothing_is_cut_at_the_right(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 768})
    opened(page, "/step/mnist-step?step=8")
    expect(page.locator("#controls")).to_contain_text("step 8 of 11, backward")
    reach = "Math.max(...[...document.querySelectorAll('.top *, .bar *')].map(e => e.getBoundingClientRect().right))"
    assert page.evaluate(reach) <= width


def test_pictures_follow_the_theme(page: Page) -> None:
    opened(page, "/step/mnist-step")
    picture = page.locator(".node image").first
    expect(picture).to_have_attribute("href", re.compile("^data:"))
    before = picture.get_attribute("href")
    theme = page.locator("#theme")
    theme.click()
    expect(picture).not_to_have_attribute("href", before or "")
    theme.click()
    expect(picture).to_have_attribute("href", before or "")


def test_after_a_switch_by_mouse_the_keys_walk_again(page: Page) -> None:
    opened(page, "/step/diamond")
    page.locator("#choices label", has_text="passes on at once").click()
    expect(page.locator("#choices")).to_contain_text("Wrong on purpose")
    press(page, "ArrowRight")
    expect(page.locator("#controls")).to_contain_text("step 1 of")


def test_both_ways_meet_at_the_same_number(page: Page) -> None:
    opened(page, "/step/sigmoid")
    sigma = 1 / (1 + math.exp(-1.5))
    press(page, "End")
    expect(page.locator("#checks")).to_contain_text(f"{sigma * (1 - sigma):.4g}")
    expect(page.locator("#checks")).to_contain_text("AutoGrad")
    expect(page.locator("#checks")).to_contain_text("ManualGrad")


def test_a_changed_value_keeps_the_position(page: Page) -> None:
    opened(page, "/step/expression?source=x*x%2Bx&v.x=3")
    press(page, "ArrowRight", 3)
    before = position(page)
    field = page.locator("#leaves input:not([type=range])").first
    field.fill("5")
    field.press("Enter")
    page.locator("#stage").click(position={"x": 5, "y": 5})
    expect(page.locator("#stage")).to_contain_text("25")
    assert position(page) == before
    press(page, "End")
    expect(page.locator("#sum")).to_contain_text("11")


def test_an_expression_is_typed_and_its_mistakes_are_shown_at_their_place(page: Page) -> None:
    opened(page, "/step/expression")
    area = page.locator("#editor textarea")
    area.fill("sigmid(x)")
    problem = page.locator("#editor-problem")
    expect(problem).to_contain_text("sigmid")
    expect(problem.locator(".caret")).to_be_visible()
    problem.locator("button.suggestion").click()
    expect(area).to_have_value("sigmoid(x)")
    expect(problem).to_be_empty()
    expect(page.locator("#stage")).to_contain_text("sigmoid x")


def test_the_impatient_pass_goes_wrong_and_says_so(page: Page) -> None:
    opened(page, "/step/diamond")
    page.get_by_role("radio", name="passes on at once").check()
    expect(page.locator("#choices")).to_contain_text("Wrong on purpose")
    expect(page.locator("#checks")).to_contain_text("∂L/∂x")


def test_into_an_element_shows_the_products_that_sum_to_it(page: Page) -> None:
    opened(page, "/step/broadcasting")
    press(page, "ArrowRight", 1)
    press(page, "ArrowDown")
    terms = page.locator("#terms")
    # The largest element is opened: a[0, 0] = X[0, 0] W[0, 0] + X[0, 1] W[1, 0] = 1 * 0.5 + 2 * 1
    expect(terms).to_contain_text("Sum of 0 of 2")
    press(page, "ArrowRight", 2)
    expect(terms).to_contain_text("Sum of 2 of 2")
    expect(terms).to_contain_text("2.5")
    press(page, "ArrowUp")
    expect(terms).to_be_hidden()


def test_an_address_leads_into_an_element(page: Page) -> None:
    opened(page, "/step/broadcasting?step=1&element=0,0&term=1")
    expect(page.locator("#terms")).to_contain_text("Sum of 1 of 2")
    expect(page.locator("#controls button.main")).to_have_text("Add one product")
    press(page, "ArrowRight")
    expect(page.locator("#terms")).to_contain_text("Sum of 2 of 2")


def test_an_address_opens_exactly_what_was_seen(page: Page) -> None:
    opened(page, "/step/diamond")
    page.get_by_role("radio", name="passes on at once").check()
    expect(page.locator("#choices")).to_contain_text("Wrong on purpose")
    page.locator("#stage").click(position={"x": 5, "y": 5})
    press(page, "ArrowRight", 6)
    page.wait_for_url("**step=6**")
    there, address = position(page), page.url
    sentence = page.locator("#say").inner_text()
    page.goto("about:blank")
    opened(page, address)
    expect(page.locator("#say")).to_have_text(sentence, use_inner_text=True)
    expect(page.locator("#choices")).to_contain_text("Wrong on purpose")
    expect(page.locator("#controls .position").last).to_have_text(there, use_inner_text=True)


def test_two_browsers_never_see_each_other(browser: Browser, server: str) -> None:
    contexts = [browser.new_context(base_url=server) for _ in range(2)]
    try:
        one, two = (
            opened(c.new_page(), f"/step/expression?source=x*x&v.x={x}") for c, x in zip(contexts, (3, 4), strict=True)
        )
        press(one, "End")
        press(two, "ArrowRight")
        expect(one.locator("#stage")).to_contain_text("9")
        expect(two.locator("#stage")).to_contain_text("16")
        assert position(one) != position(two)
    finally:
        for context in contexts:
            context.close()


def test_the_keys_of_a_field_are_left_to_it(page: Page) -> None:
    opened(page, "/step/expression")
    press(page, "ArrowRight", 2)
    before = position(page)
    page.locator("#editor textarea").click()
    press(page, "ArrowLeft", 3)
    press(page, "Home")
    assert position(page) == before


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/step/nowhere", "/step/sigmoid", "/step/broadcasting"])
def test_axe_finds_nothing(
    browser: Browser, server: str, root: Path, path: str, scheme: Literal["light", "dark"], width: int
) -> None:
    context = browser.new_context(
        base_url=server, viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    try:
        page = context.new_page()
        page.goto(path, wait_until="networkidle")
        if path != "/":
            press(page, "ArrowRight", 7)
        page.wait_for_timeout(400)
        # Through the driver, because the page's own policy lets no script in from elsewhere.
        page.evaluate((root / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        found = page.evaluate(f"axe.run({AXE}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
        assert found == []
    finally:
        context.close()


def test_nothing_is_wider_than_a_phone(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server, viewport={"width": 390, "height": 844})
    try:
        for path in ("/", "/step/sigmoid", "/step/broadcasting", "/step/softmax"):
            page = context.new_page()
            page.goto(path, wait_until="networkidle")
            press(page, "ArrowRight", 6)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            page.close()
    finally:
        context.close()


def test_a_graph_is_laid_out_as_soon_as_what_lays_it_out_can_be_fetched(browser: Browser, server: str) -> None:
    context = browser.new_context(base_url=server)
    try:
        page = context.new_page()
        missed: list[str] = []

        def miss(route: Route) -> None:
            missed.append(route.request.url)
            route.abort() if len(missed) == 1 else route.continue_()

        context.route(re.compile("layout.worker"), miss)
        page.goto("/step/sigmoid")
        expect(page.locator("#stage .node").first).to_be_visible()
        assert len(missed) == 2
    finally:
        context.close()


def test_a_dropped_connection_comes_back_to_the_same_place(browser: Browser, mortal: Server) -> None:
    context = browser.new_context(base_url=mortal.address)
    try:
        page = opened(context.new_page(), "/step/expression?source=x*y&v.x=2&v.y=7")
        press(page, "ArrowRight", 3)
        there = position(page)
        mortal.kill()
        expect(page.locator("#connection")).to_have_attribute("data-status", "lost")
        mortal.start()
        expect(page.locator("#connection")).to_have_attribute("data-status", "open", timeout=20_000)
        expect(page.locator("#controls .position").last).to_have_text(there, use_inner_text=True)
        field = page.locator("#leaves input:not([type=range])").first
        field.fill("3")
        field.press("Enter")
        expect(page.locator("#stage")).to_contain_text("21")
    finally:
        context.close()
