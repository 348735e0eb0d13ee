"""Proof: a leaf's gradient found three ways, by the engine, by central differences and by PyTorch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app import oracle
from app.protocol import Proof
from engine.differences import central_differences, sample_elements
from engine.graph import Node
from engine.op import Array
from engine.trace import Trace

Prover = Callable[[Trace], tuple[list[Proof], str]]

ELEMENTS = 24
"""Elements of a tensor compared by central differences: each costs four to twenty forward passes."""

TOLERANCE = 1e-6
"""Relative; central differences in float64 are good to about 1e-8, values recorded in float32 to about 1e-7."""


def prove(trace: Trace) -> tuple[list[Proof], str]:
    """Compare the gradient of every leaf and parameter, and say in plain words how it went."""
    pytorch = oracle.pytorch_gradients(trace.graph, trace.values) if oracle.available() else {}
    others = "central differences" + (" and PyTorch" if pytorch else " (PyTorch is not installed)")
    proofs, wrong, kinks = [], [], []
    for node in trace.graph:
        if node.kind in ("leaf", "parameter") and node.id in trace.grads:
            proof, by_differences = _compare(node, trace, pytorch.get(node.id))
            proofs.append(proof)
            if not proof.agree:
                wrong.append(proof.name)
            elif not by_differences:
                kinks.append(proof.name)
    if wrong:
        return proofs, f"The gradient of {', '.join(wrong)} differs from {others}."
    if kinks:
        return proofs, (
            f"PyTorch agrees everywhere. {', '.join(kinks)} stands at a kink, like ReLU at 0, where the slopes on both "
            "sides differ: central differences give their mean."
        )
    return proofs, f"Every gradient agrees with {others}."


def _compare(node: Node, trace: Trace, pytorch: Array | None) -> tuple[Proof, bool]:
    """The proof of one node, and whether central differences agree.

    Where they do not and PyTorch does, the node stands at a kink, and PyTorch decides. The element that differs most
    stands for the whole tensor.
    """
    ours = np.asarray(trace.grads[node.id], dtype=np.float64)
    elements = sample_elements(ours.shape, ELEMENTS, seed=node.id)
    differences = central_differences(trace.graph, trace.values, node.id, elements)
    mine = np.array([ours[e] for e in elements])
    slack = TOLERANCE * max(float(np.abs(ours[np.isfinite(ours)]).max(initial=0.0)), 1e-12)

    def same(a: Array, b: Array) -> bool:
        return bool(np.allclose(a, b, rtol=TOLERANCE, atol=slack, equal_nan=True))

    worst = int(np.argmax(np.nan_to_num(np.abs(mine - differences), nan=np.inf)))
    by_differences = same(mine, differences)
    proof = Proof(
        name=f"{node.name} ({node.lane})" if node.lane else node.name,
        engine=float(mine[worst]),
        differences=float(differences[worst]),
        pytorch=None if pytorch is None else float(np.asarray(pytorch)[elements[worst]]),
        element=list(elements[worst]),
        agree=by_differences if pytorch is None else same(ours, pytorch),
    )
    return proof, by_differences
