"""`python -m app` is the command `anlan`."""

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main())
