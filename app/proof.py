"""Proof: a leaf's gradient found three ways, by the engine, by central differences and by PyTorch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from engine.differences import central_differences

from app import oracle
from app.protocol import Proof
from engine.op import Array
from engine.trace import Trace

Prover = Callable[[Trace], tuple[list[Proof], str]]

ELEMENTS = 24
"""Elements of a tensor compared by central differences: each costs two forward passes."""

TOLERANCE = 1e-6
"""Relative; central differences in float64 are good to about 1e-8, values recorded in float32 to about 1e-7."""


def prove(trace: Trace) -> tuple[list[Proof], str]:
    """Compare the gradient of every leaf and parameter, and say in plain words how it went."""
    pytorch = oracle.pytorch_gradients(trace.graph, trace.values) if oracle.available() else None
    proofs = [
        _compare(
            node.id,
            node.name if not node.lane else f"{node.name} ({node.lane})",
            trace,
            None if pytorch is None else pytorch[node.id],
        )
        for node in trace.graph
        if node.kind in ("leaf", "parameter") and node.id in trace.grads
    ]
    others = "central differences" + (" and PyTorch" if pytorch is not None else " (PyTorch is not installed)")
    wrong = [p.name for p in proofs if not p.agree]
    if wrong:
        return proofs, f"The gradient of {', '.join(wrong)} differs from {others}."
    return proofs, f"Every gradient agrees with {others}."


def _compare(node: int, name: str, trace: Trace, pytorch: Array | None) -> Proof:
    """The element that differs most from what others found stands for the whole tensor."""
    ours = np.asarray(trace.grads[node], dtype=np.float64)
    rng = np.random.default_rng(node)
    flat = np.arange(ours.size) if ours.size <= ELEMENTS else rng.choice(ours.size, ELEMENTS, replace=False)
    elements = [tuple(int(i) for i in np.unravel_index(f, ours.shape)) for f in flat]
    differences = central_differences(trace.graph, trace.values, node, elements)
    mine = np.array([ours[e] for e in elements])
    scale = max(float(np.abs(ours[np.isfinite(ours)]).max(initial=0.0)), 1e-12)
    worst = int(np.argmax(np.nan_to_num(np.abs(mine - differences), nan=np.inf)))
    agree = bool(np.allclose(mine, differences, rtol=TOLERANCE, atol=TOLERANCE * scale, equal_nan=True))
    if pytorch is not None:
        agree = agree and bool(np.allclose(ours, pytorch, rtol=TOLERANCE, atol=TOLERANCE * scale, equal_nan=True))
    element = elements[worst]
    return Proof(
        name=name,
        engine=float(mine[worst]),
        differences=float(differences[worst]),
        pytorch=None if pytorch is None else float(np.asarray(pytorch)[element]),
        element=list(element),
        agree=agree,
    )
