"""A place where NumPy says nothing of overflow and NaN, which are answers here."""

from __future__ import annotations

from contextvars import Context

import numpy as np


def quiet_context() -> Context:
    """A context in which NumPy ignores floating-point errors, to `run` calls in.

    Entering `np.errstate` takes several Python calls, which a training step of a small network feels; a context's
    `run` takes none. NumPy keeps its error state in the context. A context serves one call at a time: whoever may be
    used by a thread of its own has one of its own.
    """
    context = Context()
    context.run(np.seterr, all="ignore")
    return context
