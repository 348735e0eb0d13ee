"""Makes app/data/digits.npz: the handwritten digits that come with Gradwalk, 8x8 pictures scaled up to 28x28.

The pictures are those that scikit-learn ships (Alpaydin and Kaynak 1998, UCI, CC BY 4.0). scikit-learn is needed for
this script only:

    pip install scikit-learn && python tools/make_digits.py

Each picture becomes what a picture of MNIST is: ink that fits a box of 20x20 pixels, its centre of mass in the middle
of 28x28 pixels. A value of the source counts how many of 16 pixels were inked; a cubic through these counts (Catmull
and Rom 1974) gives the share of ink at each new pixel, and a steeper contrast brings back the edges of the pen.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TARGET = Path(__file__).resolve().parent.parent / "app" / "data" / "digits.npz"
SIDE = 28
BOX = 20
SCALE = 2.35  # new pixels a pixel of the source; the largest, in steps of 0.05, at which the ink of all fits the box
CONTRAST = 2.0
GREY_STEP = 5  # 52 grey levels instead of 256: nobody sees it, and the file is a fifth smaller


def catmull_rom(distance: Floats) -> Floats:
    """Weight of a sample at `distance` pixels from where a value is wanted."""
    t = np.abs(distance)
    near = 1.5 * t**3 - 2.5 * t**2 + 1
    far = -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
    return np.where(t < 1, near, np.where(t < 2, far, 0.0))


def resampling(shares: Floats) -> Floats:
    """The matrix (28, 8) that scales one axis up around the ink's centre of mass; `shares` is the ink along it."""
    pixels = np.arange(len(shares))
    centre = shares @ pixels / shares.sum()
    wanted = centre + (np.arange(SIDE) - (SIDE - 1) / 2) / SCALE
    return catmull_rom(wanted[:, None] - pixels)


def enlarged(picture: Floats) -> npt.NDArray[np.uint8]:
    """An 8x8 picture of ink from 0 to 1 as 28x28 grey levels from 0 to 255."""
    ink = resampling(picture.sum(axis=1)) @ picture @ resampling(picture.sum(axis=0)).T
    ink = np.clip((ink - 0.5) * CONTRAST + 0.5, 0.0, 1.0)
    return (np.rint(ink * 255 / GREY_STEP) * GREY_STEP).astype(np.uint8)


def ink_box(picture: npt.NDArray[np.uint8]) -> int:
    """The longer side of the smallest box around the ink."""
    return max(int(np.ptp(np.flatnonzero(picture.any(axis=axis)))) + 1 for axis in (0, 1))


def main() -> None:
    """Write the file and say what is in it."""
    source: Any = import_module("sklearn.datasets").load_digits()  # no dependency: mypy need not find it
    images = np.array([enlarged(picture / 16.0) for picture in source.images])
    largest = max(map(ink_box, images))
    if largest > BOX:
        raise SystemExit(f"the ink of a digit takes {largest} pixels, more than {BOX}")
    TARGET.parent.mkdir(exist_ok=True)
    np.savez_compressed(TARGET, images=images, labels=source.target.astype(np.uint8))
    print(f"{TARGET}: {len(images):,} pictures, {TARGET.stat().st_size:,} bytes, largest ink box {largest}")


if __name__ == "__main__":
    main()
