"""The command `mdm`, also as `python -m mdm`."""

import sys

from mdm.entrypoints.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
