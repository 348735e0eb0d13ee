"""Every setting, once: its name, type, default, limits and meaning.

The table is the class `Settings`. Environment variables (``GRADWALK_PORT``), command line flags (``--port``),
``--help`` and the table in the README derive from it, so that a new setting is one new line.
"""

from __future__ import annotations

import dataclasses
import difflib
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFIX = "GRADWALK_"
BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class SettingError(ValueError):
    """A setting has a value it cannot have; the fault is the caller's, and the message says given and expected."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a setting may be, beyond its type: a range (both ends included) or one of some words."""

    low: int | None = None
    high: int | None = None
    choices: tuple[str, ...] = ()

    def admits(self, value: object) -> bool:
        """Whether `value`, already of the right type, is allowed."""
        if isinstance(value, int):
            return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)
        return not self.choices or value in self.choices

    def __str__(self) -> str:
        """In words: ``1 to 65535``, ``at least 1``, ``one of debug, info``; empty when there is no limit."""
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        if self.high is not None:
            return f"{self.low} to {self.high}"
        return "" if self.low is None else f"at least {self.low}"


NO_LIMIT = Limit()


def setting(default: Any, meaning: str, limit: Limit = NO_LIMIT) -> Any:
    """One line of the table."""
    return dataclasses.field(default=default, metadata={"meaning": meaning, "limit": limit})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process; frozen. Values are checked whichever way they came in."""

    host: str = setting("127.0.0.1", "address to listen on; 0.0.0.0 lets other machines in")
    port: int = setting(8000, "port to listen on; 0 takes any free one", Limit(0, 65535))
    browser: bool = setting(True, "open the browser when the server is ready")
    data: Path = setting(Path("~/.gradwalk"), "folder of the data sets")
    download: bool = setting(True, "fetch MNIST once, through torchvision, when a scene wants it and it is not there")
    keep_runs: bool = setting(True, "keep training runs in a file, so that they outlive the server")
    runs_file: Path = setting(Path("~/.gradwalk/runs.sqlite"), "file of the training runs")
    max_message_bytes: int = setting(1_000_000, "size of the largest message a browser may send", Limit(low=1_000))
    max_sessions: int = setting(200, "browsers served at the same time", Limit(low=1))
    compute_threads: int = setting(2, "messages computed at the same time", Limit(1, 64))
    expression_length: int = setting(2_000, "characters of an expression", Limit(1, 100_000))
    expression_depth: int = setting(40, "brackets inside one another in an expression", Limit(1, 100))
    expression_nodes: int = setting(2_000, "ops, names and numbers in an expression", Limit(1, 100_000))
    expression_exponent: int = setting(64, "size of a constant exponent in an expression", Limit(1, 1_000))
    expression_elements: int = setting(
        100_000,
        "elements of one tensor in an expression; all together may have ten times as many",
        Limit(1, 10_000_000),
    )
    run_layers: int = setting(8, "hidden layers of a network in training", Limit(0, 64))
    run_width: int = setting(1_024, "units of one of its layers", Limit(1, 100_000))
    run_parameters: int = setting(2_000_000, "parameters of a run, all its networks together", Limit(low=1))
    run_batch: int = setting(1_000, "pictures of a training step", Limit(1, 100_000))
    run_steps: int = setting(200_000, "training steps of a run", Limit(1, 10_000_000))
    run_history_mb: int = setting(64, "megabytes of snapshots of one run, older ones further apart", Limit(low=1))
    run_idle_seconds: int = setting(120, "a run that nobody has watched for so long is paused", Limit(low=1))
    run_threads: int = setting(1, "runs that train at the same time; all others take turns", Limit(1, 64))
    visitor_runs: int = setting(20, "runs of one visitor", Limit(low=1))
    max_runs: int = setting(500, "runs in all; beyond, the one untouched for longest goes", Limit(low=1))
    picture_megabytes: int = setting(20, "megabytes of the largest file of a picture", Limit(1, 1_000))
    picture_megapixels: int = setting(60, "million pixels of the largest picture", Limit(1, 80))
    picture_threads: int = setting(1, "questions about pictures that are answered at the same time", Limit(1, 64))
    picture_queue: int = setting(100, "questions about pictures that may wait; beyond, they are refused", Limit(low=0))
    log_level: str = setting(
        "warning", "how much the server tells", Limit(choices=("debug", "info", "warning", "error", "critical"))
    )

    def __post_init__(self) -> None:
        for row in rows():
            try:
                value = row.check(getattr(self, row.name))
            except SettingError as error:
                raise SettingError(f"{row.name}: {error}") from None
            if isinstance(value, Path):
                object.__setattr__(self, row.name, value.expanduser())


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table, read back: what names and parses one setting."""

    name: str
    type: type
    default: Any
    meaning: str
    limit: Limit

    @property
    def variable(self) -> str:
        """The environment variable: ``GRADWALK_PORT``."""
        return PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        """The command line flag: ``--port``."""
        return "--" + self.name.replace("_", "-")

    @property
    def default_text(self) -> str:
        """The default as one would type it."""
        return ("yes" if self.default else "no") if self.type is bool else str(self.default)

    @property
    def expected(self) -> str:
        """What a value has to be, in words."""
        words = {int: "a whole number", str: "a word", bool: "yes or no", Path: "a path"}[self.type]
        return f"{words}, {self.limit}" if str(self.limit) else words

    def parse(self, text: str) -> Any:
        """Reads a value from text. Raises SettingError when it is none, or not an allowed one."""
        try:
            value = BOOLEANS[text.lower()] if self.type is bool else self.type(text)
        except (KeyError, ValueError):
            raise self._error(text) from None
        return self.check(value)

    def check(self, value: Any) -> Any:
        """Returns `value`. Raises SettingError unless it has the right type and lies within the limit."""
        right_type = isinstance(value, self.type) and (self.type is bool or not isinstance(value, bool))
        if value == "" or not (right_type and self.limit.admits(value)):
            raise self._error(value)
        return value

    def _error(self, given: object) -> SettingError:
        return SettingError(f"given {str(given)!r}, expected {self.expected}")


def rows() -> Iterator[Row]:
    """The table, line by line, in the order of the class."""
    types = typing.get_type_hints(Settings)
    for field in dataclasses.fields(Settings):
        yield Row(field.name, types[field.name], field.default, field.metadata["meaning"], field.metadata["limit"])


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings that `environment` gives, as keyword arguments for Settings.

    Raises SettingError for a value that cannot be, and for a variable of ours that no setting has (a typing mistake
    would otherwise pass in silence).
    """
    known = {row.variable: row for row in rows()}
    given = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX):
            continue
        if variable not in known:
            close = difflib.get_close_matches(variable.removeprefix(PREFIX), [row.name.upper() for row in rows()], n=1)
            hint = f"did you mean {PREFIX}{close[0]}?" if close else "gradwalk --help lists them all"
            raise SettingError(f"{variable}: there is no such setting; {hint}")
        try:
            given[known[variable].name] = known[variable].parse(text)
        except SettingError as error:
            raise SettingError(f"{variable}: {error}") from None
    return given


def markdown_table() -> str:
    """The table as the README shows it."""
    lines = ["| Flag | Environment variable | Default | Limit | Meaning |", "| --- | --- | --- | --- | --- |"]
    for row in rows():
        flag = row.flag.replace("--", "--[no-]", 1) if row.type is bool else row.flag
        lines.append(f"| `{flag}` | `{row.variable}` | `{row.default_text}` | {row.limit} | {row.meaning} |")
    return "\n".join(lines)
