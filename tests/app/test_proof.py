"""The proof: right gradients are proved, a wrong one is found out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from types import MappingProxyType

import numpy as np
import pytest

from app import oracle
from app.main import expression_limits
from app.proof import prove
from app.scene import Request
from app.scenes import all_scenes
from app.settings import Settings
from engine.trace import Trace
from tests.app.sessions import no_digits

LIMITS = expression_limits(Settings())
SCENES = all_scenes(no_digits)
ON_EXPRESSIONS = [name for name in SCENES if name != "mnist-step"]


def trace_of(scene: str, **choices: str) -> Trace:
    return SCENES[scene].open(Request(choices=choices), LIMITS).trace


@pytest.mark.parametrize("scene", ON_EXPRESSIONS)
def test_every_scene_is_proved(scene: str) -> None:
    proofs, says = prove(trace_of(scene))
    assert proofs
    assert all(p.agree for p in proofs), says
    assert ("PyTorch" in says) == oracle.available() or "not installed" in says


def test_the_impatient_pass_is_refuted() -> None:
    proofs, says = prove(trace_of("diamond", order="impatient"))
    assert not any(p.agree for p in proofs)
    assert says.startswith("The gradient of x, y differs")


@pytest.mark.parametrize("factor", [999.0, 1.0001, -1.0, 0.0])
def test_a_wrong_gradient_is_found(factor: float) -> None:
    trace = trace_of("broadcasting")
    weight = next(n.id for n in trace.graph if n.name == "W")
    wrong = MappingProxyType({**trace.grads, weight: np.asarray(trace.grads[weight]) * factor})
    proofs, _ = prove(replace(trace, grads=wrong))
    assert {p.name: p.agree for p in proofs} == {"W": False, "b": True}


def test_one_wrong_element_among_many_is_found() -> None:
    trace = trace_of("broadcasting")
    weight = next(n.id for n in trace.graph if n.name == "W")
    grad = np.array(trace.grads[weight])
    grad[1, 0] += 1e-3
    proofs, _ = prove(replace(trace, grads=MappingProxyType({**trace.grads, weight: grad})))
    found = next(p for p in proofs if p.name == "W")
    assert not found.agree
    assert found.element == [1, 0]


def test_without_pytorch_differences_alone_prove(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "available", lambda: False)
    proofs, says = prove(trace_of("neuron"))
    assert all(p.agree and p.pytorch is None for p in proofs)
    assert "PyTorch is not installed" in says


def test_a_kink_is_no_mistake() -> None:
    pytest.importorskip("torch")
    trace = SCENES["expression"].open(Request(source="relu(x)", values={"x": 0.0}), LIMITS).trace
    (proof,), says = prove(trace)
    assert proof.agree
    assert (proof.engine, proof.pytorch) == (0.0, 0.0)
    assert proof.differences == pytest.approx(0.5)
    assert "kink" in says


def many_names(op: str) -> Trace:
    source = op.join(f"{letter}{i}" for letter in "abcdfghk" for i in range(10, 30))
    return SCENES["expression"].open(Request(source=source), LIMITS).trace


def ticking() -> Callable[[], float]:
    """A clock that has moved on by a second whenever somebody looks."""
    return map(float, count()).__next__


@pytest.mark.parametrize("installed", [True, False])
def test_what_there_was_no_time_for_is_said(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if installed:
        pytest.importorskip("torch")
    monkeypatch.setattr(oracle, "available", lambda: installed)
    proofs, says = prove(many_names("+"), seconds=10.0, clock=ticking())
    assert 1 <= len(proofs) < 10
    words = "there was no time, but PyTorch agrees." if installed else "there was no time."
    assert says.endswith(f"For {160 - len(proofs)} more {words}")


def test_a_wrong_gradient_is_found_even_when_the_time_is_over() -> None:
    pytest.importorskip("torch")
    trace = many_names("+")
    last = max(n.id for n in trace.graph if n.kind == "leaf")
    wrong = MappingProxyType({**trace.grads, last: 1.5})
    (proof,), says = prove(replace(trace, grads=wrong), seconds=0.0)
    assert (proof.engine, proof.pytorch, proof.agree) == (1.5, 1.0, False)
    assert proof.differences == pytest.approx(1.0)
    assert says.startswith(f"The gradient of {trace.graph[last].name} differs")


def test_time_ends_within_a_tensor_after_its_first_element() -> None:
    proofs, _ = prove(trace_of("broadcasting"), seconds=1.5, clock=ticking())
    assert [p.element for p in proofs] == [[0, 0]]


def test_the_largest_expressions_are_proved_in_bounded_time() -> None:
    trace = many_names("*")
    prove(trace, seconds=0.0)  # PyTorch is imported
    started = time.process_time()
    _, says = prove(trace, seconds=0.02)
    assert time.process_time() - started < 5
    assert "no time" in says


@pytest.mark.parametrize("value", [[], [[]]])
def test_a_leaf_without_elements_has_nothing_to_prove(value: list[object]) -> None:
    trace = SCENES["expression"].open(Request(source="sum(x) + y", values={"x": value}), LIMITS).trace
    proofs, _ = prove(trace)
    assert [p.name for p in proofs] == ["y"]
