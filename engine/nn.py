"""Networks with PyTorch's names and meanings: modules, layers, activations, losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

import numpy as np

from engine import ops
from engine.errors import EngineError, ShapeError
from engine.init import initial
from engine.op import Array, Op
from engine.tensor import Tensor, apply

WIDE = 64
"""From so many outputs on, a weight lies in memory by inputs: BLAS multiplies that faster (784-128: by a quarter)."""


class Module:
    """A part of a network: its parameters are the tensors and modules among its attributes, named by their place.

    >>> model = Sequential(Linear(2, 3, generator=0), ReLU(), Linear(3, 1, generator=1))
    >>> [name for name, _ in model.named_parameters()]
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """

    def __call__(self, *inputs: Any) -> Tensor:
        """The module's result; the same as `forward`."""
        return self.forward(*inputs)

    def forward(self, *inputs: Any) -> Tensor:
        """The module's result; every module states its own."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly inside, with their names."""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value

    def named_parameters(self, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
        """Every tensor that requires grad, once, under the name of its place, such as "0.weight"."""
        seen: set[int] = set()
        waiting: list[tuple[str, Module]] = [(prefix, self)]
        while waiting:
            place, module = waiting.pop(0)
            for name, value in vars(module).items():
                if isinstance(value, Tensor) and value.requires_grad and id(value) not in seen:
                    seen.add(id(value))
                    yield place + name, value
            waiting[:0] = [(f"{place}{name}.", child) for name, child in module.children()]

    def parameters(self) -> Iterator[Tensor]:
        """Every tensor that requires grad, once."""
        return (parameter for _, parameter in self.named_parameters())

    def zero_grad(self) -> None:
        """Forget the grads of all parameters."""
        for parameter in self.parameters():
            parameter.grad = None

    def state_dict(self) -> dict[str, Array]:
        """Copies of the parameters' values, by name."""
        return {name: parameter.numpy() for name, parameter in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over values by name, in the parameters' own dtype and place; nothing changes where one does not fit."""
        own = dict(self.named_parameters())
        if own.keys() != state.keys():
            raise EngineError("These are another network's parameters", given=", ".join(state), expected=", ".join(own))
        for name, parameter in own.items():
            if np.shape(state[name]) != parameter.shape:
                given, expected = str(np.shape(state[name])), str(parameter.shape)
                raise ShapeError(f"{name} has another shape", given=given, expected=expected)
        for name, parameter in own.items():
            if type(parameter.value) is float:
                parameter.value = float(state[name])
            else:
                parameter.value[...] = state[name]

    def __repr__(self) -> str:
        inside = "".join(f"\n({name}): {child!r}" for name, child in self.children()).replace("\n", "\n  ")
        return f"{type(self).__name__}({self.says()}{inside}\n)" if inside else f"{type(self).__name__}({self.says()})"

    def says(self) -> str:
        """The module's settings, as its repr shows them."""
        return ""


class Linear(Module):
    """y = x @ weight^T + bias: x (..., in), weight (out, in), bias (out,), y (..., out).

    Both start as `init`, a name of `engine.init.INITIALISATIONS`, has it: by default uniform in ±1/sqrt(in), as
    PyTorch's do.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        init: str = "pytorch",
        dtype: Any = np.float32,
        generator: np.random.Generator | int | None = None,
    ) -> None:
        if in_features < 1 or out_features < 1:
            given = f"{in_features} inputs and {out_features} outputs"
            raise ShapeError("A layer has inputs and outputs", given=given, expected="1 or more of each")
        weight, start = initial(init, in_features, out_features, np.random.default_rng(generator), bias=bias)
        order: Literal["C", "F"] = "F" if out_features >= WIDE else "C"
        self.in_features, self.out_features = in_features, out_features
        self.weight = Tensor(weight.astype(dtype, order=order), requires_grad=True, name="weight")
        self.bias: Tensor | None = None
        if start is not None:
            self.bias = Tensor(start.astype(dtype), requires_grad=True, name="bias")

    def forward(self, *inputs: Any) -> Tensor:
        """y = x @ weight^T + bias; the product and the sum are nodes of their own."""
        (x,) = inputs
        product = apply(ops.MATMUL, x, self.weight, transpose_b=True)
        return product if self.bias is None else product + self.bias

    def says(self) -> str:
        """As PyTorch writes it."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Sequential(Module):
    """Modules one after the other, named by their number."""

    def __init__(self, *modules: Module) -> None:
        self._modules = modules
        for name, parameter in self.named_parameters():
            parameter.name = name

    def children(self) -> Iterator[tuple[str, Module]]:
        """The modules, from "0" on."""
        return ((str(index), module) for index, module in enumerate(self._modules))

    def forward(self, *inputs: Any) -> Tensor:
        """The last module's result."""
        (x,) = inputs
        for module in self._modules:
            x = module.forward(x)
        return x if isinstance(x, Tensor) else Tensor(x)

    def __getitem__(self, index: int) -> Module:
        return self._modules[index]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules)


class _OneOp(Module):
    op: ClassVar[Op]

    def forward(self, *inputs: Any) -> Tensor:
        """The op on the inputs."""
        return apply(self.op, *inputs)


class Sigmoid(_OneOp):
    """y = 1 / (1 + exp(-x))."""

    op = ops.SIGMOID


class Tanh(_OneOp):
    """y = tanh(x)."""

    op = ops.TANH


class ReLU(_OneOp):
    """y = max(x, 0)."""

    op = ops.RELU


class GELU(_OneOp):
    """y = x * Phi(x), Phi the normal distribution's cumulative function."""

    op = ops.GELU


class LeakyReLU(Module):
    """y = x where x is positive, else negative_slope * x."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, *inputs: Any) -> Tensor:
        """The op on the inputs."""
        return apply(ops.LEAKY_RELU, *inputs, negative_slope=self.negative_slope)

    def says(self) -> str:
        """The slope."""
        return f"negative_slope={self.negative_slope}"


class CrossEntropyLoss(_OneOp):
    """Mean over the rows of -log softmax(logits)[label]: logits (rows, classes), labels (rows,), result ()."""

    op = ops.CROSS_ENTROPY


class MSELoss(_OneOp):
    """Mean of (prediction - target)^2 over all elements; both of one shape, result ()."""

    op = ops.MSE_LOSS
