"""How long a class waits: thirty browsers that open the MNIST step and turn numbers at the same time, and one alone.

Prints a table; run with `python -m benchmarks.classroom`. A real server in a process of its own and real web sockets,
so the figures hold encoding and the loopback, but neither a network nor anybody's drawing. The browsers do not pause:
each asks as soon as it has its answer whole, which no class does. In the last rows one browser more, the hog, asks for
the largest expressions as long as the others learn.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from app.protocol import PROTOCOL_VERSION
from benchmarks.measure import machine

LESSONS = ((1, False), (30, False), (30, True))
"""Browsers, and whether one more of them asks for the largest expressions without end."""

CHANGES = 20
AIM = 1.0
SOURCE = "log(1 + exp(-y*(w*x + b)))"
NAMES = "ywxb"
LARGEST = "*".join(["x"] * 1_000)
"""As many ops as the length of an expression allows."""

REQUESTS = ("open", "set_value", "prove")
Waits = dict[str, list[float]]
"""Seconds from a request to the last frame of its answer, by the type of the request."""


class Browser:
    """One web socket that asks and waits for the whole answer."""

    def __init__(self, socket: ClientConnection, waits: Waits) -> None:
        self.socket = socket
        self.waits = waits
        self.seq = 0
        self.generation = 0

    async def ask(self, request: str, **message: object) -> None:
        """Send a request, and note how long its answer took."""
        self.seq += 1
        started = time.perf_counter()
        await self.socket.send(json.dumps({"type": request, "seq": self.seq, **message}))
        await self._answer()
        self.waits.setdefault(request, []).append(time.perf_counter() - started)

    async def _answer(self) -> None:
        """Read an answer to its end: that of a scene reaches to the last tensor its messages refer to."""
        refs: set[int] = set()
        complete = False
        tensors = 0
        while not complete or tensors < len(refs):
            frame = await self.socket.recv()
            if isinstance(frame, bytes):
                tensors += 1
                continue
            answer = json.loads(frame)
            if answer["type"] == "error":
                raise RuntimeError(answer["message"])
            if answer["type"] == "opened":
                self.generation = answer["generation"]
            if answer["type"] in ("opened", "steps"):
                refs.update(references(answer))
            complete = answer.get("last", answer["type"] != "opened")


def references(part: object) -> Iterator[int]:
    """Every tensor that a part of an answer refers to."""
    if isinstance(part, dict):
        if "ref" in part:
            yield part["ref"]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from references(inner)


@asynccontextmanager
async def browser(address: str, waits: Waits) -> AsyncIterator[Browser]:
    """A browser that has said hello."""
    async with connect(f"{address.replace('http', 'ws', 1)}/ws", max_size=None, compression=None) as socket:
        opened = Browser(socket, waits)
        await opened.ask("hello", protocol=PROTOCOL_VERSION)
        yield opened


async def learn(address: str, waits: Waits, number: int) -> None:
    """The training step, an expression, twenty changes of its values, and its proof."""
    async with browser(address, waits) as mine:
        await mine.ask("open", scene="mnist-step")
        await mine.ask("open", scene="expression", source=SOURCE)
        for change in range(CHANGES):
            name, value = NAMES[change % len(NAMES)], (number + change) / 10
            await mine.ask("set_value", generation=mine.generation, name=name, value=value)
        await mine.ask("prove", generation=mine.generation)


async def hog(address: str) -> None:
    """The largest expression and its proof, again and again."""
    async with browser(address, {}) as mine:
        while True:
            await mine.ask("open", scene="expression", source=LARGEST)
            await mine.ask("prove", generation=mine.generation)


async def lesson(address: str, browsers: int, *, hogged: bool = False) -> Waits:
    """All learners at once."""
    waits: Waits = {}
    greedy = asyncio.create_task(hog(address)) if hogged else None
    await asyncio.gather(*(learn(address, waits, number) for number in range(browsers)))
    if greedy is not None:
        greedy.cancel()
        with suppress(asyncio.CancelledError):
            await greedy
    return waits


@contextmanager
def server(*options: str) -> Iterator[tuple[str, int]]:
    """A server of its own: its address and its process number."""
    command = [sys.executable, "-m", "app", "--no-browser", "--port", "0", "--no-download", *options]
    with subprocess.Popen(command, text=True, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[3], process.pid
        finally:
            process.terminate()


def megabytes(pid: int) -> tuple[float, float]:
    """What the process holds in memory now, and at most so far; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return 0.0, 0.0
    facts = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
    now, most = (float(facts[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, most


def cells(seconds: Sequence[float]) -> str:
    """Median, 95th percentile and longest, in milliseconds."""
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
    return "".join(f"{1000 * t:7.0f} ms" for t in (statistics.median(seconds), p95, max(seconds)))


def main() -> None:
    """Measure and print."""
    print(machine("numpy", "uvicorn", "websockets"))
    place = "GRADWALK_DATA" if "GRADWALK_DATA" in os.environ else "the data folder, else the built-in digits"
    print(f"MNIST from {place}")
    print(f"\nbrowsers    request       median       p95   longest   longest <= {AIM:.0f} s   memory now, at most")
    for browsers, hogged in LESSONS:
        with server("--no-keep-runs") as (address, pid):
            asyncio.run(lesson(address, 1))  # what is imported and read once
            waits = asyncio.run(lesson(address, browsers, hogged=hogged))
            memory = "{:.0f} MB, {:.0f} MB".format(*megabytes(pid))
        for request in REQUESTS:
            verdict = "yes" if max(waits[request]) <= AIM else "NO"
            who = f"{browsers} + hog" if hogged else f"{browsers}"
            print(f"{who:<11} {request:<9} {cells(waits[request])}   {verdict:<14}   {memory}")


if __name__ == "__main__":
    main()
