"""A training step of a run, opened: the run's own numbers, bit for bit, down to one element of an update."""

from __future__ import annotations

import numpy as np
import pytest

from app.datasets import built_in
from app.elements import element_message
from app.labs.curve import CurveTraining
from app.main import expression_limits
from app.protocol import ComparisonRecipe, CurveRecipe, Lines, NetworkRecipe, Terms, Variation
from app.runs.errors import RunError, UnknownRunError
from app.runs.runs import Runs
from app.scene import Opened, Request
from app.scenes import all_scenes
from app.scenes.training_trace import Traced, picture_trace, training_trace
from app.settings import Settings
from engine.data import rows
from engine.optimizers import OPTIMIZERS
from engine.train import ACTIVATIONS, Recipe, Training
from tests.app.sessions import no_digits, some_runs

LIMITS = expression_limits(Settings())
VISITOR = "somebody"
TRAIN, TEST = built_in()


def recipe(**fields: object) -> NetworkRecipe:
    return NetworkRecipe.model_validate({"dataset": "built-in", "hidden": [12], "batch": 60, "epochs": 1, **fields})


@pytest.fixture(scope="module")
def runs() -> Runs:
    return some_runs()


@pytest.fixture(scope="module")
def run(runs: Runs) -> str:
    """A run that has taken five training steps."""
    return stepped(runs, 5)


def stepped(runs: Runs, steps: int, **fields: object) -> str:
    found = runs.create(recipe(**fields), VISITOR)
    for _ in range(steps):
        runs.control(found, "step", VISITOR)
    return found


def opened(runs: Runs, **choices: object) -> Opened:
    scene = all_scenes(no_digits, runs)["run-step"]
    return scene.open(Request(choices={name: str(value) for name, value in choices.items()}), LIMITS)


def ids(found: Opened | Traced) -> dict[str, int]:
    return {node.name: node.id for node in found.trace.graph}


# ------------------------------------------------------------------------------------------------ the run's own numbers


RECIPES = [
    *(Recipe(hidden=(9,), batch=50, optimizer=name, lr=choice.lr) for name, choice in OPTIMIZERS.items()),
    *(Recipe(hidden=(9, 7), batch=50, activation=name) for name in ACTIVATIONS),
    Recipe(),
    Recipe(hidden=(9,), batch=400, optimizer="sgd", lr=0.1, zero_grad=False),
    Recipe(hidden=(9,), batch=400, schedule="warmup", warmup=6),
]


@pytest.mark.parametrize(
    "trained", RECIPES, ids=lambda r: f"{r.optimizer} {r.activation} {len(r.hidden)} {r.zero_grad}"
)
def test_the_trace_ends_where_the_training_does(trained: Recipe) -> None:
    training, other = Training(trained, TRAIN), Training(trained, TRAIN)
    for _ in range(4):  # with batches of 400 the last one is smaller
        state = training.state()
        loss = training.advance()
        other.load(*state)
        found = training_trace(other)
        assert found.trace.values[ids(found)["L"]] == loss
        steps = [step for step in found.trace.steps if step.kind == "update"]
        assert len(steps) == len(training.optimizer.parameters)
        for parameter, step in zip(training.optimizer.parameters, steps, strict=True):
            assert np.array_equal(np.asarray(step.value), parameter.value)
            assert np.array_equal(np.asarray(step.grad), np.asarray(parameter.grad))


@pytest.mark.parametrize("layers", ["sigmoid", "linear"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_trace_of_a_curve_ends_where_its_training_does(layers: str, optimizer: str) -> None:
    recipe = CurveRecipe.model_validate({"layers": layers, "optimizer": optimizer, "hidden": 3, "points": 12})
    training, other = CurveTraining(recipe), CurveTraining(recipe)
    for _ in range(3):
        state = training.state()
        loss = training.advance()
        other.load(*state)
        found = training_trace(other)
        assert found.trace.values[ids(found)["L"]] == loss
        steps = [step for step in found.trace.steps if step.kind == "update"]
        assert len(steps) == len(training.optimizer.parameters) == 4
        for parameter, step in zip(training.optimizer.parameters, steps, strict=True):
            assert np.array_equal(np.asarray(step.value), parameter.value)
    labels = {node.layer for node in found.trace.graph}
    between = ", sigmoid" if layers == "sigmoid" else ""
    assert labels == {"", f"Layer 1: 1 → 3{between}", "Layer 2: 3 → 1"}
    assert not any(node.images for node in found.trace.graph)


def test_nodes_are_called_as_in_textbooks_and_know_their_layer() -> None:
    found = training_trace(Training(Recipe(hidden=(9, 7), activation="leaky_relu"), TRAIN))
    layers: dict[str, list[str]] = {}
    for node in found.trace.graph:
        layers.setdefault(node.layer, []).append(node.name)
    assert {label: sorted(names) for label, names in layers.items()} == {
        "": ["L", "X", "y"],
        "Layer 1: 784 → 9, leaky ReLU": ["W1", "b1", "h1", "s1", "z1"],
        "Layer 2: 9 → 7, leaky ReLU": ["W2", "b2", "h2", "s2", "z2"],
        "Layer 3: 7 → 10": ["W3", "b3", "s3", "z3"],
    }


def test_gradients_that_nobody_sets_to_zero_are_told_apart_from_their_sum() -> None:
    training = Training(Recipe(zero_grad=False, optimizer="sgd", lr=0.1), TRAIN)
    sums: dict[str, list[np.ndarray]] = {"W1": [], "b1": []}
    for _ in range(3):
        found = training_trace(training)
        training.step += 1
        for name, grads in sums.items():
            grads.append(np.asarray(found.trace.grads[ids(found)[name]]))
            step = next(s for s in found.trace.steps if s.kind == "update" and s.node == ids(found)[name])
            assert np.allclose(np.asarray(step.grad), np.sum(grads, axis=0), rtol=1e-5, atol=1e-7)
            assert step.quantities[0].name == "sum of gradients"
    assert not np.allclose(sums["W1"][-1], np.sum(sums["W1"], axis=0))


# --------------------------------------------------------------------------------------------------------- the scene


def test_every_training_step_opens_with_the_runs_own_loss(runs: Runs, run: str) -> None:
    with runs.using(run) as live:
        losses = live.curves.get(0, "loss").since(0).y
    for number, loss in enumerate(losses, 1):
        found = opened(runs, run=run, step=number)
        assert np.float32(found.trace.values[ids(found)["L"]]) == loss
        assert found.training is not None
        assert (found.training.step, found.training.done) == (number, 5)
    assert len(losses) == 5


def test_the_notes_say_which_step_it_is_and_how_far_the_run_has_gone(runs: Runs, run: str) -> None:
    which, since, digits = opened(runs, run=run, step=2).notes
    assert "Training step 2 of 25 of the run 784-12-10" in which
    assert "batch 2 of 25 in epoch 1" in which
    assert "it has taken 5 training steps" in since
    assert "Alpaydin" in digits
    assert "latest" in opened(runs, run=run, step=5).notes[1]
    assert "would be its next" in opened(runs, run=run, step=6).notes[1]


def test_a_member_of_a_comparison_opens(runs: Runs) -> None:
    members = [Variation(label="slow", lr=0.001), Variation(label="fast", lr=0.01)]
    race = runs.create(ComparisonRecipe(base=recipe(), members=members), VISITOR)
    runs.control(race, "step", VISITOR)
    slow, fast = (opened(runs, run=race, step=1, member=i) for i in (0, 1))
    assert fast.training is not None
    assert fast.training.title == "fast"
    assert slow.trace.values[ids(slow)["L"]] == fast.trace.values[ids(fast)["L"]]
    change = {key: np.abs(next(iter(found.changes.values())).new) for key, found in (("slow", slow), ("fast", fast))}
    assert not np.array_equal(change["slow"], change["fast"])


@pytest.mark.parametrize(
    ("choices", "error", "match"),
    [
        ({"run": None}, UnknownRunError, "no such run"),
        ({"run": "doesnotexist"}, UnknownRunError, "doesnotexist"),
        ({"step": 0}, RunError, "1 to 25"),
        ({"step": 26}, RunError, "1 to 25"),
        ({"step": 7}, RunError, "not come so far"),
        ({"step": "-1"}, RunError, "whole number"),
        ({"step": "9" * 5000}, RunError, "whole number"),
        ({"step": "²"}, RunError, "whole number"),
        ({"member": 1}, RunError, "no such member"),
        ({"picture": 297}, RunError, "0 to 296"),
        ({"picture": "seven"}, RunError, "whole number"),
    ],
)
def test_what_there_is_not_is_refused_in_words(
    runs: Runs, run: str, choices: dict[str, object], error: type[RunError], match: str
) -> None:
    asked = {name: value for name, value in {"run": run, "step": 1, **choices}.items() if value is not None}
    with pytest.raises(error, match=match):
        opened(runs, **asked)


def test_a_run_without_digits_is_walked_too_but_has_no_pictures(runs: Runs) -> None:
    curve = runs.create(CurveRecipe(steps=3), VISITOR)
    found = opened(runs, run=curve, step=1)
    assert "all 100 points" in found.notes[0]
    assert any(
        "On the same 100 points the loss fell" in "".join(t for _, t in text) for *_, text in found.updates.values()
    )
    with pytest.raises(RunError, match="no pictures"):
        opened(runs, run=curve, step=1, picture=0)


def test_it_can_be_opened_but_is_not_listed(runs: Runs) -> None:
    assert not all_scenes(no_digits, runs)["run-step"].listed
    assert "run-step" not in all_scenes(no_digits)
    assert all(scene.listed for scene in all_scenes(no_digits).values())


# --------------------------------------------------------------------------------------------------- one test picture


def test_a_test_picture_goes_forward_and_backward_and_teaches_nothing(runs: Runs, run: str) -> None:
    found = opened(runs, run=run, step=6, picture=3)
    named = ids(found)
    assert {step.phase for step in found.trace.steps} == {"forward", "loss", "backward"}
    assert np.array_equal(np.asarray(found.trace.values[named["y"]]), TEST.labels[3:4])
    assert np.array_equal(np.asarray(found.trace.values[named["X"]]), rows(TEST.images[3:4]))
    training = runs.past(run, 5)
    scores = training.evaluate(rows(TEST.images[3:4]), TEST.labels[3:4])
    assert found.trace.values[named["L"]] == pytest.approx(float(scores.losses[0]), rel=1e-5)
    assert f"Test picture 3 of 297, a {TEST.labels[3]}" in found.notes[0]
    assert found.training is not None
    assert found.training.picture == 3


def test_a_picture_is_seen_after_the_last_training_step_too(runs: Runs) -> None:
    done = stepped(runs, 5, batch=300)
    assert "after its last training step" in opened(runs, run=done, step=6, picture=0).notes[0]
    with pytest.raises(RunError, match="1 to 5"):
        opened(runs, run=done, step=6)
    with pytest.raises(RunError, match="1 to 6"):
        opened(runs, run=done, step=7, picture=0)


def test_a_picture_leaves_the_parameters_alone() -> None:
    training = Training(Recipe(), TRAIN)
    before = training.state()[1]
    picture_trace(training, rows(TEST.images[:1]), TEST.labels[:1])
    assert all(np.array_equal(before[name], array) for name, array in training.state()[1].items())


# ------------------------------------------------------------------------------------------------------ one element


def test_an_element_of_a_gradient_opens_into_one_product_a_picture(runs: Runs, run: str) -> None:
    found = opened(runs, run=run, step=3)
    named = ids(found)
    for name, other in (("W1", "X"), ("W2", "h1")):
        step = next(s for s in found.trace.contributions(named[name]))
        grad = np.asarray(found.trace.grads[named[name]])
        element = tuple(int(i) for i in np.unravel_index(np.abs(grad).argmax(), grad.shape))
        terms = element_message(found, step, element, 1, 1)
        assert isinstance(terms, Terms)
        assert len(terms.terms) + terms.omitted == 60
        assert sum(t.product for t in terms.terms) == pytest.approx(float(grad[element]), rel=1e-5)
        column = np.asarray(found.trace.values[named[other]])[:, element[1]]
        for term in terms.terms:
            assert term.right_spot is not None
            assert term.right_spot.node == named["X"]
            assert term.right == column[term.right_spot.row]
            assert term.right_spot.pixel == (element[1] if name == "W1" else None)
        assert (terms.spot is not None) == (name == "W1")


def test_an_element_forwards_opens_into_the_pixels_that_have_ink(runs: Runs, run: str) -> None:
    found = opened(runs, run=run, step=3)
    named = ids(found)
    step = next(s for s in found.trace.steps if s.node == named["s1"] and s.kind == "compute")
    terms = element_message(found, step, (7, 4), 1, 1)
    assert isinstance(terms, Terms)
    pixels = np.asarray(found.trace.values[named["X"]])[7]
    shown = [term.left_spot.pixel for term in terms.terms if term.left_spot]
    assert shown == list(np.flatnonzero(pixels))
    assert terms.omitted == np.count_nonzero(pixels == 0)
    assert {(t.right_spot.node, t.right_spot.row) for t in terms.terms if t.right_spot} == {(named["W1"], 4)}
    assert sum(t.product for t in terms.terms) == pytest.approx(float(np.asarray(step.value)[7, 4]), rel=1e-4)


def test_an_element_of_an_update_opens_line_by_line(runs: Runs, run: str) -> None:
    found = opened(runs, run=run, step=3)
    step = next(s for s in found.trace.steps if s.kind == "update")
    change = found.changes[step.index]
    element = tuple(int(i) for i in np.unravel_index(np.abs(np.asarray(change.gradient)).argmax(), (12, 784)))
    lines = element_message(found, step, element, 1, 1)
    assert isinstance(lines, Lines)
    assert [line.name for line in lines.lines] == ["g", "m", "v", "m̂", "v̂", "step", "new"]
    assert lines.lines[0].value == np.asarray(change.gradient)[element]
    assert lines.lines[-1].value == pytest.approx(float(np.asarray(change.new)[element]), rel=1e-5)
    assert lines.spot is not None
    assert (lines.spot.row, lines.spot.pixel) == element
    assert lines.title[-1] == ("name", f"W1[{element[0]}, {element[1]}]")
