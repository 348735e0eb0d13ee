"""Makes app/data/mnist-checksums.json from a folder with MNIST: the checksums that damaged files are told by.

    python tools/make_checksums.py FOLDER

FOLDER is what torchvision calls root. The gzipped files as published, whose checksums torchvision knows, or unpacked
ones will do.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.datasets import find_file, mnist_files, raw_folder
from app.integrity import CHECKSUMS, checksums
from engine.data import read_idx


def main(folder: Path) -> None:
    """Write the file."""
    table: dict[str, list[str]] = {}
    for name in (*mnist_files("train"), *mnist_files("test")):
        path = find_file(raw_folder(folder) / name)
        if path is None:
            sys.exit(f"There is no {name} in {raw_folder(folder)}.")
        table[name] = checksums(read_idx(path))
    CHECKSUMS.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(f"{CHECKSUMS}: {sum(map(len, table.values()))} checksums")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
