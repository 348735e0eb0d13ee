"""How often a JPEG goes over its pixels, found out without decoding any."""

from __future__ import annotations

import re

START_OF_SCAN = 0xDA
START = bytes((0xFF, START_OF_SCAN))
END = 0xD9
ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers that nothing follows."""

MARKER = re.compile(rb"\xff+([^\0\xff\xd0-\xd7])", re.DOTALL)
"""A marker, also within a scan: there FF is data where 0 follows it, and D0 to D7 are but signposts."""


def too_many_scans(data: bytes, most: int) -> bool:
    """Whether the first picture in a JPEG file has more than `most` scans.

    A progressive JPEG is refined scan by scan, each of which costs a pass over all its pixels and may be a hundred
    bytes short.
    """
    # No file has more scans than it has their marker, and that is quickly known; only a suspect is walked through.
    if data.count(START) <= most:
        return False
    position, found = 2, 0
    while found <= most and (marker := MARKER.search(data, position)):
        code, position = marker[1][0], marker.end()
        if code == END:
            break
        found += code == START_OF_SCAN
        if code not in ALONE:
            position += int.from_bytes(data[position : position + 2], "big")
    return found > most
