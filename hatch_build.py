"""Puts the built front end and the templates into the wheel, under ``app/web``."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndHook(BuildHookInterface[Any]):
    """Builds the front end before a wheel is put together; an editable installation reads it from the checkout."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Runs tools/front_end.py and adds its result, which git ignores, to the wheel."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        built = subprocess.run([sys.executable, str(root / "tools" / "front_end.py")], cwd=root, check=False)
        if built.returncode != 0:
            self.app.abort("The front end could not be built; the reason stands above.")
        if version != "editable":
            build_data["force_include"]["static/dist"] = "app/web/static"
            build_data["force_include"]["templates"] = "app/web/templates"
