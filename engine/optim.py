"""Optimizers with PyTorch's names, defaults and meanings: each update rule once, as a formula and as in-place passes.

All parameters lie in one vector (engine.flat), and an update walks over it in chunks that stay in the cache: an
optimizer's work is memory traffic. In every formula p is the parameter, g its grad, and t the number of the step.
Where a rule has `weight_decay` and does not say otherwise, g is first replaced by g + weight_decay * p.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from engine.buffers import aligned
from engine.errors import EngineError
from engine.flat import FlatParameters, named
from engine.op import Array
from engine.quiet import quiet_context
from engine.tensor import Tensor

Parameters = Iterable[Tensor] | Iterable[tuple[str, Tensor]]
"""Tensors, or pairs of name and tensor as `Module.named_parameters` gives them."""

CHUNK = 1 << 16
"""Elements of a chunk: with grad, two states and scratch 1.3 megabytes in float32, which a second-level cache holds."""


class Optimizer:
    """What all update rules share: the flat vector, its chunks, the states and the counts of steps.

    A rule states which vectors it keeps (`_keep`) and how one chunk is updated (`_update`).

    Attributes:
        lr: the learning rate; may be set between steps.
        names: the parameters' names, in order.
        state: the rule's vectors by PyTorch's name for them, an element for each of the parameters', as they are kept.
    """

    decoupled: ClassVar[bool] = False
    """Whether weight decay shrinks the parameter itself instead of adding to its grad."""

    def __init__(self, parameters: Parameters, lr: float, weight_decay: float, *, maximize: bool) -> None:
        _check(lr=lr, weight_decay=weight_decay)
        self.lr = lr
        self.weight_decay = weight_decay
        self.maximize = maximize
        self.names, self.parameters = named(parameters)
        self._flat = FlatParameters(self.parameters)
        self._quiet = quiet_context()
        self.state: dict[str, Array] = {}
        size, dtype = min(CHUNK, self._flat.values.size), self._flat.values.dtype
        self._spare, self._scratch = aligned((size,), dtype), aligned((size,), dtype)
        self._cut: dict[tuple[int, int], list[list[Array]]] = {}

    def zero_grad(self) -> None:
        """Forget the grads of all parameters."""
        for parameter in self.parameters:
            parameter.grad = None

    def step(self) -> None:
        """Update every parameter that has a grad."""
        self._quiet.run(self._advance)  # infinities and NaN are to be seen in the parameters, not in the log

    def _advance(self) -> None:
        for start, stop, step in self._flat.gather():
            for p, g, *states in self._chunks(start, stop):
                self._update(step, p, self._gradient(p, g), *states)
        self._flat.scatter()

    def steps(self) -> dict[str, int]:
        """How many updates each parameter has had, by name."""
        return dict(zip(self.names, self._flat.steps, strict=True))

    def state_of(self, name: str) -> dict[str, Array]:
        """The rule's states of one parameter as PyTorch means them, in its shape; copies."""
        index = self.names.index(name)
        return {key: self._flat.views(vector)[index] * self._unit(key) for key, vector in self.state.items()}

    def _unit(self, key: str) -> float:
        """What a state is kept in units of."""
        del key
        return 1.0

    def factors(self, step: int) -> dict[str, float]:
        """The numbers besides the states that the rule uses at a step, by name."""
        return {"lr": self.lr, "step": float(step)}

    def state_dict(self) -> dict[str, Any]:
        """Everything a run needs to go on from here, as copies."""
        return {
            "lr": self.lr,
            "steps": self.steps(),
            "state": {key: vector.copy() for key, vector in self.state.items()},
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from what `state_dict` returned."""
        kept = state["state"]
        if list(state["steps"]) != self.names or kept.keys() != self.state.keys():
            raise EngineError(
                "This state belongs to other parameters or another rule",
                given=f"{', '.join(kept)} of {', '.join(state['steps'])}",
                expected=f"{', '.join(self.state)} of {', '.join(self.names)}",
            )
        self.lr = state["lr"]
        self._flat.steps[:] = [state["steps"][name] for name in self.names]
        for key, vector in self.state.items():
            vector[...] = kept[key]

    def _chunks(self, start: int, stop: int) -> list[list[Array]]:
        """Values, grads, scratch and states from start to stop, in chunks; the views are made once."""
        chunks = self._cut.get((start, stop))
        if chunks is None:
            slices = [slice(at, min(at + CHUNK, stop)) for at in range(start, stop, CHUNK)]
            vectors = (self._flat.values, self._flat.grads), self.state.values()
            chunks = self._cut[start, stop] = [
                [*(v[cut] for v in vectors[0]), self._scratch[: cut.stop - cut.start], *(v[cut] for v in vectors[1])]
                for cut in slices
            ]
        return chunks

    def _keep(self, name: str, start: float = 0.0) -> None:
        self.state[name] = aligned(self._flat.values.shape, self._flat.values.dtype)
        self.state[name].fill(start)

    def _gradient(self, p: Array, g: Array) -> Array:
        """The grad a rule works with: its sign turned where the aim is a maximum, weight decay added; `.grad` stays."""
        if self.maximize:
            g = np.negative(g, out=self._spare[: g.size])
        if self.weight_decay and not self.decoupled:
            s = self._scratch[: p.size]
            g = np.add(g, np.multiply(p, self.weight_decay, out=s), out=self._spare[: g.size])
        return g

    def _update(self, step: int, p: Array, g: Array, s: Array, *states: Array) -> None:
        """Update `p` and the states in place; `s` is scratch of the same size, `g` is only read."""
        raise NotImplementedError


class SGD(Optimizer):
    """Stochastic gradient descent.

    b = g at the first step, then b = momentum * b + (1 - dampening) * g
    p = p - lr * b, or with Nesterov's look ahead p = p - lr * (g + momentum * b); without momentum p = p - lr * g

    Source: Sutskever et al., On the importance of initialization and momentum in deep learning, ICML 2013.
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        _check(momentum=momentum)
        if nesterov and (momentum == 0.0 or dampening != 0.0):
            raise EngineError(
                "Nesterov's look ahead follows the momentum", given=f"momentum {momentum}, dampening {dampening}",
                expected="a momentum and no dampening",
            )  # fmt: skip
        super().__init__(parameters, lr, weight_decay, maximize=maximize)
        self.momentum, self.dampening, self.nesterov = momentum, dampening, nesterov
        if momentum:
            self._keep("momentum_buffer")

    def _update(self, step: int, p: Array, g: Array, s: Array, *states: Array) -> None:
        lr, momentum = self.lr, self.momentum
        if not states:
            p -= np.multiply(g, lr, out=s)
            return
        (b,) = states
        if step == 1:
            b[...] = g
        else:
            b *= momentum
            b += np.multiply(g, 1.0 - self.dampening, out=s)
        if self.nesterov:
            np.multiply(b, momentum, out=s)
            s += g
            s *= lr
        else:
            np.multiply(b, lr, out=s)
        p -= s


class Adagrad(Optimizer):
    """Adagrad: the larger the grads of an element have been, the smaller its steps.

    v = v + g^2
    p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(v) + eps)

    Source: Duchi, Hazan and Singer, Adaptive Subgradient Methods, JMLR 2011.
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        _check(lr_decay=lr_decay, initial_accumulator_value=initial_accumulator_value, eps=eps)
        super().__init__(parameters, lr, weight_decay, maximize=maximize)
        self.lr_decay, self.eps = lr_decay, eps
        self._keep("sum", initial_accumulator_value)

    def factors(self, step: int) -> dict[str, float]:
        """The learning rate after its decay, as `step_size`."""
        return super().factors(step) | {"step_size": self.lr / (1.0 + (step - 1) * self.lr_decay)}

    def _update(self, step: int, p: Array, g: Array, s: Array, *states: Array) -> None:
        (v,) = states
        v += np.multiply(g, g, out=s)
        np.sqrt(v, out=s)
        s += self.eps
        np.divide(g, s, out=s)
        s *= self.factors(step)["step_size"]
        p -= s


class RMSprop(Optimizer):
    """RMSprop: steps in units of the grad's recent size.

    v = alpha * v + (1 - alpha) * g^2
    centered: a = alpha * a + (1 - alpha) * g, and d = sqrt(v - a^2) + eps; else d = sqrt(v) + eps
    with momentum: b = momentum * b + g / d, p = p - lr * b; else p = p - lr * g / d

    Source: Hinton, Neural Networks for Machine Learning, lecture 6e, 2012; centered: Graves, arXiv 1308.0850.
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        _check(alpha=alpha, eps=eps, momentum=momentum)
        super().__init__(parameters, lr, weight_decay, maximize=maximize)
        self.alpha, self.eps, self.momentum, self.centered = alpha, eps, momentum, centered
        self._keep("square_avg")
        if momentum:
            self._keep("momentum_buffer")
        if centered:
            self._keep("grad_avg")

    def _update(self, step: int, p: Array, g: Array, s: Array, *states: Array) -> None:
        del step
        alpha, v = self.alpha, states[0]
        v *= alpha
        np.multiply(g, g, out=s)
        s *= 1.0 - alpha
        v += s
        if self.centered:
            a = states[-1]
            a *= alpha
            a += np.multiply(g, 1.0 - alpha, out=s)
            np.multiply(a, a, out=s)
            np.subtract(v, s, out=s)
            np.sqrt(s, out=s)
        else:
            np.sqrt(v, out=s)
        s += self.eps
        np.divide(g, s, out=s)
        if self.momentum:
            b = states[1]
            b *= self.momentum
            b += s
            np.multiply(b, self.lr, out=s)
        else:
            s *= self.lr
        p -= s


RMSProp = RMSprop


class Adadelta(Optimizer):
    """Adadelta: the step in the units of the parameter, from the recent sizes of steps and grads.

    v = rho * v + (1 - rho) * g^2
    d = sqrt(u + eps) / sqrt(v + eps) * g
    u = rho * u + (1 - rho) * d^2
    p = p - lr * d

    Source: Zeiler, ADADELTA: An Adaptive Learning Rate Method, arXiv 1212.5701.
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        _check(rho=rho, eps=eps)
        super().__init__(parameters, lr, weight_decay, maximize=maximize)
        self.rho, self.eps = rho, eps
        self._keep("square_avg")
        self._keep("acc_delta")
        self._step = aligned(self._scratch.shape, self._scratch.dtype)

    def _update(self, step: int, p: Array, g: Array, s: Array, *states: Array) -> None:
        del step
        rho, eps, (v, u), d = self.rho, self.eps, states, self._step[: p.size]
        v *= rho
        np.multiply(g, g, out=s)
        s *= 1.0 - rho
        v += s
        np.add(u, eps, out=d)
        np.sqrt(d, out=d)
        np.add(v, eps, out=s)
        np.sqrt(s, out=s)
        d /= s
        d *= g
        u *= rho
        np.multiply(d, d, out=s)
        s *= 1.0 - rho
        u += s
        d *= self.lr
        p -= d


class Adam(Optimizer):
    """Adam: momentum, in units of the grad's recent size, both corrected for their start at zero.

    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g^2
    p = p - lr * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
    amsgrad: the largest v so far stands in the place of v.

    Source: Kingma and Ba, Adam: A Method for Stochastic Optimization, arXiv 1412.6980; amsgrad: Reddi, Kale and Kumar,
    On the Convergence of Adam and Beyond, arXiv 1904.09237.
    """

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        _check(eps=eps)
        if not all(0.0 <= beta < 1.0 for beta in betas):
            raise EngineError("Betas are shares", given=str(betas), expected="two numbers from 0 to below 1")
        super().__init__(parameters, lr, weight_decay, maximize=maximize)
        self.betas, self.eps, self.amsgrad = betas, eps, amsgrad
        self._keep("exp_avg")
        self._keep("exp_avg_sq")
        if amsgrad:
            self._keep("max_exp_avg_sq")

    def factors(self, step: int) -> dict[str, float]:
        """The two corrections 1 - beta^t beside the learning rate."""
        beta1, beta2 = self.betas
        return super().factors(step) | {"bias_correction1": 1.0 - beta1**step, "bias_correction2": 1.0 - beta2**step}

    def _unit(self, key: str) -> float:
        return 1.0 - self.betas[0] if key == "exp_avg" else 1.0 - self.betas[1]

    def _update(self, step: int, p: Array, g: Array, s: Array, *states: Array) -> None:
        # Kept are m / (1 - beta1) and v / (1 - beta2): three passes less, and the same p once the units cancel.
        (beta1, beta2), (m, v) = self.betas, states[:2]
        unit = ((1.0 - beta2**step) / (1.0 - beta2)) ** 0.5
        if self.decoupled:
            p *= 1.0 - self.lr * self.weight_decay
        m *= beta1
        m += g
        v *= beta2
        v += np.multiply(g, g, out=s)
        if self.amsgrad:
            v = np.maximum(states[2], v, out=states[2])
        np.sqrt(v, out=s)
        s += self.eps * unit
        np.divide(m, s, out=s)
        s *= self.lr * unit * (1.0 - beta1) / (1.0 - beta1**step)
        p -= s


class AdamW(Adam):
    """Adam with decoupled weight decay: before Adam's step, p = p - lr * weight_decay * p.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, arXiv 1711.05101.
    """

    decoupled = True

    def __init__(
        self,
        parameters: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(parameters, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)


def _check(**options: float) -> None:
    """Refuse negative options, by name."""
    for name, value in options.items():
        if not value >= 0.0:
            raise EngineError(f"{name} is negative", given=str(value), expected="0 or more")
