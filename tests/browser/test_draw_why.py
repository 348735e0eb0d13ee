"""Where a prediction comes from, what would make it another digit, and lessons, in a real Chromium."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from app.datasets import built_in

Answer = dict[str, Any]

AXE = "{rules: {'aria-allowed-role': {enabled: false}}}"
SECOND = 1_000


def picture(label: int) -> FilePayload:
    """A file of one of the built-in digits as somebody would write it: dark on bright, larger than 28x28."""
    test = built_in()[1]
    ink = test.images[np.flatnonzero(test.labels == label)[0]].reshape(28, 28).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(255 - np.pad(np.kron(ink, np.ones((6, 6), np.uint8)), 20)).save(file, "PNG")
    return {"name": f"{label}.png", "mimeType": "image/png", "buffer": file.getvalue()}


def upload(page: Page, label: int) -> Answer:
    """Uploads a digit and returns what the server answered of it."""
    with page.expect_response(re.compile("/api/predict.*stages=true")) as answer:
        page.locator("#pad input[type=file]").first.set_input_files(picture(label))
    (digit,) = answer.value.json()["digits"]
    assert digit["digit"] == label
    found: Answer = digit
    return found


def read(page: Page, label: int) -> Answer:
    """The page with a digit read."""
    page.goto("/draw")
    return upload(page, label)


def look(page: Page, name: str, shows: str = ".reasons-content") -> Locator:
    """A panel in sight, with its answer or what else it shows: those above it may still grow and push it away."""
    panel = page.locator(f"#{name}")
    for _ in range(20):
        panel.evaluate("panel => panel.scrollIntoView()")
        try:
            expect(panel.locator(shows)).to_be_visible(timeout=SECOND)
            expect(panel).not_to_have_attribute("aria-busy", "true", timeout=SECOND)
        except AssertionError:
            continue
        return panel
    raise AssertionError(f"#{name} does not show {shows}")


def taught(page: Page, label: int) -> Locator:
    """The panel of lessons after one training step on the picture."""
    panel = page.locator("#learn")
    panel.get_by_label(str(label), exact=True).check()
    panel.get_by_role("button", name="One training step").click()
    look(page, "learn")
    return panel


def numbers(packed: str) -> npt.NDArray[np.float32]:
    return np.frombuffer(base64.b64decode(packed), "<f4")


def number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace("+", ""))


def written(x: float) -> str:
    """As the page writes a number: four significant digits, no zeros behind them."""
    mantissa = f"{x:.4g}" if abs(x) >= 1e-4 or x == 0 else f"{x:.3e}"
    mantissa, _, exponent = mantissa.partition("e")
    trimmed = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return (trimmed + (f"e{int(exponent)}" if exponent else "")).replace("-", "\u2212")


def signed(x: float) -> str:
    return ("+" if x > 0 else "") + written(x)


@contextmanager
def window(browser: Browser, server: str, width: int, scheme: Literal["light", "dark"]) -> Iterator[Page]:
    """A window of some width, in which requests may be refused."""
    context = browser.new_context(base_url=server, viewport={"width": width, "height": 800}, color_scheme=scheme)
    try:
        yield context.new_page()
    finally:
        context.close()


def percent(probability: float) -> str:
    if probability < 0.0005:
        return "<0.1 %"
    return ">99.9 %" if probability >= 0.9995 else f"{100 * probability:.1f} %"


def test_the_evidence_adds_up_to_the_scores_of_the_prediction(page: Page) -> None:
    digit = read(page, 3)
    maps = look(page, "why").locator(".evidence-map")
    expect(maps).to_have_count(10)
    for label, logit in enumerate(digit["opinions"][0]["logits"]):
        lines = maps.nth(label).locator(".line > :last-child").all_inner_texts()
        pixels, rest, score = (number(line) for line in lines)
        assert round(pixels + rest, 2) == score
        assert score == pytest.approx(logit, abs=0.006)
    expect(page.locator(".evidence-map.winner")).to_have_count(1)
    expect(maps.nth(3)).to_contain_text("its answer")
    expect(maps.nth(3)).to_have_attribute("aria-pressed", "true")


def test_a_pixel_is_read_as_it_stands_in_the_map_of_the_chosen_digit(page: Page) -> None:
    read(page, 3)
    panel = look(page, "why")
    with page.expect_response("**/api/digits/why") as response:
        panel.locator(".evidence-map").nth(8).click()
    answer = response.value.json()
    assert answer["of"] == 8
    expect(panel.get_by_role("heading", level=3)).to_have_text("Evidence for the score of 8")
    expect(panel.locator(".formula .katex")).to_be_visible()

    shown = numbers(answer["evidence"][8]["map"])
    place = int(np.abs(shown).argmax())
    row, column = divmod(place, 28)
    canvas = panel.locator(".surface canvas")
    canvas.focus()
    for key, times in (("ArrowDown", row), ("ArrowRight", column)):
        for _ in range(times):
            page.keyboard.press(key)
    readout = panel.locator(".readout")
    gradient = numbers(answer["gradient"])[place]
    expect(readout).to_contain_text(f"Row {row}, column {column}: pixel ")
    expect(readout).to_contain_text(f"× gradient {signed(gradient)} = evidence {signed(shown[place])}.")

    panel.get_by_label("Gradient", exact=True).check()
    expect(panel.get_by_role("heading", level=3)).to_have_text("Gradient for the score of 8")
    panel.get_by_label("Integrated", exact=True).check()
    whole = answer["integrated"]
    expect(panel.locator(".check")).to_contain_text(f"Sum of the map {signed(whole['sum'])}; score ")
    assert whole["sum"] == pytest.approx(whole["score"] - whole["baseline"], abs=0.1)

    # A pointer reads the pixel it stands on.
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * (column + 0.5) / 28, box["y"] + box["height"] * (row + 0.5) / 28)
    expect(readout).to_contain_text(f"integrated gradient {signed(numbers(whole['map'])[place])}.")


def test_the_pixels_become_another_digit_frame_by_frame(page: Page) -> None:
    read(page, 3)
    panel = look(page, "toward")
    with page.expect_response("**/api/digits/toward") as response:
        panel.get_by_label("8", exact=True).check()
    answer = response.value.json()
    last = len(answer["frames"]) - 1
    verdict = panel.locator(".verdict")
    expect(panel.get_by_role("heading", level=2)).to_have_text("What would make it an 8")
    expect(verdict).to_contain_text(f"After {last} gradient step")
    expect(verdict).to_contain_text("takes it for an 8")
    slider = panel.get_by_role("slider")
    slider.press("Home")
    expect(verdict).to_contain_text("As drawn, the network takes it for a 3")
    expect(panel.locator("output")).to_have_text(f"step 0 of {last}")
    slider.press("Space")
    expect(panel.locator("output")).to_have_text(f"step {last} of {last}")
    expect(verdict).to_contain_text("takes it for an 8")


def test_lessons_lower_the_loss_and_undo_brings_the_numbers_back(page: Page) -> None:
    read(page, 3)
    look(page, "why")
    with page.expect_response("**/api/digits/learn") as response:
        panel = taught(page, 8)
    first = response.value.json()
    assert first["after"]["loss"] < first["before"]["loss"]
    verdict = panel.locator(".lesson-result .verdict")
    expect(verdict).to_contain_text(f"Loss {written(first['before']['loss'])} → {written(first['after']['loss'])}.")
    for row, change in zip(panel.locator(".changes tbody tr").all(), first["changes"], strict=True):
        most = change["most"]
        assert most["after"] - most["before"] == pytest.approx(-0.01 * most["gradient"], rel=1e-3, abs=1e-7)
        expect(row).to_contain_text(f"gradient {signed(most['gradient'])}, moved by")
    result = panel.locator(".lesson-result")
    before = result.inner_text()

    panel.get_by_role("button", name="Again").click()
    look(page, "learn")
    expect(verdict).to_contain_text(f"Loss {written(first['after']['loss'])} → ")
    expect(page).to_have_url(re.compile(r"lessons=8\.2"))
    chance = panel.locator(".lesson-result .chances tbody tr").nth(8).locator(".number").first
    expect(chance).to_have_text(percent(first["after"]["probabilities"][8]))
    panel.get_by_label("before all lessons", exact=True).check()
    expect(chance).to_have_text(percent(first["start"]["probabilities"][8]))
    panel.get_by_label("before this step", exact=True).check()
    panel.get_by_role("button", name="Undo").click()
    look(page, "learn")
    expect(verdict).to_contain_text(f"Loss {written(first['before']['loss'])} → ")
    expect(result).to_have_text(before, use_inner_text=True)
    panel.get_by_role("button", name="Undo").click()
    expect(result).to_be_hidden()
    expect(panel.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_taught_copy_is_asked_about_other_pictures_and_explained(page: Page) -> None:
    read(page, 3)
    taught(page, 8)
    digit = upload(page, 5)
    panel = look(page, "learn")
    expect(panel.locator(".copy-answer .verdict")).to_contain_text("The taught copy takes it for a")
    expect(panel.locator(".lesson-result")).to_be_hidden()
    panel.locator("summary").click()
    expect(panel.locator("li")).to_contain_text("1 training step on another picture as an 8")

    why = look(page, "why")
    scores = why.locator(".total > :last-child")
    of_copy = scores.all_inner_texts()
    why.get_by_label("as it came", exact=True).check()
    came = f"{digit['opinions'][0]['logits'][5]:.2f}".replace("-", "\u2212")
    expect(scores.nth(5)).to_have_text(came)
    assert scores.all_inner_texts() != of_copy


def test_the_step_that_was_taught_last_is_walked(page: Page) -> None:
    read(page, 3)
    panel = taught(page, 8)
    panel.get_by_role("button", name="Again").click()
    expect(page).to_have_url(re.compile(r"lessons=8\.2"))
    look(page, "learn")
    panel.get_by_role("link", name="Walk this training step").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your digit")
    # The second one: the copy has had one lesson, and is taught another.
    expect(page).to_have_url(re.compile(r"c\.lessons=8\.1&?"))
    expect(page.locator("#panel, main").first).to_contain_text(re.compile("You say it is an? 8"))
    page.locator("#crumbs a").click()
    expect(page).to_have_url(re.compile(r"/draw\?.*lessons=8\.2&rate=0\.01#learn$"))
    expect(page.locator("#learn .lesson-form")).to_be_in_viewport()
    expect(page.locator("#learn summary")).to_have_text("2 training steps taught so far")


def test_a_copy_that_diverged_is_explained_and_can_be_mended(browser: Browser, server: str) -> None:
    with window(browser, server, 1280, "light") as page:
        read(page, 3)
        problem = {
            "code": "diverged",
            "message": "The copy has diverged: its numbers have become too large",
            "given": "1 training step with a learning rate of 1",
            "expected": "a smaller learning rate, or fewer training steps",
        }
        page.route("**/api/digits/learn", lambda route: route.fulfill(status=422, json=problem))
        panel = page.locator("#learn")
        panel.get_by_label("8", exact=True).check()
        panel.get_by_role("button", name="One training step").click()
        look(page, "learn", "[role=alert]")
        expect(panel.get_by_role("alert")).to_contain_text("Expected: a smaller learning rate")
        page.unroute("**/api/digits/learn")
        panel.get_by_label("0.001", exact=True).check()
        look(page, "learn")
        expect(panel.get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, server: str, root: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    script = (root / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with window(browser, server, width, scheme) as page:
        read(page, 3)
        for name in ("why", "toward"):
            look(page, name)
        page.get_by_label("Integrated", exact=True).check()
        expect(page.locator("#why .formula .katex")).to_be_visible()
        taught(page, 8)
        # Through the driver, because the page's own policy lets no script in from elsewhere.
        page.evaluate(script)
        for name in ("why", "toward", "learn"):
            look(page, name)  # out of sight it may still be of the question before, and pale
            run = f"axe.run('#{name}', {AXE}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
            assert page.evaluate(run) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
