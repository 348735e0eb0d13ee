"""Where the templates and the built front end lie: inside the installed package, or in a checkout."""

import json
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
INSTALLED = PACKAGE / "web"
CHECKOUT = PACKAGE.parent
MANIFEST = "manifest.json"


class ResourceError(Exception):
    """Something that belongs to the installation is missing."""


def templates_folder() -> Path:
    """The folder of the Jinja templates."""
    return INSTALLED / "templates" if INSTALLED.exists() else CHECKOUT / "templates"


def static_folder() -> Path:
    """The folder of the built front end. Raises ResourceError when it has not been built."""
    folder = INSTALLED / "static" if INSTALLED.exists() else CHECKOUT / "static" / "dist"
    if not (folder / MANIFEST).exists():
        raise ResourceError(f"the front end has not been built (no {folder / MANIFEST}); build it with: make build")
    return folder


def read_manifest(folder: Path) -> dict[str, str]:
    """Which file of the build each source became: ``{"main.js": "main-4XKQ2A7B.js", ...}``."""
    manifest: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest
