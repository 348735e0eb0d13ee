"""What the drawing page says of a picture, in a real Chromium: all that is shown is what the server answered."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from app.datasets import built_in
from app.digits.code import encode

Grey = npt.NDArray[np.uint8]
Answer = dict[str, Any]

QUICK = "/train?dataset=built-in&hidden=16&epochs=4&batch=50"
AXE = "{rules: {'aria-allowed-role': {enabled: false}}}"


def sample(label: int, place: int = 0) -> Grey:
    """One of the built-in digits, 28x28, ink bright on black."""
    test = built_in()[1]
    found: Grey = test.images[np.flatnonzero(test.labels == label)[place]].reshape(28, 28).astype(np.uint8)
    return found


def row(*labels: int) -> Grey:
    """A row of digits as somebody would write them: dark on bright."""
    cells = [np.pad(np.kron(sample(label), np.ones((4, 4), np.uint8)), 12) for label in labels]
    return np.asarray(255 - np.pad(np.hstack(cells), 20), np.uint8)


def photo(label: int) -> Grey:
    """A digit on grey paper, with a shadow across it and a sensor's noise."""
    ink = np.pad(np.kron(sample(label), np.ones((8, 8), np.uint8)), 80) / 255
    light = np.linspace(205, 120, ink.shape[1])[None, :]
    noise = np.random.default_rng(0).normal(0, 3, ink.shape)
    return np.asarray(np.clip(light * (1 - 0.8 * ink) + noise, 0, 255), np.uint8)


BLANK = np.full((200, 300), 232, np.uint8)


def upload(page: Page, picture: Grey) -> Answer:
    """Uploads a picture and returns what the server answered."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    with page.expect_response(re.compile("/api/predict.*stages=true")) as answer:
        page.locator("#pad input[type=file]").first.set_input_files(
            {"name": "picture.png", "mimeType": "image/png", "buffer": file.getvalue()}
        )
    found: Answer = answer.value.json()
    return found


def read(page: Page, picture: Grey) -> Answer:
    """The page with a picture read."""
    page.goto("/draw")
    answer = upload(page, picture)
    if answer["digits"]:
        said(page, answer["digits"][0])
    return answer


def said(page: Page, digit: Answer) -> None:
    """The verdict is the one of this digit."""
    expect(page.locator(".said-digit")).to_have_text(str(digit["digit"]))
    expect(page.locator(".ten-bars .percent")).to_have_text([percent(p) for p in digit["opinions"][0]["probabilities"]])


def percent(probability: float) -> str:
    if probability < 0.0005:
        return "<0.1 %"
    return ">99.9 %" if probability >= 0.9995 else f"{100 * probability:.1f} %"


def drawn(page: Page, selector: str) -> Grey:
    """The red, green and blue of each pixel of a canvas, row by row, of shape (pixels, 3)."""
    # As text, because a list of so many numbers takes seconds to arrive.
    text: str = page.locator(selector).evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let text = "";
            for (let i = 0; i < data.length; i += 1000) text += String.fromCharCode(...data.subarray(i, i + 1000));
            return btoa(text);
        }"""
    )
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, 4)[:, :3]


@contextmanager
def window(browser: Browser, server: str) -> Iterator[Page]:
    """A window in which requests may be refused."""
    context = browser.new_context(base_url=server, viewport={"width": 1280, "height": 800})
    try:
        yield context.new_page()
    finally:
        context.close()


def patched(change: Callable[[Answer], None]) -> Callable[[Route], None]:
    """The server's own answer, with something changed in it."""

    def handle(route: Route) -> None:
        answer = route.fetch()
        found = answer.json()
        change(found)
        route.fulfill(response=answer, json=found)

    return handle


def test_the_verdict_is_the_answer_in_ten_bars(page: Page) -> None:
    answer = read(page, row(3))
    (digit,) = answer["digits"]
    expect(page.locator(".said-percent")).to_have_text(percent(digit["probability"]))
    expect(page.locator(".ten-bars .winner th")).to_have_text(str(digit["digit"]))
    expect(page.locator(".whole")).to_be_hidden()
    # Read out once it stands.
    expect(page.locator("#answer [role=status]")).to_contain_text(f"Read as {digit['digit']}", timeout=10_000)


def test_every_pixel_that_the_network_sees_can_be_read(page: Page) -> None:
    (digit,) = read(page, row(3))["digits"]
    levels = np.array(digit["picture"])
    colours = drawn(page, ".seen canvas").reshape(28, 28, 3)
    paper = colours[levels == 0]
    assert len(np.unique(paper, axis=0)) == 1
    assert (colours[levels > 0] != paper[0]).any(axis=-1).all()
    # More ink is a stronger colour.
    strength = np.abs(colours.astype(int) - paper[0]).sum(axis=-1)
    assert (np.diff(strength.ravel()[levels.ravel().argsort(kind="stable")]) >= 0).all()
    at = np.unravel_index(levels.argmax(), levels.shape)
    page.locator(".seen canvas").focus()
    for key, count in (("ArrowDown", int(at[0])), ("ArrowRight", int(at[1]))):
        for _ in range(count):
            page.keyboard.press(key)
    expect(page.locator(".seen .readout")).to_contain_text(f"Row {at[0]}, column {at[1]}: {levels.max()} of 255")


def test_of_several_digits_one_is_picked_with_the_arrow_keys(page: Page) -> None:
    answer = read(page, row(3, 6))
    first, second = answer["digits"]
    expect(page.locator(".whole-text")).to_have_text(answer["text"])
    expect(page.locator(".said")).to_contain_text("digit 1 of 2")
    page.get_by_role("radio", name=re.compile("^Digit 1: ")).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".said")).to_contain_text("digit 2 of 2")
    said(page, second)
    expect(page.get_by_role("radio", name=re.compile("^Digit 2: "))).to_be_focused()
    expect(page.locator(".network-digit")).to_have_text([str(o["digit"]) for o in second["opinions"]])
    page.keyboard.press("ArrowLeft")
    said(page, first)


def test_a_doubtful_digit_is_marked_and_the_doubt_is_said(page: Page) -> None:
    def doubt(answer: Answer) -> None:
        """Of the first digit nothing speaks for one of two; of the second the server says what does not fit."""
        first, second = answer["digits"]
        first["opinions"][0]["probabilities"] = [0.0, 0.0, 0.0, 0.55, 0.0, 0.0, 0.0, 0.0, 0.45, 0.0]
        second["doubt"] = "It touches the edge of the picture."

    page.route("**/api/predict*", patched(doubt))
    page.goto("/draw")
    upload(page, row(3, 6))
    expect(page.locator("#answer .doubt")).to_have_text("Not sure: 3 or 8.")
    page.get_by_role("radio", name=re.compile("^Digit 2: .*, in doubt$")).check()
    expect(page.locator("#answer .doubt")).to_contain_text("It touches the edge of the picture.")
    expect(page.locator(".whole label span")).to_have_text([re.compile(r"^\d$"), re.compile(r"^\d\?$")])


def test_where_there_is_no_digit_that_is_said(page: Page) -> None:
    answer = read(page, BLANK)
    assert answer["problem"]
    expect(page.locator("#answer .doubt")).to_have_text(answer["problem"])
    expect(page.locator(".said-digit")).to_be_empty()
    expect(page.locator(".ten-bars .percent")).to_have_text([""] * 10)
    expect(page.locator("#forward")).to_be_hidden()
    # What was done to the picture can be looked at all the same.
    expect(page.locator("#stages li")).to_have_count(len(answer["stages"]))


def test_every_stage_can_be_looked_at_exactly(page: Page) -> None:
    answer = read(page, photo(6))
    stages = sorted((s for s in answer["stages"] if s["digit"] in (None, 0)), key=lambda s: s["digit"] is not None)
    buttons = page.locator("#stages li button")
    expect(buttons).to_have_text([f"{place}. {stage['title']}" for place, stage in enumerate(stages, 1)])
    expect(page.locator("#stage-large")).to_be_hidden()
    buttons.first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#stage-large h3")).to_have_text(stages[0]["title"])
    page.keyboard.press("End")
    expect(buttons.last).to_be_focused()
    expect(buttons.last).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#stage-large h3")).to_have_text(stages[-1]["title"])
    for stage, selector in ((stages[-1], "#stage-large canvas"), (stages[0], "#stages li:first-child canvas")):
        levels = np.frombuffer(base64.b64decode(stage["pixels"]), np.uint8)
        assert np.array_equal(drawn(page, selector), np.stack([levels] * 3, axis=1))
    page.keyboard.press("Enter")
    expect(page.locator("#stage-large")).to_be_hidden()


def test_networks_that_disagree_are_seen_to(page: Page) -> None:
    def differ(answer: Answer) -> None:
        """On the first digit the two agree, on the second they do not."""
        for place, digit in enumerate(answer["digits"]):
            main, other = digit["opinions"]
            other["digit"] = main["digit"] if place == 0 else (main["digit"] + 1) % 10

    page.route("**/api/predict*", patched(differ))
    answer = read(page, row(3, 6))
    cards = page.locator(".network-card")
    expect(cards).to_have_count(2)
    for place, network in enumerate(answer["networks"]):
        expect(cards.nth(place)).to_contain_text(network["title"])
        expect(cards.nth(place)).to_contain_text(f"{network['parameters']:,} parameters")
    expect(page.locator(".disagrees:visible")).to_have_text("Differs on 1 of 2 digits")
    page.get_by_role("radio", name=re.compile("^Digit 2: ")).check()
    other = answer["digits"][1]["opinions"][1]["digit"]
    expect(cards.nth(1)).to_contain_text(re.compile(rf"Disagrees: takes it for an? {other}; differs on 1 of 2"))
    expect(cards.nth(0).locator(".disagrees")).to_be_hidden()


def test_another_network_is_explained_below(page: Page) -> None:
    read(page, row(3))
    with page.expect_request("**/api/predict*") as asked:
        page.get_by_role("button", name="Explain this one").click()
    assert re.findall("network=([a-z-]+)", asked.value.url) == ["one-layer", "reader"]
    first = page.locator(".network-card").first
    expect(first).to_contain_text("One layer")
    expect(first.get_by_role("button", name="Explained below")).to_be_focused()
    page.locator("#forward").scroll_into_view_if_needed()
    expect(page.locator(".forward-note")).to_have_text("Through One layer.")
    expect(page.locator(".forward-layers figure")).to_have_count(0)
    page.get_by_role("button", name="Leave out Gradwalk's reader").click()
    expect(page.locator(".network-card")).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile("Leave out"))).to_be_hidden()


def test_own_runs_are_asked_too_and_dropped_when_they_are_gone(browser: Browser, server: str) -> None:
    with window(browser, server) as page:
        page.goto(QUICK)
        expect(page.locator("#builder")).to_contain_text("The engine")
        page.keyboard.press("ArrowRight")
        expect(page.locator(".where")).to_contain_text("step 1 of")
        read(page, row(3))
        page.get_by_text("Ask another network").click()
        with page.expect_request(re.compile(r"/api/predict.*network=run")):
            page.locator(".offer", has_text="your run, step 1 of").click()
        expect(page.locator(".network-card")).to_have_count(3)
        expect(page.locator(".network-card").last).to_contain_text("12,730 parameters")
        other = page.context.new_page()
        other.goto("/train")
        for _ in range(2):  # the second press confirms
            other.get_by_role("button", name=re.compile("^(Delete|Really)|×")).first.click()
        expect(other.locator(".run-cards li")).to_have_count(0)
        other.close()
        page.get_by_role("button", name="Explain this one").first.click()
        expect(page.locator("#networks [role=alert]")).to_contain_text("no longer there")
        expect(page.locator(".network-card")).to_have_count(2)
        expect(page.locator(".network-card").first).to_contain_text("One layer")


def forward_of(page: Page, picture: Grey) -> tuple[Answer, Answer]:
    """A picture read, and the answer from which its forward pass is drawn."""
    with page.expect_response("**/api/digits/why") as why:
        answer = read(page, picture)
        page.locator("#forward").scroll_into_view_if_needed()
    expect(page.locator(".softmax")).to_be_visible()
    return answer, why.value.json()


def test_the_forward_pass_is_drawn_from_its_numbers(page: Page) -> None:
    _, why = forward_of(page, row(3))
    expect(page.locator(".softmax tbody .number:last-child")).to_have_text([percent(p) for p in why["probabilities"]])
    logits = page.locator(".softmax tbody td:nth-child(3)").all_inner_texts()
    assert [float(logit.replace("\u2212", "-")) for logit in logits] == pytest.approx(why["logits"], rel=1e-3)
    hidden = why["layers"][:-1]
    figures = page.locator(".forward-layers figure")
    expect(figures).to_have_count(len(hidden))
    for place, layer in enumerate(hidden):
        values = np.frombuffer(base64.b64decode(layer["values"]), "<f4")
        expect(figures.nth(place)).to_contain_text(f"{len(values)} values: {(values > 0).sum()} above zero")
        figures.nth(place).locator("canvas").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".forward-below .readout")).to_contain_text(f"{layer['title']}, unit 1: ")
        told = page.locator(".forward-below .readout").inner_text().split(": ")[-1].replace("\u2212", "-")
        assert float(told) == pytest.approx(values[1], rel=1e-3)
    largest = max(np.abs(np.frombuffer(base64.b64decode(layer["values"]), "<f4")).max() for layer in hidden)
    assert float(page.locator(".forward-scale span").last.inner_text()) == pytest.approx(largest, rel=1e-3)


def test_the_pass_is_walked_in_the_stepper(page: Page) -> None:
    answer, _ = forward_of(page, row(3))
    (digit,) = answer["digits"]
    walk = page.get_by_role("link", name="Walk it, one operation at a time")
    expect(walk).to_have_attribute("href", f"/step/digit?c.picture={digit['code']}&c.network=reader&c.pass=look")
    walk.click()
    expect(page.locator("#controls .position").last).to_contain_text("step 0 of")
    expect(page.locator("main")).to_contain_text(f"the network's own prediction, {digit['digit']}")


def test_a_taught_copy_takes_the_pass_and_that_is_said(page: Page) -> None:
    with page.expect_response("**/api/digits/why") as why:
        page.goto(f"/draw?picture={encode(sample(3))}&lessons=8.2&rate=0.01")
        page.locator("#forward").scroll_into_view_if_needed()
    asked = json.loads(why.value.request.post_data or "{}")
    assert asked["lessons"].startswith("8.2")
    note = "Through your copy of Gradwalk's reader, after 2 training steps of yours."
    expect(page.locator(".forward-note")).to_have_text(note)
    expect(page.get_by_role("link", name="Walk it, one operation at a time")).to_have_attribute(
        "href", re.compile(r"c\.lessons=8\.2.*c\.rate=0\.01")
    )


def test_what_is_shown_stays_while_a_newer_picture_is_read(page: Page) -> None:
    answer = read(page, row(3, 6))
    held: list[Route] = []
    page.route("**/api/predict*", lambda route: held.append(route))
    with page.expect_request("**/api/predict*"):
        page.get_by_role("button", name="Explain this one").click()
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "true")
    said(page, answer["digits"][0])
    expect(page.locator("#stages li").first).to_be_visible()
    held[0].continue_()
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "false")


def test_while_somebody_draws_nothing_below_is_asked_and_what_is_shown_is_said_to_be_older(page: Page) -> None:
    forward_of(page, row(3))
    heading = page.get_by_role("heading", name="The forward pass it took")
    expect(heading).to_have_text("The forward pass it took")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Back to the sketchpad").click()
    page.locator(".sketch").scroll_into_view_if_needed()
    box = page.locator(".sketch").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 150, box["y"] + 60)
    page.mouse.down()
    expect(page.locator(".invitation")).to_be_hidden()
    with page.expect_response("**/api/predict*"):
        page.mouse.move(box["x"] + 160, box["y"] + 250, steps=5)
    page.locator("#forward").evaluate("panel => panel.scrollIntoView()")
    expect(heading).to_contain_text("once the pen rests")
    assert not [url for url in asked if "/api/digits/" in url]
    with page.expect_response("**/api/digits/why"):
        page.mouse.up()
    expect(heading).to_have_text("The forward pass it took")


def test_an_answer_says_where_to_go_on(page: Page) -> None:
    page.goto("/draw")
    ways = page.get_by_role("navigation", name="Go on")
    expect(ways).to_be_hidden()
    said(page, upload(page, row(3))["digits"][0])
    expect(ways).to_be_visible()
    for way in ways.get_by_role("link").all():
        way.click()
        expect(page.locator((way.get_attribute("href") or "") + " h2")).to_be_in_viewport()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    browser: Browser, server: str, root: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        base_url=server, viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
    )
    try:
        page = context.new_page()
        forward_of(page, row(3, 6))
        page.locator("#stages li button").nth(1).click()
        page.get_by_text("Ask another network").click()
        expect(page.locator(".chooser")).to_contain_text("You have no runs yet.")
        # Through the driver, because the page's own policy lets no script in from elsewhere.
        page.evaluate((root / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        parts = ["#answer", "#networks", "#stages", "#forward"]
        run = f"axe.run({parts}, {AXE}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
        assert page.evaluate(run) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    finally:
        context.close()
