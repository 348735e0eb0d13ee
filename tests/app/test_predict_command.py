"""gradwalk predict: digits of files on the command line, without a server and without the front end."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from app import resources
from app.cli import INTERRUPTED, build_parser, main
from app.digits import read as read_module
from app.digits.reading import Reading
from tests.app.pictures import encoded, one

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def unbuilt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No front end; no settings of whoever runs the tests."""
    monkeypatch.setattr(resources, "CHECKOUT", tmp_path / "nowhere")
    for name in ("GRADWALK_PICTURE_MEGABYTES", "GRADWALK_PICTURE_MEGAPIXELS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def digit(tmp_path: Path) -> str:
    path = tmp_path / "one.png"
    path.write_bytes(encoded(one()))
    return str(path)


def test_a_line_for_each_file(digit: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", digit, digit]) == 0
    output = capsys.readouterr()
    (name, text, percent), again = (line.split("\t") for line in output.out.splitlines())
    assert [name, text, percent] == again
    assert (name, text) == (digit, "1")
    assert 50 < float(percent.removesuffix("%")) <= 100
    assert output.err == ""


def test_the_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(encoded(one()))))
    assert main(["predict", "-"]) == 0
    assert capsys.readouterr().out.startswith("-\t1\t")


def test_what_cannot_be_read_is_told_and_the_rest_is_read(
    digit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("a seven, in words", encoding="utf-8")
    missing = str(tmp_path / "missing.png")
    assert main(["predict", missing, str(words), str(tmp_path), digit]) == 1
    output = capsys.readouterr()
    assert output.out.startswith(f"{digit}\t1\t")
    assert len(output.out.splitlines()) == 1
    first, second, third = output.err.splitlines()
    assert first == f"gradwalk: {missing}: No such file or directory"
    assert second.startswith(f"gradwalk: {words}: This is not a picture that can be read; given: text; expected: a pic")
    assert third.startswith(f"gradwalk: {tmp_path}: ")


def test_a_picture_without_digits_says_why(
    digit: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(read_module, "read", lambda _: Reading((), (), "There is no ink in this picture."))
    assert main(["predict", digit]) == 1
    output = capsys.readouterr()
    assert (output.out, output.err) == ("", f"gradwalk: {digit}: There is no ink in this picture.\n")


def test_doubts_are_told_and_not_guessed(
    digit: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.predict_command.SURE", 1.1)
    monkeypatch.setattr("app.prediction.SURE", 1.1)
    assert main(["predict", digit]) == 0
    output = capsys.readouterr()
    assert output.out.startswith(f"{digit}\t?\t")
    assert output.err.startswith(f"gradwalk: {digit}: digit 1: perhaps 1, with ")


def test_json_is_what_the_server_answers(digit: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "--json", "--network", "one-layer", digit, "missing.png"]) == 1
    told, refused = map(json.loads, capsys.readouterr().out.splitlines())
    assert told["file"] == digit
    assert told["networks"][0]["id"] == "one-layer"
    assert len(told["digits"][0]["picture"]) == 28
    assert told["stages"] == []
    assert refused["file"] == "missing.png"
    assert refused["error"]["message"] == "No such file or directory"


def test_an_unknown_network_is_told(digit: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "--network", "oracle", digit]) == 2
    assert capsys.readouterr().err == "gradwalk: there is no network 'oracle'; there are reader and one-layer\n"


def test_the_limits_are_the_settings(
    digit: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(encoded(one(1_100, 1_000)))
    assert main(["predict", str(large)]) == 0
    assert main(["--picture-megapixels", "1", "predict", str(large)]) == 1
    monkeypatch.setenv("GRADWALK_PICTURE_MEGAPIXELS", "1")
    assert main(["predict", str(large)]) == 1
    assert capsys.readouterr().err.count("too many pixels") == 2


def test_an_interrupted_reading_ends_as_interrupted_ones_do(digit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> Reading:
        raise KeyboardInterrupt

    monkeypatch.setattr(read_module, "read", interrupted)
    assert main(["predict", digit]) == INTERRUPTED


def test_help_tells_of_it() -> None:
    assert "predict" in build_parser().format_help()


def test_without_a_file_it_is_called_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["predict"])
    assert ended.value.code == 2
    assert "FILE" in capsys.readouterr().err


def test_in_a_process_of_its_own_neither_server_nor_web_is_loaded(digit: str) -> None:
    code = (
        "import sys; from app.cli import main; status = main(sys.argv[1:]); "
        "print(status, 'app.main' in sys.modules, 'app.websocket' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, "predict", digit], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.splitlines()[-1] == "0 False False"
    assert result.stdout.startswith(f"{digit}\t1\t")
