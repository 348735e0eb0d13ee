"""How every benchmark measures: all contenders in one process, interleaved, medians of rounds, on a named machine."""

from __future__ import annotations

import importlib
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

Step = Callable[[], object]


@dataclass(frozen=True)
class Times:
    """Seconds a step, one number a round."""

    rounds: Sequence[float]

    @property
    def median(self) -> float:
        """The median round."""
        return statistics.median(self.rounds)

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles, as a share of the median: how much the machine was disturbed."""
        low, _, high = statistics.quantiles(self.rounds, n=4)
        return (high - low) / 2 / self.median


CLOCKS: Mapping[str, Callable[[], float]] = {"wall": time.perf_counter, "cpu": time.process_time}
"""Time on the wall, or the processor's time for this process: what a busy neighbour leaves alone."""


def interleaved(
    contenders: Mapping[str, Step],
    *,
    rounds: int,
    seconds: float = 0.01,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Times]:
    """Time the contenders in turn, round after round, so that a busy neighbour disturbs all of them alike.

    Each runs for about `seconds` in every round.
    """
    repeats = {}
    for name, step in contenders.items():
        for _ in range(3):
            step()
        start = clock()
        step()
        repeats[name] = max(1, round(seconds / max(clock() - start, 1e-6)))
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, step in contenders.items():
            start = clock()
            for _ in range(repeats[name]):
                step()
            times[name].append((clock() - start) / repeats[name])
    return {name: Times(values) for name, values in times.items()}


def ratio(peer: Times, ours: Times) -> float:
    """How many times faster ours is: the median over the rounds of the two times measured side by side."""
    return statistics.median(a / b for a, b in zip(peer.rounds, ours.rounds, strict=True))


def verdict(value: float, aim: float) -> str:
    """The ratio beside its aim, and whether it holds."""
    return f"{value:5.2f} >= {aim:.2f} {'yes' if value >= aim else 'NO'}"


def installed(module: str) -> bool:
    """Whether a peer is there; says so where it is not, so that a missing row is not taken for a measured one."""
    try:
        importlib.import_module(module)
    except ImportError:
        print(f"{module} is not installed: left out (pip install --group bench)")
        return False
    return True


def processor() -> str:
    """The processor's name."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        found = re.search(r"^model name\s*:\s*(.*)$", info.read_text(encoding="utf-8"), re.MULTILINE)
        if found:
            return found[1]
    return platform.processor() or platform.machine()


def machine(*packages: str) -> str:
    """One paragraph that names what was measured on: processor, load, versions, BLAS kernels and threads."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in packages if _has(name))
    lines = [
        f"{processor()}, {os.cpu_count()} processors, load {', '.join(f'{v:.2f}' for v in _load())}",
        f"{platform.python_implementation()} {platform.python_version()}, {versions}",
    ]
    try:
        info = importlib.import_module("threadpoolctl").threadpool_info()
    except ImportError:
        lines.append("threadpoolctl is not installed: the BLAS kernel is not known")
    else:
        lines += [
            f"{pool['internal_api']} {pool.get('version') or ''} {pool.get('architecture') or ''}, "
            f"{pool['num_threads']} thread(s), {Path(pool['filepath']).name}"
            for pool in info
        ]
    return "\n".join(lines)


def _load() -> Sequence[float]:
    return os.getloadavg() if hasattr(os, "getloadavg") else ()


def _has(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True
