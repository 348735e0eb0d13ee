"""What is derived is fresh, what is promised is there: README, locks, settings, licences, file names."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from app import __version__
from app.settings import markdown_table, rows

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGE = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
LOCK = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))


def requirement_names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=]", requirement)[0].lower() for requirement in requirements}


def locked(name: str) -> dict[str, set[str]]:
    """Package -> its versions in requirements/<name>.txt (several, where they depend on the Python version)."""
    versions: dict[str, set[str]] = {}
    for line in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            package, version = line.split(" ;")[0].strip().split("==")
            versions.setdefault(package, set()).add(version)
    return versions


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def test_the_version_stands_in_one_way_everywhere() -> None:
    assert PROJECT["project"]["version"] == PACKAGE["version"] == LOCK["version"] == __version__


def test_the_readme_shows_the_settings_as_they_are() -> None:
    assert markdown_table() in (ROOT / "README.md").read_text(encoding="utf-8"), (
        "paste the output of: gradwalk --settings"
    )


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.name)
def test_every_setting_is_used(row: Any) -> None:
    readers = [path for path in (ROOT / "app").rglob("*.py") if path.name != "settings.py"]
    assert any(f"settings.{row.name}" in path.read_text(encoding="utf-8") for path in readers)


def test_the_locks_hold_what_pyproject_asks_for() -> None:
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    run = requirement_names(project["dependencies"]) | requirement_names(groups["build"])
    assert run <= locked("run").keys()
    assert run | requirement_names(groups["test"]) <= locked("test").keys()
    for requirement in project["optional-dependencies"]["torch"]:
        name, version = requirement.split("==")
        assert locked("torch")[name] == {version}


@pytest.mark.parametrize("name", ["test", "torch", "bench"])
def test_the_locks_agree_with_each_other(name: str) -> None:
    run, other = locked("run"), locked(name)
    assert {package: other[package] for package in run.keys() & other.keys()} == {
        package: run[package] for package in run.keys() & other.keys()
    }


def test_npm_packages_are_pinned_and_locked_without_a_host() -> None:
    for name, version in {**PACKAGE["dependencies"], **PACKAGE["devDependencies"]}.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not pinned"
        assert LOCK["packages"][f"node_modules/{name}"]["version"] == version
    assert not [path for path, package in LOCK["packages"].items() if "resolved" in package]
    assert not [path for path, package in LOCK["packages"].items() if path and "integrity" not in package]


def test_npm_packages_are_locked_for_every_platform() -> None:
    paths = LOCK["packages"].keys()
    optional = {name for package in LOCK["packages"].values() for name in package.get("optionalDependencies", ())}
    assert not {name for name in optional if not any(path.endswith(f"node_modules/{name}") for path in paths)}


def test_no_tracked_file_is_large_or_built() -> None:
    for path in tracked_files():
        assert path.stat().st_size <= 1_600_000, path
        assert path.suffix not in {".woff", ".woff2", ".ttf", ".map", ".whl"}, path
        assert ".min." not in path.name, path


def test_python_files_state_what_they_are_for() -> None:
    for path in tracked_files():
        if path.suffix == ".py" and path.name != "__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{path} has no docstring"
