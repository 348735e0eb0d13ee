"""The sigmoid twice: by parts, differentiated by the chain rule, and as one node with its hand-derived rule."""

from __future__ import annotations

from app.scene import Check, Opened, Request
from app.scenes.expression import Lane, record_expressions
from engine.expression import Limits
from engine.trace import Trace

AUTO = Lane("σ = 1 / (1 + exp(-x)); σ", "AutoGrad")
MANUAL = Lane("σ = sigmoid(x); σ", "ManualGrad")


class SigmoidScene:
    """AutoGrad's chain of four ops beside ManualGrad's one; both must end at the same gradient."""

    id = "sigmoid"
    title = "The sigmoid, two ways"
    says = (
        "AutoGrad takes the sigmoid apart into −x, exp, 1+ and 1/ and multiplies four simple derivatives. "
        "ManualGrad knows the answer by heart: σ(1 − σ). Watch them meet at the same number."
    )
    source = "1 / (1 + exp(-x))"
    listed = True

    def open(self, request: Request, limits: Limits) -> Opened:
        """Both lanes over the same x."""
        trace, leaves = record_expressions([AUTO, MANUAL], {"x": 1.5, **request.values}, limits)
        return Opened(trace, source=self.source, leaves=leaves, checks=meeting(trace))


def meeting(trace: Trace) -> tuple[Check, ...]:
    """The value and the gradient that the two lanes agree on."""
    auto_root, manual_root = trace.graph.roots
    auto_x, manual_x = (n.id for n in trace.graph if n.kind == "leaf")
    pairs = (
        ("σ(x)", trace.values[auto_root], trace.values[manual_root]),
        ("∂σ/∂x", trace.grads[auto_x], trace.grads[manual_x]),
    )
    return tuple(Check(label, AUTO.name, float(left), MANUAL.name, float(right)) for label, left, right in pairs)


SIGMOID = SigmoidScene()
