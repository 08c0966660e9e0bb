"""Starts Servegate by path, so that nothing in the workspace can shadow its modules."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent)

from servegate.cli import main

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
