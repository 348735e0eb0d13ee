"""Attribution: equal to PyTorch's gradients, complete, exact where linear, and the network left alone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from app.datasets import built_in
from engine.attribution import (
    CLEARLY,
    evidence,
    frozen,
    input_gradient,
    integrated_gradients,
    loss_gradient,
    toward,
)
from engine.data import CLASSES, Rows, rows
from engine.errors import EngineError, LabelError
from engine.nn import Linear, Sequential
from engine.op import Array
from engine.train import ACTIVATIONS, PIXELS, Recipe, Training, network

torch: Any = pytest.importorskip("torch")
ACTIVATION = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "gelu": torch.nn.functional.gelu,
}


def made(activation: str = "relu", hidden: tuple[int, ...] = (24, 17)) -> Sequential:
    """A network that is sure of itself, and whose biases matter."""
    model = network(Recipe(hidden=hidden, activation=activation, seed=5))
    generator = np.random.default_rng(6)
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            parameter.value[...] = generator.normal(0, 0.5, parameter.shape)
        else:
            parameter.value[...] *= 3
    return model


def drawn(seed: int = 0) -> Rows:
    """A blurred stroke, with paper that is exactly 0 around it."""
    generator = np.random.default_rng(seed)
    picture = np.zeros((28, 28), np.float32)
    picture[6:22, 10:17] = generator.uniform(0.2, 1.0, (16, 7))
    return picture.ravel()


def pytorch(model: Sequential, activation: str, row: Rows) -> tuple[Any, Any]:
    """A row and its scores in PyTorch, in float64, made by PyTorch's own ops."""
    x = torch.tensor(row, dtype=torch.float64, requires_grad=True)
    value, layers = x, [module for module in model if isinstance(module, Linear)]
    for number, layer in enumerate(layers, 1):
        assert layer.bias is not None
        weight, bias = (torch.tensor(t.numpy(), dtype=torch.float64) for t in (layer.weight, layer.bias))
        value = value @ weight.T + bias
        if number < len(layers):
            value = ACTIVATION[activation](value)
    return x, value


def scores(model: Sequential, x: Rows) -> Array:
    return frozen(model)(x).numpy()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_on_the_inputs_are_pytorchs(activation: str) -> None:
    model, row = made(activation), drawn()
    found = evidence(model, row)
    for digit in range(CLASSES):
        x, values = pytorch(model, activation, row)
        values[digit].backward()
        np.testing.assert_allclose(input_gradient(model, row, digit), x.grad, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(found.gradients[digit], x.grad, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found.scores, values.detach(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("label", [0, 7])
def test_the_gradient_of_the_loss_is_pytorchs(label: int) -> None:
    model, row = made(), drawn()
    x, values = pytorch(model, "relu", row)
    torch.nn.functional.cross_entropy(values, torch.tensor(label)).backward()
    np.testing.assert_allclose(loss_gradient(model, row, label), x.grad, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_evidence_and_the_rest_are_the_score(activation: str) -> None:
    found = evidence(made(activation), drawn())
    np.testing.assert_allclose(found.maps.sum(axis=1, dtype=np.float64) + found.rest, found.scores, rtol=1e-6)


def test_evidence_of_one_layer_is_weight_times_pixel_and_its_rest_is_the_bias() -> None:
    model, row = made(hidden=()), drawn()
    layer = model[0]
    assert isinstance(layer, Linear)
    assert layer.bias is not None
    found = evidence(model, row)
    np.testing.assert_array_equal(found.maps, layer.weight.data * row)
    np.testing.assert_allclose(found.rest, layer.bias.data, atol=2e-6)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_the_rest_is_what_the_biases_give_where_the_network_is_piecewise_linear(activation: str) -> None:
    """PyTorch's gradients on the biases, times the biases, are the biases' share."""
    model, row = made(activation), drawn()
    layers = [module for module in model if isinstance(module, Linear)]
    found = evidence(model, row)
    for digit in range(CLASSES):
        value, biases = torch.tensor(row, dtype=torch.float64), []
        for number, layer in enumerate(layers, 1):
            assert layer.bias is not None
            biases.append(torch.tensor(layer.bias.numpy(), dtype=torch.float64, requires_grad=True))
            value = value @ torch.tensor(layer.weight.numpy(), dtype=torch.float64).T + biases[-1]
            value = ACTIVATION[activation](value) if number < len(layers) else value
        value[digit].backward()
        share = sum(float((bias * bias.grad).sum().detach()) for bias in biases)
        assert found.rest[digit] == pytest.approx(share, abs=1e-5)


def test_with_a_curved_activation_the_rest_is_more_than_the_biases() -> None:
    model, row = made("sigmoid"), drawn()
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            parameter.value[...] = 0
    assert np.abs(evidence(model, row).rest).min() > 1e-3


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("digit", [0, 9])
def test_integrated_gradients_are_complete(activation: str, digit: int) -> None:
    model, row = made(activation), drawn()
    found = integrated_gradients(model, row, digit)
    before, after = scores(model, np.stack([np.zeros_like(row), row]))[:, digit]
    assert found.score == pytest.approx(after, abs=1e-5)
    assert found.baseline == pytest.approx(before, abs=1e-5)
    assert found.map.sum() == pytest.approx(after - before, abs=float(0.03 * abs(after - before) + 1e-3))
    assert not found.map[row == 0].any()


def test_integrated_gradients_go_from_the_baseline() -> None:
    model, row, start = made("tanh"), drawn(), drawn(3)
    found = integrated_gradients(model, row, 4, steps=300, baseline=start)
    before, after = scores(model, np.stack([start, row]))[:, 4]
    assert found.map.sum() == pytest.approx(after - before, abs=1e-4)
    assert not integrated_gradients(model, row, 4, baseline=row).map.any()


def test_integrated_gradients_are_the_mean_of_pytorchs_at_the_middles_of_the_parts() -> None:
    model, row = made("gelu"), drawn()
    total = np.zeros(PIXELS)
    for start, end in pairwise(n * n / 25 for n in range(6)):
        x, values = pytorch(model, "gelu", row * ((start + end) / 2))
        values[2].backward()
        total += x.grad.numpy() * (end - start)
    np.testing.assert_allclose(integrated_gradients(model, row, 2, steps=5).map, row * total, rtol=1e-4, atol=1e-6)


@pytest.fixture(scope="module")
def reader() -> Sequential:
    """A network that has learned to read."""
    training = Training(Recipe(hidden=(24,), lr=0.01, epochs=4), built_in()[0])
    while training.step < training.steps:
        training.advance()
    return training.model


@pytest.mark.parametrize("target", range(CLASSES))
def test_the_way_to_another_digit_leads_there(reader: Sequential, target: int) -> None:
    row = rows(built_in()[1].images[:1])[0]
    frames = toward(reader, row, target)
    np.testing.assert_array_equal(frames[0].row, row)
    assert frames[-1].probabilities[target] >= CLEARLY
    assert all(frame.probabilities[target] < CLEARLY for frame in frames[:-1])
    for before, after in pairwise(frames):
        assert after.row.min() >= 0
        assert after.row.max() <= 1
        assert 0 < np.linalg.norm(after.row - before.row) <= 0.5 + 1e-5
        assert np.count_nonzero(after.row != before.row) <= 40
    for frame in frames:
        exact = np.exp(scores(reader, frame.row[None])[0].astype(np.float64))
        np.testing.assert_allclose(frame.probabilities, exact / exact.sum(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("blur", [0.0, 1.0, 2.0])
def test_every_small_step_makes_the_target_likelier(blur: float) -> None:
    frames = toward(made("tanh"), drawn(), 3, steps=20, size=0.05, blur=blur)
    chances = [frame.probabilities[3] for frame in frames]
    assert len(chances) == 21
    assert all(later > earlier for earlier, later in pairwise(chances))


def test_a_step_is_as_its_definition_says() -> None:
    """d = M K M g, with K a matrix of its own and all in float64."""
    model, row = made("tanh"), drawn()
    uphill = -loss_gradient(model, row, 3).astype(np.float64)
    uphill[((row <= 0) & (uphill < 0)) | ((row >= 1) & (uphill > 0))] = 0
    places = np.stack(np.divmod(np.arange(PIXELS), 28), axis=1)
    blurs = np.exp(-((places[:, None] - places) ** 2).sum(axis=2) / 2)
    kept = np.zeros(PIXELS)
    kept[np.argsort(np.abs(uphill * (blurs @ uphill)))[-40:]] = 1
    direction = kept * (blurs @ (kept * uphill))
    expected = np.clip(row + 0.5 * direction / np.linalg.norm(direction), 0, 1)
    np.testing.assert_allclose(toward(model, row, 3, steps=1)[1].row, expected, atol=1e-5)


def test_only_pixels_that_may_move_do_even_where_few_are_left() -> None:
    """Paper that is pushed below 0 is left out, and no blur of its neighbours may bring ink to it."""
    model = network(Recipe(init="zeros"))
    layer = model[0]
    assert isinstance(layer, Linear)
    layer.weight.value[3] = -1
    layer.weight.value[3, [400, 401, 402]] = 1
    frames = toward(model, np.zeros(PIXELS, np.float32), 3, steps=3)
    assert len(frames) > 1
    assert set(np.flatnonzero(frames[-1].row)) == {400, 401, 402}
    assert frames[-1].probabilities[3] > frames[0].probabilities[3]


def test_a_picture_that_cannot_move_stays() -> None:
    model = network(Recipe(init="zeros"))
    assert len(toward(model, drawn(), 3)) == 1
    diverged = made()
    next(diverged.parameters()).value[...] = np.nan
    assert len(toward(diverged, drawn(), 3)) == 1


def test_the_network_is_left_alone() -> None:
    model, row = made(), drawn()
    before = model.state_dict()
    evidence(model, row)
    integrated_gradients(model, row, 1)
    toward(model, row, 2)
    loss_gradient(model, row, 3)
    assert all(np.array_equal(before[name], parameter.data) for name, parameter in model.named_parameters())
    assert all(parameter.grad is None and parameter.requires_grad for parameter in model.parameters())


@pytest.mark.parametrize("digit", [-1, 10])
def test_classes_that_there_are_not_are_refused(digit: int) -> None:
    model, row = made(), drawn()
    for ask in (input_gradient, integrated_gradients, toward, loss_gradient):
        with pytest.raises(LabelError):
            ask(model, row, digit)


def test_a_way_without_points_is_refused() -> None:
    with pytest.raises(EngineError, match="needs points"):
        integrated_gradients(made(), drawn(), 0, steps=0)
