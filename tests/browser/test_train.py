"""The training page as a learner uses it, in a real Chromium, on the built-in digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.server import Server

QUICK = "/train?dataset=built-in&hidden=16&epochs=4&batch=50"
LONG = "/train?dataset=built-in&hidden=16&epochs=2000&batch=50"

# Charts have roles of their own; what they say is tested with them.
AXE = "{rules: {'aria-allowed-role': {enabled: false}}}"


def step(page: Page) -> int:
    """How many training steps have been made, as the page says it."""
    found = re.search(r"step ([\d,]+) of", page.locator("#controls .where").inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


def reaches(page: Page, steps: int) -> None:
    """Waits until so many training steps have been made."""
    for _ in range(400):
        if step(page) >= steps:
            return
        page.wait_for_timeout(50)
    pytest.fail(f"the run did not reach step {steps}")


def built(page: Page, address: str) -> Page:
    """The form with its recipe counted by the server."""
    page.goto(address)
    expect(page.locator("#builder")).to_contain_text("The engine")
    return page


def started(page: Page, address: str) -> Page:
    """A run that trains."""
    built(page, address)
    page.keyboard.press("Space")
    expect(page.locator("#controls .main")).to_contain_text("Pause")
    return page


def paused(page: Page, address: str, steps: int) -> Page:
    """A run that was paused after some training steps."""
    started(page, address)
    reaches(page, steps)
    page.keyboard.press("Space")
    expect(page.locator("#controls .main")).to_contain_text("Go on")
    return page


def test_parameters_are_counted_as_a_student_would(page: Page) -> None:
    built(page, "/train?dataset=built-in")
    expect(page.locator("#builder .counts")).to_contain_text("784 × 10 + 10")
    expect(page.locator("#builder .counts")).to_contain_text("= 7,850")
    page.get_by_role("button", name="Add a hidden layer").click()
    expect(page.locator("#builder .counts")).to_contain_text("784 × 128 + 128= 100,480")
    expect(page.locator("#builder .counts .all")).to_contain_text("101,770")
    expect(page.locator("#builder .outcome")).to_contain_text(re.compile("count(s)? the same"))
    expect(page).to_have_url(re.compile(r"hidden=128"))


def test_an_optimizer_brings_its_own_numbers(page: Page) -> None:
    built(page, "/train?dataset=built-in")
    page.locator("label", has_text=re.compile("^Nesterov$")).click()
    expect(page.locator(".numbers").first).to_contain_text("Momentum")
    expect(page.locator("#builder .rate")).to_have_value("0.05")
    expect(page.locator("#builder")).to_contain_text("looks ahead")


def test_a_run_trains_to_its_end_and_says_what_it_reached(page: Page) -> None:
    built(page, QUICK)
    page.keyboard.press("Space")
    # Not through "Pause": on a fast machine it is over before anybody could look.
    expect(page.locator(".run-says")).to_contain_text("test pictures right", timeout=30_000)
    expect(page.locator("#controls .main")).to_be_disabled()
    assert re.search(r"step (\d+) of \1 ", page.locator(".where").inner_text())
    accuracy = float(page.locator(".run-says").inner_text().split("%")[0])
    assert accuracy > 80
    expect(page.locator(".readouts")).to_contain_text(f"{accuracy:.2f} %of all ")
    # Whoever wanted to pause it comes too late, and has done nothing wrong.
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    expect(page.locator("#notice")).to_be_hidden()
    expect(page.locator("#spoken")).to_contain_text("test pictures right")


def test_single_steps_and_epochs(page: Page) -> None:
    built(page, QUICK)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".where")).to_contain_text("step 1 of")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".where")).to_contain_text("step 2 of")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".where")).to_contain_text("epoch 2 of 4")
    expect(page.locator("#controls .main")).to_contain_text("Go on")


def test_back_in_time_another_learning_rate_and_on_from_there(page: Page) -> None:
    paused(page, LONG, 250)
    now = step(page)
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#travel")).to_be_visible()
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#travel b")).to_have_text("Step 5")
    expect(page).to_have_url(re.compile(r"&at=5$"))
    rate = page.get_by_label("Learning rate of the branch", exact=True)
    expect(rate).to_have_value("0.001")
    rate.fill("0.01")
    page.get_by_text("Continue from here as a branch").click()
    expect(page.locator(".where")).to_contain_text("step 5 of")
    expect(page.locator("#branches button")).to_have_count(2)
    expect(page.locator("#tuning .rate")).to_have_value("0.01")
    expect(page.locator("#tuning .rate")).to_be_enabled()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".where")).to_contain_text("step 6 of")
    # The other run's curve is there, too, and the run itself is one press away.
    expect(page.locator(".curve.loss")).to_contain_text("Run, train")
    page.locator("#branches button", has_text="Run").click()
    expect(page.locator(".where")).to_contain_text(f"step {now:,} of")


def test_the_learning_rate_changes_while_it_runs_and_the_chart_says_where(page: Page) -> None:
    started(page, LONG)
    expect(page.locator(".where")).not_to_contain_text("step 0 of")
    page.locator("#tuning .rate").fill("0.002")
    expect(page.locator(".curve.loss .event").first).to_be_attached()
    expect(page.locator(".curve.loss")).to_contain_text("lr 0.002")
    expect(page.locator(".readouts")).to_contain_text("0.002")
    page.get_by_label("Speed").fill("0")
    expect(page.locator("#tuning output")).to_have_text("one step a second")
    before = -1
    for _ in range(60):  # what was made at full speed may still arrive
        if step(page) == before:
            break
        before = step(page)
        page.wait_for_timeout(400)
    page.wait_for_timeout(2_500)
    assert before + 1 <= step(page) <= before + 4


def test_into_the_training_step(page: Page) -> None:
    paused(page, LONG, 3)
    now = step(page)
    address = page.url
    page.keyboard.press("ArrowDown")
    page.wait_for_url(f"**/step/run-step?*c.step={now}*")
    page.go_back()
    expect(page.locator(".where")).to_contain_text(f"step {now:,} of")
    assert page.url == address


def test_from_a_weight_map_to_the_products_of_one_number_and_back(page: Page) -> None:
    paused(page, LONG, 3)
    now = step(page)
    page.locator("#maps").scroll_into_view_if_needed()
    page.locator(".unit-maps button").nth(4).click()
    page.get_by_role("button", name="Walk to where its largest gradient comes from").click()
    page.wait_for_url(re.compile(rf"/step/run-step\?.*c\.step={now}&.*element=4,\d+$"))
    expect(page.locator("#crumbs [aria-current]")).to_have_text(re.compile(r"^\[4, \d+\]$"))
    expect(page.locator("#crumbs")).to_contain_text("→ W1")
    expect(page.locator("#terms .running")).to_contain_text("Sum of 0 of")
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    # The newest training step leads out to the run as it is, not into its past.
    page.wait_for_url(re.compile(r"/train\?run=[\w-]+$"))
    expect(page.locator(".where")).to_contain_text(f"step {now:,} of")
    expect(page.locator("#travel")).to_be_hidden()


def test_units_that_begin_equal_stay_equal_and_say_so(page: Page) -> None:
    paused(page, f"{LONG}&init=zeros&activation=sigmoid", 20)
    page.locator("#maps").scroll_into_view_if_needed()
    expect(page.locator("#maps .note")).to_contain_text("equal gradients")


def test_a_run_is_found_again(page: Page) -> None:
    paused(page, LONG, 50)
    now = step(page)
    page.reload()
    expect(page.locator(".where")).to_contain_text(f"step {now:,} of")
    page.goto("/train")
    card = page.locator("#runs a", has_text="784-16-10").first
    expect(card).to_contain_text(f"step {now:,} of")
    card.click()
    expect(page.locator(".where")).to_contain_text(f"step {now:,} of")


def test_a_run_is_deleted_by_a_second_press(page: Page) -> None:
    paused(page, LONG, 1)
    delete = page.locator("#runs button").first
    delete.click()
    expect(page.locator("#runs li")).to_have_count(1)
    delete.click()
    expect(page.locator("#runs li")).to_have_count(0)
    expect(page.locator("#builder")).to_be_visible()


def test_what_a_server_refuses_stands_beside_its_field(page: Page) -> None:
    page.goto("/train?dataset=built-in&hidden=5000")
    field = page.get_by_role("group", name="Layers")
    expect(field.locator(".problem")).to_contain_text("too wide")
    page.keyboard.press("Space")
    expect(field.locator(".problem")).to_contain_text("at most 1,024")
    expect(page.locator("#notice")).to_be_hidden()
    page.get_by_role("button", name="half as wide").click()
    page.get_by_role("button", name="half as wide").click()
    expect(field.locator(".problem")).to_contain_text("too wide")
    page.get_by_role("button", name="half as wide").click()
    expect(field.locator(".problem")).to_be_hidden()


def test_a_run_that_diverges_explains_itself_and_leads_back(page: Page) -> None:
    built(page, "/train?dataset=built-in&hidden=16,16&optimizer=sgd&lr=60&activation=tanh")
    page.keyboard.press("Space")
    expect(page.locator(".run-says")).to_contain_text("Diverged at training step", timeout=20_000)
    expect(page.locator(".curve.loss text.wrong")).to_contain_text("diverged at")
    page.get_by_text("where the loss was lowest").click()
    expect(page.get_by_label("Learning rate of the branch", exact=True)).to_have_value("6")


def test_the_run_is_seen_without_scrolling(page: Page) -> None:
    paused(page, LONG, 100)
    expect(page.locator(".curve.loss")).to_be_visible()
    height = page.evaluate("innerHeight")
    for part in (".curve.loss", "#controls .main", ".run-rail", ".readouts"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
    footer = page.locator("footer").bounding_box()
    chart = page.locator(".curve.loss").bounding_box()
    assert footer is not None
    assert chart is not None
    assert chart["y"] + chart["height"] <= footer["y"]


def test_nothing_moves_while_it_trains(page: Page) -> None:
    started(page, LONG)
    # Everything has come that is not there before the first training steps.
    reaches(page, 300)
    expect(page.locator("#batch")).to_contain_text("pictures of training step")
    page.wait_for_timeout(500)
    # Elements that moved without anybody having touched anything, as browsers count it.
    shifts = page.evaluate(
        """() => new Promise(done => {
          let sum = 0
          new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value })
            .observe({type: 'layout-shift', buffered: false})
          setTimeout(() => done(sum), 2500)
        })"""
    )
    assert step(page) > 0
    assert shifts < 0.01


def test_keys_are_left_to_fields(page: Page) -> None:
    paused(page, LONG, 3)
    now = step(page)
    page.locator("#tuning .rate").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.wait_for_timeout(300)
    assert step(page) == now


def test_a_killed_server_is_waited_for_and_the_run_goes_on(browser: Browser, mortal: Server) -> None:
    with window(browser, mortal.address) as page:
        started(page, LONG)
        page.wait_for_timeout(1500)  # what happened in the last second before a crash may be lost
        mortal.kill()
        before = step(page)
        expect(page.locator("#connection")).to_have_attribute("data-status", "lost")
        mortal.start()
        expect(page.locator("#connection")).to_have_attribute("data-status", "open", timeout=20_000)
        # It was training, and goes on by itself from what was kept.
        expect(page.locator("#controls .main")).to_contain_text("Pause")
        reaches(page, before + 100)


@contextmanager
def window(
    browser: Browser, address: str, width: int = 1280, scheme: Literal["light", "dark"] = "light"
) -> Iterator[Page]:
    """A page in a window of its own, where motion is not wanted."""
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    try:
        yield context.new_page()
    finally:
        context.close()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser, server: str, root: Path, scheme: Literal["light", "dark"], width: int
) -> None:
    script = (root / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with window(browser, server, width, scheme) as page:
        built(page, QUICK)
        # Through the driver, because the page's own policy lets no script in from elsewhere.
        page.evaluate(script)
        run = f"axe.run({AXE}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
        assert page.evaluate(run) == []
        page.keyboard.press("Space")
        expect(page.locator(".run-says")).to_contain_text("test pictures right", timeout=30_000)
        page.keyboard.press("ArrowLeft")
        expect(page.locator("#travel")).to_be_visible()
        assert page.evaluate(run) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_run_that_is_deleted_in_another_window_says_so(page: Page) -> None:
    paused(page, LONG, 5)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#controls .main")).to_contain_text("Go on")
    delete = other.locator("#runs button").first
    delete.click()
    delete.click()
    expect(page.locator("#notice")).to_contain_text("This run has been deleted")
    expect(page.locator("#training")).to_have_attribute("data-mode", "build")
