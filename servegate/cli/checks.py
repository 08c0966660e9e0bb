"""`checks`: lists the checks, or shows the page of one."""

from __future__ import annotations

import argparse
import sys

from servegate.cli.registry import all_checks
from servegate.errors import Mistake, WrongUse
from servegate.wording import nearest


def checks(arguments: argparse.Namespace) -> int:
    """Prints to standard output. Raises `WrongUse` on an id that there is not."""
    found = {check.id: check for check in all_checks()}
    if arguments.id is None:
        width = max(map(len, found))
        for name, check in found.items():
            sys.stdout.write(f"{name:{width}}  {check.severity:8}  {check.title}\n")
        return 0
    if arguments.id not in found:
        raise WrongUse(
            [Mistake(message=f"there is no check {arguments.id!r}{nearest(arguments.id, found)}")]
        )
    check = found[arguments.id]
    claims = ", ".join(check.claims)
    sys.stdout.write(f"{check.id} ({check.severity}; faults {claims})\n\n{check.page}\n")
    return 0
