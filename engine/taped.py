"""A pass that was made on a tape, as a trace: what a training computed, number by number, to be walked.

Values and grads are the tape's own. Only what it does not keep is computed here, by the ops' own rules: the local
derivatives, and contributions before broadcasting was undone.
"""

from __future__ import annotations

from types import MappingProxyType

from engine.backward import contribution
from engine.errors import GradientError
from engine.graph import Labels, build_graph
from engine.tensor import Tensor
from engine.trace import Recorder, Trace, record_forward


def record_taped(root: Tensor, labels: Labels | None = None) -> Trace:
    """The trace of the latest pass on a tape, from `root` backwards. To be called before the tape's next pass.

        with tape:
            loss = criterion(model(x), y)
            loss.backward()
        trace = record_taped(loss)

    A grad on a tape is the sum of its contributions, so every tensor may have only one: leaves begin without a grad,
    and what nodes make is used once, as in a chain of layers.

    Args:
        root: the scalar that `backward` was called on.
        labels: what is known beyond the tensors.

    Raises:
        GradientError: a tensor that no gradient has reached, or that several nodes contribute to.
    """
    if root.grad is None:
        raise GradientError("No backward pass has been made from here", given=repr(root), expected="root.backward()")
    graph, tensors = build_graph([root], labels)
    values, forward = record_forward(graph, tensors)
    recorder = Recorder(tensors, len(forward))
    recorder.seed(root, root.grad)
    grads = {graph.roots[0]: recorder.freeze(root.grad)}
    for node in reversed(graph.nodes):
        sender = tensors[node.id]
        for port in node.gradient_ports:
            place, target = node.inputs[port], sender.inputs[port]
            if place in grads or target.grad is None:
                raise GradientError(
                    "On a tape contributions are told apart only where there is one",
                    given=f"{'several' if place in grads else 'none'} to {graph[place].name}",
                    expected="one contribution to each tensor",
                )
            raw = target.grad if target.shape == node.shape else contribution(sender, port, sender.grad)[0]
            recorder.contribution(sender, port, sender.grad, raw, target.grad, 1, 1, target.grad)
            grads[place] = recorder.freeze(target.grad)
    return Trace(graph, values, (*forward, *recorder.steps), MappingProxyType(grads))
