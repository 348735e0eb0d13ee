"""A small autograd engine on NumPy: tensors of any shape, PyTorch's names, every op defined once.

>>> from engine import Tensor
>>> x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
>>> (x * x).sum().backward()
>>> x.grad.tolist()
[2.0, 4.0, 6.0]
"""

from engine import functional as F
from engine.errors import EngineError, GradientError, LabelError, LimitError, ShapeError
from engine.functional import cat, concatenate
from engine.mode import keep_graph, no_grad
from engine.op import OPS
from engine.tensor import Tensor

__all__ = [
    "OPS",
    "EngineError",
    "F",
    "GradientError",
    "LabelError",
    "LimitError",
    "ShapeError",
    "Tensor",
    "cat",
    "concatenate",
    "keep_graph",
    "no_grad",
]
