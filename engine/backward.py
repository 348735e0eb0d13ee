"""The backward pass: seed, contribution, unbroadcast, accumulate. Rules live in the ops; order and sums live here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from engine.errors import GradientError, ShapeError
from engine.mode import MODE
from engine.op import Shape
from engine.tensor import Tensor
from engine.value import as_value


class BackwardObserver(Protocol):
    """Someone who watches a backward pass without changing it; arguments are the engine's own arrays, to be copied."""

    def seed(self, root: Tensor, grad: Any) -> None:
        """The root's grad was set: dL/dL."""

    def contribution(
        self,
        node: Tensor,
        port: int,
        upstream: Any,
        raw: Any,
        contribution: Any,
        received: int,
        expected: int,
        grad: Any,
    ) -> None:
        """`node` contributed to its input at `port`.

        `raw` is the vjp's result, `contribution` the same after unbroadcast, `received` of `expected` contributions
        have now arrived at that input, and `grad` is their sum.
        """


def topological_order(roots: Sequence[Tensor]) -> list[Tensor]:
    """Every tensor the roots depend on, inputs before the nodes that use them; iterative, so any depth works."""
    order: list[Tensor] = []
    seen: set[int] = set()
    path: list[Tensor] = []
    for root in roots:
        stack: list[Tensor | None] = [root]
        while stack:
            tensor = stack.pop()
            if tensor is None:  # all inputs of the last one on the path are done
                order.append(path.pop())
            elif id(tensor) not in seen:
                seen.add(id(tensor))
                if tensor.inputs:
                    path.append(tensor)
                    stack.append(None)
                    stack.extend(reversed(tensor.inputs))
                else:
                    order.append(tensor)
    return order


def unbroadcast(gradient: Any, shape: Shape) -> Any:
    """Undo broadcasting: sum over the axes along which an input of `shape` was repeated.

    This is the only place where broadcasting is undone.

    Raises:
        GradientError: `gradient` is no broadcast of `shape`; the rule that made it is wrong.
    """
    given = np.shape(gradient)
    if given == shape:
        return gradient
    extra = len(given) - len(shape)
    if extra < 0 or any(n not in (1, m) for n, m in zip(shape, given[extra:], strict=True)):
        raise GradientError(
            "A contribution does not fit the input it is for",
            given=f"shape {given} for an input of shape {shape}",
            expected="the input's shape, or one that it broadcasts to",
        )
    axes = tuple(i for i, m in enumerate(given) if i < extra or shape[i - extra] != m)
    with np.errstate(invalid="ignore"):  # infinities of both signs make NaN, which is the answer
        return as_value(np.sum(gradient, axis=axes, keepdims=True).reshape(shape))


def gradient_wires(node: Tensor) -> list[int]:
    """Ports of `node` along which a gradient flows."""
    op = node.op
    if op is None:
        return []
    ports = op.differentiable
    return [p for p, t in enumerate(node.inputs) if t.requires_grad and (ports is None or p in ports)]


def contribution(node: Tensor, port: int, upstream: Any) -> tuple[Any, Any]:
    """What `node` contributes to the grad of its input at `port`: before and after broadcasting is undone."""
    op = node.op
    assert op is not None
    target = node.inputs[port]
    if node.partials is not None:
        raw = upstream * node.partials[port]
    else:
        raw = op.vjp(port, upstream, node.value, tuple(t.value for t in node.inputs), node.attrs)
    reduced = unbroadcast(raw, target.shape)
    if type(target.value) is float:
        reduced = float(reduced)
    elif reduced.dtype != target.value.dtype:
        reduced = reduced.astype(target.value.dtype)
    return raw, reduced


def accumulate(grad: Any, contribution: Any) -> Any:
    """The grad with one more contribution; None is a grad that nothing has reached yet."""
    return contribution if grad is None else grad + contribution


def seed_for(root: Tensor, gradient: Any = None) -> Any:
    """The gradient that a backward pass starts with: 1 for a scalar, else `gradient`, which has the root's shape.

    Raises:
        GradientError: nothing requires grad, or the root is no scalar and has no seed.
        ShapeError: the seed's shape is not the root's.
    """
    if not root.requires_grad:
        raise GradientError(
            "Nothing here requires a gradient", given=repr(root), expected="a leaf with requires_grad=True"
        )
    if gradient is None:
        if root.shape != ():
            raise GradientError(
                "A gradient can be seeded with 1 only for a scalar",
                given=f"shape {root.shape}",
                expected="a scalar, or backward(gradient) with the root's shape",
            )
        gradient = np.ones((), root.dtype) if root.dtype != np.float64 else 1.0
    seed = as_value(gradient, None if type(gradient) in (float, np.ndarray) else root.dtype)
    if np.shape(seed) != root.shape:
        raise ShapeError(
            "The seed has another shape than the root", given=str(np.shape(seed)), expected=str(root.shape)
        )
    return seed


def backward(
    root: Tensor, gradient: Any = None, *, observer: BackwardObserver | None = None, wait: bool = True
) -> dict[int, Any]:
    """Fill in the grads of everything `root` depends on.

    dL/dinput = sum over the wires from that input of the contributions of the nodes that use it.

    Args:
        root: the L of dL/d...; a scalar unless `gradient` is given.
        gradient: the seed dL/droot, of the root's shape; 1 for a scalar.
        observer: told of the seed and of every contribution.
        wait: whether a node waits for all its contributions before it passes its grad on. False gives the wrong
            gradients of an impatient pass, to show why waiting matters; leaves' `.grad` is left alone then.

    Returns:
        The grad of every tensor reached, by id(tensor). Leaves also accumulate theirs in `.grad`.

    Raises:
        GradientError: nothing requires grad, or the root is no scalar and has no seed.
        ShapeError: the seed's shape is not the root's.
    """
    tape = MODE.get().tape
    if tape is not None and observer is None and wait:
        return tape.backward(root, gradient)
    seed = seed_for(root, gradient)
    order = topological_order([root])
    expected = {id(root): 0}
    reached: list[tuple[Tensor, list[int]]] = []
    for node in reversed(order):
        if id(node) in expected:
            ports = gradient_wires(node)
            reached.append((node, ports))
            for port in ports:
                key = id(node.inputs[port])
                expected[key] = expected.get(key, 0) + 1
    grads: dict[int, Any] = {id(root): seed}
    received: dict[int, int] = {}
    if observer is not None:
        observer.seed(root, seed)

    def send(node: Tensor, port: int, upstream: Any) -> Tensor:
        target = node.inputs[port]
        raw, reduced = contribution(node, port, upstream)
        key = id(target)
        received[key] = received.get(key, 0) + 1
        grads[key] = accumulate(grads.get(key), reduced)
        if observer is not None:
            observer.contribution(node, port, upstream, raw, reduced, received[key], expected[key], grads[key])
        return target

    if not wait:
        stack = [(root, port) for port in reversed(gradient_wires(root))]
        while stack:
            node, port = stack.pop()
            target = send(node, port, grads[id(node)])
            if received[id(target)] == 1:
                stack.extend((target, p) for p in reversed(gradient_wires(target)))
        return grads

    for node, ports in reached:
        upstream, partials = grads[id(node)], node.partials
        if partials is not None and observer is None:
            for port in ports:  # numbers: nothing to unbroadcast, and nobody to tell
                key = id(node.inputs[port])
                grads[key] = grads.get(key, 0.0) + upstream * partials[port]
        else:
            for port in ports:
                send(node, port, upstream)
    for tensor in order:
        if tensor.op is None and id(tensor) in grads:
            grad = grads[id(tensor)]
            tensor.grad = accumulate(tensor.grad, grad)
            if isinstance(tensor.grad, np.ndarray) and tensor.grad is grad:
                tensor.grad = grad.copy()  # an op may have handed the same array to two inputs
    return grads
