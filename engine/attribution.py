"""Where a score comes from: maps over the inputs of a network, made with the engine's own ops and backward pass.

A network takes rows of inputs x and gives scores f(x), one a class. Its parameters are shared and stay as they are: a
gradient goes to the inputs alone.
"""

from __future__ import annotations

import copy
from typing import NamedTuple

import numpy as np

from engine import nn
from engine.data import SIDE, Labels, Rows
from engine.errors import EngineError, LabelError
from engine.functional import softmax
from engine.op import Array
from engine.tensor import Tensor

CLEARLY = 0.9
"""A class has won where it has this probability."""


class Evidence(NamedTuple):
    """What each input gives to each score.

    Attributes:
        scores: f(x), of shape (classes,).
        gradients: df_c/dx, of shape (classes, inputs).
        maps: x times the gradient, input by input, of shape (classes, inputs).
        rest: what is missing from the sum of each map to its score, float64, of shape (classes,).
    """

    scores: Array
    gradients: Array
    maps: Array
    rest: Array


class Integrated(NamedTuple):
    """Integrated gradients of one score.

    Attributes:
        map: what each input gives, of shape (inputs,).
        score, baseline: f_c(x), and f_c of the baseline; the map's sum comes close to their difference.
    """

    map: Array
    score: float
    baseline: float


class Frame(NamedTuple):
    """A row of inputs on its way to another class, and the probabilities that the network gives it."""

    row: Rows
    probabilities: Array


def input_gradient(model: nn.Sequential, row: Rows, digit: int) -> Array:
    """df_c/dx of the score of the class `digit`: the shape of `row`, (inputs,).

    Simonyan, Vedaldi and Zisserman 2013, "Deep inside convolutional networks", section 3.

    Raises:
        LabelError: the network has no such class.
    """
    (gradient,) = _gradients(model, row[None], digit)
    return np.asarray(gradient)


def evidence(model: nn.Sequential, row: Rows) -> Evidence:
    """What each input of `row`, of shape (inputs,), gives to each score: x_i df_c/dx_i (gradient times input).

    The map and the rest of a class add up to its score by definition. What the rest is depends on the network. Where
    its layers are linear and its activations ReLU, leaky ReLU or none, f is linear on the region around x:
    f_c(x) = sum_i x_i df_c/dx_i + rest_c, and the rest is what the biases give, through the units that are on. One
    linear layer has W[c] * x for a map and b[c] for a rest, wherever x is. With other activations the rest also holds
    what their curvature adds, and the map tells the slope at x, not the way to it: integrated gradients do.

    Shrikumar and others 2016, "Not just a black box"; for ReLU networks the same as layer-wise relevance propagation.
    """
    scores = frozen(model)(row[None]).numpy()[0]
    gradients = _gradients(model, np.repeat(row[None], len(scores), axis=0), np.arange(len(scores)))
    maps = gradients * row
    return Evidence(scores, gradients, maps, scores - maps.sum(axis=1, dtype=np.float64))


def integrated_gradients(
    model: nn.Sequential, row: Rows, digit: int, steps: int = 128, baseline: Rows | None = None
) -> Integrated:
    """The gradient of a score, averaged over the straight way from a baseline x' to `row`, times the difference:

        map_i = (x_i - x'_i) * sum over k = 1..steps of w_k * df_c/dx_i at x' + a_k * (x - x')

    Part k of the way ends at (k / steps)^2, w_k is its length and a_k its middle: the midpoint rule for the integral,
    finer near the baseline, where faint ink turns units on one after the other. All points go through the network as
    one batch. The map adds up to f_c(x) - f_c(x') (completeness) up to the rule's error: none where the slope is the
    same all the way, of the order of 1 / steps where it jumps, as with ReLU.

    Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks".

    Args:
        model: gives the scores.
        row: x, of shape (inputs,).
        digit: the class c.
        steps: points on the way.
        baseline: x', of shape (inputs,); zeros, an empty picture, where none is given.

    Raises:
        EngineError: no points.
        LabelError: the network has no such class.
    """
    if steps < 1:
        raise EngineError("The way needs points", given=str(steps), expected="1 or more")
    start = np.zeros_like(row) if baseline is None else baseline
    ends_of_parts = (np.arange(steps + 1) / steps) ** 2
    share = ((ends_of_parts[1:] + ends_of_parts[:-1]) / 2)[:, None].astype(row.dtype)
    gradients = _gradients(model, start + share * (row - start), digit)
    ends = frozen(model)(np.stack([row, start])).numpy()
    mean = np.diff(ends_of_parts) @ gradients.astype(np.float64)
    return Integrated(((row - start) * mean).astype(row.dtype), float(ends[0, digit]), float(ends[1, digit]))


def toward(
    model: nn.Sequential,
    row: Rows,
    target: int,
    steps: int = 24,
    size: float = 0.5,
    blur: float = 1.0,
    pixels: int = 40,
) -> list[Frame]:
    """Gradient steps on the pixels of a picture that make `target` likelier; the first frame is the picture as it is.

    A step goes up log p(target): x <- clip(x + size * d / |d|, 0, 1) with d = M K M d(log p)/dx. K blurs by a Gaussian,
    and M keeps the pixels that matter most, so that strokes come and go rather than a veil of specks. K is symmetric
    and positive definite and M a projection: d still leads uphill. Pixels that stand at 0 or 1 and are pushed further
    are left out. It ends after `steps`, where the target has won clearly, or where nothing can move any more.

    Args:
        model: gives the scores of rows of 784 pixels from 0 to 1.
        row: the picture, of shape (784,).
        target: the class to make likelier.
        steps: frames after the first, at most.
        size: Euclidean length of a step; a stroke of 20 pixels is one of about 4.
        blur: standard deviation of the Gaussian, in pixels; 0: none.
        pixels: how many a step may change.

    Raises:
        LabelError: the network has no such class.
    """
    kernel = _gaussian(blur)
    frames: list[Frame] = []
    fixed = frozen(model)
    while True:
        x = Tensor(row[None], requires_grad=True)
        scores = fixed(x)
        _check(target, scores.shape[1])
        frames.append(Frame(row, softmax(scores.detach()).numpy()[0]))
        if len(frames) > steps or frames[-1].probabilities[target] >= CLEARLY:
            return frames
        scores.cross_entropy(np.array([target])).backward()
        uphill = -x.grad[0]
        uphill[((row <= 0) & (uphill < 0)) | ((row >= 1) & (uphill > 0))] = 0
        weight = np.abs(uphill * _blurred(uphill, kernel))
        kept = (weight > 0) & (weight >= np.partition(weight, -pixels)[-pixels])
        direction = kept * _blurred(kept * uphill, kernel)
        length = float(np.linalg.norm(direction))
        if not 0 < length < np.inf:
            return frames
        row = np.clip(row + np.float32(size / length) * direction, 0, 1, dtype=np.float32)


def loss_gradient(model: nn.Sequential, row: Rows, label: int) -> Array:
    """dL/dx of the cross-entropy L of one row with its true class: the shape of `row`.

    Raises:
        LabelError: the network has no such class.
    """
    x = Tensor(row[None], requires_grad=True)
    frozen(model)(x).cross_entropy(np.array([label])).backward()
    gradient: Array = x.grad[0]
    return gradient


def frozen(model: nn.Sequential) -> nn.Sequential:
    """The same network, on the same arrays, with nothing in it that asks for a gradient."""
    return nn.Sequential(*(_frozen(module) for module in model))


def _frozen(module: nn.Module) -> nn.Module:
    twin = copy.copy(module)
    for name, value in vars(module).items():
        if isinstance(value, Tensor):
            setattr(twin, name, value.detach())
    return twin


def _gradients(model: nn.Sequential, rows: Rows, digits: int | Labels) -> Array:
    """Of each row the gradient of one score by the row; one backward pass."""
    x = Tensor(rows, requires_grad=True)
    scores = frozen(model)(x)
    if isinstance(digits, int):
        _check(digits, scores.shape[1])
    chosen = np.zeros(scores.shape, scores.dtype)
    chosen[np.arange(len(rows)), digits] = 1  # rows do not meet in a network: each has the gradient of its own score
    scores.backward(chosen)
    return np.asarray(x.grad)


def _check(digit: int, classes: int) -> None:
    if not 0 <= digit < classes:
        raise LabelError("The network has no such class", given=str(digit), expected=f"0 to {classes - 1}")


def _gaussian(blur: float) -> Array:
    """A symmetric matrix of shape (28, 28) that blurs columns from the left, and rows from the right."""
    if not blur:
        return np.eye(SIDE, dtype=np.float32)
    places = np.arange(SIDE)
    kernel: Array = np.exp(-((places[:, None] - places) ** 2) / (2 * blur**2)).astype(np.float32)
    return kernel


def _blurred(row: Array, kernel: Array) -> Array:
    picture = kernel @ row.reshape(SIDE, SIDE) @ kernel
    return np.asarray(picture).ravel()
