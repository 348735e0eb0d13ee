"""What NumPy's BLAS is told in the environment before it is loaded: how many threads, and sometimes which kernel."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path

# One thread for each product of matrices: learners are served side by side, and for products as small as ours threads
# wait for each other longer than they work. NumPy's OpenBLAS and PyTorch read these when they are loaded.
THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
KERNEL = "OPENBLAS_CORETYPE"
AVX512 = {"avx512f", "avx512dq", "avx512bw", "avx512vl"}


def kernel(cpuinfo: str) -> str | None:
    """The OpenBLAS kernel to ask for, from the text of /proc/cpuinfo; None where OpenBLAS chooses well by itself.

    OpenBLAS takes some AMD processors with AVX-512 for Haswell, at half their speed.
    """
    vendor = re.search(r"^vendor_id\s*:\s*(\S+)", cpuinfo, re.MULTILINE)
    flags = re.search(r"^flags\s*:\s*(.*)$", cpuinfo, re.MULTILINE)
    if vendor is None or flags is None or vendor[1] != "AuthenticAMD" or not set(flags[1].split()) >= AVX512:
        return None
    return "SkylakeX"


def advise(environ: MutableMapping[str, str], cpuinfo: Path = Path("/proc/cpuinfo")) -> Mapping[str, str]:
    """Set what is not set yet, and return it; what somebody set stays. To be called before NumPy is imported."""
    advice = dict(THREADS)
    if cpuinfo.is_file() and (name := kernel(cpuinfo.read_text(encoding="utf-8", errors="replace"))) is not None:
        advice[KERNEL] = name
    added = {variable: value for variable, value in advice.items() if variable not in environ}
    environ.update(added)
    return added
