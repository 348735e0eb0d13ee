"""What BLAS is told before it is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.blas import KERNEL, THREADS, advise, kernel

FLAGS = "fpu sse2 avx2 avx512f avx512dq avx512bw avx512vl"
ZEN = f"processor\t: 0\nvendor_id\t: AuthenticAMD\nmodel name\t: AMD EPYC\nflags\t\t: {FLAGS}\n"


@pytest.mark.parametrize(
    ("cpuinfo", "expected"),
    [
        (ZEN, "SkylakeX"),
        (ZEN.replace("AuthenticAMD", "GenuineIntel"), None),
        (ZEN.replace(" avx512vl", ""), None),
        (ZEN.replace("avx512f ", "avx512foo "), None),
        ("", None),
    ],
)
def test_amd_with_avx512_gets_its_kernel(cpuinfo: str, expected: str | None) -> None:
    assert kernel(cpuinfo) == expected


def test_what_somebody_set_stays(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(ZEN)
    environ = {KERNEL: "Zen"}
    assert advise(environ, cpuinfo) == THREADS
    assert environ == {KERNEL: "Zen", **THREADS}
    environ = {"OPENBLAS_NUM_THREADS": "4"}
    assert advise(environ, cpuinfo) == {"OMP_NUM_THREADS": "1", KERNEL: "SkylakeX"}
    assert advise({}, tmp_path / "missing") == THREADS
