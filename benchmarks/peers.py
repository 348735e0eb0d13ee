"""One MNIST training step by ours and by each peer: the same start, the same batches, the same Adam.

Steps return the loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from engine.buffers import aligned

Array = np.ndarray[Any, np.dtype[Any]]
Train = Callable[[], float]
LR, BETA1, BETA2, EPS = 1e-3, 0.9, 0.999, 1e-8
BATCH = 100


class Task(NamedTuple):
    """Layer sizes, start of each layer as (weight (out, in), bias (out,)), and batches that are walked in a circle."""

    sizes: Sequence[int]
    layers: list[tuple[Array, Array]]
    batches: list[tuple[Array, Array]]


def task(sizes: Sequence[int], seed: int = 0, batches: int = 5) -> Task:
    """Numbers like MNIST's: four fifths of the pixels are 0."""
    rng = np.random.default_rng(seed)
    layers = []
    for a, b in pairwise(sizes):
        bound = a**-0.5
        layers.append(
            (rng.uniform(-bound, bound, (b, a)).astype(np.float32), rng.uniform(-bound, bound, b).astype(np.float32))
        )
    data = []
    for _ in range(batches):
        x = rng.random((BATCH, sizes[0]), dtype=np.float32)
        data.append((x * (rng.random(x.shape) < 0.2), rng.integers(0, sizes[-1], BATCH)))
    return Task(sizes, layers, [(np.ascontiguousarray(x, np.float32), y) for x, y in data])


class Circle:
    """The batches, one after the other, again and again."""

    def __init__(self, batches: Sequence[Any]) -> None:
        self.batches = batches
        self.at = -1

    def next(self) -> Any:
        """The next batch."""
        self.at = (self.at + 1) % len(self.batches)
        return self.batches[self.at]


class Gradwalk:
    """Ours, on a tape."""

    def __init__(self, given: Task) -> None:
        from engine import nn, optim
        from engine.tape import Tape
        from engine.tensor import Tensor

        modules: list[nn.Module] = []
        for index, (weight, _) in enumerate(given.layers):
            modules += [nn.ReLU()] * bool(index) + [nn.Linear(weight.shape[1], weight.shape[0])]
        self.model, self.criterion, self.tape = nn.Sequential(*modules), nn.CrossEntropyLoss(), Tape()
        for tensor, start in zip(self.model.parameters(), (a for layer in given.layers for a in layer), strict=True):
            tensor.data[...] = start
        self.optimizer = optim.Adam(self.model.parameters(), lr=LR)
        self.circle = Circle(given.batches)
        self.x, self.labels = (Tensor(array) for array in given.batches[0])

    def __call__(self) -> float:
        """A step; its loss."""
        self.x.data, self.labels.data = self.circle.next()
        self.optimizer.zero_grad()
        with self.tape:
            loss = self.criterion(self.model(self.x), self.labels)
            loss.backward()
        self.optimizer.step()
        return loss.item()


def by_hand(given: Task) -> Train:
    """NumPy without a graph: forward, backward and Adam written out, buffers preallocated, parameters in one vector."""
    f4 = np.float32
    size = sum(w.size + b.size for w, b in given.layers)
    flat, grads, m, v, s = (np.zeros(size, f4) for _ in range(5))
    layers, at = [], 0
    for weight, bias in given.layers:
        n, (rows, columns) = weight.size, weight.shape
        w, dw = (a[at : at + n].reshape(rows, columns) for a in (flat, grads))
        b, db = (a[at + n : at + n + rows] for a in (flat, grads))
        w[...], b[...] = weight, bias
        at += n + rows
        z, dz, positive = np.empty((BATCH, rows), f4), np.empty((BATCH, rows), f4), np.empty((BATCH, rows), bool)
        layers.append((w, b, dw, db, z, dz, positive))
    row, picked = np.arange(BATCH) * given.sizes[-1], np.empty(BATCH, np.intp)
    largest, total, exp = np.empty((BATCH, 1), f4), np.empty((BATCH, 1), f4), np.empty((BATCH, given.sizes[-1]), f4)
    circle, last, t = Circle(given.batches), len(layers) - 1, 0

    def step() -> float:
        nonlocal t
        t += 1
        x, labels = circle.next()
        h = x
        for i, (w, b, _, _, z, _, positive) in enumerate(layers):
            np.matmul(h, w.T, out=z)
            z += b
            if i < last:
                np.greater(z, 0.0, out=positive)
                np.maximum(z, 0.0, out=z)
            h = z
        np.maximum.reduce(h, axis=1, keepdims=True, out=largest)
        h -= largest
        np.exp(h, out=exp)
        np.add.reduce(exp, axis=1, keepdims=True, out=total)
        np.add(row, labels, out=picked)
        loss = (np.add.reduce(np.log(total, out=largest), axis=None) - np.add.reduce(h.take(picked))) / BATCH
        dz = layers[last][5]
        np.multiply(exp, np.divide(1 / BATCH, total, out=total), out=dz)
        dz.reshape(-1)[picked] -= 1 / BATCH
        for i in range(last, -1, -1):
            w, _, dw, db, _, dz, _ = layers[i]
            np.matmul(dz.T, layers[i - 1][4] if i else x, out=dw)
            np.add.reduce(dz, axis=0, out=db)
            if i:
                before = layers[i - 1]
                np.matmul(dz, w, out=before[5])
                np.multiply(before[5], before[6], out=before[5])
        adam(t, flat, grads, m, v, s)
        return float(loss)

    return step


def adam(t: int, p: Array, g: Array, m: Array, v: Array, s: Array) -> None:
    """Adam in place; `s` is scratch."""
    correction = (1 - BETA2**t) ** 0.5
    m *= BETA1
    m += np.multiply(g, 1 - BETA1, out=s)
    v *= BETA2
    np.multiply(g, g, out=s)
    s *= 1 - BETA2
    v += s
    np.sqrt(v, out=s)
    s += EPS * correction
    np.divide(m, s, out=s)
    s *= LR * correction / (1 - BETA1**t)
    p -= s


def by_hand_with_our_means(given: Task) -> Train:
    """The calls that gradwalk makes, written out in a row: what is left between the two is the price of the graph.

    Wide weights by inputs, Adam's sums in chunks that stay in the cache, cross-entropy by class, biases through BLAS,
    buffers that begin at cache lines.
    """
    f4 = np.float32
    size = sum(w.size + b.size for w, b in given.layers)
    chunk = 1 << 16
    flat, grads, m, v, spare = (aligned((n,), f4) for n in (size, size, size, size, min(chunk, size)))
    m[...] = v[...] = 0.0
    layers, at = [], 0
    for weight, bias in given.layers:
        n, (rows, columns) = weight.size, weight.shape
        if rows >= 64:
            w, dw = (a[at : at + n].reshape(columns, rows).T for a in (flat, grads))
        else:
            w, dw = (a[at : at + n].reshape(rows, columns) for a in (flat, grads))
        b, db = (a[at + n : at + n + rows] for a in (flat, grads))
        w[...], b[...] = weight, bias
        at += n + rows
        z, dz, positive = (aligned((BATCH, rows), dtype) for dtype in (f4, f4, bool))
        layers.append((w, b, dw, db, z, dz, positive))
    classes, last = given.sizes[-1], len(layers) - 1
    ones, row, picked, zero = np.ones(BATCH, f4), np.arange(BATCH), np.empty(BATCH, np.intp), np.zeros((), f4)
    shifted, exp, grad = (aligned((classes, BATCH), f4) for _ in range(3))
    total, one, share, elements = np.empty(BATCH, f4), np.empty(BATCH, f4), f4(1 / BATCH), grad.reshape(-1)
    by_class, grad_by_class = layers[last][4].T, layers[last][5].T
    cuts = [slice(i, min(i + chunk, size)) for i in range(0, size, chunk)]
    chunks = [(flat[c], grads[c], m[c], v[c], spare[: c.stop - c.start]) for c in cuts]
    circle, t = Circle(given.batches), 0

    def step() -> float:
        nonlocal t
        t += 1
        x, labels = circle.next()
        h = x
        for i, (w, b, _, _, z, _, positive) in enumerate(layers):
            np.matmul(h, w.T, out=z)
            np.add(z, b, out=z)
            if i < last:
                np.greater(z, zero, out=positive)
                np.maximum(z, zero, out=z)
            h = z
        np.multiply(labels, BATCH, out=picked)
        np.add(picked, row, out=picked)
        np.copyto(shifted, by_class)
        np.maximum.reduce(shifted, axis=0, out=one)
        np.subtract(shifted, one, out=shifted)
        np.exp(shifted, out=exp)
        np.add.reduce(exp, axis=0, out=total)
        np.log(total, out=one)
        np.subtract(one, shifted.take(picked), out=one)
        loss = np.add.reduce(one) / BATCH
        np.multiply(exp, np.divide(share, total, out=one), out=grad)
        elements[picked] -= share
        np.copyto(grad_by_class, grad)
        for i in range(last, -1, -1):
            w, _, dw, db, _, dz, _ = layers[i]
            np.matmul(dz.T, layers[i - 1][4] if i else x, out=dw)
            np.dot(ones, dz, out=db)
            if i:
                before = layers[i - 1]
                np.matmul(dz, w, out=before[5])
                np.multiply(before[5], before[6], out=before[5])
        unit = ((1 - BETA2**t) / (1 - BETA2)) ** 0.5
        rate = LR * unit * (1 - BETA1) / (1 - BETA1**t)
        for p, g, a, b, s in chunks:
            a *= BETA1
            a += g
            b *= BETA2
            b += np.multiply(g, g, out=s)
            np.sqrt(b, out=s)
            s += EPS * unit
            np.divide(a, s, out=s)
            s *= rate
            p -= s
        return float(loss)

    return step


def pytorch(given: Task, *, fused: bool = False) -> Train:
    """PyTorch eager."""
    import torch

    torch.set_num_threads(1)
    modules: list[Any] = []
    for index, (weight, bias) in enumerate(given.layers):
        layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
        layer.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
        modules += [torch.nn.ReLU()] * bool(index) + [layer]
    model, criterion = torch.nn.Sequential(*modules), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=LR, fused=fused or None)
    circle = Circle([(torch.tensor(x), torch.tensor(y)) for x, y in given.batches])

    def step() -> float:
        x, labels = circle.next()
        optimizer.zero_grad()
        loss = criterion(model(x), labels)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


def hips_autograd(given: Task) -> Train:
    """HIPS autograd, with Adam in place."""
    import autograd.numpy as anp
    from autograd import value_and_grad

    parameters = [a.copy() for layer in given.layers for a in layer]
    m, v = [np.zeros_like(p) for p in parameters], [np.zeros_like(p) for p in parameters]
    circle, rows, t = Circle(given.batches), np.arange(BATCH), 0

    def loss(parameters: list[Any], x: Array, labels: Array) -> Any:
        h = x
        for i in range(0, len(parameters), 2):
            h = anp.dot(h, parameters[i].T) + parameters[i + 1]
            if i + 2 < len(parameters):
                h = anp.maximum(h, 0.0)
        z = h - anp.max(h, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(z), axis=1)) - z[rows, labels])

    gradient = value_and_grad(loss)

    def step() -> float:
        nonlocal t
        t += 1
        value, grads = gradient(parameters, *circle.next())
        correction, rate = (1 - BETA2**t) ** 0.5, LR * (1 - BETA2**t) ** 0.5 / (1 - BETA1**t)
        for p, g, a, b in zip(parameters, grads, m, v, strict=True):
            a *= BETA1
            a += (1 - BETA1) * g
            b *= BETA2
            b += (1 - BETA2) * g * g
            p -= rate * a / (np.sqrt(b) + EPS * correction)
        return float(value)

    return step


def jax_jitted(given: Task) -> Train:
    """JAX on the CPU: the whole step is one jitted function, its arguments donated."""
    import jax
    import jax.numpy as jnp

    parameters = [(jnp.asarray(w.T), jnp.asarray(b)) for w, b in given.layers]
    zeros = jax.tree_util.tree_map(jnp.zeros_like, parameters)
    state = (parameters, zeros, jax.tree_util.tree_map(jnp.zeros_like, parameters), jnp.zeros((), jnp.float32))
    circle = Circle([(jnp.asarray(x), jnp.asarray(y)) for x, y in given.batches])

    def loss(parameters: Any, x: Any, labels: Any) -> Any:
        h = x
        for i, (w, b) in enumerate(parameters):
            h = h @ w + b
            h = jax.nn.relu(h) if i + 1 < len(parameters) else h
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(h), labels[:, None], 1))

    def update(state: Any, x: Any, labels: Any) -> Any:
        p, m, v, t = state
        value, g = jax.value_and_grad(loss)(p, x, labels)
        t = t + 1
        each = jax.tree_util.tree_map
        m = each(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, g)
        v = each(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, g)
        p = each(lambda p, m, v: p - LR * (m / (1 - BETA1**t)) / (jnp.sqrt(v / (1 - BETA2**t)) + EPS), p, m, v)
        return (p, m, v, t), value

    jitted = jax.jit(update, donate_argnums=0)

    def step() -> float:
        nonlocal state
        state, value = jitted(state, *circle.next())
        return float(value)

    return step
