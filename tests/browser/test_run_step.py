"""A training step of a run as a learner walks it, in a real Chromium: from the run down to one product, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

MAKE_RUN = """
([recipe, steps]) => new Promise((resolve, reject) => {
  const socket = new WebSocket(`ws://${location.host}/ws`)
  let seq = 0
  let run = null
  const say = (message) => socket.send(JSON.stringify({ seq: seq++, ...message }))
  socket.onopen = () => say({ type: 'hello', protocol: 1, visitor: 'browsertests' })
  socket.onerror = () => reject(new Error('no connection'))
  socket.onmessage = ({ data }) => {
    if (typeof data !== 'string') return
    const answer = JSON.parse(data)
    if (answer.type === 'error') reject(new Error(answer.message))
    if (answer.type === 'welcome') say({ type: 'create_run', recipe })
    if (answer.type !== 'run' || answer.request_seq === null) return
    run = answer.state
    if (run.step >= steps) resolve(run.id)
    else say({ type: 'control', run: run.id, action: 'step' })
  }
})
"""
STEPS = 6
BACKWARD_TO_W1 = 16
UPDATE_OF_W1 = 17


@pytest.fixture(scope="module")
def run(browser: Browser, server: str) -> Iterator[str]:
    """A run of 784-20-10 on the built-in digits that has taken six training steps."""
    page = browser.new_page()
    page.goto(server)
    recipe = {"kind": "network", "dataset": "built-in", "hidden": [20], "batch": 50, "epochs": 1}
    yield page.evaluate(MAKE_RUN, [recipe, STEPS])
    page.close()


def address(run: str, training_step: int, query: str = "", **choices: Any) -> str:
    more = "".join(f"&c.{name}={value}" for name, value in choices.items())
    return f"/step/run-step?c.run={run}&c.step={training_step}{more}&{query}"


def opened(page: Page, where: str) -> Page:
    """The page with its scene drawn and ready for keys."""
    page.goto(where)
    expect(page.locator("#controls .position").last).to_contain_text("step")
    return page


def test_one_control_leads_from_the_run_down_to_one_product_and_back(page: Page, run: str) -> None:
    opened(page, address(run, 3, f"step={BACKWARD_TO_W1}"))
    expect(page.locator("#crumbs li + li")).to_have_text(["step 3", "backward", "Layer 1", "s1", "→ W1"])
    page.keyboard.press("ArrowDown")
    expect(page.locator("#terms .running")).to_contain_text("Sum of 0 of")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#crumbs li").last).to_have_text("product 1")
    expect(page.locator("#crumbs li:nth-last-child(2)")).to_have_text(re.compile(r"^\[\d+, \d+\]$"))
    for level, button in (
        ("→ W1", "Step one update"),
        ("s1", "Step one node"),
        ("Layer 1", "Step one layer"),
        ("backward", "Step one phase"),
        ("step 3", "One training step on"),
    ):
        page.keyboard.press("ArrowUp")
        expect(page.locator("#crumbs [aria-current]")).to_have_text(level)
        expect(page.locator("#controls button.main")).to_have_text(button)
    page.keyboard.press("ArrowUp")
    page.wait_for_url(f"**/train?run={run}&at=3")


def test_the_next_training_step_opens_at_the_same_place(page: Page, run: str) -> None:
    opened(page, address(run, 3, f"step={BACKWARD_TO_W1}&level=training"))
    expect(page.locator("#timeline")).to_contain_text("training step 3 of 30")
    loss = page.locator("#stage").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#controls .position").last).to_contain_text("training step 4 of 30")
    expect(page.locator("#crumbs")).to_contain_text("backward")
    expect(page.locator("#stage")).not_to_have_text(loss, use_inner_text=True)
    page.keyboard.press("End")
    expect(page.locator("#controls .position").last).to_contain_text(f"training step {STEPS + 1} of 30")
    expect(page.locator("#controls button.main")).to_be_disabled()
    expect(page.locator("#notes")).to_contain_text("would be its next")
    page.wait_for_url(f"**c.step={STEPS + 1}**level=training")


def test_the_products_of_an_element_sum_to_the_number_shown_in_any_order(page: Page, run: str) -> None:
    opened(page, address(run, 3, f"step={BACKWARD_TO_W1}"))
    page.keyboard.press("ArrowDown")
    rows = page.locator("#terms .term-rows li")
    expect(rows.first).to_be_visible()
    count = rows.count()
    assert 0 < count <= 50
    assert rows.locator("canvas").count() == count
    assert rows.locator(".ring").count() == count
    page.locator("#terms label", has_text="largest first").click()
    page.keyboard.press("End")
    expect(page.locator("#terms .running")).to_contain_text(f"Sum of {count} of {count}")
    expect(page.locator("#terms .running")).to_contain_text("That is the number shown")
    sums = page.locator("#terms .running b").all_inner_texts()
    assert sums[0] == sums[1]
    products = [
        abs(float(text.removeprefix("= ").replace("\N{MINUS SIGN}", "-")))
        for text in rows.locator(".product").all_inner_texts()
    ]
    assert products == sorted(products, reverse=True)
    # The address leads to the same element, order and product.
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**term={count - 1}&order=largest")
    there, shown = page.url, page.locator("#terms").inner_text()
    page.goto("about:blank")
    opened(page, there)
    expect(page.locator("#terms .running")).to_contain_text(f"Sum of {count - 1} of {count}")
    expect(page.locator("#terms")).to_have_text(shown, use_inner_text=True)
    expect(page.locator("#terms .term-rows .now")).to_be_in_viewport()


def test_forwards_only_pixels_with_ink_are_listed(page: Page, run: str) -> None:
    opened(page, address(run, 3, "step=1&element=7,4&term=5"))
    expect(page.locator("#terms .running")).to_contain_text("Sum of 5 of")
    listed = page.locator("#terms .term-rows li").count()
    left_out = re.search(r"(\d+) more are exactly 0", page.locator("#terms").inner_text())
    assert left_out
    assert listed + int(left_out[1]) == 784
    captions = page.locator("#terms .lens figcaption").all_inner_texts()
    assert [re.sub(r"\d+\]$", "]", caption) for caption in captions] == ["X[7, ]", "W1[4, ]"]


def test_an_update_opens_line_by_line(page: Page, run: str) -> None:
    opened(page, address(run, 3, f"step={UPDATE_OF_W1}"))
    expect(page.locator("#quantities details")).to_have_count(5)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#controls button.main")).to_have_text("Compute one line")
    lines = page.locator("#terms .update-lines li")
    expect(lines).to_have_count(7)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#terms .update-lines .now")).to_contain_text("the gradient")
    expect(page.locator("#terms .update-lines .later")).to_have_count(6)
    page.keyboard.press("End")
    expect(page.locator("#terms .update-lines .now")).to_contain_text("the engine, in float32, arrived at")


def test_one_test_picture_is_walked_without_an_update(page: Page, run: str) -> None:
    opened(page, address(run, 3, "step=1", picture=5))
    expect(page.locator("#crumbs")).to_contain_text("test picture 5, before step 3")
    expect(page.locator("#notes")).to_contain_text("Nothing is learned from it")
    page.keyboard.press("End")
    expect(page.locator("#timeline")).not_to_contain_text("update", ignore_case=True)


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("/step/run-step?c.run=doesnotexist&c.step=1", "There is no such run"),
        ("/step/run-step", "There is no such run"),
    ],
)
def test_what_cannot_be_opened_is_said(page: Page, where: str, words: str) -> None:
    page.goto(where)
    expect(page.locator("#notice")).to_contain_text(words)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "query", [f"step={BACKWARD_TO_W1}&element=4,300&term=3", f"step={UPDATE_OF_W1}&element=4,300&term=3"]
)
def test_axe_finds_nothing(
    browser: Browser, server: str, root: Path, run: str, query: str, scheme: Literal["light", "dark"], width: int
) -> None:
    context = browser.new_context(
        base_url=server, viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    try:
        page = opened(context.new_page(), address(run, 3, query))
        expect(page.locator("#terms .lens canvas").first).to_be_visible()
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.evaluate((root / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        rules = "{rules: {'label-content-name-mismatch': {enabled: false}}}"
        found = page.evaluate(f"axe.run({rules}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
        assert found == []
    finally:
        context.close()
