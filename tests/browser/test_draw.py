"""The drawing page as somebody uses it who draws, or brings a picture: by mouse, finger and keyboard."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from app.datasets import built_in
from app.digits.code import decode, encode
from app.digits.decode import PictureLimits
from app.digits.decode import decode as decode_file
from app.digits.read import read

Points = Sequence[tuple[float, float]]

SHAPES: dict[str, Points] = {
    "0": [
        *[(0.5, 0.2), (0.36, 0.26), (0.28, 0.44), (0.3, 0.64), (0.42, 0.8), (0.56, 0.8), (0.68, 0.66), (0.7, 0.44)],
        *[(0.63, 0.26), (0.5, 0.2)],
    ],
    "1": [(0.52, 0.18), (0.51, 0.4), (0.5, 0.62), (0.49, 0.84)],
    "7": [(0.27, 0.22), (0.45, 0.21), (0.72, 0.2), (0.66, 0.36), (0.56, 0.56), (0.48, 0.72), (0.43, 0.86)],
}
# A canvas is an image here, which may be named by whoever draws on it.
AXE = "{rules: {'aria-allowed-role': {enabled: false}}}"
# The driver does not tell what is sent where it is a Blob.
SENT = """
const { fetch } = window;
window.sent = [];
window.fetch = (address, how) => {
    if (/predict.*stages/.test(address)) window.sent.push(how.body);
    return fetch(address, how);
};
"""


@contextmanager
def window(browser: Browser, server: str, path: str = "/draw", **options: Any) -> Iterator[Page]:
    """A fresh window, whose errors in scripts fail the test; what the server refuses does not."""
    context = browser.new_context(base_url=server, **{"viewport": {"width": 1280, "height": 800}, **options})
    page = context.new_page()
    page.add_init_script(SENT)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        page.goto(path)
        yield page
    finally:
        context.close()
    assert not errors


def at(page: Page, point: tuple[float, float]) -> tuple[float, float]:
    """Where a point of the pad is in the window."""
    box = page.locator(".sketch").bounding_box()
    assert box is not None
    return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]


def draw(page: Page, points: Points) -> None:
    """A stroke by mouse."""
    page.mouse.move(*at(page, points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*at(page, point), steps=5)
    page.mouse.up()


def tool(page: Page, name: str) -> Locator:
    return page.locator("#pad").get_by_role("button", name=name)


def said(page: Page, digit: str) -> None:
    expect(page.locator(".said-digit")).to_have_text(digit)


def settled(page: Page) -> None:
    """What was asked for has been painted."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def ink(page: Page) -> npt.NDArray[np.int64]:
    """How opaque the ink is, at 40 by 40 points of the pad."""
    settled(page)
    alphas = page.locator(".sketch").evaluate(
        """canvas => {
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            const at = share => Math.floor((share + 0.5) / 40 * width);
            return Array.from({ length: 40 }, (_, row) =>
                Array.from({ length: 40 }, (_, column) => data[4 * (at(row) * width + at(column)) + 3]));
        }"""
    )
    return np.array(alphas)


@contextmanager
def sending(page: Page) -> Iterator[list[npt.NDArray[np.uint8]]]:
    """The grey levels that are sent in the end to be read; a list, as they are known only afterwards."""
    levels: list[npt.NDArray[np.uint8]] = []
    with page.expect_request(is_final):
        yield levels
    content = page.evaluate(
        """async () => {
            const bytes = new Uint8Array(await window.sent.at(-1).arrayBuffer());
            return btoa(String.fromCharCode(...bytes));
        }"""
    )
    with Image.open(BytesIO(base64.b64decode(content))) as image:
        assert (image.format, image.mode) == ("PNG", "L")
        levels.append(np.asarray(image))


def is_final(request: Request) -> bool:
    return "/api/predict" in request.url and "stages" in request.url


def photo(text: str, kind: str = "PNG", orientation: int = 1, size: tuple[int, int] = (640, 400)) -> bytes:
    """Digits on paper, turned as a camera does that is held upright; EXIF says how to turn it back."""
    image = Image.new("RGB", size, "#f0ede4")
    ImageDraw.Draw(image).text((90, 60), text, fill="#26262e", font=ImageFont.load_default(240))
    exif = Image.Exif()
    exif[0x0112] = orientation
    if orientation == 6:  # to be turned a quarter clockwise
        image = image.transpose(Image.Transpose.ROTATE_90)
    file = BytesIO()
    image.save(file, kind, exif=exif)
    return file.getvalue()


def choose(page: Page, content: bytes, name: str = "class.png", kind: str = "image/png") -> None:
    page.locator(".file-chosen").set_input_files({"name": name, "mimeType": kind, "buffer": content})


@pytest.fixture
def page(page: Page) -> Page:
    page.add_init_script(SENT)
    return page


# -- drawing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digit", SHAPES)
def test_a_digit_is_read_while_it_is_drawn(page: Page, digit: str) -> None:
    page.goto("/draw")
    expect(page.get_by_text("Draw a digit here")).to_be_visible()
    *first, last = SHAPES[digit]
    page.mouse.move(*at(page, first[0]))
    page.mouse.down()
    for point in first[1:]:
        page.mouse.move(*at(page, point), steps=5)
    expect(page.locator(".said-digit")).not_to_be_empty()  # an answer, before the pen is lifted
    expect(page.get_by_text("Draw a digit here")).to_be_hidden()
    with sending(page) as levels:
        page.mouse.move(*at(page, last), steps=5)
        page.mouse.up()
    said(page, digit)
    assert levels[0].shape == (400, 400)
    assert levels[0][2, 2] == 255  # paper
    for x, y in (first[0], last):
        assert levels[0][int(400 * y), int(400 * x)] == 0  # ink, from the first point to the last


def test_a_tap_is_a_dot(page: Page) -> None:
    page.goto("/draw")
    with sending(page) as levels:
        page.mouse.click(*at(page, (0.5, 0.5)))
    dark = np.argwhere(levels[0] < 128)
    assert (dark.min(axis=0) >= 186).all()
    assert (dark.max(axis=0) <= 213).all()
    assert len(dark) == pytest.approx(np.pi * 12**2, rel=0.1)


def test_undo_redo_and_clear_by_buttons_and_keys(page: Page) -> None:
    page.goto("/draw")
    undo, redo, clear = (tool(page, name) for name in ("Undo", "Redo", "Clear"))
    expect(undo).to_have_attribute("aria-disabled", "true")
    draw(page, SHAPES["1"])
    one = ink(page)
    draw(page, [(0.1, 0.5), (0.9, 0.5)])
    two = ink(page)
    assert 0 < (one > 0).sum() < (two > 0).sum()
    undo.click()
    assert (ink(page) == one).all()
    redo.click()
    assert (ink(page) == two).all()
    expect(redo).to_have_attribute("aria-disabled", "true")
    clear.click()
    assert (ink(page) == 0).all()
    expect(page.locator(".said-digit")).to_be_empty()
    page.keyboard.press("Control+z")
    assert (ink(page) == two).all()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Draw a digit here")).to_be_visible()
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+y")
    assert (ink(page) == two).all()
    page.keyboard.press("Delete")
    assert (ink(page) == 0).all()
    undo.click()
    undo.click()
    said(page, "1")


def test_pens_differ_in_width_and_the_eraser_takes_ink_away(page: Page) -> None:
    page.goto("/draw")
    widths = []
    for name in ("Thin pen", "Medium pen", "Thick pen"):
        tool(page, name).click()
        expect(tool(page, name)).to_have_attribute("aria-pressed", "true")
        with sending(page) as levels:
            draw(page, [(0.2, 0.5), (0.8, 0.5)])
        widths.append(int((levels[0][:, 200] < 128).sum()))
        page.keyboard.press("Delete")
    assert widths == [12, 24, 40]
    with sending(page):
        draw(page, [(0.2, 0.5), (0.8, 0.5)])
    page.keyboard.press("e")
    expect(page.get_by_role("button", name="Eraser")).to_have_attribute("aria-pressed", "true")
    with sending(page) as levels:
        draw(page, [(0.5, 0.3), (0.5, 0.7)])
    row = levels[0][200]
    assert row[100] == row[300] == 0
    assert (row[175:225] == 255).all()
    page.keyboard.press("Control+z")
    assert (ink(page)[20, 10:30] == 255).all()


def test_the_same_strokes_are_the_same_picture_on_every_screen(browser: Browser, server: str) -> None:
    points = [number for x, y in SHAPES["7"] for number in (x, y, 1)]
    drawing = json.dumps({"done": [{"kind": "pen", "width": 0.06, "points": points}], "undone": []})
    shelf = f"sessionStorage.setItem('drawing', {json.dumps(json.dumps({'picture': '', 'drawing': drawing}))})"
    pictures = []
    screens: tuple[dict[str, Any], ...] = (
        {"color_scheme": "light"},
        {"color_scheme": "dark", "device_scale_factor": 3, "viewport": {"width": 390, "height": 844}},
    )
    for options in screens:
        with window(browser, server, "/data", **options) as page:
            page.evaluate(shelf)
            with sending(page) as levels:
                page.goto("/draw")
            pictures.append(levels[0])
            side = page.locator(".sketch").evaluate("({ width, clientWidth }) => width / clientWidth")
            assert side == pytest.approx(options.get("device_scale_factor", 1), rel=0.01)
    assert (pictures[0] == pictures[1]).all()


def test_the_drawing_survives_another_size_of_the_window(page: Page) -> None:
    page.goto("/draw")
    draw(page, SHAPES["7"])
    before = ink(page)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".sketch")).to_have_js_property("width", page.locator(".sketch").evaluate("c => c.clientWidth"))
    assert np.mean((ink(page) > 128) != (before > 128)) < 0.02


# -- fingers -----------------------------------------------------------------------------------------------------------


@contextmanager
def phone(browser: Browser, server: str) -> Iterator[tuple[Page, Any]]:
    """A phone's page and what moves fingers over it: ``touch(kind, *points)`` with points in the window."""
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 700}, "has_touch": True, "is_mobile": True}
    with window(browser, server, **phone) as page:
        driver = page.context.new_cdp_session(page)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            down = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
            driver.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": down})

        yield page, touch


def test_a_finger_draws_and_the_page_stays_where_it_is(browser: Browser, server: str) -> None:
    with phone(browser, server) as (page, touch):
        # Where there is room to scroll.
        assert page.evaluate("document.documentElement.scrollHeight") > 900
        touch("touchStart", at(page, (0.5, 0.85)))
        for step in range(1, 15):
            touch("touchMove", at(page, (0.5, 0.85 - 0.05 * step)))
        touch("touchEnd")
        said(page, "1")
        assert page.evaluate("scrollY") == 0
        # The same beside the pad scrolls.
        box = page.locator("#answer").bounding_box()
        assert box is not None
        x, y = box["x"] + 4, box["y"] + 60
        touch("touchStart", (x, y))
        for step in range(1, 15):
            touch("touchMove", (x, y - 20 * step))
        touch("touchEnd")
        for _ in range(50):
            if page.evaluate("scrollY") > 50:
                break
            page.wait_for_timeout(100)  # the browser scrolls when it has time
        assert page.evaluate("scrollY") > 50


def test_a_second_finger_does_not_draw_and_a_cancelled_one_leaves_nothing(browser: Browser, server: str) -> None:
    with phone(browser, server) as (page, touch):
        first, second = at(page, (0.3, 0.2)), at(page, (0.8, 0.2))
        touch("touchStart", first)
        touch("touchStart", first, second)
        for step in range(1, 10):
            shift = 18 * step
            touch("touchMove", (first[0], first[1] + shift), (second[0], second[1] + shift))
        touch("touchEnd")
        marks = ink(page)
        assert marks[20, 12] > 0
        assert (marks[:, 20:] == 0).all()
        tool(page, "Undo").click()
        assert (ink(page) == 0).all()  # it was one stroke

        touch("touchStart", first)
        touch("touchMove", at(page, (0.4, 0.7)))
        assert (ink(page) > 0).any()
        touch("touchCancel")
        assert (ink(page) == 0).all()
        expect(tool(page, "Undo")).to_have_attribute("aria-disabled", "true")


# -- by keyboard -------------------------------------------------------------------------------------------------------


def test_samples_are_loaded_by_keyboard_alone(page: Page) -> None:
    test = built_in()[1]
    fours = np.flatnonzero(test.labels == 4)
    page.goto("/draw")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator(".sketch").evaluate("canvas => canvas === document.activeElement"):
            break
    expect(page.locator(".sketch")).to_be_focused()
    for place in (0, 1):
        with sending(page) as levels:
            page.keyboard.press("4")
        expect(page.locator("#spoken")).to_have_text(f"Sample of a 4, {place + 1} of {len(fours)}.")
        assert (levels[0] == test.images[fours[place]]).all()
    said(page, "4")
    page.keyboard.press("Control+z")
    assert (ink(page) > 0).any()  # the first sample is there again
    button = page.get_by_role("button", name="Sample of a 7")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#spoken")).to_contain_text("Sample of a 7, 1 of")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("take the last stroke back")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_sample_can_be_drawn_on(page: Page) -> None:
    page.goto("/draw")
    page.keyboard.press("1")
    said(page, "1")  # the sample itself has been sent
    with sending(page) as levels:
        draw(page, [(0.1, 0.05), (0.9, 0.05)])
    assert levels[0].shape == (400, 400)
    assert levels[0][20, 200] == 0
    assert (levels[0][100:300] < 128).any()


# -- pictures that come as files ---------------------------------------------------------------------------------------


def test_an_upload_is_shown_with_its_digits_and_left_for_the_drawing(page: Page) -> None:
    page.goto("/draw")
    draw(page, SHAPES["7"])
    said(page, "7")
    before = ink(page)
    choose(page, photo("4 7"))
    boxes = page.get_by_role("group", name="Digits in the picture").get_by_role("button")
    expect(boxes).to_have_count(2)
    expect(page.locator(".sketch")).to_be_hidden()
    expect(page.locator("#pad")).to_contain_text("class.png")
    expect(page.locator("#pad")).to_contain_text("640 by 400, PNG")
    said(page, "4")
    expect(boxes.first).to_have_attribute("aria-pressed", "true")
    boxes.nth(1).click()
    said(page, "7")
    expect(boxes.nth(1)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Back to the sketchpad").click()
    expect(page.locator(".sketch")).to_be_focused()
    assert (ink(page) == before).all()
    said(page, "7")


def test_a_photo_is_shown_upright(page: Page) -> None:
    page.goto("/draw")
    choose(page, photo("4", "JPEG", orientation=6, size=(400, 640)), "phone.jpg", "image/jpeg")
    said(page, "4")
    canvas = page.locator(".upload-picture canvas")
    assert canvas.evaluate("({ width, height }) => [width, height]") == [400, 640]
    dark = canvas.evaluate(
        """canvas => {
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            let below = 0, above = 0;
            for (let y = 0; y < height; y++) for (let x = 0; x < width; x++)
                if (data[4 * (y * width + x)] < 100) y < height / 2 ? above++ : below++;
            return [above, below];
        }"""
    )
    assert dark[0] > 10 * dark[1]  # what was written above is above
    box, picture = page.locator(".box").bounding_box(), canvas.bounding_box()
    assert box is not None
    assert picture is not None
    assert box["height"] > box["width"]
    assert box["y"] + box["height"] < picture["y"] + picture["height"] * 0.6


EVENTS = """([kind, content, name]) => {
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], name, { type: "image/png" }));
    const event = kind === "paste"
        ? new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector("#answer").dispatchEvent(event);
}"""


def test_a_picture_is_dropped_anywhere_or_pasted(page: Page) -> None:
    page.goto("/draw")
    content = base64.b64encode(photo("4")).decode()
    here = page.get_by_text("Drop the picture here")
    expect(here).to_be_hidden()
    page.evaluate(EVENTS, ["dragover", content, "four.png"])
    expect(here).to_be_visible()
    page.evaluate(EVENTS, ["dragleave", content, "four.png"])
    expect(here).to_be_hidden()
    page.evaluate(EVENTS, ["dragover", content, "four.png"])
    page.evaluate(EVENTS, ["drop", content, "four.png"])
    expect(here).to_be_hidden()
    expect(page.locator("#pad")).to_contain_text("four.png")
    said(page, "4")
    page.evaluate(EVENTS, ["paste", base64.b64encode(photo("7")).decode(), "image.png"])
    expect(page.locator("#pad")).to_contain_text("Pasted picture")
    said(page, "7")


def test_what_is_no_picture_is_refused_in_words_and_the_drawing_stays(browser: Browser, server: str) -> None:
    with window(browser, server) as page:
        draw(page, SHAPES["7"])
        said(page, "7")
        before = ink(page)
        alert = page.get_by_role("alert").filter(visible=True)
        choose(page, b"These are words, not a picture.", "notes.png")
        expect(alert).to_contain_text("notes.png")
        expect(alert).to_contain_text("Expected")
        expect(page.get_by_role("button", name="Try again")).to_have_count(0)
        assert (ink(page) == before).all()
        said(page, "7")
        choose(page, b"", "empty.png")
        expect(alert).to_contain_text("empty.png is empty")
        draw(page, SHAPES["1"])
        expect(alert).to_have_count(0)


# -- trouble -----------------------------------------------------------------------------------------------------------


def test_a_server_that_is_gone_is_said_and_can_be_asked_again(browser: Browser, server: str) -> None:
    with window(browser, server) as page:
        page.route("**/api/predict*", lambda route: route.abort())
        draw(page, SHAPES["7"])
        alert = page.get_by_role("alert").filter(visible=True)
        expect(alert).to_contain_text("Gradwalk does not answer")
        page.unroute("**/api/predict*")
        page.get_by_role("button", name="Try again").click()
        said(page, "7")
        expect(alert).to_have_count(0)


def test_what_was_read_before_the_server_was_gone_is_said_to_be_older(browser: Browser, server: str) -> None:
    with window(browser, server) as page:
        draw(page, SHAPES["1"])
        said(page, "1")
        expect(page.locator("#answer")).to_have_attribute("aria-busy", "false")
        page.route("**/api/predict*", lambda route: route.abort())
        draw(page, SHAPES["7"])
        expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("Gradwalk does not answer")
        for part in ("#answer", "#stages"):
            expect(page.locator(part).get_by_role("heading", level=2)).to_contain_text("of the picture before")
            expect(page.locator(part)).to_have_attribute("aria-busy", "true")


def test_a_busy_server_is_asked_again(browser: Browser, server: str) -> None:
    problem = {"code": "busy", "message": "Too many pictures wait", "given": "101", "expected": "at most 100"}
    busy = iter(range(2))

    def answer(route: Route) -> None:
        if next(busy, None) is None:
            route.continue_()
        else:
            route.fulfill(status=503, json=problem)

    with window(browser, server) as page:
        page.route("**/api/predict*", answer)
        page.mouse.click(*at(page, (0.5, 0.5)))  # a stroke so short that nothing newer is asked for
        expect(page.locator(".stage-strip li").first).to_be_visible()
        expect(page.get_by_role("alert").filter(visible=True)).to_have_count(0)


# -- coming and going --------------------------------------------------------------------------------------------------


def test_a_reload_restores_the_strokes(page: Page) -> None:
    page.goto("/draw")
    draw(page, SHAPES["0"])
    draw(page, SHAPES["1"])
    tool(page, "Undo").click()
    said(page, "0")
    expect(page).to_have_url(re.compile("picture="))
    before, address = ink(page), page.url
    page.reload()
    said(page, "0")
    assert (ink(page) == before).all()
    tool(page, "Redo").click()
    assert (ink(page) > 0).sum() > (before > 0).sum()
    page.goto(address)  # another picture than the one that is kept by now, or the same: nothing is lost
    page.goto("/data")
    page.go_back()
    expect(page.locator(".said-digit")).not_to_be_empty()
    assert (ink(page) > 0).any()


def test_a_reload_restores_the_digit_of_an_upload_over_the_drawing(page: Page) -> None:
    page.goto("/draw")
    draw(page, SHAPES["1"])
    said(page, "1")
    choose(page, photo("7"))
    said(page, "7")
    (seven,) = read(decode_file(photo("7"), PictureLimits(bytes=10**7, pixels=10**7)).pixels).digits
    expect(page).to_have_url(re.compile(f"picture={encode(seven.picture)}"))  # the address follows a moment later
    page.reload()
    said(page, "7")
    tool(page, "Undo").click()
    said(page, "1")


def test_an_address_brings_its_picture_to_somebody_else(browser: Browser, server: str, page: Page) -> None:
    page.goto("/draw?network=one-layer")
    with page.expect_response(lambda answer: is_final(answer.request)) as final:
        draw(page, SHAPES["7"])
    assert re.findall(r"network=[^&]*", final.value.url) == ["network=one-layer"]
    code = final.value.json()["digits"][0]["code"]
    expect(page).to_have_url(re.compile(rf"picture={code}&network=one-layer"))
    with window(browser, server, "/data") as other:
        with sending(other) as levels:
            other.goto(page.url)
        assert (levels[0] == decode(code)).all()
        expect(other.locator(".network-card")).to_have_count(1)
        said(other, "7")
        assert (ink(other) > 0).any()
        tool(other, "Undo").click()
        expect(other.get_by_text("Draw a digit here")).to_be_visible()


def test_an_address_that_cannot_be_read_is_an_empty_pad(page: Page) -> None:
    page.goto("/draw?picture=AAAAAAAAAAAA&network=nobody&lessons=x&rate=-1")
    expect(page.get_by_text("Draw a digit here")).to_be_visible()
    draw(page, SHAPES["7"])
    said(page, "7")


# -- what it looks like ------------------------------------------------------------------------------------------------


def test_the_first_row_is_in_sight_and_stays_where_it_is(page: Page) -> None:
    page.goto("/draw")
    expect(page.locator(".network-card")).to_have_count(2)

    def boxes() -> list[Any]:
        parts = ("#pad", ".sketch", "#answer", "#networks", ".ten-bars", ".network-card:nth-child(2) .ten-columns")
        return [page.locator(part).bounding_box() for part in parts]

    before = boxes()
    draw(page, SHAPES["7"])
    said(page, "7")
    expect(page.locator(".stage-strip li").first).to_be_visible()
    assert boxes() == before
    assert max(box["y"] + box["height"] for box in before) <= 800
    choose(page, photo("4 7"))
    said(page, "4")
    first = page.locator("#pad").bounding_box()
    assert first is not None
    assert first["y"] + first["height"] <= 800


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    browser: Browser, server: str, root: Path, scheme: Literal["light", "dark"], width: int
) -> None:
    axe = (root / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    size = {"width": width, "height": 844}
    with window(browser, server, color_scheme=scheme, viewport=size, reduced_motion="reduce") as page:
        page.evaluate(axe)

        def check() -> None:
            parts = "{include: ['#pad', '#notice', '.top']}"
            run = f"axe.run({parts}, {AXE}).then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))"
            assert page.evaluate(run) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width

        check()
        draw(page, SHAPES["7"])
        said(page, "7")
        check()
        choose(page, photo("4 7"))
        expect(page.locator(".box")).to_have_count(2)
        check()
        choose(page, b"words", "notes.png")
        expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("notes.png")
        check()
