"""The built front end over HTTP: kept for ever where the name carries a hash, asked for again where it does not."""

from __future__ import annotations

import os
import re

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

HASHED = re.compile(r"-[A-Z0-9]{8}\.\w+$")  # main-4XKQ2A7B.js, as the bundler names its files
FOR_EVER = "public, max-age=31536000, immutable"


class BuiltFiles(StaticFiles):
    """Files of the build, with the caching that their names allow."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, or 304 when the browser has it."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = FOR_EVER if HASHED.search(str(full_path)) else "no-cache"
        return response
