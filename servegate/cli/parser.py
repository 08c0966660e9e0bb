"""The arguments of every command."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from servegate import __version__
from servegate.errors import Mistake, WrongUse
from servegate.pipeline.options import FailOn, RuntimeName


class _Parser(argparse.ArgumentParser):
    """Reports mistakes as the rest of the gate does, not by leaving the process."""

    def error(self, message: str) -> NoReturn:
        raise WrongUse([Mistake(message=f"{self.prog}: {message} (see --help)")])


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = _Parser(
        prog="entrypoint.py",
        description="Decides whether a change of a TensorFlow SavedModel may go to production.",
        epilog="Exit codes: 0 accepted or unchanged, 1 rejected, 2 wrong use, 3 undecided, "
        "130 interrupted.",
    )
    top.add_argument("--version", action="version", version=f"servegate {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    _gate(commands.add_parser("gate", help="validate every changed model, write the reports"))
    _inspect(commands.add_parser("inspect", help="what a SavedModel contains"))
    _checks(commands.add_parser("checks", help="list the checks, or explain one"))
    commands.add_parser(
        "serve", help="the embedded server, with the flags of tensorflow_model_server"
    )
    return top


def _gate(gate: argparse.ArgumentParser) -> None:
    gate.add_argument("--config", type=Path, metavar="FILE", help="default: servegate.yml")
    gate.add_argument("--base", default="", metavar="REF", help="compare with this revision")
    gate.add_argument("--all", action="store_true", dest="everything", help="validate all models")
    gate.add_argument(
        "--model",
        action="append",
        default=[],
        dest="models",
        metavar="NAME",
        help="only this model (may be repeated)",
    )
    gate.add_argument(
        "--runtime",
        type=RuntimeName,
        choices=list(RuntimeName),
        default=RuntimeName.EMBEDDED,
        help="what serves the candidate (default: %(default)s)",
    )
    gate.add_argument(
        "--output",
        type=Path,
        default=Path("servegate-report"),
        metavar="DIR",
        help="where the reports go (default: %(default)s)",
    )
    gate.add_argument(
        "--fail-on",
        type=FailOn,
        choices=list(FailOn),
        default=FailOn.BLOCKING,
        help="which failures turn the exit code red (default: %(default)s)",
    )
    gate.add_argument(
        "--jobs", type=_positive, default=1, metavar="N", help="models validated at once"
    )


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 64")
    return number


def _inspect(inspect: argparse.ArgumentParser) -> None:
    inspect.add_argument("path", type=Path, metavar="PATH", help="a version directory or base path")
    inspect.add_argument("--json", action="store_true", help="print JSON")


def _checks(checks: argparse.ArgumentParser) -> None:
    checks.add_argument("id", nargs="?", metavar="ID", help="explain this check")
