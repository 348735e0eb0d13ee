"""The labs as a learner uses them, in a real Chromium, on the built-in digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

LABS = ["manualgrad", "race", "learning-rate", "zero-grad", "depth"]

# Charts have roles of their own; what they say is tested with them.
AXE = "{rules: {'aria-allowed-role': {enabled: false}}}"


def opened(page: Page, lab: str) -> Page:
    """A lab that is connected."""
    page.goto(f"/labs/{lab}")
    expect(page.locator("#connection")).to_have_attribute("data-status", "open")
    return page


def button(page: Page, name: str) -> Locator:
    return page.locator("#controls").get_by_role("button", name=name, exact=True)


def full_speed(page: Page) -> None:
    page.get_by_label("Speed").fill("60")


def on_digits(page: Page) -> None:
    page.locator("#ground").get_by_label("on handwritten digits").check()


def step(page: Page) -> int:
    """How many training steps have been made, as the page says it."""
    found = re.search(r"step ([\d,]+) of", page.locator("#controls .position").inner_text())
    return int(found[1].replace(",", "")) if found else 0


def at_step(page: Page, made: int) -> None:
    expect(page.locator("#controls .position")).to_contain_text(f"step {made:,} of")


def paused(page: Page, lab: str, steps: int) -> Page:
    """A lab whose run was paused after some training steps."""
    opened(page, lab)
    if lab == "race":
        on_digits(page)
    full_speed(page)
    button(page, "Start").click()
    for _ in range(600):
        if step(page) >= steps:
            break
        page.wait_for_timeout(50)
    if button(page, "Pause").count():
        button(page, "Pause").click()
        expect(button(page, "Go on")).to_be_visible()
    assert step(page) >= steps
    return page


def members(page: Page) -> list[str]:
    return [name.strip() for name in page.locator(".members tbody th").all_inner_texts()]


def test_the_index_leads_to_the_labs(page: Page) -> None:
    page.goto("/labs")
    page.get_by_role("link", name="Optimizer race").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Optimizer race")


def test_gradients_by_hand_are_autograds_before_and_after_every_step(page: Page) -> None:
    opened(page, "manualgrad")
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text("Equal: no element of any gradient differs by more than")
    heading = page.locator(".gradients h2")
    expect(heading).to_have_text("Gradients for training step 1")
    picture = page.locator(".fit-picture > div")
    before = picture.locator("path.by-hand").get_attribute("d") or ""
    for n in (2, 3):
        button(page, "One training step").click()
        expect(heading).to_have_text(f"Gradients for training step {n}")
        expect(verdict).to_contain_text("Equal")
    expect(picture.locator("path.by-hand")).not_to_have_attribute("d", before)
    paths = picture.evaluate("box => ['by-hand', 'by-engine'].map(n => box.querySelector(`.${n}`).getAttribute('d'))")
    assert paths[0] == paths[1]
    assert len(page.locator(".fit-picture .points circle").all()) == 100
    rows = page.locator(".gradients tbody tr").all()
    assert [row.locator("th").inner_text() for row in rows] == [
        "Layer 1 weight", "Layer 1 bias", "Layer 2 weight", "Layer 2 bias",
    ]  # fmt: skip
    expect(page.locator(".handwriting pre").first).to_contain_text("self.weight_grad = upstream.T @ self.x")
    expect(page.locator(".handwriting .katex").first).to_be_visible()


def test_without_sigmoids_the_curve_is_a_straight_line(page: Page) -> None:
    opened(page, "manualgrad")
    expect(page.locator(".verdict")).to_be_visible()
    page.locator("#form").get_by_label("nothing", exact=True).click()
    full_speed(page)
    button(page, "Start").click()
    expect(page.locator("#controls .position")).to_contain_text("step 3,000 of 3,000", timeout=30_000)
    path = page.locator(".fit-picture path.by-engine").last.get_attribute("d") or ""
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", path)]
    slopes = {round(b - a, 0) for a, b in pairwise(heights)}
    assert len(heights) > 100
    assert len(slopes) == 1
    expect(page.locator(".verdict")).to_contain_text("Equal")


def test_a_curve_that_diverges_says_so(page: Page) -> None:
    opened(page, "manualgrad")
    page.get_by_label("Learning rate").fill("100")
    button(page, "Start").click()
    expect(page.locator("#says")).to_contain_text("Diverged at training step")
    expect(button(page, "Go on")).to_be_disabled()


def test_the_learning_rate_of_a_curve_changes_while_it_trains(page: Page) -> None:
    opened(page, "manualgrad")
    button(page, "Start").click()
    expect(button(page, "Pause")).to_be_visible()
    run = page.url
    page.get_by_label("Learning rate").fill("20")
    page.wait_for_timeout(300)
    assert page.url == run
    expect(button(page, "Pause")).to_be_visible()
    page.reload()
    expect(page.locator(".lab-rate output")).to_have_text("0.0046")


def test_the_race_down_a_surface(page: Page) -> None:
    opened(page, "race")
    page.get_by_label("Step of the race").fill("300")
    racers = page.locator(".endings li")
    expect(racers).to_have_count(5)
    expect(racers.first).to_contain_text("At the minimum after")
    page.locator("#form").get_by_label("Nesterov", exact=True).click()
    expect(racers).to_have_count(6)
    page.get_by_label("Saddle", exact=True).check()
    expect(page.locator(".race-source")).to_contain_text("x**4/4")
    page.get_by_label("Curved valley", exact=True).check()
    expect(racers.first).to_contain_text("still")
    before = racers.all_inner_texts()
    handle = page.locator(".start-handle")
    handle.focus()
    for _ in range(12):
        handle.press("ArrowDown")
    expect(racers.first).not_to_have_text(before[0])
    page.get_by_label("All learning rates").fill("100")
    expect(racers.first).to_contain_text("Left all bounds at step")


def test_the_race_can_be_played(page: Page) -> None:
    opened(page, "race")
    expect(page.locator(".endings li")).to_have_count(5)
    where = page.locator("#controls .where")
    ending = page.locator(".ending").first
    expect(where).to_have_text("step 0 of 300")
    expect(ending).to_be_hidden()
    page.keyboard.press("Space")
    expect(where).to_have_text(re.compile(r"step ([1-9]|\d\d) of 300"))
    page.keyboard.press("Space")
    expect(button(page, "Go on")).to_be_visible()
    page.get_by_label("Step of the race").fill("7")
    page.get_by_label("Step of the race").blur()
    expect(where).to_have_text("step 7 of 300")
    for key, at in (("ArrowRight", 8), ("ArrowLeft", 7), ("Home", 0), ("End", 300)):
        page.keyboard.press(key)
        expect(where).to_have_text(f"step {at} of 300")
    expect(ending).to_be_visible()
    full_speed(page)
    button(page, "Start").click()
    expect(where).to_have_text("step 300 of 300")


def test_a_race_on_digits_is_found_again_by_its_address(page: Page) -> None:
    opened(page, "race")
    expect(page.locator("#form").get_by_text("Seed")).to_be_hidden()
    on_digits(page)
    expect(page).to_have_url(re.compile(r"\?run="))
    expect(page.locator(".members tbody th")).to_have_count(5)
    page.reload()
    expect(page.locator(".members tbody th")).to_have_count(5)
    expect(page.locator(".surface-chart")).to_be_hidden()
    page.locator("#ground").get_by_label("down a loss surface").check()
    expect(page).not_to_have_url(re.compile(r"\?run="))
    expect(page.locator(".members")).to_be_hidden()
    expect(page.locator(".surface-chart")).to_be_visible()


@pytest.mark.parametrize("lab", LABS)
def test_a_lab_shows_what_there_is_before_anything_is_pressed(page: Page, lab: str) -> None:
    opened(page, lab)
    expect(page.locator("#says")).to_contain_text("Start")
    expect(page.locator("#picture, #charts").locator("visible=true").first).to_be_in_viewport()
    if lab == "manualgrad":
        hand = page.locator(".fit-picture path.by-hand").last
        expect(hand).to_be_in_viewport()
        assert hand.evaluate("path => path.getBBox().y + path.getBBox().height") < 260  # within the plot, untrained
    if lab == "depth":
        expect(page.locator(".layers h2")).to_have_text("Length of each layer's gradient in training step 1")
        expect(page.locator(".layers .value").first).to_have_text(re.compile(r"^0\.0\d+$"))
        expect(button(page, "Start")).to_be_visible()


def test_a_lab_has_the_keys_of_the_training_page(page: Page) -> None:
    opened(page, "zero-grad")
    where = page.locator("#controls .where")
    expect(where).to_contain_text("step 0 of")
    for n in (1, 2):
        page.keyboard.press("ArrowRight")
        expect(where).to_contain_text(f"step {n} of")
    page.keyboard.press("ArrowLeft")
    expect(where).to_contain_text("looking at step 1")
    expect(page.locator("#says")).to_have_text("Training step 1 is shown, as it was.")
    button(page, "Back to now").click()
    expect(where).not_to_contain_text("looking at")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("start or pause")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Space")
    expect(button(page, "Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(button(page, "Go on")).to_be_visible()


def test_space_starts_also_after_a_slider_was_moved_by_pointer(page: Page) -> None:
    opened(page, "learning-rate")
    expect(page.locator(".members tbody th")).to_have_count(5)
    page.get_by_label("Learning rate in the middle").click(position={"x": 40, "y": 14})
    expect(page.locator(".members tbody th").nth(2)).not_to_have_text("0.1")
    page.keyboard.press("Space")
    expect(button(page, "Pause")).to_be_visible()


def test_the_moving_curve_and_both_gradients_are_seen_together_with_the_controls(page: Page) -> None:
    opened(page, "manualgrad")
    expect(page.locator(".gradients tbody tr")).to_have_count(4)
    parts = (".lab-controls", ".gradients tbody tr:last-child", ".fit-picture")
    bar, last, picture = (page.locator(part).last.bounding_box() for part in parts)
    assert bar
    assert last
    assert picture
    assert picture["y"] > 0
    assert last["y"] + last["height"] <= bar["y"]


def test_racers_on_digits_are_those_that_are_switched_on(page: Page) -> None:
    paused(page, "race", 20)
    assert members(page) == ["SGD", "Momentum", "Adagrad", "RMSProp", "Adam"]
    page.locator("#form").get_by_label("Adagrad", exact=True).click()
    expect(page.locator(".members tbody th")).to_have_count(4)
    at_step(page, 0)  # another run, which waits as the one before did
    expect(button(page, "Start")).to_be_enabled()


def test_divergence_is_caught_and_explained(page: Page) -> None:
    paused(page, "learning-rate", 60)
    assert members(page) == ["0.001", "0.01", "0.1", "1", "10"]
    row = page.locator(".members tr.diverged")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(re.compile(r"Diverged at step \d+: the loss .*A learning rate of 10 is too large"))
    expect(page.locator(".lab-chart").first).to_contain_text("10, diverged")


def test_another_learning_rate_makes_another_run_that_goes_on(page: Page) -> None:
    opened(page, "learning-rate")
    button(page, "Start").click()
    expect(button(page, "Pause")).to_be_visible()
    slider = page.get_by_label("Learning rate in the middle")
    slider.fill("0")
    expect(page.locator(".members tbody th").nth(2)).to_contain_text("0.001")
    expect(button(page, "Pause")).to_be_visible()
    page.goto("/train")
    expect(page.locator("#runs")).to_contain_text("1 of 20 runs")


def test_gradients_add_up(page: Page) -> None:
    opened(page, "zero-grad")
    rows = page.locator(".signed-bars tbody tr").all()
    assert len(rows) == 10
    for row in rows:
        first, second, both = (float(n.replace("\u2212", "-")) for n in row.locator(".number").all_inner_texts())
        assert both == pytest.approx(first + second, abs=2e-4)
    paused(page, "zero-grad", 40)
    assert members(page) == ["with zero_grad", "without zero_grad"]
    expect(page.get_by_text("Length of the gradient that the update uses")).to_be_visible()


def test_gradients_layer_by_layer(page: Page) -> None:
    paused(page, "depth", 20)
    expect(page.locator(".layer-groups table")).to_have_count(5)
    deep = page.locator(".layer-groups table", has_text="4 layers, sigmoid").locator(".value")
    expect(deep).to_have_count(4)
    lengths = [float(n) for n in deep.all_inner_texts()]
    assert lengths[0] < lengths[-1] / 3
    page.locator("#form").get_by_label("8", exact=True).click()
    expect(page.locator(".layer-groups table", has_text="8 layers, ReLU").locator("tbody tr")).to_have_count(8)


def test_a_training_step_of_a_member_is_walked_and_the_lab_found_again(page: Page) -> None:
    paused(page, "depth", 20)
    made = step(page)
    row = page.locator(".members tr", has_text="4 layers, sigmoid")
    expect(row.get_by_role("link")).to_have_text(f"Walk into step {made:,}")
    row.get_by_role("link").click()
    expect(page.locator("#about")).to_contain_text("4 layers, sigmoid")
    page.go_back()
    expect(page.locator(".members tbody th")).to_have_count(5)
    at_step(page, made)


def test_out_of_a_training_step_leads_back_to_the_lab(page: Page) -> None:
    made = step(paused(page, "zero-grad", 5))
    page.locator(".members").get_by_role("link").first.click()
    page.get_by_role("link", name="Run with zero_grad").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Without zero_grad")
    at_step(page, made)


def test_whoever_comes_back_finds_the_run(page: Page) -> None:
    made = step(paused(page, "zero-grad", 10))
    page.goto("/labs")
    page.get_by_role("link", name="Without zero_grad").click()
    at_step(page, made)
    button(page, "Reset: back to training step 0").click()
    at_step(page, 0)


@contextmanager
def window(browser: Browser, server: str, width: int, scheme: Literal["light", "dark"]) -> Iterator[Page]:
    context = browser.new_context(
        base_url=server, viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    try:
        yield context.new_page()
    finally:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("lab", LABS)
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, server: str, root: Path, lab: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    script = (root / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with window(browser, server, width, scheme) as page:
        paused(page, lab, 5)
        page.wait_for_timeout(300)
        # Through the driver, because the page's own policy lets no script in from elsewhere.
        page.evaluate(script)
        run = f"axe.run({AXE}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
        assert page.evaluate(run) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
