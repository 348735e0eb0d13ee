"""``python -m app`` is the ``gradwalk`` command."""

import sys

from app.cli import main

sys.exit(main())
