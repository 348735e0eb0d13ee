"""The scenes: what each promises to show is true of the numbers in its trace."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest

from app.datasets import Digits, built_in, load
from app.main import expression_limits
from app.proof import prove
from app.scene import Opened, Request
from app.scenes import all_scenes
from app.settings import Settings
from engine.data import Dataset
from engine.errors import EngineError
from engine.trace import Step
from tests.app.sessions import no_digits

LIMITS = expression_limits(Settings())


def opened(scene: str, **choices: str) -> Opened:
    return all_scenes(no_digits)[scene].open(Request(choices=choices), LIMITS)


def ids(scene: Opened, lane: str = "") -> dict[str, int]:
    return {n.name: n.id for n in scene.trace.graph if n.lane == lane}


def test_the_sigmoid_meets_at_its_derivative() -> None:
    scene = opened("sigmoid")
    sigma = 1 / (1 + math.exp(-1.5))
    for lane in ("AutoGrad", "ManualGrad"):
        assert scene.trace.grads[ids(scene, lane)["x"]] == pytest.approx(sigma * (1 - sigma), rel=1e-14)
    assert [c.equal for c in scene.checks] == [True, True]
    assert [leaf.name for leaf in scene.leaves] == ["x"]
    assert len(scene.leaves[0].nodes) == 2


def test_a_value_changes_both_lanes() -> None:
    scene = all_scenes(no_digits)["sigmoid"].open(Request(values={"x": -2.0}), LIMITS)
    assert [scene.trace.values[n] for n in scene.leaves[0].nodes] == [-2.0, -2.0]


def test_the_diamond_is_right_when_it_waits_and_wrong_when_not() -> None:
    right, wrong = opened("diamond"), opened("diamond", order="impatient")
    x = ids(right)["x"]
    # L = 3h + h^2 with h = xy: dL/dx = (3 + 2h) y
    assert right.trace.grads[x] == (3 + 2 * 2.0 * -2.5) * -2.5
    assert wrong.trace.grads[x] != right.trace.grads[x]
    assert all(c.equal for c in right.checks)
    assert not any(c.equal for c in wrong.checks)
    assert "Wrong on purpose" in wrong.choices[0].says
    assert "Wrong on purpose" not in right.choices[0].says


def test_the_bias_receives_the_sum_over_the_batch() -> None:
    scene = opened("broadcasting")
    b = ids(scene)["b"]
    (step,) = scene.trace.contributions(b)
    assert np.asarray(step.raw).shape == (3, 2)
    assert np.allclose(np.asarray(step.raw).sum(axis=0), np.asarray(scene.trace.grads[b]))


def test_p_minus_y_appears() -> None:
    scene = opened("softmax")
    assert len(scene.checks) == 3
    assert all(c.equal for c in scene.checks)
    assert sum(c.left for c in scene.checks) == pytest.approx(0.0, abs=1e-15)
    assert scene.trace.grads[ids(scene, "by parts")["z"]] == pytest.approx(scene.trace.grads[ids(scene, "fused")["z"]])


@pytest.mark.parametrize("label", ["0", "1", "2"])
def test_the_true_class_pulls_its_score_up(label: str) -> None:
    grad = np.asarray(opened("softmax", label=label).trace.grads[ids(opened("softmax"), "fused")["z"]])
    assert [g < 0 for g in grad] == [str(k) == label for k in range(3)]


def test_every_scene_of_one_expression_can_be_edited() -> None:
    scene = all_scenes(no_digits)["expression"].open(Request(source="x**3", values={"x": 2.0}), LIMITS)
    assert scene.editable
    assert scene.trace.grads[ids(scene)["x"]] == 12.0
    with pytest.raises(EngineError):
        all_scenes(no_digits)["expression"].open(Request(source="[1, 2] * x"), LIMITS)


# --------------------------------------------------------------------------------------------- one training step


def digits() -> Digits:
    train, test = built_in()
    return Digits(train, test, "built-in")


def step_on(found: Digits, **choices: str) -> Opened:
    return all_scenes(lambda: found)["mnist-step"].open(Request(choices=choices), LIMITS)


def updates(scene: Opened) -> list[Step]:
    return [s for s in scene.trace.steps if s.kind == "update"]


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_the_training_step_is_pytorchs(optimizer: str) -> None:
    torch = pytest.importorskip("torch")
    scene = step_on(digits(), optimizer=optimizer, rate="0.01", batch="1")
    named = ids(scene)
    value = {name: torch.tensor(np.array(scene.trace.values[i])) for name, i in named.items() if name != "L"}
    weight, bias = (value[name].requires_grad_() for name in ("W1", "b1"))
    loss = torch.nn.functional.cross_entropy(value["X"] @ weight.T + bias, value["y"].long())
    loss.backward()
    kind = torch.optim.Adam if optimizer == "adam" else torch.optim.SGD
    kind([weight, bias], lr=0.01).step()
    assert scene.trace.values[named["L"]] == pytest.approx(loss.item(), rel=1e-6)
    for step, parameter in zip(updates(scene), (weight, bias), strict=True):
        assert np.allclose(np.asarray(scene.trace.grads[step.node]), parameter.grad.numpy(), rtol=1e-4, atol=1e-7)
        assert np.allclose(np.asarray(step.value), parameter.detach().numpy(), rtol=1e-5, atol=1e-6)
        change = next(q for q in step.quantities if q.name == "change")
        old = np.asarray(scene.trace.values[step.node])
        assert np.allclose(old + np.asarray(change.value), np.asarray(step.value), rtol=0, atol=1e-8)


def test_adams_own_state_gives_the_change() -> None:
    scene = step_on(digits(), rate="0.1")
    for step in updates(scene):
        q = {quantity.name: np.asarray(quantity.value) for quantity in step.quantities}
        assert list(q) == ["m", "v", "m̂", "v̂", "change"]
        says = {quantity.name: quantity.says for quantity in step.quantities}
        assert "0.9 of the old, 0.1 of the new" in says["m"]
        assert "0.999 of the old, 0.001 of the new" in says["v"]
        assert np.allclose(q["change"], -0.1 * q["m̂"] / (np.sqrt(q["v̂"]) + 1e-8), rtol=1e-3, atol=1e-6)


def test_the_loss_is_told_before_and_after() -> None:
    scene = step_on(digits(), rate="0.01")
    before = scene.trace.values[ids(scene)["L"]]
    result = scene.trace.steps[-1]
    assert result.kind == "result"
    assert float(np.asarray(result.value)) < float(np.asarray(before))
    assert "fell" in "".join(text for _, text in scene.updates[result.index][2])


def test_only_what_moved_is_said_to_have_moved() -> None:
    scene = step_on(digits())
    grads = {n.name: np.asarray(scene.trace.grads[n.id]) for n in scene.trace.graph if n.kind == "parameter"}
    moved = {name: np.count_nonzero(grad) for name, grad in grads.items()}
    assert 0 < moved["W1"] < 7840
    said = ["".join(part for _, part in scene.updates[s.index][2]) for s in scene.trace.steps if s.phase == "update"]
    assert f"{moved['W1']:,} of 10×784 numbers move" in said[0]
    assert "gradient of exactly 0" in said[0]
    assert "change: 10 numbers move" in said[1]
    assert f"{moved['W1'] + moved['b1']:,} of 7,850 parameters have moved" in said[2]


@pytest.mark.parametrize("count", [250, 30])
def test_a_data_set_may_be_smaller_than_the_batches(count: int) -> None:
    found = digits()
    few = Dataset("a few", found.train.images[:count], found.train.labels[:count], "")
    for batch in range(-(-count // 100)):
        scene = step_on(found._replace(train=few), batch=str(batch))
        rows = min(100, count - 100 * batch)
        assert scene.trace.graph[ids(scene)["X"]].shape == (rows, 784)


def test_the_training_step_is_proved() -> None:
    proofs, says = prove(step_on(digits()).trace)
    assert [p.name for p in proofs] == ["W1", "b1"]
    assert all(p.agree for p in proofs), says


@pytest.mark.parametrize("value", [1e308, -1.7e308, math.inf, math.nan, [1.0, 1e308]])
def test_the_largest_numbers_leave_a_slider_its_ends(value: float | list[float]) -> None:
    (leaf,) = all_scenes(no_digits)["expression"].open(Request(source="sum(x)", values={"x": value}), LIMITS).leaves
    assert math.isfinite(leaf.maximum)
    assert leaf.minimum == -leaf.maximum
    largest = np.abs(np.nan_to_num(value, nan=0.0, posinf=0.0, neginf=0.0)).max()
    assert leaf.maximum >= max(4.0, largest)


def test_the_same_step_comes_out_every_time() -> None:
    one, two = step_on(digits()), step_on(digits())
    assert one.trace.graph == two.trace.graph
    assert all(np.array_equal(a, b) for a, b in zip(one.trace.values, two.trace.values, strict=True))


def test_the_page_is_told_which_digits_they_are(tmp_path: Path) -> None:
    assert "MNIST is not in" in step_on(load(tmp_path)).notes[0]


def test_on_mnist_itself() -> None:
    folder = os.environ.get("GRADWALK_DATA", str(Path(__file__).resolve().parents[3] / "shared" / "mnist"))
    found = load(Path(folder))
    if found.train.name != "MNIST":
        pytest.skip("MNIST is not here: set GRADWALK_DATA to a folder that has it")
    scene = step_on(found)
    shapes = {n.name: n.shape for n in scene.trace.graph}
    layer = {"W1": (10, 784), "s1": (100, 10), "b1": (10,), "z1": (100, 10)}
    assert shapes == {"X": (100, 784), "y": (100,), "L": (), **layer}
    assert sum(int(np.prod(shapes[name])) for name in ("W1", "b1")) == 7850
    assert "60,000" in scene.notes[0]
