"""``gradwalk predict``: reads the digits in files, without a server and without the front end."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app.digits.decode import PictureLimits
from app.networks import BUILT_IN, Network, built_in
from app.predict_messages import told
from app.prediction import SURE, Prediction, predict
from engine.errors import EngineError

STDIN = "-"


def run(files: list[str], network: str, as_json: bool, limits: PictureLimits) -> int:
    """Prints a line for each file: its name, its digits, and the probability of the least sure one, with tabs between.

    Args:
        files: names; ``-`` is the standard input.
        network: who reads them.
        as_json: prints the answer of /api/predict instead, as one line, with the name as `file`.
        limits: of each picture.

    Returns the exit status: 0 where digits were found in all of them, 1 where not, 2 where there is no such network.
    What cannot be read, and what is in doubt, is told on the standard error.
    """
    if network not in BUILT_IN:
        _complain(f"there is no network {network!r}; there are {' and '.join(BUILT_IN)}")
        return 2
    results = [_one(name, built_in(network), as_json, limits) for name in files]
    return 0 if all(results) else 1


def _one(name: str, network: Network, as_json: bool, limits: PictureLimits) -> bool:
    """Whether digits were found."""
    try:
        prediction = predict(_content(name, limits.bytes + 1), [network], limits)
    except OSError as error:
        return _refuse(name, as_json, error.strerror or str(error))
    except EngineError as error:
        return _refuse(name, as_json, error.message, error.given, error.expected)
    for complaint in _complaints(prediction):
        _complain(f"{name}: {complaint}")
    if as_json:
        _print(json.dumps({"file": name} | told(prediction, stages=False).model_dump()))
    elif prediction.reading.digits:
        _print(f"{name}\t{' '.join(prediction.text.splitlines())}\t{min(prediction.chances):.1%}")
    return bool(prediction.reading.digits)


def _content(name: str, most: int) -> bytes:
    """The bytes of a file, at most so many."""
    if name == STDIN:
        return sys.stdin.buffer.read(most)
    with Path(name).open("rb") as file:
        return file.read(most)


def _complaints(prediction: Prediction) -> list[str]:
    """What is wrong with the picture, or with some of its digits."""
    found = zip(prediction.reading.digits, prediction.digits, prediction.chances, strict=True)
    doubts = [
        f"digit {number}: {digit.doubt or f'perhaps {label}, with {chance:.0%}'}"
        for number, (digit, label, chance) in enumerate(found, 1)
        if digit.doubt or chance < SURE
    ]
    return [prediction.reading.problem, *doubts] if prediction.reading.problem else doubts


def _refuse(name: str, as_json: bool, message: str, given: str = "", expected: str = "") -> bool:
    _complain(f"{name}: {message}" + (f"; given: {given}; expected: {expected}" if expected else ""))
    if as_json:
        _print(json.dumps({"file": name, "error": {"message": message, "given": given, "expected": expected}}))
    return False


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _complain(words: str) -> None:
    sys.stderr.write(f"gradwalk: {words}\n")
