"""The proof: right gradients are proved, a wrong one is found out."""

from __future__ import annotations

from dataclasses import replace
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
from tests.app.conversation import no_digits

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
