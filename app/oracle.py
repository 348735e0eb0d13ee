"""PyTorch's answer for any graph of ours: the third proof, for which PyTorch is imported only when it is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from engine.graph import Graph
from engine.op import Array


@cache
def available() -> bool:
    """Whether PyTorch is installed and works."""
    try:
        import_module("torch")
    except (ImportError, OSError):  # OSError: a library it is linked against is missing
        return False
    return True


def pytorch_gradients(graph: Graph, values: Sequence[Any]) -> dict[int, Array]:
    """dL/dnode for every node that a gradient reaches, by id, L being the sum of the graph's roots.

    The leaves' values go to PyTorch in float64, its own ops make the rest, and its autograd walks back.

    Args:
        graph: whose ops are run by PyTorch.
        values: the value of every node, by id; those of leaves are used.

    Raises:
        ImportError: PyTorch is not installed.
    """
    torch: Any = import_module("torch")
    run = functions()
    reached = {node.inputs[port] for node in graph for port in node.gradient_ports} | set(graph.roots)
    tensors: list[Any] = []
    for node in graph:
        if node.op is None:
            value = np.asarray(values[node.id])
            tensor = torch.tensor(value.astype(np.float64) if value.dtype.kind == "f" else value)
            tensors.append(tensor.requires_grad_(node.id in reached))
        else:
            tensor = run[node.op](*(tensors[i] for i in node.inputs), **node.attrs)
            if node.id in reached:
                tensor.retain_grad()
            tensors.append(tensor)
    sum(tensors[root].sum() for root in graph.roots).backward()
    return {i: tensors[i].grad.numpy() for i in sorted(reached) if tensors[i].grad is not None}


@cache
def functions() -> Mapping[str, Callable[..., Any]]:
    """What PyTorch has for each op: the op's inputs and attributes in, the op's value out."""
    torch: Any = import_module("torch")
    functional = torch.nn.functional

    def axes(a: Any, axis: Any) -> Any:
        return tuple(range(a.ndim)) if axis is None else axis

    def largest(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
        if isinstance(axis, int):
            return a.max(axis, keepdim=keepdims).values
        return a.amax(axes(a, axis), keepdim=keepdims)

    def getitem(a: Any, index: Any) -> Any:
        # NumPy looks the places up, because PyTorch knows no steps backwards.
        places = np.arange(math.prod(a.shape)).reshape(tuple(a.shape))[index]
        return a.reshape(-1)[torch.tensor(np.array(places, order="C"))]

    return {
        "add": torch.add,
        "sub": torch.sub,
        "mul": torch.mul,
        "div": torch.div,
        "neg": torch.neg,
        "pow": torch.pow,
        "maximum": torch.maximum,
        "minimum": torch.minimum,
        "exp": torch.exp,
        "log": torch.log,
        "sqrt": torch.sqrt,
        "abs": torch.abs,
        "sin": torch.sin,
        "cos": torch.cos,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "relu": torch.relu,
        "leaky_relu": functional.leaky_relu,
        "gelu": functional.gelu,
        "softplus": functional.softplus,
        "matmul": lambda a, b, transpose_b=False: a @ (b.mT if transpose_b else b),
        "sum": lambda a, axis=None, keepdims=False: a.sum(axes(a, axis), keepdim=keepdims),
        "mean": lambda a, axis=None, keepdims=False: a.mean(axes(a, axis), keepdim=keepdims),
        "var": lambda a, axis=None, correction=1, keepdims=False: a.var(
            axes(a, axis), correction=correction, keepdim=keepdims
        ),
        "max": largest,
        "min": lambda a, axis=None, keepdims=False: -largest(-a, axis, keepdims),
        "softmax": lambda a, axis=-1: a.softmax(axis),
        "log_softmax": lambda a, axis=-1: a.log_softmax(axis),
        "cross_entropy": lambda logits, labels: functional.cross_entropy(logits, labels.long()),
        "mse_loss": functional.mse_loss,
        "reshape": torch.reshape,
        "transpose": lambda a, axes=None: a.permute(tuple(reversed(range(a.ndim))) if axes is None else axes),
        "broadcast_to": lambda a, shape: torch.broadcast_to(a, shape),
        "getitem": getitem,
        "concatenate": lambda *inputs, axis=0: torch.cat(inputs, axis),
    }
