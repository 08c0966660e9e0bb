"""The arguments of every command."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import NoReturn

from servegate import __version__
from servegate.cli.unsafe_events import UNSAFE_EVENTS
from servegate.errors import Mistake, WrongUse
from servegate.pipeline.options import FailOn, RuntimeName
from servegate.shards import MOST, Shard

_NUMBER = re.compile(r"[0-9]{1,4}\Z", re.ASCII)


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
    _plan(commands.add_parser("plan", help="print what has changed and a job matrix, as JSON"))
    _merge(commands.add_parser("merge", help="merge the reports of shards into one verdict"))
    _inspect(commands.add_parser("inspect", help="what a SavedModel contains"))
    _checks(commands.add_parser("checks", help="list the checks, or explain one"))
    _prefetch(commands.add_parser("prefetch", help="start pulling the serving image, and leave"))
    _install(commands.add_parser("install", help="make the gate's own environment"))
    commands.add_parser(
        "serve", help="the embedded server, with the flags of tensorflow_model_server"
    )
    return top


def _gate(gate: argparse.ArgumentParser) -> None:
    _selection(gate)
    _verdict(gate)
    gate.add_argument(
        "--runtime",
        type=RuntimeName,
        choices=list(RuntimeName),
        default=RuntimeName.EMBEDDED,
        help="what serves the candidate (default: %(default)s)",
    )
    _serving_image(gate)
    gate.add_argument(
        "--jobs", type=_positive, default=1, metavar="N", help="models validated at once"
    )
    gate.add_argument(
        "--shard", type=_shard, metavar="I/N", help="only the part I, from 1, of N equal ones"
    )
    gate.add_argument(
        "--allow-unsafe-event",
        action="append",
        default=[],
        dest="allowed_events",
        choices=UNSAFE_EVENTS,
        help="run on an event that gives a stranger's model the repository's secrets",
    )


def _selection(command: argparse.ArgumentParser) -> None:
    _config(command)
    command.add_argument("--base", default="", metavar="REF", help="compare with this revision")
    command.add_argument(
        "--all", action="store_true", dest="everything", help="validate all models"
    )
    command.add_argument(
        "--model",
        action="append",
        default=[],
        dest="models",
        metavar="NAME",
        help="only this model (may be repeated)",
    )


def _config(command: argparse.ArgumentParser) -> None:
    command.add_argument("--config", type=Path, metavar="FILE", help="default: servegate.yml")


def _serving_image(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--serving-image",
        default="",
        metavar="IMAGE",
        help="production's image, in place of the configuration's serving.image",
    )


def _verdict(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--output",
        type=Path,
        default=Path("servegate-report"),
        metavar="DIR",
        help="where the reports go (default: %(default)s)",
    )
    command.add_argument(
        "--fail-on",
        type=FailOn,
        choices=list(FailOn),
        default=FailOn.BLOCKING,
        help="which failures turn the exit code red (default: %(default)s)",
    )


def _prefetch(prefetch: argparse.ArgumentParser) -> None:
    _config(prefetch)
    _serving_image(prefetch)


def _install(install: argparse.ArgumentParser) -> None:
    install.add_argument(
        "folder", type=Path, metavar="DIR", help="where it goes; what is there is replaced"
    )


def _plan(plan: argparse.ArgumentParser) -> None:
    _selection(plan)
    plan.add_argument(
        "--shards",
        type=_shards,
        default=MOST,
        metavar="N",
        help="at most so many jobs (default and limit: %(default)s)",
    )


def _merge(merge: argparse.ArgumentParser) -> None:
    merge.add_argument(
        "folders",
        nargs="+",
        type=Path,
        metavar="DIR",
        help="a shard's report directory, or a directory of such directories",
    )
    _verdict(merge)


def _positive(text: str) -> int:
    return _number(text, 64)


def _shards(text: str) -> int:
    return _number(text, MOST)


def _number(text: str, highest: int) -> int:
    number = int(text) if _NUMBER.match(text) else 0
    if not 1 <= number <= highest:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {highest}")
    return number


def _shard(text: str) -> Shard:
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _inspect(inspect: argparse.ArgumentParser) -> None:
    inspect.add_argument("path", type=Path, metavar="PATH", help="a version directory or base path")
    inspect.add_argument("--json", action="store_true", help="print JSON")


def _checks(checks: argparse.ArgumentParser) -> None:
    checks.add_argument("id", nargs="?", metavar="ID", help="explain this check")
