"""Learning-rate schedules against PyTorch's schedulers, and at their ends."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from engine.errors import EngineError
from engine.schedule import SCHEDULES, factor
from tests.engine.katex import typeset

torch = pytest.importorskip("torch")
schedulers = torch.optim.lr_scheduler


def constant(optimizer: Any, total: int, warmup: int) -> Any:
    del total, warmup
    return schedulers.LambdaLR(optimizer, lambda step: 1.0)


def warmed(optimizer: Any, warmup: int, decay: Any) -> Any:
    """PyTorch's linear climb from 1 / warmup to 1, then `decay`."""
    if not warmup:
        return decay
    climb = schedulers.LinearLR(optimizer, 1 / warmup, 1.0, total_iters=max(warmup - 1, 1))
    return schedulers.SequentialLR(optimizer, [climb, decay], [warmup])


def linear(optimizer: Any, total: int, warmup: int) -> Any:
    return warmed(optimizer, warmup, schedulers.LinearLR(optimizer, 1.0, 0.0, total_iters=total - warmup))


def cosine(optimizer: Any, total: int, warmup: int) -> Any:
    return warmed(optimizer, warmup, schedulers.CosineAnnealingLR(optimizer, total - warmup))


THEIRS = {"constant": constant, "warmup": linear, "cosine": cosine}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(("total", "warmup"), [(30, 0), (30, 1), (30, 7), (30, 29), (1, 0), (2, 1)])
def test_a_schedule_goes_as_pytorchs_does(name: str, total: int, warmup: int) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # SequentialLR calls its parts in a way that PyTorch deprecates
        scheduler = THEIRS[name](optimizer, total, warmup)
        for step in range(total + 1):
            used = optimizer.param_groups[0]["lr"]
            assert 0.3 * factor(name, step, total, warmup) == pytest.approx(used, rel=1e-9, abs=1e-12), step
            optimizer.step()
            scheduler.step()


@pytest.mark.parametrize(("name", "end"), [("constant", 1.0), ("warmup", 0.0), ("cosine", 0.0)])
@pytest.mark.parametrize(("total", "warmup"), [(1, 0), (10, 0), (10, 4)])
def test_beyond_its_end_a_schedule_stays_where_it_ended(name: str, end: float, total: int, warmup: int) -> None:
    assert [factor(name, step, total, warmup) for step in (total, total + 1, 100 * total)] == [end] * 3
    assert factor(name, total - 1, total, warmup) > 0.0  # the last update still moves


@pytest.mark.parametrize("name", ["warmup", "cosine"])
def test_a_warm_up_climbs_in_equal_parts_to_the_whole(name: str) -> None:
    assert [factor(name, step, 20, 4) for step in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert factor(name, 0, 20) == 1.0
    falling = [factor(name, step, 20, 4) for step in range(4, 21)]
    assert falling == sorted(set(falling), reverse=True)


@pytest.mark.parametrize(
    ("arguments", "given", "expected"),
    [
        (("step", 0, 10), "step", "one of constant, warmup, cosine"),
        (("cosine", -1, 10), "-1", "0 or more"),
        (("constant", 0, 0), "0", "1 or more"),
        (("warmup", 0, 1000, 1000), "1,000 steps", "from 0 to 999, fewer than the 1,000 steps of the run"),
        (("cosine", 0, 10, 11), "11 steps", "from 0 to 9, fewer than the 10 steps of the run"),
        (("cosine", 0, 10, -1), "-1 steps", "from 0 to 9, fewer than the 10 steps of the run"),
    ],
)
def test_what_cannot_be_is_refused(arguments: Any, given: str, expected: str) -> None:
    with pytest.raises(EngineError) as caught:
        factor(*arguments)
    assert (caught.value.given, caught.value.expected) == (given, expected)


def test_without_a_warm_up_its_length_does_not_matter() -> None:
    assert not SCHEDULES["constant"].warms_up
    assert factor("constant", 3, 10, warmup=1000) == 1.0


def test_katex_typesets_every_formula(root: Path) -> None:
    assert typeset([schedule.latex for schedule in SCHEDULES.values()], root) == []
