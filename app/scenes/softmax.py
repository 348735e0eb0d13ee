"""Softmax and cross-entropy: by parts and fused, and the p - y that both end at."""

from __future__ import annotations

import numpy as np

from app.scene import Check, Choice, Opened, Request, picked
from app.scenes.expression import Lane, record_expressions
from engine.expression import Limits
from engine.trace import Trace

CLASSES = tuple((str(k), f"class {k}") for k in range(3))
PARTS = "by parts"
FUSED = "fused"


class SoftmaxScene:
    """Three scores, one true class, and the same loss computed in two ways."""

    id = "softmax"
    title = "Softmax and cross-entropy"
    says = (
        "Three scores z become probabilities p, and the loss is minus the log of the right one. "
        "After all that calculus the gradient of the scores is simply p − y: what was said minus what was true."
    )
    source = "-sum(y * log(softmax(z)))"
    listed = True

    def open(self, request: Request, limits: Limits) -> Opened:
        """Both lanes over the same scores and the same true class."""
        label = picked(request, "label", CLASSES[1:] + CLASSES[:1])
        true = [float(label == k) for k, _ in CLASSES]
        lanes = [
            Lane("p = softmax(z); L = -sum(y * log(p)); L", PARTS),
            Lane(f"L = cross_entropy(z, {label}); L", FUSED),
        ]
        values = {"z": [2.0, 1.0, -0.5], **request.values, "y": true}
        trace, leaves = record_expressions(lanes, values, limits, data=("y",))
        scores = tuple(leaf for leaf in leaves if leaf.name == "z")
        choice = Choice("label", "The true class", "y is 1 for it and 0 for the others", label, CLASSES)
        return Opened(trace, source=self.source, leaves=scores, choices=(choice,), checks=p_minus_y(trace))


def p_minus_y(trace: Trace) -> tuple[Check, ...]:
    """The gradient of each score, as the fused pass found it, against p - y from the parts."""
    parts, fused = ({n.name: n.id for n in trace.graph if n.lane == lane} for lane in (PARTS, FUSED))
    p, y = (np.asarray(trace.values[parts[name]]) for name in "py")
    grad = np.asarray(trace.grads[fused["z"]])
    return tuple(
        Check(f"score {i}", f"∂L/∂z[{i}]", float(grad[i]), f"p[{i}] − y[{i}]", float(p[i] - y[i]))
        for i in range(grad.size)
    )


SOFTMAX = SoftmaxScene()
