"""Copies of everything a pass computed, in arrays that the next copy uses again. Nothing until it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.buffers import aligned
from engine.tensor import Tensor


class Recording:
    """Value and grad of every node of a tape and of every leaf they use, as copies."""

    def __init__(self, nodes: Sequence[Tensor]) -> None:
        leaves = {id(t): t for node in nodes for t in node.inputs if t.op is None}
        self.tensors = (*leaves.values(), *nodes)
        self._nodes = list(nodes)
        self._inputs = [node.inputs for node in nodes]
        self.values: dict[int, Any] = {}
        self.grads: dict[int, Any] = {}

    def value(self, tensor: Tensor) -> Any:
        """The tensor's value when it was recorded."""
        return self.values[id(tensor)]

    def grad(self, tensor: Tensor) -> Any:
        """The tensor's grad when it was recorded, or None where it had none."""
        return self.grads[id(tensor)]

    def fits(self, nodes: Sequence[Tensor]) -> bool:
        """Whether the same tensors are to be copied."""
        return self._nodes == nodes and self._inputs == [node.inputs for node in nodes]

    def copy(self) -> None:
        """Copy all values and grads as they are now."""
        copies: dict[int, Any] = {}  # a grad that was handed on whole is one array in several places
        for tensor in self.tensors:
            key, grad = id(tensor), tensor.grad
            self.values[key] = into(self.values.get(key), tensor.value)
            if type(grad) is np.ndarray:
                if (copy := copies.get(id(grad))) is None:
                    copy = copies[id(grad)] = into(self.grads.get(key), grad)
                self.grads[key] = copy
            else:
                self.grads[key] = grad


def into(slot: Any, source: Any) -> Any:
    """A copy of `source`, in `slot` where that has its shape and type; numbers and None are themselves."""
    if type(source) is not np.ndarray:
        return source
    if type(slot) is not np.ndarray or slot.shape != source.shape or slot.dtype != source.dtype:
        # A slot in the source's own memory order is filled in one sweep.
        in_columns = source.flags.f_contiguous and not source.flags.c_contiguous
        slot = aligned(source.T.shape, source.dtype).T if in_columns else aligned(source.shape, source.dtype)
    np.copyto(slot, source)
    return slot
