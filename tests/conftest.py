"""What tests of several folders share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Servers that tests start keep no training runs in the home folder; a test of that names a file.
os.environ["GRADWALK_KEEP_RUNS"] = "no"


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT
