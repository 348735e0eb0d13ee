"""What watching costs a training run, how quickly it pauses, and what it keeps: a real server, real web sockets.

    python -m benchmarks.training [--rounds 5]

A server in a process of its own trains 784-128-10 (batch 100, Adam) on MNIST. In turn, round after round: the run
alone; the run with a viewer that takes every frame with all its parts, as the page does; and PyTorch eager's epoch in
this process, with the same batches cut from pictures that lie ready as float32. Promised: with a viewer at least 80 %
of the speed without; an epoch with a viewer no longer than PyTorch's; a pause answered within 100 ms, also while four
other runs train; snapshots and curves within the megabytes that the settings allow.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.blas import advise

advise(os.environ)

import json  # noqa: E402 (BLAS reads the environment when it is loaded)

import msgpack  # noqa: E402
import numpy as np  # noqa: E402
from websockets.sync.client import ClientConnection, connect  # noqa: E402

from app.protocol import PROTOCOL_VERSION  # noqa: E402
from benchmarks.classroom import megabytes, server  # noqa: E402
from benchmarks.measure import installed, machine  # noqa: E402

EPOCH = 600
HISTORY_MB = 64
PARTS = ["layers", "maps", "batch"]
ENDLESS = 300
"""Epochs: as many as the limit of steps allows, so that no round comes to the end."""

VISITOR = "benchmark"


class Page:
    """One web socket, read all the time, as a page reads it."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._answers: dict[int, Any] = {}
        self._arrived = threading.Condition()
        self._seq = 0
        self.frames: list[tuple[float, int, int]] = []
        threading.Thread(target=self._read, daemon=True).start()
        self.ask("hello", protocol=PROTOCOL_VERSION, visitor=VISITOR)

    def _read(self) -> None:
        for data in self._socket:
            message = msgpack.unpackb(data) if isinstance(data, bytes) else json.loads(data)
            if message["type"] == "run_frame":
                self.frames.append((time.perf_counter(), message["step"], len(data)))
            with self._arrived:
                if message.get("request_seq") is not None:
                    self._answers[message["request_seq"]] = message
                self._arrived.notify_all()

    def ask(self, request: str, **fields: Any) -> Any:
        """Send a request and wait for its answer."""
        self._seq += 1
        seq = self._seq
        self._socket.send(json.dumps({"type": request, "seq": seq, **fields}))
        with self._arrived:
            if not self._arrived.wait_for(lambda: seq in self._answers, timeout=60):
                raise TimeoutError(request)
            answer = self._answers.pop(seq)
        if answer["type"] == "error":
            raise RuntimeError(f"{answer['message']}: given {answer['given']}, expected {answer['expected']}")
        return answer


@contextmanager
def page_at(address: str) -> Iterator[Page]:
    """A page of its own."""
    with connect(f"{address.replace('http', 'ws', 1)}/ws", max_size=None, compression=None) as socket:
        yield Page(socket)


def recipe(hidden: list[int], seed: int = 0) -> dict[str, Any]:
    """A run that does not end while it is measured."""
    return {"kind": "network", "hidden": hidden, "epochs": ENDLESS, "seed": seed}


def pace(page: Page, run: str, seconds: float) -> float:
    """Training steps a second, as two looks at the run show them; `page` is not looking meanwhile."""
    first = page.ask("watch", run=run)["state"]["step"]
    page.ask("unwatch")
    start = time.perf_counter()
    time.sleep(seconds)
    last = page.ask("watch", run=run)["state"]["step"]
    took = time.perf_counter() - start
    page.ask("unwatch")
    return float((last - first) / took)


def watched_pace(page: Page, run: str, seconds: float) -> tuple[float, float, float]:
    """Training steps a second while the page takes every frame; frames a second; megabytes a second."""
    first = page.ask("watch", run=run, parts=PARTS)["state"]["step"]
    page.frames.clear()
    start = time.perf_counter()
    time.sleep(seconds)
    frames = list(page.frames)
    last = page.ask("watch", run=run, parts=PARTS)["state"]["step"]
    took = time.perf_counter() - start
    page.ask("unwatch")
    return (last - first) / took, len(frames) / seconds, sum(size for _, _, size in frames) / seconds / 1e6


def pytorch_epoch(hidden: list[int], folder: Path) -> Callable[[], float]:
    """PyTorch eager's epoch, in seconds; the same network, batches of the same size in random order."""
    import torch

    from app.datasets import get
    from engine.data import rows

    torch.set_num_threads(1)
    train = get(folder, "mnist").train
    pixels, labels = torch.tensor(rows(train.images)), torch.tensor(train.labels)
    widths = [784, *hidden, 10]
    modules: list[Any] = []
    for index in range(len(widths) - 1):
        modules += [torch.nn.ReLU()] * bool(index) + [torch.nn.Linear(widths[index], widths[index + 1])]
    model, criterion = torch.nn.Sequential(*modules), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

    def epoch() -> float:
        order = torch.tensor(np.random.default_rng(0).permutation(len(labels)))
        start = time.perf_counter()
        for batch in torch.split(order, 100):
            optimizer.zero_grad()
            loss = criterion(model(pixels[batch]), labels[batch])
            loss.backward()
            optimizer.step()
            loss.item()
        return time.perf_counter() - start

    return epoch


def pauses(page: Page, run: str, others: list[str], count: int) -> list[float]:
    """Seconds until a pause is answered, again and again, while others train."""
    for other in others:
        page.ask("control", run=other, action="start")
    page.ask("watch", run=run, parts=PARTS)
    waits = []
    for n in range(count):
        page.ask("control", run=run, action="start")
        time.sleep(0.05 + 0.01 * (n % 7))
        start = time.perf_counter()
        answer = page.ask("control", run=run, action="pause")
        waits.append(time.perf_counter() - start)
        assert answer["state"]["status"] == "paused"
    for other in others:
        page.ask("control", run=other, action="pause")
    page.ask("unwatch")
    return waits


def verdict(*, kept: bool) -> str:
    """In a word."""
    return "kept" if kept else "MISSED"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    folder = Path(os.environ.get("GRADWALK_DATA", "~/.gradwalk")).expanduser()
    hidden = [128]
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "runs.sqlite"
        settings = ("--runs-file", str(file), "--run-history-mb", str(HISTORY_MB), "--visitor-runs", "20")
        with server(*settings) as (address, pid), page_at(address) as page:
            run = page.ask("create_run", recipe=recipe(hidden))["state"]["id"]
            page.ask("unwatch")
            before = megabytes(pid)[0]
            epoch = pytorch_epoch(hidden, folder) if installed("torch") else None
            alone, watched, frames, sizes, torch_epochs = [], [], [], [], []
            for _ in range(options.rounds):
                page.ask("control", run=run, action="start")
                time.sleep(0.3)
                alone.append(pace(page, run, options.seconds))
                speed, per_second, size = watched_pace(page, run, options.seconds)
                watched.append(speed)
                frames.append(per_second)
                sizes.append(size)
                page.ask("control", run=run, action="pause")
                if epoch:
                    torch_epochs.append(epoch())
            share = statistics.median(w / a for w, a in zip(watched, alone, strict=True))
            print("784-128-10, batch 100, Adam: medians of rounds")
            print(f"  alone                   {statistics.median(alone):8.0f} training steps a second")
            print(
                f"  with a viewer           {statistics.median(watched):8.0f} training steps a second, "
                f"{statistics.median(frames):.0f} frames and {statistics.median(sizes):.1f} MB a second"
            )
            print(f"  with a viewer / alone   {share:8.2f}   promised 0.80: {verdict(kept=share >= 0.8)}")
            ours = EPOCH / statistics.median(watched)
            print(f"  epoch, viewer attached  {ours:8.3f} s")
            if torch_epochs:
                theirs = statistics.median(torch_epochs)
                print(f"  PyTorch eager's epoch   {theirs:8.3f} s")
                print(f"  PyTorch / gradwalk      {theirs / ours:8.2f}   promised 1.00: {verdict(kept=theirs >= ours)}")
            others = [page.ask("create_run", recipe=recipe(hidden, seed))["state"]["id"] for seed in range(1, 5)]
            for name, with_others in (("alone", []), ("four others train", others)):
                waits = pauses(page, run, with_others, 30)
                p95 = statistics.quantiles(waits, n=20)[-1]
                print(
                    f"  pause, {name:18} median {1000 * statistics.median(waits):4.0f}, p95 {1000 * p95:4.0f}, "
                    f"longest {1000 * max(waits):4.0f} ms   promised 100: {verdict(kept=max(waits) <= 0.1)}"
                )
            state = page.ask("watch", run=run)["state"]
            now, most = megabytes(pid)
            disk = sum(f.stat().st_size for f in file.parent.iterdir()) / 1e6
            kept = len(state["snapshots"])
            print(
                f"  after {state['step']:,} training steps {kept} snapshots; five runs: {now - before:.0f} MB of "
                f"memory more than at step 0 (at most {most:.0f} in all), {disk:.0f} MB of disk, "
                f"allowed {5 * HISTORY_MB}: "
                f"{verdict(kept=disk <= 5 * HISTORY_MB)}"
            )
    print(f"\n{machine('numpy', 'torch')}")


if __name__ == "__main__":
    main()
