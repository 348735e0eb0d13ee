"""Which snapshots to keep: many of late, few of old."""

from __future__ import annotations

from collections.abc import Sequence

from app.store.records import StoreError


def thin(steps: Sequence[int], keep: int) -> list[int]:
    """The steps to drop, ascending, so that at most `keep` remain: the first, the newest and well-spaced ones between.

    Dropped is, one after the other, the step whose neighbours p < q would lie closest for their age, that is with the
    smallest (q - p) / (newest - p). For keep >= 3 no gap made so is wider than 1 - (newest - first) ** (-1 / k) of the
    age of its older end, with k = (keep - 1) // 2; and the second newest is never dropped. That holds as well for
    steps that arrive one at a time and are thinned each time.

    Args:
        steps: ascending, each once.
        keep: 2 or more.

    Raises:
        StoreError: `keep` is less than the two that always stay.
    """
    if keep < 2:
        raise StoreError("The first and the newest snapshot always stay", given=f"keep {keep}", expected="at least 2")
    kept = list(steps)
    dropped = []
    while len(kept) > keep:
        gaps = [(q - p) / (kept[-1] - p) for p, q in zip(kept, kept[2:], strict=False)]
        dropped.append(kept.pop(1 + gaps.index(min(gaps))))
    return sorted(dropped)
