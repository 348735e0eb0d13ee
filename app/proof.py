"""Proof: a leaf's gradient found three ways, by the engine, by central differences and by PyTorch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from app import oracle
from app.protocol import Proof
from engine.differences import central_differences, in_float64, sample_elements
from engine.graph import Node
from engine.op import Array
from engine.trace import Trace

Prover = Callable[[Trace], tuple[list[Proof], str]]

ELEMENTS = 24
"""Elements of a tensor compared by central differences: each costs four to twenty forward passes."""

SECONDS = 1.5
"""Time for all central differences; a large graph of many names could take minutes, while others wait."""

TOLERANCE = 1e-6
"""Relative; central differences in float64 are good to about 1e-8, values recorded in float32 to about 1e-7."""


def prove(
    trace: Trace, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic
) -> tuple[list[Proof], str]:
    """Compare the gradient of every leaf that has one, parameters and pixels included, and say plainly how it went.

    When the time is over, what PyTorch agrees with is only counted.
    """
    pytorch = oracle.pytorch_gradients(trace.graph, trace.values) if oracle.available() else {}
    end = clock() + seconds
    values = in_float64(trace.graph, trace.values)
    proofs, wrong, kinks, late = [], [], [], 0
    for node in trace.graph:
        if node.op is not None or not np.size(trace.grads.get(node.id, ())):
            continue
        theirs = pytorch.get(node.id)
        if clock() >= end and (theirs is None or _same(_grad(trace, node), theirs)):
            late += 1
            continue
        proof, by_differences = _compare(node, trace, values, theirs, lambda: clock() < end)
        proofs.append(proof)
        if not proof.agree:
            wrong.append(proof.name)
        elif not by_differences:
            kinks.append(proof.name)
    return proofs, _verdict(wrong, kinks, late, pytorch=bool(pytorch))


def _verdict(wrong: Sequence[str], kinks: Sequence[str], late: int, *, pytorch: bool) -> str:
    others = "central differences" + (" and PyTorch" if pytorch else " (PyTorch is not installed)")
    if wrong:
        says = f"The gradient of {', '.join(wrong)} differs from {others}."
    elif kinks:
        says = (
            f"PyTorch agrees everywhere. {', '.join(kinks)} stands at a kink, like ReLU at 0, where the slopes on both "
            "sides differ: central differences give their mean."
        )
    else:
        says = f"Every gradient agrees with {others}."
    if late:
        says += f" For {late} more there was no time" + (", but PyTorch agrees." if pytorch else ".")
    return says


def _grad(trace: Trace, node: Node) -> Array:
    return np.asarray(trace.grads[node.id], dtype=np.float64)


def _same(ours: Array, others: Array, whole: Array | None = None) -> bool:
    """Equal up to `TOLERANCE`, relative to each element or to the largest of the whole gradient that they are of."""
    whole = ours if whole is None else whole
    slack = TOLERANCE * max(float(np.abs(whole[np.isfinite(whole)]).max(initial=0.0)), 1e-12)
    return bool(np.allclose(ours, others, rtol=TOLERANCE, atol=slack, equal_nan=True))


def _compare(
    node: Node, trace: Trace, values: Sequence[Any], pytorch: Array | None, more: Callable[[], bool]
) -> tuple[Proof, bool]:
    """The proof of one node, and whether central differences agree.

    Where they do not and PyTorch does, the node stands at a kink, and PyTorch decides. The element that differs most
    stands for the whole tensor. After the first element, `more` tells whether there is time for another one.
    """
    ours = _grad(trace, node)
    elements = sample_elements(ours.shape, ELEMENTS, seed=node.id)
    found: list[float] = []
    for element in elements:
        if found and not more():
            break
        found += central_differences(trace.graph, values, node.id, [element]).tolist()
    differences = np.array(found)
    mine = np.array([ours[e] for e in elements[: len(found)]])
    with np.errstate(invalid="ignore"):  # infinities on both sides
        worst = int(np.argmax(np.nan_to_num(np.abs(mine - differences), nan=np.inf)))
    by_differences = _same(mine, differences, ours)
    proof = Proof(
        name=f"{node.name} ({node.lane})" if node.lane else node.name,
        engine=float(mine[worst]),
        differences=float(differences[worst]),
        pytorch=None if pytorch is None else float(np.asarray(pytorch)[elements[worst]]),
        element=list(elements[worst]),
        agree=by_differences if pytorch is None else _same(ours, pytorch),
    )
    return proof, by_differences
