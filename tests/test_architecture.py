"""Imports run one way. A wrong arrow fails here, before anybody relies on it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# The engine's backbone: each may know itself and what stands before it. Modules beside it may know what they like, as
# long as there is no circle.
LAYERS = (
    {"errors"},
    {"op"},
    {"init", "ops", "symbolic"},
    {"tensor"},
    {"backward"},
    {"graph"},
    {"element", "trace"},
    {"explain", "expression", "nn"},
    {"optim", "zoom"},
    {"optimizers", "schedule"},
    {"train"},
)
# Imports inside a function or for type checkers only, against the arrows or around a circle.
LATE = {("tensor", "backward"), ("methods", "tensor"), ("mode", "tape"), ("mode", "tensor")}
# Where the front end's parts are put together.
ENTRY_POINTS = {"main", "home", "data", "draw", "lab", "train", "api-docs", "theme.early"}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module that the file imports, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        yield from imported_by(node)


def imported_by(node: ast.AST) -> Iterator[str]:
    """What an import statement names; `from a import b` counts as a and as a.b."""
    if isinstance(node, ast.Import):
        yield from (name.name for name in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.module, "relative import"
        yield node.module
        yield from (f"{node.module}.{name.name}" for name in node.names)


def at_import_time(path: Path) -> Iterator[str]:
    """The modules that importing the file imports: not those inside functions, nor for type checkers only."""

    def visit(nodes: list[ast.stmt]) -> Iterator[ast.stmt]:
        for node in nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                continue
            yield node
            for name in ("body", "orelse", "finalbody", "handlers"):
                yield from visit(getattr(node, name, []))

    for node in visit(ast.parse(path.read_text(encoding="utf-8"), str(path)).body):
        yield from imported_by(node)


def top_level(names: Iterator[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("path", modules("engine"), ids=lambda path: path.stem)
def test_the_engine_needs_numpy_and_nothing_else(path: Path) -> None:
    assert top_level(imports(path)) <= sys.stdlib_module_names | {"numpy", "engine"}


def engine_module(name: str) -> str:
    """``engine.ops.linear`` -> ``ops``."""
    return name.split(".")[1]


def engine_arrows(reader: Callable[[Path], Iterator[str]]) -> dict[str, set[str]]:
    """Which module of the engine imports which others, packages taken as one; the engine's own name is left out."""
    arrows: dict[str, set[str]] = {}
    for path in modules("engine"):
        own = path.relative_to(ROOT / "engine").with_suffix("").parts[0]
        used = {engine_module(name) for name in reader(path) if name.startswith("engine.")}
        arrows.setdefault(own, set()).update(used - {own})
    return {own: used & arrows.keys() for own, used in arrows.items() if own != "__init__"}


def test_the_engine_has_no_circle() -> None:
    assert list(TopologicalSorter(engine_arrows(at_import_time)).static_order())


def test_the_backbone_of_the_engine_runs_one_way() -> None:
    level = {name: number for number, names in enumerate(LAYERS) for name in names}
    arrows = engine_arrows(at_import_time)
    wrong = {
        (own, used) for own in arrows.keys() & level for used in arrows[own] & level.keys() if level[used] > level[own]
    }
    assert not wrong


def test_imports_inside_functions_are_the_known_ones() -> None:
    now, ever = engine_arrows(at_import_time), engine_arrows(imports)
    assert {(own, used) for own in ever for used in ever[own] - now[own]} <= LATE


@pytest.mark.parametrize("path", modules("app"), ids=lambda path: path.stem)
def test_the_app_imports_torch_only_when_asked_for(path: Path) -> None:
    assert not top_level(at_import_time(path)) & {"torch", "torchvision"}


@pytest.mark.parametrize("name", ["session.py", "protocol/base.py", "protocol/stepper.py", "protocol/training.py"])
def test_domain_and_protocol_touch_no_socket_and_no_clock(name: str) -> None:
    path = ROOT / "app" / name
    forbidden = {"asyncio", "datetime", "fastapi", "random", "socket", "starlette", "threading", "time", "uvicorn"}
    assert not top_level(imports(path)) & forbidden
    web = {"app.websocket", "app.main", "app.pages", "app.cli"}
    assert not web & set(imports(path))


def test_importing_the_engine_alone_brings_nothing_of_the_web() -> None:
    code = "import sys, engine; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"app", "fastapi", "pydantic", "starlette", "torch", "uvicorn"} & set(loaded)


def typescript() -> list[Path]:
    return [path for path in sorted((ROOT / "static" / "src").rglob("*.ts")) if path.name != "protocol.ts"]


def typescript_imports(path: Path) -> set[str]:
    """Where the file's imports lead: package names, and own files relative to static/src without suffix."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"""(?:\bfrom|\bimport|\bimport\()\s*["']([^"']+)["']""", text)
    src = ROOT / "static" / "src"
    return {
        (path.parent / name).resolve().relative_to(src).with_suffix("").as_posix() if name.startswith(".") else name
        for name in found
    }


@pytest.mark.parametrize("path", typescript(), ids=lambda path: path.stem)
def test_only_the_view_draws_and_only_entry_points_know_everybody(path: Path) -> None:
    inside_view = path.is_relative_to(ROOT / "static" / "src" / "view")
    used = typescript_imports(path)
    assert not used & ENTRY_POINTS
    if path.stem in ENTRY_POINTS or inside_view:
        return
    assert not {name for name in used if name.startswith("view/")}
    assert not {name for name in used if re.match(r"d3-(selection|transition|zoom|drag)$", name)}
    assert not re.search(r"\bdocument\s*[.[]", path.read_text(encoding="utf-8"))
