"""Imports run one way. A wrong arrow fails here, before anybody relies on it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# What each layer of the engine may know: itself and the layers before it.
LAYERS = (
    ("errors",),
    ("op",),
    ("ops", "symbolic"),
    ("tensor",),
    ("graph",),
    ("backward",),
    ("trace",),
    ("expression", "nn"),
    ("optim",),
    ("train",),
)


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module that the file imports, wherever in the file; `from a import b` counts as a and as a.b."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path}: relative import"
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
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def top_level(names: Iterator[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("path", modules("engine"), ids=lambda path: path.stem)
def test_the_engine_needs_numpy_and_nothing_else(path: Path) -> None:
    assert top_level(imports(path)) <= sys.stdlib_module_names | {"numpy", "engine"}


@pytest.mark.parametrize("path", modules("engine"), ids=lambda path: path.stem)
def test_the_engine_imports_run_one_way(path: Path) -> None:
    level = {name: number for number, names in enumerate(LAYERS) for name in names}
    own = level.get(path.stem)
    if own is None:
        pytest.skip("no layer of its own")
    used = {name.split(".")[1] for name in imports(path) if name.startswith("engine.")}
    later = {name for name in used if level.get(name, -1) > own}
    assert not later, f"engine/{path.name} must not know {sorted(later)}"


@pytest.mark.parametrize("path", modules("app"), ids=lambda path: path.stem)
def test_the_app_imports_torch_only_when_asked_for(path: Path) -> None:
    assert not top_level(at_import_time(path)) & {"torch", "torchvision"}


@pytest.mark.parametrize("name", ["session.py", "protocol.py"])
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
def test_only_the_view_draws_and_only_main_knows_everybody(path: Path) -> None:
    inside_view = path.is_relative_to(ROOT / "static" / "src" / "view")
    used = typescript_imports(path)
    assert "main" not in used
    if path.stem == "main" or inside_view:
        return
    assert not {name for name in used if name.startswith("view/")}
    assert not {name for name in used if re.match(r"d3-(selection|transition|zoom|drag)$", name)}
    assert not re.search(r"\bdocument\s*[.[]", path.read_text(encoding="utf-8"))
