"""How fast the page is: from the command to the first page, and from a key press to the picture.

Prints a table; run with `python -m benchmarks.page`. A real server and a real Chromium with software rendering, so the
figures are those of a machine without a graphics card.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from benchmarks.measure import machine
from tools import chromium

START_AIM = 2.0
STEP_AIM = 0.050
PRESSES = 60

FLAGS = ["--disable-gpu", *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]

# From the key's own time stamp to the frame after the one in which the new position stands in the page.
PRESS = """
() => new Promise(resolve => {
  const words = () => document.querySelector('#controls').textContent
  const before = words()
  const start = performance.now()
  document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', code: 'ArrowRight', bubbles: true}))
  const look = () => words() === before
    ? (performance.now() - start > 2000 ? resolve(-1) : requestAnimationFrame(look))
    : requestAnimationFrame(() => resolve(performance.now() - start))
  look()
})
"""

SCENES = {
    "sigmoid": "/step/sigmoid",
    "MNIST step": "/step/mnist-step",
    "softmax": "/step/softmax",
    "200 nodes": "/step/expression?source=" + "%2B".join(["x*x"] * 100),
}


@contextmanager
def server() -> Iterator[tuple[str, float]]:
    """A server of its own: its address, and the seconds from the command to its first page."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "app", "--no-browser", "--no-keep-runs", "--port", "0"]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().split()[3]
            with urllib.request.urlopen(address) as page:
                page.read()
            yield address, time.perf_counter() - started
        finally:
            process.terminate()


def presses(page: Page, address: str) -> list[float]:
    """Seconds from key to picture, walking through a scene from its start as often as it takes."""
    page.goto(address, wait_until="networkidle")
    times: list[float] = []
    while len(times) < PRESSES:
        page.keyboard.press("Home")
        for _ in range(PRESSES - len(times)):
            if page.locator("#controls button.main").is_disabled():
                break
            milliseconds = page.evaluate(PRESS)
            if milliseconds < 0:
                raise RuntimeError(f"{address}: a key press changed nothing")
            times.append(milliseconds / 1000)
    return times


def main() -> None:
    """Measure and print."""
    print(machine())
    starts = []
    for _ in range(5):
        with server() as (_, seconds):
            starts.append(seconds)
    median = statistics.median(starts)
    print(
        f"\ncommand to first page   {median:6.2f} s   (5 starts, slowest {max(starts):.2f} s)   "
        f"<= {START_AIM:.0f} s {'yes' if max(starts) <= START_AIM else 'NO'}"
    )
    print("\nkey to picture    median      p95   slowest   p95 <= 50 ms")
    with server() as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        for name, path in SCENES.items():
            times = presses(page, address + path)
            p95 = statistics.quantiles(times, n=20)[-1]
            cells = "".join(f"{1000 * t:7.1f} ms" for t in (statistics.median(times), p95, max(times)))
            print(f"{name:<14} {cells}   {'yes' if p95 <= STEP_AIM else 'NO'}")
        browser.close()


if __name__ == "__main__":
    main()
