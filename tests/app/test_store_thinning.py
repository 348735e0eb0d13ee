"""Thinning: few snapshots remain, the ends stay, and no gap is wide for its age."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.store import StoreError, thin

STEPS = st.lists(st.integers(0, 100_000), unique=True, max_size=80).map(sorted)


def widest(kept: list[int], dropped: set[int]) -> float:
    """The widest of the gaps in which something was dropped, as a part of the age of its older end."""
    gaps = [(p, q) for p, q in pairwise(kept) if any(p < step < q for step in dropped)]
    return max(((q - p) / (kept[-1] - p) for p, q in gaps), default=0.0)


def bound(kept: list[int], keep: int) -> float:
    """What the docstring promises."""
    age = kept[-1] - kept[0]
    return 1 - age ** (-1 / ((keep - 1) // 2)) + 1e-9 if age else 0.0


@given(STEPS, st.integers(2, 40))
def test_few_remain_among_them_the_first_and_the_newest(steps: list[int], keep: int) -> None:
    dropped = thin(steps, keep)
    kept = sorted(set(steps) - set(dropped))
    assert len(kept) == min(keep, len(steps))
    assert len(kept) + len(dropped) == len(steps)
    assert dropped == sorted(dropped)
    if steps:
        assert (kept[0], kept[-1]) == (steps[0], steps[-1])


@given(STEPS, st.integers(3, 40))
def test_no_gap_is_wide_for_its_age(steps: list[int], keep: int) -> None:
    dropped = set(thin(steps, keep))
    kept = sorted(set(steps) - dropped)
    assert widest(kept, dropped) <= (bound(kept, keep) if kept else 0.0)
    assert kept[-2:] == steps[-2:]


@given(st.lists(st.integers(1, 1_000), min_size=1, max_size=120), st.integers(3, 12))
def test_nor_when_steps_arrive_one_at_a_time(distances: list[int], keep: int) -> None:
    kept, dropped = [0], set[int]()
    for distance in distances:
        kept.append(kept[-1] + distance)
        now = thin(kept, keep)
        dropped.update(now)
        kept = [step for step in kept if step not in now]
        assert len(kept) <= keep
        assert kept[0] == 0
        assert widest(kept, dropped) <= bound(kept, keep)


def test_of_steps_in_a_row_the_gaps_grow_with_age() -> None:
    kept = sorted(set(range(1025)) - set(thin(range(1025), 12)))
    gaps = [q - p for p, q in pairwise(kept)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] > 200
    assert gaps[-1] == 1


@pytest.mark.parametrize("keep", [1, 0, -1])
def test_the_ends_cannot_be_dropped(keep: int) -> None:
    with pytest.raises(StoreError, match="at least 2"):
        thin([0, 1, 2], keep)
