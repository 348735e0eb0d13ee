"""Drawings made with a pointer on the sketchpad of the page, in a real Chromium, and what the page then says."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from playwright.sync_api import Page, Response, expect, sync_playwright

from app.networks import built_in
from benchmarks.classroom import server
from benchmarks.pictures.drawings import Drawing, drawings, way
from benchmarks.pictures.reading import naive, said
from benchmarks.pictures.score import Verdict
from benchmarks.pictures.sheets import Failures
from tools import chromium

FLAGS = ["--disable-gpu", *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
POINTS = 3
"""Pointer moves from one point of a stroke to its next."""

# Playwright does not tell the body of a request where it is a Blob.
REMEMBER = """
const send = window.fetch
window.fetch = (address, how) => {
  if (how?.body instanceof Blob) window.sent = how.body
  return send(address, how)
}
"""
SENT = "async () => [...new Uint8Array(await window.sent.arrayBuffer())]"

TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
PATIENCE = 30_000
"""Milliseconds until an answer must have come."""


def drawn(failures: Failures) -> list[Verdict]:
    """What is read in every drawing, through a server and a browser of its own."""
    with server("--no-keep-runs") as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 800})
        page.add_init_script(REMEMBER)
        page.goto("/draw")
        verdicts = []
        for verdict, file in verdicts_of(page, drawings()):
            verdicts.append(verdict)
            failures.note("drawn on the sketchpad", verdict, file)
        browser.close()
    return verdicts


def verdicts_of(page: Page, which: Sequence[Drawing]) -> Iterator[tuple[Verdict, bytes]]:
    """Draws one after the other: the verdict on each, and the picture that the page asked about."""
    answers: list[Response] = []
    page.on("response", lambda response: answers.append(response) if is_final(response) else None)
    for drawing in which:
        draw(page, drawing)
        file = bytes(page.evaluate(SENT))
        yield verdict_of(page, drawing.digit, answers[-1].json(), file), file
        page.get_by_role("button", name="Clear").click()


def draw(page: Page, drawing: Drawing) -> None:
    """Draws it, and waits until the page has the answer to the whole of it."""
    page.get_by_role("button", name=f"{drawing.pen.capitalize()} pen").click()
    box = page.locator("#pad canvas.sketch").bounding_box()
    assert box is not None
    for stroke in drawing.strokes:
        trace(page, box["x"], box["y"], (way(stroke, POINTS) * (box["width"], box["height"])).tolist())
        page.mouse.up()
    page.evaluate(TWO_FRAMES)  # by then the page says that it is waiting
    expect(page.locator("#answer")).to_have_attribute("aria-busy", "false", timeout=PATIENCE)


def trace(page: Page, left: float, top: float, points: list[list[float]]) -> None:
    """Puts the pointer down at the first point and leads it to the last; it stays down."""
    (x, y), *others = points
    page.mouse.move(left + x, top + y)
    page.mouse.down()
    for x, y in others:
        page.mouse.move(left + x, top + y)


def is_final(response: Response) -> bool:
    """Whether this answers for a drawing at rest: only then the stages are asked for."""
    return "/api/predict" in response.url and "stages=true" in response.url


def verdict_of(page: Page, meant: int, answer: dict[str, Any], file: bytes) -> Verdict:
    """The page's verdict, as it stands there, and what else the answer holds."""
    resized, _ = said(built_in("reader"), naive(file))
    if len(answer["digits"]) != 1:
        return Verdict(meant, None, 0.0, None, resized)
    shown = page.locator("#answer .said-digit")
    expect(shown).to_have_text(str(answer["digits"][0]["digit"]))
    (digit,) = answer["digits"]
    opinions = {opinion["network"]: opinion["digit"] for opinion in digit["opinions"]}
    return Verdict(meant, int(shown.inner_text()), digit["probability"], opinions.get("one-layer"), resized)
