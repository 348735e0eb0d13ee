"""The labs' own computing: gradients by hand are the engine's and nature's, runs repeat, surfaces are what they say."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app.datasets import built_in
from app.labs.accumulation import two_passes
from app.labs.curve import CurveTraining, by_hand, largest_difference
from app.labs.handwriting import handwriting
from app.labs.lab import Lab
from app.labs.pages import has_mnist, labs_router
from app.labs.presets import LABS, lab_of
from app.labs.race import ending, race, run
from app.labs.surfaces import SURFACES, LossSurface, curvature, gradient, grid
from app.pages import page_templates
from app.protocol import ComparisonRecipe, CurveRecipe, NetworkRecipe, Recipe, Surface, Variation
from app.resources import static_folder, templates_folder
from app.runs.recipes import RunLimits, check, engine_recipe, members
from engine import nn
from engine.errors import EngineError
from engine.manual import ManualLinear, ManualMSE, ManualNetwork, ManualSigmoid
from engine.op import Array
from engine.optimizers import OPTIMIZERS
from engine.train import Training

RECIPES = [
    CurveRecipe(),
    CurveRecipe(layers="linear", seed=3),
    CurveRecipe(hidden=3, points=7, optimizer="adam", lr=0.01),
    CurveRecipe(optimizer="momentum", lr=0.02, hyper={"momentum": 0.5}),
]
OVAL = LossSurface("oval", "", "", "x**2 + y**2", (-1, 1), (-1, 1), ((0, 0),), (1, 1), {})


# -- gradients by hand ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipe", RECIPES, ids=repr)
def test_gradients_by_hand_are_the_engines_at_every_step(recipe: CurveRecipe) -> None:
    training = CurveTraining(recipe)
    for _ in range(50):
        loss = training.advance()
        assert training.by_hand_loss == pytest.approx(loss, rel=1e-12)
        for one in training.gradients():
            np.testing.assert_allclose(one.by_hand, one.by_engine, rtol=1e-9, atol=1e-12)


def test_gradients_by_hand_are_central_differences() -> None:
    training = CurveTraining(CurveRecipe(hidden=3, points=9))
    for _ in range(20):
        training.advance()
    criterion, h = ManualMSE(), 1e-6
    places = {str(n): layer for n, layer in enumerate(training.network.layers) if isinstance(layer, ManualLinear)}
    compared = 0
    for one in training.gradients():
        place, name = one.name.split(".")
        values = getattr(places[place], name)
        for element in np.ndindex(values.shape):
            ends = []
            for signed in (h, -h):
                values[element] += signed
                ends.append(criterion.forward(training.network.forward(training.x.data), training.y.data))
                values[element] -= signed
            assert (ends[0] - ends[1]) / (2 * h) == pytest.approx(one.by_hand[element], rel=1e-6, abs=1e-8)
            compared += 1
    assert compared == 3 + 3 + 3 + 1


class HalfAsSteep(ManualSigmoid):
    def backward(self, upstream: Array) -> Array:
        return 0.5 * super().backward(upstream)


def test_a_wrong_rule_by_hand_is_seen_and_drives_the_curves_apart() -> None:
    def wrong(modules: Sequence[nn.Module]) -> ManualNetwork:
        return ManualNetwork(
            [HalfAsSteep() if isinstance(one, ManualSigmoid) else one for one in by_hand(modules).layers]
        )

    training = CurveTraining(CurveRecipe(lr=0.3), handwriting=wrong)
    differences = {one.name: largest_difference(one) for one in training.gradients()}
    assert differences["0.weight"] > 1e-3
    assert differences["0.bias"] > 1e-3
    assert differences["2.weight"] < 1e-12  # before the sigmoid nothing has gone wrong yet
    for _ in range(200):
        training.advance()
    parts = training.parts()
    assert np.abs(np.frombuffer(parts.by_hand, "<f4") - np.frombuffer(parts.by_engine, "<f4")).max() > 0.01


# -- training the curve ---------------------------------------------------------------------------------------------


def test_the_curve_is_learned_with_a_sigmoid_and_not_without() -> None:
    bent, straight = CurveTraining(CurveRecipe()), CurveTraining(CurveRecipe(layers="linear"))
    losses = [[one.advance() for _ in range(one.steps)] for one in (bent, straight)]
    assert losses[0][-1] < 0.02  # the noise alone is 0.01
    assert losses[1][-1] > 0.7  # the best straight line through a parabola
    fitted = np.frombuffer(bent.parts().by_engine, "<f4")
    x = np.linspace(-1, 1, len(fitted))
    assert np.abs(fitted - (3 * x**2 + 2)).mean() < 0.1


@pytest.mark.parametrize("recipe", RECIPES, ids=repr)
def test_the_same_recipe_gives_the_same_numbers_and_a_state_goes_on_bit_for_bit(recipe: CurveRecipe) -> None:
    first, second = CurveTraining(recipe), CurveTraining(recipe)
    for training in (first, second):
        for step in range(20):
            if step == 10:
                training.set_rate(recipe.lr / 2)
            training.advance()
    assert first.parts() == second.parts()
    third = CurveTraining(recipe)
    third.load(*first.state())
    assert [third.advance() for _ in range(5)] == [second.advance() for _ in range(5)]
    assert third.parts() == second.parts()
    assert (third.step, third.rates, third.rate(9), third.rate()) == (
        25,
        [(10, recipe.lr / 2)],
        recipe.lr,
        recipe.lr / 2,
    )


def test_another_seed_gives_other_numbers() -> None:
    assert CurveTraining(CurveRecipe(seed=1)).parts() != CurveTraining(CurveRecipe(seed=2)).parts()


def test_a_state_of_another_recipe_is_refused() -> None:
    meta, arrays = CurveTraining(CurveRecipe(hidden=3)).state()
    with pytest.raises(EngineError, match="another recipe"):
        CurveTraining(CurveRecipe()).load(meta, arrays)


def test_looking_changes_nothing() -> None:
    seen, unseen = CurveTraining(CurveRecipe()), CurveTraining(CurveRecipe())
    for _ in range(5):
        seen.parts()
        assert seen.advance(sample=True) == unseen.advance()


def test_a_sampled_step_measures_its_own_gradient_and_update() -> None:
    training = CurveTraining(CurveRecipe())
    before = training.gradients()
    parameters = training.model.state_dict()
    training.advance(sample=True)
    for place, norm, ratio in zip("02", training.sample.grad_norms, training.sample.update_ratios, strict=True):
        gradients = [one.by_engine for one in before if one.name.startswith(place)]
        size = np.sqrt(sum(float(np.sum(value**2)) for name, value in parameters.items() if name.startswith(place)))
        assert norm == pytest.approx(np.sqrt(sum(float(np.sum(g**2)) for g in gradients)))
        assert ratio == pytest.approx(0.1 * norm / size)


def test_divergence_shows_in_the_numbers_and_raises_nothing() -> None:
    training = CurveTraining(CurveRecipe(layers="linear", lr=1.0))
    losses = [training.advance() for _ in range(200)]
    assert not np.isfinite(losses[-1])
    assert np.isnan(training.parts().gradients[0][3])


# -- surfaces -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("surface", SURFACES.values(), ids=lambda surface: surface.name)
def test_minima_are_the_lowest_points_of_the_picture(surface: LossSurface) -> None:
    losses = grid(surface)
    at = [losses.min() for _ in surface.minima]
    for minimum, lowest in zip(surface.minima, at, strict=True):
        np.testing.assert_allclose(gradient(surface, minimum), 0.0, atol=1e-12)
        i = np.argmin(np.abs(np.linspace(*surface.y, len(losses)) - minimum[1]))
        j = np.argmin(np.abs(np.linspace(*surface.x, len(losses)) - minimum[0]))
        assert losses[i, j] == pytest.approx(lowest, abs=1e-3)
    assert np.abs(gradient(surface, surface.start)).max() > 0.1


def test_rows_of_the_grid_are_y() -> None:
    skew = LossSurface("skew", "", "", "x + 10*y", (0, 1), (0, 2), ((0, 0),), (1, 1), {})
    assert grid(skew, 3).tolist() == [[0, 0.5, 1], [10, 10.5, 11], [20, 20.5, 21]]


def test_curvature_along_the_gradient() -> None:
    ravine = SURFACES["ravine"]  # 0.1 x^2 + 5 y^2: second derivatives 0.2 and 10
    assert curvature(ravine, (0.0, 1.0)) == pytest.approx(10.0)
    assert curvature(ravine, (1.0, 0.0)) == pytest.approx(0.2)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_racer_goes_as_it_would_alone(name: str) -> None:
    surface, steps = SURFACES["valley"], 40
    racers = [
        Variation(label="1", optimizer="sgd", lr=0.004),
        Variation.model_validate({"label": "2", "optimizer": name, "lr": 0.002}),
    ]
    together, alone = run(surface, racers, surface.start, steps)[1], run(surface, racers[1:], surface.start, steps)[0]
    np.testing.assert_array_equal(together.points, alone.points)
    assert together.points.shape == (steps + 1, 2)
    np.testing.assert_array_equal(together.points[0], surface.start)


def test_gradient_descent_on_an_oval_is_its_formula() -> None:
    (path,) = run(OVAL, [Variation(label="a", lr=0.1)], (1.0, -0.5), 5)
    np.testing.assert_allclose(path.points, np.outer(0.8 ** np.arange(6), (1.0, -0.5)))
    np.testing.assert_allclose(path.losses, 1.25 * 0.64 ** np.arange(6))


def ends(start: tuple[float, float], steps: int, surface: LossSurface = OVAL, **options: object) -> str:
    racer = Variation.model_validate({"label": "a"} | options)
    return ending(surface, racer, run(surface, [racer], start, steps)[0])


def test_endings_are_said() -> None:
    # |p| shrinks by 0.8 a step from 1: below 0.02 (a hundredth of the width) for the first time at step 18
    assert ends((1.0, 0.0), 30, lr=0.1) == "At the minimum after 18 steps."
    assert ends((1.0, 0.0), 3, lr=0.1) == "After 3 steps still 0.51 from the minimum, at a loss of 0.262."
    assert ends((0.0, 0.0), 3, lr=0.1) == "Began at the minimum."
    assert ends((0.0, 1.0), 300, SURFACES["saddle"], lr=0.1).startswith("Stands still at (0, 0)")


def test_divergence_is_caught_and_explained_by_the_curvature() -> None:
    # x is multiplied by 1 - 2 * 1.5 = -2 a step: beyond 200 at step 8
    (path,) = run(OVAL, [Variation(label="a", lr=1.5)], (1.0, 0.0), 100)
    assert (len(path.points), path.points[-1, 0], path.bounded) == (9, 256.0, False)
    said = ends((1.0, 0.0), 100, lr=1.5)
    assert said.startswith("Left all bounds at step 8: each step overshoots")
    assert "2 / 2 = 1, and it had 1.5" in said
    assert "too large for it here" in ends((1.0, 0.0), 100, optimizer="nesterov", lr=2.0)


def test_one_that_leaves_does_not_disturb_the_others() -> None:
    racers = [Variation(label=str(lr), lr=lr) for lr in (100.0, 0.005)]
    wild, tame = run(SURFACES["valley"], racers, (-1.5, 2.5), 50)
    assert len(wild.points) < 5
    np.testing.assert_array_equal(tame.points, run(SURFACES["valley"], racers[1:], (-1.5, 2.5), 50)[0].points)


def test_a_race_answers_with_everything_that_is_drawn() -> None:
    asked = Surface(
        type="surface", seq=7, surface="saddle", start=(0.5, 1.0), steps=12,
        racers=[Variation(label="Adam", optimizer="adam", lr=0.1), Variation(label="wild", lr=100.0)],
    )  # fmt: skip
    answer = race(asked)
    assert (answer.request_seq, answer.surface, answer.source) == (7, "saddle", SURFACES["saddle"].source)
    assert len(answer.grid) == 4 * answer.size**2
    assert answer.minimum == [(-1.0, 0.0), (1.0, 0.0)]
    first, second = answer.paths
    assert (len(first.points), len(first.losses)) == (13 * 8, 13 * 4)
    assert len(second.points) == 2 * len(second.losses) < 13 * 8
    assert np.frombuffer(first.points, "<f4")[:2].tolist() == [0.5, 1.0]


def test_what_cannot_be_raced_is_refused() -> None:
    surface = SURFACES["saddle"]
    with pytest.raises(EngineError, match="too far away"):
        run(surface, [Variation(label="a")], (float("nan"), 0.0), 3)
    with pytest.raises(EngineError, match="hyperparameter"):
        run(surface, [Variation(label="a", hyper={"beta9": 1.0})], (0.0, 0.0), 3)


# -- the table of labs ----------------------------------------------------------------------------------------------

LIMITS = RunLimits(layers=8, width=1_024, parameters=2_000_000, batch=1_000, steps=200_000)
COMPARISONS = [lab for lab in LABS.values() if lab.members]


@pytest.mark.parametrize("lab", LABS.values(), ids=lambda lab: lab.id)
def test_a_lab_can_be_opened_and_its_choices_are_fields_with_the_value_it_begins_with(lab: Lab) -> None:
    check(lab.comparison() if lab.members else lab.recipe, LIMITS)
    for choice in lab.choices:
        assert getattr(lab.recipe, choice.field) in [value for value, _ in choice.options]
        for value, _ in choice.options:
            type(lab.recipe).model_validate(lab.recipe.model_dump() | {choice.field: value})
    assert lab.rate.minimum <= lab.rate.value <= lab.rate.maximum
    assert Lab.model_validate_json(lab.model_dump_json()) == lab


@pytest.mark.parametrize("lab", COMPARISONS, ids=lambda lab: lab.id)
def test_members_keep_within_bounds_wherever_the_slider_stands(lab: Lab) -> None:
    switches = {switch.name for group in lab.switches for switch in group.options}
    for member in lab.members:
        assert set(member.needs) <= switches
        choice = OPTIMIZERS[member.variation.optimizer or lab.recipe.model_dump()["optimizer"]]
        for rate in (lab.rate.minimum, lab.rate.value, lab.rate.maximum):
            choice.learning_rate.check(member.factor * rate)
    assert len(lab.members) <= 8
    assert len({member.label for member in lab.comparison().members}) == len(lab.comparison().members)


def test_the_curve_lab_and_the_curves_agree_on_the_learning_rate() -> None:
    lab = LABS["manualgrad"]
    assert isinstance(lab.recipe, CurveRecipe)
    assert lab.rate.value == lab.recipe.lr
    with pytest.raises(TypeError):
        lab.comparison()


def test_every_optimizer_has_a_learning_rate_for_every_surface() -> None:
    for surface in SURFACES.values():
        racers = [
            Variation.model_validate({"label": name, "optimizer": name, "lr": surface.rates[name]})
            for name in OPTIMIZERS
        ]
        assert all(path.bounded for path in run(surface, racers, surface.start, 300))


# What the texts promise, on the digits that come with Gradwalk.


def trained(lab: str, steps: int) -> dict[str, tuple[list[float], Training]]:
    """By label, the losses of a lab's members and their trainings."""
    data, _ = built_in()
    recipe = LABS[lab].model_copy(update={"recipe": LABS[lab].recipe.model_copy(update={"dataset": "built-in"})})
    found = {}
    for label, network in members(recipe.comparison()):
        training = Training(engine_recipe(network), data)
        losses: list[float] = []
        while training.step < steps and (not losses or np.isfinite(losses[-1])):
            losses.append(training.advance(sample=True))
        found[label] = losses, training
    return found


def test_of_five_learning_rates_the_smallest_hardly_learns_and_the_largest_diverges() -> None:
    runs = {label: losses for label, (losses, _) in trained("learning-rate", 150).items()}
    assert list(runs) == ["0.001", "0.01", "0.1", "1", "10"]
    last = {label: np.mean(losses[-10:]) for label, losses in runs.items()}
    assert last["0.001"] > 2.2 > last["0.01"] > last["0.1"]
    assert len(runs["10"]) < 150
    assert not np.isfinite(runs["10"][-1])


def test_without_zero_grad_it_is_faster_at_first_and_then_lost() -> None:
    runs = trained("zero-grad", 150)
    (proper, _), (summed, _) = runs["with zero_grad"], runs["without zero_grad"]
    assert summed[0] == proper[0]
    assert np.mean(summed[8:14]) < np.mean(proper[8:14])
    assert np.mean(summed[-20:]) > 2 * np.mean(proper[-20:])


def test_gradients_vanish_with_sigmoid_and_not_with_relu() -> None:
    norms = {label: training.sample.grad_norms for label, (_, training) in trained("depth", 20).items()}
    deep = {activation: norms[f"4 layers, {activation}"] for activation in ("sigmoid", "ReLU")}
    assert deep["sigmoid"][0] < deep["sigmoid"][-1] / 5
    assert deep["ReLU"][0] > deep["ReLU"][-1] / 2
    assert len(norms["1 layer"]) == 1


def test_racers_start_alike_and_see_the_same_batches() -> None:
    runs = trained("race", 1)
    assert len({losses[0] for losses, _ in runs.values()}) == 1
    assert {training.recipe.optimizer for _, training in runs.values()} == {
        "sgd",
        "momentum",
        "adagrad",
        "rmsprop",
        "adam",
    }


# -- pages ----------------------------------------------------------------------------------------------------------


class Gone(EngineError, KeyError):
    """What a run that is not there raises."""


class ByRun(dict[str, Recipe]):
    def __missing__(self, run: str) -> Recipe:
        raise Gone(run)


RECIPES_BY_RUN = ByRun(
    curve=CurveRecipe(hidden=3, lr=0.7),
    depth=LABS["depth"].comparison(),
    race=ComparisonRecipe(base=LABS["race"].comparison().base, members=LABS["race"].comparison().members[1:3]),
    network=NetworkRecipe(),
    other=ComparisonRecipe(base=NetworkRecipe(batch=7), members=[Variation(label="1")]),
)


def page(address: str, *, mnist: bool = True) -> Response:
    templates = page_templates(templates_folder(), static_folder())
    app = FastAPI()
    app.include_router(labs_router(templates, lambda: mnist, RECIPES_BY_RUN.__getitem__))
    return TestClient(app).get(address, follow_redirects=False)


def known(lab: str, *, mnist: bool = True) -> Any:
    """What the page tells its scripts."""
    text = page(f"/labs/{lab}", mnist=mnist).text
    found = re.search(r'<script type="application/json" id="known">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def test_the_index_leads_to_every_lab() -> None:
    text = page("/labs").text
    for lab in LABS.values():
        assert f'href="/labs/{lab.id}"' in text
        assert html.escape(lab.says, quote=False) in html.unescape(text).replace("&", "&amp;")


@pytest.mark.parametrize("lab", LABS.values(), ids=lambda lab: lab.id)
def test_a_page_says_what_to_look_for_and_tells_its_scripts_the_lab(lab: Lab) -> None:
    answer = page(f"/labs/{lab.id}")
    assert answer.status_code == 200
    assert lab.look in html.unescape(answer.text)
    told = known(lab.id)
    assert Lab.model_validate(told["lab"]) == lab
    assert bool(told["surfaces"]) == (lab.id == "race")
    assert (told["accumulation"] is not None) == (lab.id == "zero-grad")


def test_there_is_no_other_lab() -> None:
    assert page("/labs/nothing").status_code == 404


@pytest.mark.parametrize(("run", "lab"), [("curve", "manualgrad"), ("depth", "depth"), ("race", "race")])
def test_a_run_leads_to_its_lab(run: str, lab: str) -> None:
    answer = page(f"/labs/run/{run}")
    assert (answer.status_code, answer.headers["location"]) == (307, f"/labs/{lab}?run={run}")


@pytest.mark.parametrize("run", ["network", "other", "gone"])
def test_other_runs_lead_nowhere(run: str) -> None:
    assert page(f"/labs/run/{run}").status_code == 404


@pytest.mark.parametrize("lab", COMPARISONS, ids=lambda lab: lab.id)
def test_a_lab_knows_what_it_makes(lab: Lab) -> None:
    recipe = lab.comparison()
    moved = recipe.model_copy(update={"base": recipe.base.model_copy(update={"seed": 3, "dataset": "built-in"})})
    assert lab_of(recipe) == lab_of(moved) == lab


def test_without_mnist_a_lab_begins_with_the_built_in_digits() -> None:
    assert known("depth")["lab"]["recipe"]["dataset"] == "mnist"
    assert known("depth", mnist=False)["lab"]["recipe"]["dataset"] == "built-in"
    assert known("manualgrad", mnist=False)["lab"] == known("manualgrad")["lab"]


def test_mnist_is_there_when_all_its_files_are(tmp_path: Path) -> None:
    assert not has_mnist(tmp_path)
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    names = [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte.gz",
    ]
    for name in names:
        assert not has_mnist(tmp_path)
        (raw / name).touch()
    assert has_mnist(tmp_path)


def test_the_printed_source_is_the_one_that_runs() -> None:
    text = html.unescape(page("/labs/manualgrad").text)
    for one in handwriting():
        assert one.source in text
    linear = next(one for one in handwriting() if one.name == "ManualLinear")
    space: dict[str, Any] = {"Array": Array}
    exec("\n".join(linear.source.split("\n\n")), space)  # noqa: S102 (our own source)
    layer = ManualLinear(np.array([[2.0, 3.0]]), np.array([1.0]))
    x, upstream = np.array([[1.0, 4.0]]), np.array([[5.0]])
    assert space["forward"](layer, x).tolist() == layer.forward(x).tolist() == [[15.0]]
    assert space["backward"](layer, upstream).tolist() == layer.backward(upstream).tolist() == [[10.0, 15.0]]
    assert '"""' not in linear.source


def test_two_backward_passes_add_up() -> None:
    found = two_passes()
    np.testing.assert_allclose(np.array(found.first) + found.second, found.both, rtol=1e-6, atol=1e-8)
    assert len(found.both) == 10
    assert np.abs(found.first).min() > 0
    assert found.first != found.second
