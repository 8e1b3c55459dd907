"""`python -m anlan.app.docs`."""

import sys

from anlan.app.docs.pages import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
