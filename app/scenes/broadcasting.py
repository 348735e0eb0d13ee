"""Broadcasting: one bias added to every row of a batch, and the sum over rows that undoes it on the way back."""

from __future__ import annotations

from app.scenes.expression import ExpressionScene

BROADCASTING = ExpressionScene(
    id="broadcasting",
    title="Broadcasting",
    says=(
        "The bias b has one row, the batch has three: going forward b is repeated for every row. "
        "Going back, each row sends its own gradient and b receives their sum."
    ),
    source="Z = X @ W + b; mean(Z**2)",
    values={
        "X": [[1.0, 2.0], [-1.0, 0.5], [0.0, -1.5]],
        "W": [[0.5, -1.0], [1.0, 0.25]],
        "b": [0.1, -0.2],
    },
    data=("X",),
)
