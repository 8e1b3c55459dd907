"""A process that plays nothing and never ends, with a child: for tests of who ends what."""

from __future__ import annotations

import json
import subprocess
import sys
import time


def main() -> None:
    """Wait for a task, tell of a child, and go on without end."""
    task = json.loads(sys.stdin.readline())
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(json.dumps({"event": "progress", "done": child.pid, "total": task["total"]}), flush=True)
    while task["total"]:
        time.sleep(60)
    child.kill()
    print(json.dumps({"event": "done"}), flush=True)


if __name__ == "__main__":
    main()
