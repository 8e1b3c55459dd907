"""`python -m anlan.app` is the command `anlan`."""

import sys

from anlan.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
