"""Softmax and cross-entropy: by parts and fused, and the p - y that both end at."""

from __future__ import annotations

import numpy as np

from app.scene import Check, Opened, Request
from app.scenes.expression import Lane, record_expressions
from engine.expression import Limits
from engine.trace import Trace

PARTS = Lane("p = softmax(z); L = -sum(y * log(p)); L", "by parts")
FUSED = Lane("L = -sum(y * log_softmax(z)); L", "fused")


class SoftmaxScene:
    """Three logits, a one-hot label, and the same loss computed in two ways."""

    id = "softmax"
    title = "Softmax and cross-entropy"
    says = (
        "Three scores z become probabilities p, and the loss is minus the log of the right one. "
        "After all that calculus the gradient of the scores is simply p − y: what was said minus what was true."
    )
    source = "-sum(y * log(softmax(z)))"

    def open(self, request: Request, limits: Limits) -> Opened:
        """Both lanes over the same scores and label."""
        values = {"z": [2.0, 1.0, -0.5], "y": [0.0, 1.0, 0.0], **request.values}
        trace, leaves = record_expressions([PARTS, FUSED], values, limits, data=("y",))
        return Opened(trace, source=self.source, leaves=leaves, checks=p_minus_y(trace))


def p_minus_y(trace: Trace) -> tuple[Check, ...]:
    """The gradient of each score, as the pass found it, against p - y."""
    named = {n.name: n.id for n in trace.graph if n.lane == PARTS.name}
    p, y, grad = (
        np.asarray(v).reshape(-1) for v in (trace.values[named["p"]], trace.values[named["y"]], trace.grads[named["z"]])
    )
    return tuple(
        Check(f"score {i}", f"∂L/∂z[{i}]", float(grad[i]), f"p[{i}] − y[{i}]", float(p[i] - y[i]))
        for i in range(min(len(grad), len(p)))
    )


SOFTMAX = SoftmaxScene()
