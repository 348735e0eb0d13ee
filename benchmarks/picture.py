"""The picture of a large graph in a real Chromium: time to lay it out and draw it, and frames a second while it plays.

    python -m benchmarks.picture [--nodes 5000]

Opens an expression of that many nodes in the stepper, through a server of its own with raised limits. Frames are
counted by requestAnimationFrame while every step sends its number along the active wire; a step's time is from the key
to the frame that shows it. Rendering is by software, as on machines without a graphics card.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tools import chromium

NODES_A_LINE = 4
"""`h2 = tanh(w2*h1 + h0)`: a leaf, a product, a sum, a tanh."""

STEP_PAUSE = 400
"""Milliseconds from one step to the next while frames are counted."""

COUNT_FRAMES = """([seconds, pause]) => new Promise(done => {
  const press = () => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  const timer = pause ? setInterval(press, pause) : 0;
  const start = performance.now();
  let frames = 0;
  const count = now => {
    frames += 1;
    if (now - start < 1000 * seconds) { requestAnimationFrame(count); return; }
    clearInterval(timer);
    done(frames / seconds);
  };
  requestAnimationFrame(count);
})"""
TIME_STEPS = """async count => {
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    await new Promise(shown => requestAnimationFrame(() => setTimeout(shown)));
    times.push(performance.now() - start);
    await new Promise(rest => setTimeout(rest, 350));
  }
  return times;
}"""


def source(nodes: int) -> str:
    """An expression of about `nodes` nodes, in which every line uses the two before it."""
    lines = ["h0 = tanh(x)", "h1 = tanh(w1*h0)"]
    lines += [f"h{i} = tanh(w{i}*h{i - 1} + h{i - 2})" for i in range(2, nodes // NODES_A_LINE)]
    return "; ".join([*lines, f"h{len(lines) - 1}"])


def measure(page: Page, nodes: int) -> dict[str, Any]:
    """Opens the expression and measures."""
    page.goto("/step/expression")
    page.wait_for_selector("#stage[data-drawn]")
    small = page.get_attribute("#stage", "data-drawn")
    page.evaluate("performance.mark('typed')")
    page.fill("#editor textarea", source(nodes))
    page.press("#editor textarea", "Enter")
    other = "small => document.querySelector('#stage').dataset.drawn !== small"
    page.wait_for_function(other, arg=small, timeout=120_000)
    opened = page.evaluate("performance.now() - performance.getEntriesByName('typed')[0].startTime")
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(2000)
    return {
        "graph": page.get_attribute("#stage svg.graph", "aria-label"),
        "typed to drawn, s": round(opened / 1000, 2),
        "frames a second, idle": round(page.evaluate(COUNT_FRAMES, [3, 0])),
        "frames a second, a number moving": round(page.evaluate(COUNT_FRAMES, [6, STEP_PAUSE])),
        "a step, median ms": round(statistics.median(page.evaluate(TIME_STEPS, 15))),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--nodes", type=int, default=5000)
    nodes: int = parser.parse_args().nodes
    limits = {"GRADWALK_EXPRESSION_LENGTH": "100000", "GRADWALK_EXPRESSION_NODES": "100000"}
    command = [sys.executable, "-m", "app", "--no-browser", "--no-keep-runs", "--port", "0"]
    with subprocess.Popen(command, env={**os.environ, **limits}, text=True, stdout=subprocess.PIPE) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().split()[3]
            with sync_playwright() as playwright:
                flags = ["--disable-gpu", *(["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else [])]
                browser = playwright.chromium.launch(executable_path=chromium.find(), args=flags)
                page = browser.new_page(base_url=address, viewport={"width": 1280, "height": 800})
                print(f"Chromium {browser.version}, software rendering, 1280x800")
                for name, value in measure(page, nodes).items():
                    print(f"{name:>34}  {value}")
                browser.close()
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
