"""Where the command begins, reading so little that Ctrl-C finds nowhere to leave a traceback."""

from __future__ import annotations

import os
import signal
import sys

STOPPED = 130


def main() -> int:
    """Run the command line and give its exit code; Ctrl-C before it has begun is one line too."""
    try:
        from anlan.app import cli

        return cli.main()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from anlan.analysis.words import word
        from anlan.app.language import of_arguments

        text = word("cli.stopped", of_arguments(sys.argv[1:], os.environ))
        print(f"anlan: {text}", file=sys.stderr, flush=True)
        return STOPPED
