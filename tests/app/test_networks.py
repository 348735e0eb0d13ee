"""The networks that read digits: their files are what was measured, and what is said of them is true."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import datasets
from app.networks import (
    BUILT_IN,
    FACTS,
    FOLDER,
    DamagedNetworkError,
    Networks,
    UnknownNetworkError,
    built_in,
    facts,
    load,
)
from app.protocol import ComparisonRecipe, CurveRecipe, Variation
from app.runs.errors import RunError, UnknownRunError
from app.runs.runs import Runs
from engine.augment import Distortion
from engine.data import Dataset, rows
from engine.errors import EngineError
from tests.app.training import ME, SMALL, some_runs, steps_of
from tools.network_card import card
from tools.network_measures import VARIANTS, measured, varied

MOST_BYTES = 1_500_000
TEST = datasets.built_in()[1]
PICTURES = rows(TEST.images)


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with some_runs() as found:
        yield found


@pytest.fixture(scope="module")
def mnist(root: Path) -> Dataset:
    folder = Path(os.environ.get("GRADWALK_DATA") or root.parent / "shared" / "mnist")
    found = datasets.find(folder, "test")
    if found is None:
        pytest.skip(f"no MNIST in {folder}; set GRADWALK_DATA to a folder that holds MNIST/raw")
    return found


# ----------------------------------------------------------------------------------------------------- what comes along


def test_the_files_are_small() -> None:
    sizes = {name: (FOLDER / f"{name}.npz").stat().st_size for name in BUILT_IN}
    assert sum(sizes.values()) <= MOST_BYTES
    assert sizes == {name: known["bytes"] for name, known in facts().items()}


@pytest.mark.parametrize("name", BUILT_IN)
def test_parameters_are_kept_in_half_precision_and_all_are_finite(name: str) -> None:
    with np.load(FOLDER / f"{name}.npz") as file:
        arrays = [file[key] for key in file.files]
    assert {array.dtype for array in arrays} == {np.dtype(np.float16)}
    assert all(np.isfinite(array).all() for array in arrays)
    assert sum(array.size for array in arrays) == built_in(name).parameters == facts()[name]["parameters"]


@pytest.mark.parametrize("name", BUILT_IN)
def test_probabilities_are_the_softmax_of_the_logits(name: str) -> None:
    network = built_in(name)
    logits, chances = network.logits(PICTURES).astype(np.float64), network.probabilities(PICTURES)
    assert logits.shape == chances.shape == (len(PICTURES), 10)
    assert chances.sum(1) == pytest.approx(1, abs=1e-5)
    assert np.allclose(chances, np.exp(logits) / np.exp(logits).sum(1, keepdims=True), atol=1e-5)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_network_is_loaded_once(runs: Runs, name: str) -> None:
    networks = Networks(runs)
    assert networks.get(name).id == name
    assert networks.get(name) is networks.get(name)


@pytest.mark.parametrize("name", BUILT_IN)
def test_it_says_the_accuracy_that_was_measured(name: str) -> None:
    right = facts()[name]["variants"]["plain"]["accuracy"]
    assert f"{100 * right:.2f}%" in built_in(name).says


def test_the_card_is_written_from_the_facts() -> None:
    assert (FOLDER / "networks.md").read_text(encoding="utf-8") == card(facts())


# ------------------------------------------------------------------------------------------------- what it says is true


@pytest.mark.parametrize("name", BUILT_IN)
def test_it_reads_as_many_of_mnists_test_pictures_as_it_says(name: str, mnist: Dataset) -> None:
    known = facts()[name]["variants"]["plain"]
    found = measured(built_in(name).logits(rows(mnist.images)), mnist.labels)
    assert len(mnist) == facts()[name]["tested"] == 10_000
    assert found["accuracy"] == pytest.approx(known["accuracy"], abs=2e-4)  # another processor may round otherwise
    assert found["calibration_error"] == pytest.approx(known["calibration_error"], abs=5e-4)


def test_the_reader_reads_99_percent_and_its_probabilities_are_probabilities(mnist: Dataset) -> None:
    reader = built_in("reader")
    plain = measured(reader.logits(rows(mnist.images)), mnist.labels)
    assert plain["accuracy"] >= 0.99
    assert plain["calibration_error"] <= 0.005
    hard = measured(reader.logits(varied(mnist, Distortion(whole=0))), mnist.labels)
    assert hard["accuracy"] >= 0.95
    assert hard["calibration_error"] <= 0.02
    sure = [row for row in hard["reliability"] if row["from"] == 0.9]
    assert sure[0]["right"] == pytest.approx(sure[0]["said"], abs=0.04)


@pytest.mark.parametrize("variant", ["turned", "thick", "noisy"])
def test_what_was_measured_of_changed_pictures_is_measured_again(variant: str, mnist: Dataset) -> None:
    found = measured(built_in("reader").logits(varied(mnist, VARIANTS[variant])), mnist.labels)
    known: float = facts()["reader"]["variants"][variant]["accuracy"]
    assert known >= 0.97
    assert found["accuracy"] == pytest.approx(known, abs=3e-4)


@pytest.mark.parametrize("name", BUILT_IN)
def test_it_reads_as_many_digits_of_other_hands_as_it_says(name: str) -> None:
    others = datasets.built_in()
    given, labels = rows(np.concatenate([each.images for each in others])), np.concatenate([e.labels for e in others])
    found = measured(built_in(name).logits(given), labels)
    known = facts()[name]["variants"]["others"]["accuracy"]
    assert found["accuracy"] == pytest.approx(known, abs=2.1 / len(labels))  # another processor may round otherwise


def test_the_reader_reads_other_hands_than_mnists() -> None:
    assert facts()["reader"]["variants"]["others"]["accuracy"] >= 0.96


# ------------------------------------------------------------------------------------------------------------ not these


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "networks"))


def test_a_copy_of_the_files_is_as_good(folder: Path) -> None:
    assert np.array_equal(load("reader", folder).logits(PICTURES[:3]), built_in("reader").logits(PICTURES[:3]))


def test_one_wrong_byte_is_found(folder: Path) -> None:
    path = folder / "reader.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedNetworkError, match=r"reader\.npz is damaged .*SHA-256.*install it again"):
        load("reader", folder)
    assert load("one-layer", folder).parameters == 7_850


@pytest.mark.parametrize(
    "content", [None, b"", b"not json", b"\xff", b"{}", b"[]", b'{"reader": {}}', b'{"reader": 3}']
)
def test_facts_that_are_none_are_told(folder: Path, content: bytes | None) -> None:
    (folder / FACTS).unlink()
    if content is not None:
        (folder / FACTS).write_bytes(content)
    with pytest.raises(DamagedNetworkError, match="damaged"):
        load("reader", folder)


def test_a_file_that_is_missing_is_told(folder: Path) -> None:
    (folder / "reader.npz").unlink()
    with pytest.raises(DamagedNetworkError, match=r"reader\.npz"):
        load("reader", folder)


def test_a_recipe_of_another_network_is_told(folder: Path) -> None:
    changed: dict[str, Any] = json.loads((folder / FACTS).read_text())
    changed["reader"]["recipe"]["hidden"] = [100]
    (folder / FACTS).write_text(json.dumps(changed))
    with pytest.raises(EngineError):
        load("reader", folder)


@pytest.mark.parametrize("name", ["", "Reader", "writer", "run", "x" * 5_000])
def test_a_name_that_no_network_has(runs: Runs, name: str) -> None:
    with pytest.raises(UnknownNetworkError) as raised:
        Networks(runs).get(name)
    assert len(str(raised.value)) < 200
    assert "reader" in raised.value.expected


# ----------------------------------------------------------------------------------------------------------------- runs


def test_a_run_is_as_it_stands_now_and_no_replay_is_needed(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    for _ in range(3):
        steps_of(runs, run, 1)
        found = Networks(runs).get(f"run:{run}")
        assert np.array_equal(found.logits(PICTURES), runs.past(run, None).predict(PICTURES))
    assert found.id == f"run:{run}"
    assert found.title == "784-8-10 · ReLU · Adam 0.01"
    assert found.says == "A run after 3 of 120 training steps."
    assert found.parameters == 785 * 8 + 9 * 10


def test_a_runs_network_is_a_copy(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    found = Networks(runs).get(f"run:{run}")
    for parameter in found.model.parameters():
        parameter.data[...] = 0
    assert Networks(runs).get(f"run:{run}").logits(PICTURES[:1]).any()


def test_of_a_comparison_the_first_network_reads(runs: Runs) -> None:
    variations = [Variation(label="slow", lr=0.001), Variation(label="fast", lr=0.1)]
    run = runs.create(ComparisonRecipe(base=SMALL, members=variations), ME)
    steps_of(runs, run, 1)
    found = Networks(runs).get(f"run:{run}")
    assert found.title.endswith("Adam 0.001")
    assert found.says == "A run after 1 of 120 training steps, the first of 2 networks of its run."
    assert np.array_equal(found.logits(PICTURES), runs.past(run, None, 0).predict(PICTURES))


def test_a_run_on_points_and_a_run_that_is_none_read_nothing(runs: Runs) -> None:
    curve = runs.create(CurveRecipe(), ME)
    with pytest.raises(RunError, match="fits a curve"):
        Networks(runs).get(f"run:{curve}")
    with pytest.raises(UnknownRunError):
        Networks(runs).get("run:nobody")
