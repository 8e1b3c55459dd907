"""A benchmark's own script played in a child process, and what the system says that it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

MB = 1024.0 if sys.platform != "darwin" else 1024.0 * 1024.0  # unit of ru_maxrss


def told_by(script: str, *arguments: str) -> dict[str, Any]:
    """The object of JSON that a script prints, with `cpu_s` and `peak_mb` by wait4.

    Stops the program where the child fails. Needs Linux or macOS.
    """
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        os.dup2(write, 1)
        os.execv(sys.executable, [sys.executable, str(Path(script).resolve()), *arguments])
    os.close(write)
    with os.fdopen(read) as said:
        text = said.read()
    _, status, used = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit(f"the child {' '.join(arguments)} failed")
    told: dict[str, Any] = json.loads(text)
    return told | {"cpu_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / MB}


def unit() -> float:
    """CPU seconds of the fixed load."""
    script = Path(__file__).with_name("unit.py")
    load = subprocess.run([sys.executable, str(script)], capture_output=True, check=True, text=True)
    return float(load.stdout)
