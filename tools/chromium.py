"""Finds a Chromium for the browser tests, and installs one where there is none: ``python tools/chromium.py``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Playwright's driver cannot start without the second one, which slim systems lack; the third is for text in pictures.
DEBIAN_PACKAGES = ("chromium", "libatomic1", "fonts-dejavu-core")
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
)


def find() -> str | None:
    """The path of a Chromium: the one on the machine, else Playwright's."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    # In a process of its own, because Playwright's driver may be unable to start.
    answer = subprocess.run([sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False)
    path = answer.stdout.strip()
    return path if path and Path(path).exists() else None


def install() -> None:
    """Installs Debian's package where that is possible, else Playwright's download."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=environment, check=False)
        command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES]
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    if find() is None:
        print("Installing Chromium for the browser tests", flush=True)
        install()
    path = find()
    print(path or "No Chromium could be installed; install one by hand, then run this again.")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
