"""Layers whose backward passes are written by hand, with NumPy alone: what one writes before there is an autograd.

Each keeps from its forward pass what its backward pass needs. `backward` takes the upstream gradient dL/dy, an array of
the shape of the layer's result y, keeps the grads of the layer's own parameters, and gives back dL/dx for the layer
before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from engine.op import Array


class ManualLayer(Protocol):
    """What a network is made of."""

    def forward(self, x: Array) -> Array:
        """The layer's result y."""
        ...

    def backward(self, upstream: Array) -> Array:
        """dL/dx from dL/dy."""
        ...


class ManualLinear:
    """y = x @ weight^T + bias: x (n, in), weight (out, in), bias (out,), y (n, out)."""

    def __init__(self, weight: Array, bias: Array) -> None:
        self.weight, self.bias = weight, bias
        self.weight_grad, self.bias_grad = np.zeros_like(weight), np.zeros_like(bias)

    def forward(self, x: Array) -> Array:
        """y = x W^T + b."""
        self.x = x
        y: Array = x @ self.weight.T + self.bias
        return y

    def backward(self, upstream: Array) -> Array:
        """dL/dW = (dL/dy)^T x; dL/db = the sum of the rows of dL/dy; dL/dx = dL/dy W."""
        self.weight_grad = upstream.T @ self.x
        self.bias_grad = upstream.sum(axis=0)
        return upstream @ self.weight


class ManualSigmoid:
    """y = 1 / (1 + exp(-x)), element by element."""

    def forward(self, x: Array) -> Array:
        """y = sigmoid(x)."""
        self.y = 1.0 / (1.0 + np.exp(-x))
        return self.y

    def backward(self, upstream: Array) -> Array:
        """dL/dx = dL/dy * y (1 - y)."""
        return upstream * self.y * (1.0 - self.y)


class ManualMSE:
    """L = mean((prediction - target)^2) over all n elements."""

    def forward(self, prediction: Array, target: Array) -> float:
        """The loss, a number."""
        self.error = prediction - target
        return float(np.mean(self.error**2))

    def backward(self) -> Array:
        """dL/dprediction = 2 / n * (prediction - target)."""
        return 2.0 / self.error.size * self.error


class ManualNetwork:
    """Layers one after the other; the backward pass asks them from the last to the first."""

    def __init__(self, layers: Sequence[ManualLayer]) -> None:
        self.layers = tuple(layers)

    def forward(self, x: Array) -> Array:
        """The last layer's result."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, upstream: Array) -> Array:
        """dL/dx of the network; every layer keeps the grads of its parameters."""
        for layer in reversed(self.layers):
            upstream = layer.backward(upstream)
        return upstream
