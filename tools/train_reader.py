"""Makes app/data/networks: trains the networks that come with Gradwalk, measures them, and writes down what they can.

    GRADWALK_DATA=FOLDER python -m tools.train_reader [--seed 0] [--epochs 60] [--keep FILE]

FOLDER is the data folder, with MNIST in it. An epoch of the reader takes about ten seconds on two quiet cores; with
--keep the training can be ended and goes on where it was. The same seed makes the same networks, but for the last
digits, in which processors differ.
"""

from __future__ import annotations

import os

from app.blas import advise

advise(os.environ)

import argparse  # noqa: E402 (BLAS reads the environment when it is loaded)
import hashlib  # noqa: E402
import json  # noqa: E402
import time  # noqa: E402
from collections.abc import Mapping, Sequence  # noqa: E402
from concurrent.futures import Future, ThreadPoolExecutor  # noqa: E402
from dataclasses import asdict, dataclass, replace  # noqa: E402
from pathlib import Path  # noqa: E402
from threading import Lock  # noqa: E402
from types import MappingProxyType  # noqa: E402
from typing import Any  # noqa: E402

import numpy as np  # noqa: E402

from app import datasets  # noqa: E402
from app.networks import FACTS, FOLDER  # noqa: E402
from app.settings import Settings, from_environment  # noqa: E402
from engine.augment import Distortion, distorted  # noqa: E402
from engine.data import SIDE, Dataset, Labels, rows  # noqa: E402
from engine.op import Array  # noqa: E402
from engine.serifs import with_serifs  # noqa: E402
from engine.train import PIXELS, Batch, Recipe, Training, duration, scores  # noqa: E402
from tools.network_card import card  # noqa: E402
from tools.network_measures import VARIANTS, measured, varied  # noqa: E402

CARD = "networks.md"

SERIFS = 0.3
"""Share of the ones and sevens that get a stroke more."""

AHEAD = 6
"""Batches that are distorted before they are asked for, so that nobody waits on a busy machine."""

HELD_OUT = 2_500
"""Training pictures that nothing is learned from, or a tenth where there are few: for the temperature."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network is made; without a distortion the pictures are learned as they are."""

    recipe: Recipe
    distortion: Distortion | None


PLANS: Mapping[str, Plan] = MappingProxyType(
    {
        "reader": Plan(
            Recipe(
                hidden=(640, 320),
                init="he",
                optimizer="adamw",
                hyper={"weight_decay": 0.01},
                lr=0.001,
                schedule="cosine",
                warmup=1_000,
                epochs=60,
            ),
            Distortion(),
        ),
        "one-layer": Plan(Recipe(), None),
    }
)


class DistortedTraining(Training):
    """A training that never sees a picture twice: each batch is distorted, by the recipe's seed and the step's number.

    The next batches are distorted by threads while this one is learned from; which of them did it changes no number.
    """

    def __init__(self, recipe: Recipe, data: Dataset, distortion: Distortion) -> None:
        super().__init__(recipe, data)
        self._distortion = distortion
        self._workers, self._drawing = ThreadPoolExecutor(2), Lock()
        self._ahead: dict[int, Future[Batch]] = {}

    def batch(self, step: int | None = None) -> Batch:
        """What the training step after `step` others sees (now), distorted."""
        step = self.step if step is None else step
        wanted = range(step, step + AHEAD)
        self._ahead = {
            later: self._ahead.get(later) or self._workers.submit(self._distorted, later) for later in wanted
        }
        return self._ahead[step].result()

    def _distorted(self, step: int) -> Batch:
        with self._drawing:  # its rows are overwritten by the next
            batch = super().batch(step)
            pictures = batch.rows.reshape(-1, SIDE, SIDE).copy()
        generator = np.random.default_rng((self.recipe.seed, step))
        pictures = with_serifs(pictures, batch.labels, SERIFS, generator)
        return batch._replace(rows=distorted(pictures, self._distortion, generator).reshape(-1, PIXELS))


def trained(plan: Plan, data: Dataset, keep: Path | None) -> Training:
    """The training of a plan at its end; its state is kept after each epoch, where it is to be."""
    distortion = plan.distortion
    training = DistortedTraining(plan.recipe, data, distortion) if distortion else Training(plan.recipe, data)
    if keep and keep.exists():
        with np.load(keep) as file:
            training.load(json.loads(str(file["meta"])), {name: file[name] for name in file.files if name != "meta"})
    start, losses = time.perf_counter(), []
    while training.step < training.steps:
        losses.append(training.advance())
        if training.step % training.steps_per_epoch == 0:
            epoch, seconds = training.step // training.steps_per_epoch, time.perf_counter() - start
            print(f"epoch {epoch}: loss {np.mean(losses):.4f}, {seconds:.0f} seconds", flush=True)
            losses.clear()
            if keep:
                _keep(training, keep)
    return training


def _keep(training: Training, path: Path) -> None:
    meta, arrays = training.state()
    half = path.with_name(f"{path.name}.half.npz")
    np.savez(half, meta=np.array(json.dumps(meta)), **arrays)  # type: ignore[arg-type]
    half.replace(path)


def temperature(logits: Array, labels: Labels) -> float:
    """What logits are to be divided by, so that the loss is least: a golden-section search of its logarithm.

    Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
    """
    share = (5**0.5 - 1) / 2
    low, high = np.log(0.2), np.log(5.0)
    while high - low > 1e-4:
        near, far = high - share * (high - low), low + share * (high - low)
        losses = [float(scores(logits / np.exp(at), labels).losses.mean()) for at in (near, far)]
        low, high = (low, far) if losses[0] < losses[1] else (near, high)
    return float(np.exp((low + high) / 2))


def calibrated(training: Training, held_out: Dataset, plan: Plan) -> float:
    """Divide the last layer by the temperature of pictures that were held out, as they are and distorted; it."""
    seen = [rows(held_out.images)]
    if plan.distortion:
        seen.append(varied(held_out, replace(plan.distortion, whole=0)))
    found = temperature(training.predict(np.concatenate(seen)), np.tile(held_out.labels, len(seen)))
    last = training.layers[-1]
    for parameter in (last.weight, last.bias):
        assert parameter is not None
        parameter.data[...] = parameter.data / found
    return found


def made(name: str, plan: Plan, train: Dataset, test: Dataset, target: Path, keep: Path | None) -> dict[str, Any]:
    """Train a network, write its file, and measure what is in the file."""
    count = len(train) - min(HELD_OUT, len(train) // 10)
    learned, held_out = part(train, slice(None, count)), part(train, slice(count, None))
    warmup = min(plan.recipe.warmup, duration(replace(plan.recipe, warmup=0), count).steps // 10)
    plan = replace(plan, recipe=replace(plan.recipe, warmup=warmup))
    training = trained(plan, learned, keep)
    found = calibrated(training, held_out, plan)
    path = target / f"{name}.npz"
    stored = {key: value.astype(np.float16) for key, value in training.model.state_dict().items()}
    np.savez_compressed(path, **stored)  # type: ignore[arg-type]
    training.model.load_state_dict(stored)
    results = {
        variant: measured(training.predict(varied(test, change)), test.labels) for variant, change in VARIANTS.items()
    }
    if others := [dataset for dataset in datasets.built_in() if dataset.name != test.name]:
        images, labels = (np.concatenate([getattr(each, field) for each in others]) for field in ("images", "labels"))
        results["others"] = measured(training.predict(rows(images)), labels)
    print(name, *(f"{variant} {result['accuracy']:.2%}" for variant, result in results.items()), sep="\n  ")
    content = path.read_bytes()
    print(f"  {len(content):,} bytes, temperature {found:.3f}")
    return {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "parameters": sum(value.size for value in stored.values()),
        "recipe": asdict(plan.recipe),
        "distortion": asdict(plan.distortion) if plan.distortion else None,
        "data": train.name,
        "pictures": len(learned),
        "held_out": len(held_out),
        "tested": len(test),
        "temperature": round(found, 4),
        "variants": results,
    }


def part(data: Dataset, which: slice) -> Dataset:
    """Some of the pictures."""
    return Dataset(data.name, data.images[which], data.labels[which], data.note)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tools.train_reader", description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=PLANS["reader"].recipe.epochs, help="of the reader")
    parser.add_argument("--digits", choices=datasets.IDS, default="mnist", help="what to learn from")
    parser.add_argument("--pictures", type=int, help="learn from so many of them only")
    parser.add_argument("--target", type=Path, default=FOLDER, help="folder of the results")
    parser.add_argument("--keep", type=Path, help="file to keep the reader's training in, and to go on from")
    chosen = parser.parse_args(arguments)
    folder = Settings(**from_environment(os.environ)).data
    train, test, _ = datasets.get(folder, chosen.digits)
    train = part(train, slice(chosen.pictures))
    facts = {}
    for name, plan in PLANS.items():
        is_reader = name == "reader"
        changes = {"seed": chosen.seed} | ({"epochs": chosen.epochs} if is_reader else {})
        own = replace(plan, recipe=replace(plan.recipe, **changes))
        facts[name] = made(name, own, train, test, chosen.target, chosen.keep if is_reader else None)
    (chosen.target / FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    (chosen.target / CARD).write_text(card(facts), encoding="utf-8")


if __name__ == "__main__":
    main()
