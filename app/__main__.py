"""`python -m anlan.app` is the command `anlan`."""

import sys

from anlan.app.start import main

if __name__ == "__main__":
    sys.exit(main())
