"""Installs PyTorch and torchvision, pinned, into the environment of the Python that runs this.

They are optional: PyTorch's answer beside ours, and the download of MNIST. On Linux a plain installation brings several
gigabytes of CUDA along, so there PyTorch's own index of CPU builds is taken when it answers quickly. Without
``--required`` a failure is told in one line and is no error.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PROBE_SECONDS = 3


def pinned() -> dict[str, str]:
    """Which version of which package: the extra ``torch`` of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return dict(requirement.split("==") for requirement in project["optional-dependencies"]["torch"])


def missing(wanted: dict[str, str]) -> list[str]:
    """The requirements that are not installed; a local label (``2.13.0+cpu``) makes no difference."""

    def installed(name: str) -> str | None:
        try:
            return version(name).split("+")[0]
        except PackageNotFoundError:
            return None

    return [f"{name}=={number}" for name, number in wanted.items() if installed(name) != number]


def cpu_index_answers() -> bool:
    """Whether PyTorch's index of CPU builds can be reached within a few seconds."""
    try:
        with urllib.request.urlopen(f"{CPU_INDEX}/torch/", timeout=PROBE_SECONDS):
            return True
    except (OSError, urllib.error.URLError):
        return False


def install(requirements: list[str], *, default_index: bool = True) -> bool:
    """Whether pip installed `requirements`; without `default_index`, only PyTorch's CPU builds will do."""
    cpu = sys.platform == "linux" and cpu_index_answers()
    if not (cpu or default_index):
        return False
    print(f"Installing {' and '.join(requirements)} ({'CPU builds' if cpu else 'default index'})", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    # pip prefers 2.13.0+cpu to 2.13.0 when both indexes have the version.
    index = ["--extra-index-url", CPU_INDEX] if cpu else []
    locked = ["--constraint", str(ROOT / "requirements" / "torch.txt")]
    return subprocess.run([*pip, *index, *locked, *requirements], check=False).returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Install PyTorch and torchvision as pinned in pyproject.toml.")
    parser.add_argument("--required", action="store_true", help="fail when they cannot be installed")
    parser.add_argument("--cpu-only", action="store_true", help="do without them unless the CPU builds can be had")
    options = parser.parse_args()
    requirements = missing(pinned())
    if not requirements or install(requirements, default_index=not options.cpu_only):
        return 0
    print(
        "PyTorch could not be installed. Missing without it: PyTorch's answer beside ours, and the download of MNIST.",
        file=sys.stderr,
    )
    return 1 if options.required else 0


if __name__ == "__main__":
    sys.exit(main())
