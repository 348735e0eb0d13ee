"""THE table: every op, once, a field of calculation a file. Importing it fills the registry."""

from engine.ops.arithmetic import ADD, DIV, MAXIMUM, MINIMUM, MUL, NEG, POW, SUB
from engine.ops.elementwise import (
    ABS,
    COS,
    EXP,
    GELU,
    LEAKY_RELU,
    LOG,
    RELU,
    SIGMOID,
    SIN,
    SOFTPLUS,
    SQRT,
    TANH,
)
from engine.ops.linear import MATMUL
from engine.ops.loss import CROSS_ENTROPY, MSE_LOSS
from engine.ops.reductions import LOG_SOFTMAX, MAX, MEAN, MIN, SOFTMAX, SUM, VAR
from engine.ops.shape import BROADCAST_TO, CONCATENATE, GETITEM, RESHAPE, TRANSPOSE

__all__ = [
    "ABS",
    "ADD",
    "BROADCAST_TO",
    "CONCATENATE",
    "COS",
    "CROSS_ENTROPY",
    "DIV",
    "EXP",
    "GELU",
    "GETITEM",
    "LEAKY_RELU",
    "LOG",
    "LOG_SOFTMAX",
    "MATMUL",
    "MAX",
    "MAXIMUM",
    "MEAN",
    "MIN",
    "MINIMUM",
    "MSE_LOSS",
    "MUL",
    "NEG",
    "POW",
    "RELU",
    "RESHAPE",
    "SIGMOID",
    "SIN",
    "SOFTMAX",
    "SOFTPLUS",
    "SQRT",
    "SUB",
    "SUM",
    "TANH",
    "TRANSPOSE",
    "VAR",
]
