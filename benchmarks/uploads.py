"""How fast an uploaded picture is answered, and what steppers notice while fifty are uploaded at once.

Prints tables; run with `python -m benchmarks.uploads`. A real server in a process of its own, asked over HTTP on this
machine, so the figures hold decoding, reading, the network and the answer's JSON. Beside a photo's time stand, in the
same run, what decoding it whole takes with Pillow and with OpenCV and nothing else. Steppers change numbers of an
expression without a pause over web sockets, first alone and then while the pictures come.
"""

from __future__ import annotations

import asyncio
import http.client
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from io import BytesIO
from urllib.parse import urlsplit

import cv2
import numpy as np
from PIL import Image

from benchmarks.classroom import NAMES, SOURCE, Waits, browser, cells, server
from benchmarks.measure import machine
from benchmarks.pictures.distort import ink_of, on_paper, placed, png
from benchmarks.pictures.drawings import drawings, picture

PHOTO = (3024, 4032)
"""Height and width of a phone's photo: 12 megapixels."""

ROUNDS = 15
UPLOADS = 50
STEPPERS = 5
STEPS = 60
AIMS = {"photo": 0.1, "drawing": 0.02}
"""Seconds until the median answer."""

STEP_AIM = 0.1
PATIENCE = 60
"""Seconds until an upload counts as failed."""


def photo(seed: int) -> bytes:
    """A digit on paper, as a phone's camera takes it: a JPEG of 3 to 4 megabytes."""
    rng = np.random.default_rng(seed)
    drawing = drawings()[seed % len(drawings())]
    ink = ink_of(255 - picture(drawing, 280), 1200)
    seen = on_paper(placed(ink, *PHOTO, int(rng.integers(200, 1600)), int(rng.integers(200, 2600))), rng)
    noisy = cv2.add(seen, rng.integers(0, 24, seen.shape, np.uint8))
    file = BytesIO()
    Image.fromarray(noisy).save(file, "JPEG", quality=92)
    return file.getvalue()


def drawing_file(number: int) -> bytes:
    """A drawing as the sketchpad sends it."""
    return png(picture(drawings()[number % len(drawings())], 400))


def upload(address: str, file: bytes) -> tuple[int, float]:
    """The status of the answer, and the seconds until all of it was here."""
    started = time.perf_counter()
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        connection.request("POST", "/api/predict", file, {"Content-Type": "application/octet-stream"})
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.perf_counter() - started
    finally:
        connection.close()


def seconds_of(work: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """How long it takes, time after time."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return times


def alone(address: str) -> None:
    """One upload after the other, between its peers."""
    print(f"\n{'one at a time':<34}    median        p95    longest   median <=")
    files = {"photo": photo(1), "drawing": drawing_file(3)}
    for name, file in files.items():
        upload(address, file)  # what is imported and read once
        print_times(f"{name}, {len(file) / 1e6:.2f} MB, answered", answered(address, file), AIMS[name])
    large = files["photo"]
    whole = np.frombuffer(large, np.uint8)
    print_times("photo, decoded by Pillow", seconds_of(lambda: np.asarray(Image.open(BytesIO(large)).convert("RGB"))))
    print_times("photo, decoded by OpenCV", seconds_of(lambda: cv2.imdecode(whole, cv2.IMREAD_COLOR)))


def answered(address: str, file: bytes) -> list[float]:
    """Seconds of each of several uploads.

    Raises:
        RuntimeError: one was refused.
    """
    answers = [upload(address, file) for _ in range(ROUNDS)]
    refused = Counter(status for status, _ in answers if status != 200)
    if refused:
        raise RuntimeError(f"refused: {dict(refused)}")
    return [seconds for _, seconds in answers]


def print_times(name: str, seconds: Sequence[float], aim: float | None = None) -> None:
    """A line: median, 95th percentile, longest; against an aim for the median."""
    verdict = "" if aim is None else f"   {1000 * aim:.0f} ms {'yes' if statistics.median(seconds) <= aim else 'NO'}"
    print(f"{name:<34}{cells(seconds)}{verdict}", flush=True)


async def step(address: str, waits: Waits, number: int, going: asyncio.Event | None) -> None:
    """A stepper: changes one number after the other, so many times and as long as something else is going on."""
    async with browser(address, {}) as mine:
        await mine.ask("open", scene="expression", source=SOURCE)
        mine.waits = waits
        change = 0
        while change < STEPS or (going is not None and not going.is_set()):
            name, value = NAMES[change % len(NAMES)], (number + change) / 10
            await mine.ask("set_value", generation=mine.generation, name=name, value=value)
            change += 1


async def steps(address: str, files: Sequence[bytes]) -> tuple[list[float], list[tuple[int, float]]]:
    """Steppers, while all the files are uploaded at once: the steps' seconds, and the answers to the uploads."""
    waits: Waits = {}
    over = asyncio.Event()
    walking = [asyncio.create_task(step(address, waits, number, over)) for number in range(STEPPERS)]
    answers = await asyncio.gather(*(asyncio.to_thread(upload, address, file) for file in files))
    over.set()
    await asyncio.gather(*walking)
    return waits["set_value"], answers


def together(address: str) -> None:
    """Steppers alone, and with uploads."""
    photos = [photo(seed) for seed in range(5)]
    files = [photos[i % len(photos)] if i % 2 else drawing_file(i) for i in range(UPLOADS)]
    quiet, _ = asyncio.run(steps(address, []))
    busy, answers = asyncio.run(steps(address, files))
    statuses = Counter(status for status, _ in answers)
    print(f"\n{UPLOADS} uploads at once, {STEPPERS} steppers  median        p95    longest")
    print_times("a step, without uploads", quiet)
    print_times("a step, with uploads", busy)
    print_times("an upload", [seconds for _, seconds in answers])
    before, after = (statistics.quantiles(times, n=20)[-1] for times in (quiet, busy))
    print(f"p95 of a step: {after / before:.1f} times; {1000 * after:.0f} ms <= {1000 * STEP_AIM:.0f} ms", end=" ")
    print("yes" if after <= STEP_AIM else "NO")
    print(f"answers: {dict(statuses)}; all 200: {'yes' if statuses == {200: UPLOADS} else 'NO'}")


def main() -> None:
    """Measure and print."""
    cv2.setNumThreads(1)
    print(machine("numpy", "opencv-python-headless", "pillow", "uvicorn", "websockets"))
    with server("--no-keep-runs") as (address, _):
        alone(address)
        together(address)


if __name__ == "__main__":
    main()
