"""What is said where worker processes cannot start, since each reads the caller's script again."""

from __future__ import annotations

import sys
from multiprocessing import current_process
from pathlib import Path

from anlan.sim.scenario.errors import BadInput, worded

NO_GUARD = worded(
    "worker processes could not start; a script that plays with several workers must do its work "
    'under `if __name__ == "__main__":`, since each worker reads the script again'
)
NO_FILE = worded(
    "worker processes could not start, since each reads the script again and this one stands in no "
    'file; save it as a file, with its work under `if __name__ == "__main__":`, or play with '
    "workers=1"
)


class Unguarded(BadInput, SystemExit):
    """No worker process came to life. A script that does not catch it ends with its one line."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.code = f"anlan: {text}"


def check_script() -> None:
    """Raise Unguarded where the caller's script stands in no file that workers can read again.

    A worker that reads it, and would play once more, leaves without a word.
    """
    if getattr(current_process(), "_inheriting", False):
        raise SystemExit(1)
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if file is not None and not Path(file).is_file():
        raise Unguarded(NO_FILE)
