"""The settings: defaults, limits, environment variables, and errors that say given and expected."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from app.settings import Limit, Row, SettingError, Settings, from_environment, markdown_table, rows

ROWS = list(rows())
TABLE = {row.name: row for row in ROWS}


def test_every_default_is_allowed() -> None:
    settings = Settings()
    for row in ROWS:
        if row.type is not Path:
            assert getattr(settings, row.name) == row.default


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def test_a_path_may_begin_with_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(tmp_path))
    assert Settings(data=Path("~/digits")).data == tmp_path / "digits"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_environment_gives_every_setting(row: Row) -> None:
    assert from_environment({row.variable: row.default_text, "PATH": "/bin"}) == {row.name: row.default}


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("GRADWALK_PORT", "eighty", "a whole number, 0 to 65535"),
        ("GRADWALK_PORT", "70000", "a whole number, 0 to 65535"),
        ("GRADWALK_PORT", "-1", "a whole number, 0 to 65535"),
        ("GRADWALK_PORT", "", "a whole number, 0 to 65535"),
        ("GRADWALK_HOST", "", "a word"),
        ("GRADWALK_BROWSER", "maybe", "yes or no"),
        ("GRADWALK_LOG_LEVEL", "loud", "a word, one of debug, info, warning, error, critical"),
        ("GRADWALK_MAX_MESSAGE_BYTES", "10", "a whole number, at least 1000"),
    ],
)
def test_a_bad_value_is_answered_with_given_and_expected(variable: str, text: str, expected: str) -> None:
    with pytest.raises(SettingError, match=re.escape(f"{variable}: given {text!r}, expected {expected}") + "$"):
        from_environment({variable: text})


@pytest.mark.parametrize("value", ["8000", 8000.0, True, None])
def test_a_value_of_the_wrong_type_is_refused(value: Any) -> None:
    with pytest.raises(SettingError, match=f"port: given '{value}', expected a whole number"):
        Settings(port=value)


def test_a_mistyped_variable_is_not_passed_over() -> None:
    with pytest.raises(SettingError, match=r"GRADWALK_PROT: there is no such setting; did you mean GRADWALK_PORT\?"):
        from_environment({"GRADWALK_PROT": "80"})
    with pytest.raises(SettingError, match=r"gradwalk --help"):
        from_environment({"GRADWALK_XYZZY": "80"})


@pytest.mark.parametrize(
    ("limit", "words"),
    [(Limit(), ""), (Limit(low=1), "at least 1"), (Limit(1, 9), "1 to 9"), (Limit(choices=("a", "b")), "one of a, b")],
)
def test_a_limit_in_words(limit: Limit, words: str) -> None:
    assert str(limit) == words


def test_both_ends_of_a_range_are_allowed() -> None:
    assert [TABLE["port"].limit.admits(port) for port in (-1, 0, 65535, 65536)] == [False, True, True, False]


def test_the_markdown_table_has_a_line_for_each_setting() -> None:
    lines = markdown_table().splitlines()
    assert len(lines) == len(ROWS) + 2
    assert all(line.count("|") == 6 for line in lines)
    assert "| `--[no-]browser` | `GRADWALK_BROWSER` | `yes` |" in markdown_table()
    assert "| `--[no-]keep-runs` |" in markdown_table()
