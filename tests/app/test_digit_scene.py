"""A visitor's digit, opened: the copy's own numbers down to the pixels, equal to PyTorch's and to what learn says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app import oracle
from app.datasets import built_in
from app.digit_answers import answer_learn
from app.digits.code import CodeError, decode, encode
from app.elements import element_message
from app.encode import Encoder
from app.main import expression_limits
from app.networks import DivergedError, Network, Networks, UnknownNetworkError
from app.proof import prove
from app.protocol import Lines, Position, Terms
from app.runs.errors import UnknownRunError
from app.scene import Opened, Request
from app.scenes import all_scenes
from app.scenes.digit import SAMPLE, DigitScene, a_digit
from app.scenes.training_trace import training_trace
from app.settings import Settings
from app.taught import Copies, LessonsError, pupil, read_lessons
from engine.attribution import loss_gradient
from engine.data import rows
from engine.errors import EngineError, LimitError
from engine.train import Recipe, network
from tests.app.sessions import no_digits, some_runs
from tests.app.training import ME, SMALL

LIMITS = expression_limits(Settings())
_, TEST = built_in()
CODE, OTHER = encode(TEST.images[5]), encode(TEST.images[6])
NETWORKS = Networks(some_runs())


def opened(**choices: object) -> Opened:
    given = {"picture": CODE, "network": "one-layer", **choices}
    scene = all_scenes(no_digits, some_runs())["digit"]
    return scene.open(Request(choices={name: str(value) for name, value in given.items()}), LIMITS)


def place(found: Opened, name: str) -> int:
    return next(node.id for node in found.trace.graph if node.name == name)


def into(found: Opened, target: str) -> Any:
    """The step that brings the gradient of a node."""
    node = place(found, target)
    return next(step for step in found.trace.steps if step.kind == "contribution" and step.target == node)


# --------------------------------------------------------------------------------------------------------- the numbers


@pytest.mark.parametrize("name", ["one-layer", "reader"])
@pytest.mark.parametrize("way", ["look", "learn"])
def test_the_walk_ends_at_the_pixels(name: str, way: str) -> None:
    found = opened(network=name, label=7, **{"pass": way})
    trace = found.trace
    x = trace.graph[place(found, "X")]
    assert (x.images, x.shape) == ((28, 28), (1, 784))
    np.testing.assert_array_equal(trace.values[x.id], rows(TEST.images[5:6]))
    gradient = loss_gradient(NETWORKS.get(name).model, rows(TEST.images[5:6])[0], 7)
    np.testing.assert_allclose(trace.grads[x.id], gradient[None], rtol=1e-4, atol=1e-6)
    assert [step.kind for step in trace.steps if step.node == place(found, "s1")] == ["compute", *["contribution"] * 2]
    assert {step.phase for step in trace.steps} >= {"forward", "loss", "backward"}
    assert ("update" in {step.phase for step in trace.steps}) == (way == "learn")


def test_every_gradient_is_pytorchs() -> None:
    pytest.importorskip("torch")
    found = opened(network="reader", label=7, lessons="7.1")
    theirs = oracle.pytorch_gradients(found.trace.graph, found.trace.values)
    assert place(found, "X") in found.trace.grads
    for node, grad in found.trace.grads.items():
        np.testing.assert_allclose(grad, theirs[node], rtol=1e-4, atol=1e-5)


def test_the_proof_takes_in_the_pixels() -> None:
    proofs, _ = prove(opened(label=7).trace)
    assert {proof.name: proof.agree for proof in proofs} == {"X": True, "W1": True, "b1": True}


def test_a_gradient_on_the_pixels_leaves_the_training_step_as_it_is() -> None:
    lesson, came = read_lessons("7.1", CODE)[0], NETWORKS.get("one-layer")
    trainings = [pupil(came, lesson, 0.1) for _ in range(2)]
    plain, deep = (training_trace(t, to_inputs=n == 1) for n, t in enumerate(trainings))
    assert place(opened(), "X") not in plain.trace.grads
    assert len(deep.trace) == len(plain.trace) + 1
    for one, two in zip(*(t.model.parameters() for t in trainings), strict=True):
        np.testing.assert_array_equal(one.data, two.data)


def test_the_update_changes_exactly_what_learn_says() -> None:
    word, rate = f"7.1~2.1.{OTHER}", 0.05
    found = opened(label=7, lessons=word, rate=rate, **{"pass": "learn"})
    row = rows(TEST.images[5:6])[0]
    steps = read_lessons(f"{word}~7.1", CODE)
    told = answer_learn(Copies(), NETWORKS.get("one-layer"), CODE, row, steps, rate)
    updates = [step for step in found.trace.steps if step.kind == "update"]
    for change, step in zip(told.changes, updates, strict=True):
        node, most = found.trace.graph[step.node], tuple(change.most.index)
        old, new = np.asarray(found.trace.values[node.id]), np.asarray(step.value)
        assert node.name == change.name
        assert (float(old[most]), float(new[most])) == (change.most.before, change.most.after)
        assert float(np.linalg.norm(new - old)) == pytest.approx(change.change, abs=0)
        assert np.count_nonzero(new != old) == change.moved
    assert float(found.trace.values[place(found, "L")]) == pytest.approx(told.before.loss, rel=1e-5)
    assert float(found.trace.steps[-1].value or 0) == pytest.approx(told.after.loss, rel=1e-5)


def test_the_same_choices_make_the_same_trace_and_the_network_stays() -> None:
    before = NETWORKS.get("one-layer").model.state_dict()
    one, two = (opened(label=7, lessons="7.3", **{"pass": "learn"}) for _ in range(2))
    for a, b in zip(one.trace.values, two.trace.values, strict=True):
        np.testing.assert_array_equal(a, b)
    for name, parameter in NETWORKS.get("one-layer").model.named_parameters():
        np.testing.assert_array_equal(parameter.data, before[name])
        assert parameter.grad is None


def test_an_element_of_the_pixels_opens_into_its_products() -> None:
    found = opened(label=7)
    terms = element_message(found, into(found, "X"), [0, 350], 1, 1)
    assert isinstance(terms, Terms)
    weight, upstream = (np.asarray(found.trace.values[place(found, "W1")]), np.asarray(into(found, "X").upstream))
    assert [term.right for term in terms.terms] == pytest.approx(weight[:, 350].tolist())
    assert [term.left for term in terms.terms] == pytest.approx(upstream[0].tolist())
    total = sum(float(term.product) for term in terms.terms)
    assert total == pytest.approx(float(np.asarray(found.trace.grads[place(found, "X")])[0, 350]), rel=1e-4)


def test_an_element_of_a_weight_opens_into_its_product_and_its_update() -> None:
    found = opened(label=7, **{"pass": "learn"})
    pixel = int(decode(CODE).argmax())
    product = element_message(found, into(found, "W1"), [7, pixel], 1, 1)
    assert isinstance(product, Terms)
    assert len(product.terms) == 1
    update = next(step for step in found.trace.steps if step.kind == "update")
    assert isinstance(element_message(found, update, [7, pixel], 1, 1), Lines)


# ----------------------------------------------------------------------------------------------------------- the words


def test_the_notes_say_which_network_how_many_lessons_and_whose_label() -> None:
    (verdict, label) = opened(label=7, **{"pass": "learn"}).notes
    chance = NETWORKS.get("one-layer").probabilities(rows(TEST.images[5:6]))[0]
    assert verdict.startswith(f"One layer takes it for {a_digit(int(chance.argmax()))} ({chance.max():.1%}).")
    assert "no lessons" in verdict
    assert label == "You say it is a 7. The update changes your copy only."
    (verdict, label) = opened(lessons=f"7.2~1.1.{OTHER}", rate="0.02").notes
    assert verdict.startswith("Your copy of One layer takes it for a")
    assert "after 3 training steps with a learning rate of 0.02: 2 on this picture as a 7, 1 on another one" in verdict
    assert label.startswith("Nobody has said what it is, so the label is the network's own prediction")
    assert label.endswith("Nothing is updated in this pass.")


def test_digits_have_their_article() -> None:
    assert [a_digit(digit) for digit in (7, 8)] == ["a 7", "an 8"]
    assert opened(label=8).notes[-1].startswith("You say it is an 8.")


def test_without_a_label_it_is_the_networks_own_prediction() -> None:
    found = opened()
    prediction = NETWORKS.get("one-layer").probabilities(rows(TEST.images[5:6]))[0].argmax()
    assert found.trace.values[place(found, "y")] == [prediction]
    assert {choice.name: choice.value for choice in found.choices}["label"] == str(prediction)


def test_without_a_picture_it_shows_a_sample_and_says_so() -> None:
    scene = all_scenes(no_digits, some_runs())["digit"]
    found = scene.open(Request(), LIMITS)
    np.testing.assert_array_equal(found.trace.values[place(found, "X")], rows(TEST.images[SAMPLE : SAMPLE + 1]))
    assert found.notes[0].startswith("No picture came with this address")
    assert f"a {TEST.labels[SAMPLE]} of the built-in digits" in found.notes[0]
    assert not scene.listed


@pytest.mark.parametrize(
    ("choices", "address"),
    [
        ({"network": "reader"}, f"/draw?picture={CODE}#forward"),
        ({}, f"/draw?picture={CODE}&network=one-layer,reader#forward"),
        (
            {"network": "reader", "lessons": f"7.2~1.1.{OTHER}", "rate": "0.001"},
            f"/draw?picture={CODE}&lessons=7.2~1.1.{OTHER}&rate=0.001#learn",
        ),
        (
            {"network": "reader", "lessons": "7.2", "rate": "0.1", "label": 7, "pass": "learn"},
            f"/draw?picture={CODE}&lessons=7.3&rate=0.1#learn",
        ),
        (
            {"network": "reader", "lessons": "7.100", "rate": "0.0012345678", "label": 7, "pass": "learn"},
            f"/draw?picture={CODE}&lessons=7.100&rate=0.0012345678#learn",
        ),
        (
            {"network": "reader", "lessons": "~".join(["7.1", "1.1"] * 10), "label": 7, "pass": "learn"},
            f"/draw?picture={CODE}&lessons={'~'.join(['7.1', '1.1'] * 10)}&rate=0.01#learn",
        ),
    ],
)
def test_the_way_back_leads_to_the_drawing_as_it_was_left(choices: dict[str, object], address: str) -> None:
    message = Encoder(opened(**choices), 1).opened_message("", "", "digit", Position(step=0), 1)
    assert message.origin is not None
    assert message.origin.address == address


def test_the_result_speaks_of_the_picture() -> None:
    found = opened(label=7, **{"pass": "learn"})
    _, _, words = found.updates[len(found.trace) - 1]
    text = "".join(part for _, part in words)
    assert "On the same picture the loss" in text


def test_the_switches_offer_networks_labels_and_passes() -> None:
    switches = {choice.name: choice for choice in opened().choices}
    assert [name for name, _ in switches["network"].options] == ["reader", "one-layer"]
    assert [label for label, _ in switches["label"].options] == [str(digit) for digit in range(10)]
    assert [way for way, _ in switches["pass"].options] == ["look", "learn"]
    assert (switches["network"].value, switches["pass"].value) == ("one-layer", "look")


def test_a_run_may_read_it() -> None:
    run = some_runs().create(SMALL, ME)
    found = opened(network=f"run:{run}", label=3)
    assert found.choices[0].options[-1][0] == found.choices[0].value == f"run:{run}"
    some_runs().control(run, "step", ME)
    later = opened(network=f"run:{run}", label=3)
    assert found.trace.values[place(found, "L")] != later.trace.values[place(later, "L")]


# -------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("choices", "error"),
    [
        ({"picture": "abc"}, CodeError),
        ({"picture": "a" * 100_000}, CodeError),
        ({"network": "nobody"}, UnknownNetworkError),
        ({"network": "run:gone"}, UnknownRunError),
        ({"label": "10"}, EngineError),
        ({"label": "x"}, EngineError),
        ({"rate": "x"}, EngineError),
        ({"rate": "nan"}, EngineError),
        ({"rate": "-1"}, EngineError),
        ({"lessons": "7"}, LessonsError),
        ({"lessons": "7.1" + "~7.1" * 20}, LimitError),
        ({"lessons": "~" * 1_000_000}, LimitError),
    ],
)
def test_what_cannot_be_is_told(choices: dict[str, str], error: type[EngineError]) -> None:
    with pytest.raises(error) as told:
        opened(**choices)
    assert told.value.given
    assert told.value.expected


class Broken(Networks):
    """All networks have diverged."""

    def get(self, name: str) -> Network:
        recipe = Recipe()
        model = network(recipe)
        next(model.parameters()).value[...] = np.nan
        return Network(name, "Broken", "Diverged.", recipe, model)


@pytest.mark.parametrize("word", ["", "7.1"])
def test_a_network_that_has_diverged_is_told(word: str) -> None:
    scene = DigitScene(Broken(some_runs()), Copies())
    with pytest.raises(DivergedError, match="diverged"):
        scene.open(Request(choices={"picture": CODE, "lessons": word}), LIMITS)
