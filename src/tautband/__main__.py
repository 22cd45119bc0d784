"""`python -m tautband`: the product's command line."""

import sys

from tautband.config.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
