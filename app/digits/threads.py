"""How many threads a picture may keep busy: one, so that whoever steps through a backward pass is not held up."""

from __future__ import annotations

from functools import cache


@cache
def use_one_thread() -> None:
    """Lets OpenCV compute on the calling thread alone; by default it takes every core."""
    import cv2

    cv2.setNumThreads(1)
