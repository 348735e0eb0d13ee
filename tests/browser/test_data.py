"""The page of the data sets as a learner uses it: every picture by its digit, every pixel's number, MNIST on demand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from app.datasets import built_in, mnist_files, raw_folder
from tests.small_mirror import COUNTS, Mirror, serving
from tests.small_mnist import write_mnist

BUILT_IN = "/data?set=built-in"


OFFLINE = [sys.executable, "-c", 'print(\'["offline", ""]\')']
"""A program that downloads nothing, as there is no network."""


@contextmanager
def server_at(root: Path, folder: Path, command: object = ()) -> Iterator[str]:
    """The address of a server whose data lie in `folder`; `command` downloads MNIST."""
    server = [sys.executable, "-m", "tests.mirror_server", str(folder), json.dumps(command)]
    with subprocess.Popen(server, cwd=root, text=True, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()
            process.wait(timeout=5)


@contextmanager
def window(browser: Browser, address: str) -> Iterator[Page]:
    """A fresh window, 1280x800, on a server."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    assert not errors


@contextmanager
def opened_at(browser: Browser, root: Path, folder: Path, command: object = ()) -> Iterator[Page]:
    """A window on a server of its own."""
    with server_at(root, folder, command) as address, window(browser, address) as page:
        yield page


@pytest.fixture(scope="module")
def offline(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server without MNIST and without a network."""
    with server_at(root, tmp_path_factory.mktemp("offline"), OFFLINE) as address:
        yield address


def heading(page: Page, text: str) -> None:
    expect(page.locator("#pictures-heading")).to_have_text(text)


def drawn(page: Page, selector: str) -> list[list[int]]:
    """How far each pixel of a canvas is from the paper: 0 for none, and more the more ink."""
    ink: list[list[int]] = page.locator(selector).evaluate(
        """canvas => {
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            return Array.from({ length: height }, (_, row) =>
                Array.from({ length: width }, (_, column) => 255 - data[4 * (row * width + column)]));
        }"""
    )
    return ink


def test_the_pictures_on_screen_are_those_of_the_data_set(page: Page) -> None:
    page.goto(BUILT_IN)
    heading(page, "Test pictures: 1 to 100 of 297")
    for at in (0, 57, 99):
        ink = np.array(drawn(page, f"#picture-{at} canvas"))
        picture = built_in()[1].images[at]
        assert ((ink > 0) == (picture > 0)).all()
        order = np.argsort(picture, axis=None)
        assert (np.diff(ink.ravel()[order]) >= 0).all()  # the more ink, the farther from the paper


def test_one_digit_is_looked_at_page_by_page(page: Page) -> None:
    train = built_in()[0]
    threes = np.flatnonzero(train.labels == 3)
    page.goto(BUILT_IN)
    page.get_by_role("radio", name="Training 1,500").check()
    page.get_by_role("radio", name=f"3 {len(threes)}").check()
    heading(page, f"Training pictures of a 3: 1 to 100 of {len(threes)}")
    page.get_by_role("button", name="Next page").click()
    heading(page, f"Training pictures of a 3: 101 to {len(threes)} of {len(threes)}")
    expect(page.get_by_role("option")).to_have_count(len(threes) - 100)
    expect(page.get_by_role("button", name="Next page")).to_be_disabled()
    expect(page.locator("#detail")).to_contain_text(f"training {threes[100]}")
    ink = np.array(drawn(page, "#picture-0 canvas"))
    assert ((ink > 0) == (train.images[threes[100]] > 0)).all()


def test_a_picture_is_read_pixel_by_pixel(page: Page) -> None:
    page.goto(BUILT_IN)
    test = built_in()[1]
    page.locator("#picture-12").click()
    detail = page.locator("#detail")
    label, picture = int(test.labels[12]), test.images[12]
    expect(detail).to_contain_text(f"Labelled {label}")
    expect(detail).to_contain_text("test 12")
    expect(detail).to_contain_text(f"{picture.mean():.4g} of 255")
    expect(detail).to_contain_text(f"{np.count_nonzero(picture)} of 784")
    row, column = (int(axis) for axis in np.unravel_index(picture.argmax(), picture.shape))
    canvas = detail.locator(".surface.picture canvas")
    box = canvas.bounding_box()
    assert box is not None
    size = box["width"] / 28
    canvas.hover(position={"x": (column + 0.5) * size, "y": (row + 0.5) * size})
    readout = detail.locator(".readout")
    expect(readout).to_contain_text(f"Row {row}, column {column}: {picture[row, column]} of 255")
    mean = test.images[test.labels == label].mean(axis=0)[row, column]
    expect(readout).to_contain_text(f"Mean of all {label}s: {mean:.4g}.")
    canvas.focus()
    page.keyboard.press("ArrowDown")
    expect(readout).to_contain_text(f"Row {row + 1}, column {column}: {picture[row + 1, column]} of 255")


def test_pictures_are_walked_by_the_arrow_keys_from_page_to_page(page: Page) -> None:
    page.goto(BUILT_IN)
    heading(page, "Test pictures: 1 to 100 of 297")
    page.get_by_role("listbox").focus()
    page.keyboard.press("End")
    expect(page.locator("#detail")).to_contain_text("test 99")
    page.keyboard.press("ArrowRight")
    heading(page, "Test pictures: 101 to 200 of 297")
    expect(page.locator("#detail")).to_contain_text("test 100")
    page.keyboard.press("ArrowLeft")
    heading(page, "Test pictures: 1 to 100 of 297")
    expect(page.locator("#detail")).to_contain_text("test 99")
    columns = page.get_by_role("listbox").evaluate(
        "list => getComputedStyle(list).gridTemplateColumns.split(' ').length"
    )
    page.keyboard.press("ArrowUp")
    expect(page.locator("#detail")).to_contain_text(f"test {99 - columns}")


def test_an_address_opens_exactly_what_was_seen(page: Page) -> None:
    page.goto(f"{BUILT_IN}&split=train&start=1400&picture=1433")
    heading(page, "Training pictures: 1,401 to 1,500 of 1,500")
    expect(page.locator("#detail")).to_contain_text("training 1,433")
    page.get_by_role("radio", name="8", exact=False).last.check()
    page.wait_for_url("**digit=8")
    page.go_back()
    heading(page, "Training pictures: 1,401 to 1,500 of 1,500")
    expect(page.locator("#detail")).to_contain_text("training 1,433")


def test_nothing_is_asked_again_while_nothing_is_downloaded(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(BUILT_IN, wait_until="networkidle")
    heading(page, "Test pictures: 1 to 100 of 297")
    page.wait_for_timeout(1500)
    assert len([address for address in asked if address.endswith("/api/datasets")]) == 1


@pytest.mark.skipif(find_spec("torchvision") is None, reason="torchvision is not installed")
def test_mnist_is_downloaded_cancelled_and_continued(browser: Browser, root: Path, tmp_path: Path) -> None:
    with (
        serving(Mirror(tmp_path / "mirror")) as mirror,
        opened_at(browser, root, tmp_path / "data", mirror.command) as page,
    ):
        train_images, _, test_images, _ = mirror.files
        mirror.held = {test_images}
        mirror.gate.clear()
        page.goto("/data")
        heading(page, "Test pictures: 1 to 100 of 297")  # meanwhile, the built-in digits
        page.get_by_role("radio", name="MNIST").check()
        page.get_by_role("button", name="Download MNIST (11.6 MB)").click()
        bar = page.get_by_role("progressbar")
        expect(bar).to_be_visible()
        expect(bar).not_to_have_js_property("value", 0, timeout=30_000)
        expect(page.locator(".news")).to_contain_text("of 11.6 MB")
        assert test_images not in mirror.served
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".news")).to_contain_text("was cancelled. What had arrived whole is kept.")
        expect(bar).to_be_hidden()
        mirror.gate.set()
        mirror.served.clear()
        page.get_by_role("button", name="Continue the download").click()
        expect(page.locator("#pictures-heading")).to_have_text(
            f"Test pictures: 1 to 100 of {COUNTS['test']}", timeout=30_000
        )
        assert train_images not in mirror.served
        expect(page.get_by_role("radio", name=f"MNIST {sum(COUNTS.values())} pictures")).to_be_checked()


def test_a_machine_without_a_network_is_told_what_to_do(browser: Browser, root: Path, tmp_path: Path) -> None:
    with opened_at(browser, root, tmp_path, OFFLINE) as page:
        page.goto("/data?set=mnist")
        page.get_by_role("button", name="Download MNIST (11.6 MB)").click()
        news = page.locator(".news")
        expect(news).to_contain_text("No mirror of MNIST answers: this machine seems to be offline.")
        expect(news).to_contain_text(str(raw_folder(tmp_path)))
        expect(page.get_by_role("button", name="Try again")).to_be_visible()
        write_mnist(tmp_path)  # copied by hand
        page.reload()
        heading(page, "Test pictures: 1 to 3 of 3")


def test_a_damaged_file_is_named_and_its_pictures_go(browser: Browser, root: Path, tmp_path: Path) -> None:
    path = raw_folder(write_mnist(tmp_path, {"train": 150, "test": 5})) / mnist_files("train")[0]
    with opened_at(browser, root, tmp_path) as page:
        page.goto("/data?set=mnist&split=train")
        heading(page, "Training pictures: 1 to 100 of 150")
        path.write_bytes(path.read_bytes()[:-1])
        page.get_by_role("button", name="Next page").click()
        expect(page.locator("#absent")).to_contain_text("MNIST is damaged")
        expect(page.locator("#absent")).to_contain_text(f"{path.name} is cut off")
        expect(page.get_by_role("option")).to_have_count(0)
        page.get_by_role("radio", name="Built-in digits").check()
        heading(page, "Training pictures: 1 to 100 of 1,500")


def test_a_server_that_has_gone_is_told(browser: Browser, root: Path, tmp_path: Path) -> None:
    with opened_at(browser, root, tmp_path) as page:
        page.goto(BUILT_IN)
        heading(page, "Test pictures: 1 to 100 of 297")
        page.route("**/api/**", lambda route: route.abort())
        page.get_by_role("button", name="Next page").click()
        expect(page.get_by_role("alert")).to_contain_text("Gradwalk does not answer")
        page.unroute("**/api/**")
        page.get_by_role("button", name="Try again").click()
        heading(page, "Test pictures: 101 to 200 of 297")
        expect(page.locator("#trouble")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 1024, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_cut(
    browser: Browser, root: Path, offline: str, scheme: Literal["light", "dark"], width: int
) -> None:
    axe = (root / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with window(browser, offline) as page:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size({"width": width, "height": 844})

        def check() -> None:
            page.evaluate(axe)
            assert page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))") == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width

        page.goto(f"{BUILT_IN}&digit=4", wait_until="networkidle")
        expect(page.locator("#detail")).to_contain_text("Labelled 4")
        check()
        page.goto("/data?set=mnist", wait_until="networkidle")
        page.locator("#absent button.begin").click()
        expect(page.locator(".news")).to_contain_text("offline")
        check()


@pytest.mark.parametrize("path", ["/", "/data", "/draw", "/step/sigmoid", "/step/digit"])
def test_the_header_leads_everywhere(page: Page, path: str) -> None:
    page.goto(path)
    links = page.locator("nav.places a")
    assert links.evaluate_all("links => links.map(link => [link.textContent, link.getAttribute('href')])") == [
        ["Scenes", "/#scenes"],
        ["Draw", "/draw"],
        ["Train", "/train"],
        ["Labs", "/labs"],
        ["Data", "/data"],
    ]
    here = {"/data": ["Data"], "/draw": ["Draw"], "/step/sigmoid": ["Scenes"], "/step/digit": ["Draw"]}
    assert page.locator("nav.places [aria-current]").all_inner_texts() == here.get(path, [])
