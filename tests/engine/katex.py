"""KaTeX's opinion of formulas, in the strictness the page uses them with."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

RENDER = """
const katex = require("katex");
const trust = ({ command }) => command === "\\\\htmlClass";
const strict = (code) => code === "htmlExtension" ? "ignore" : "error";
const wrong = [];
for (const formula of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
  try { katex.renderToString(formula, { throwOnError: true, strict, trust }); }
  catch (error) { wrong.push(formula + ": " + error.message); }
}
console.log(JSON.stringify(wrong));
"""


def typeset(formulas: list[str], root: Path) -> list[str]:
    """What KaTeX says against the formulas."""
    node = shutil.which("node")
    if node is None or not (root / "node_modules" / "katex").is_dir():
        pytest.skip("needs node and katex")
    done = subprocess.run(
        [node, "-e", RENDER], input=json.dumps(formulas), capture_output=True, text=True, cwd=root, check=True
    )
    wrong: list[str] = json.loads(done.stdout)
    return wrong
