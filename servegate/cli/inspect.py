"""`inspect`: what a SavedModel contains."""

from __future__ import annotations

import argparse
import os
import shutil
import sys

from servegate.errors import Mistake, WrongUse


def inspect(arguments: argparse.Namespace) -> int:
    """Prints to standard output. Raises `WrongUse` when nothing lies at the path."""
    from servegate.inspection.document import to_json
    from servegate.inspection.inspect import inspect as inspect_path
    from servegate.inspection.render import render

    if not arguments.path.exists():
        raise WrongUse([Mistake(message=f"there is nothing at {arguments.path}")])
    found = inspect_path(arguments.path)
    if arguments.json:
        sys.stdout.write(to_json(found))
        return 0
    color = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    sys.stdout.write(render(found, width=shutil.get_terminal_size((100, 24)).columns, color=color))
    return 0
