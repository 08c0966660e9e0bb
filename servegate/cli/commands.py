"""Runs one command and turns whatever ends it into an exit code."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from servegate.cli.parser import parser
from servegate.errors import CannotTell, Interrupted, Mistake, ServegateError, WrongUse

INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Runs the command that the arguments name; in GitHub Actions none means `gate`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of files need not be text
    try:
        return _run(arguments)
    except ServegateError as error:
        _complain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left; nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - Python's own exit code would mean "rejected"
        return _our_fault()


def _our_fault() -> int:
    """A fault of the gate is never a verdict; the traceback may hold text of a model."""
    from servegate.report.safe import log

    trace = log(traceback.format_exc())
    sys.stderr.write(f"{trace}\nservegate: This is a fault of the gate; please report it.\n")
    return CannotTell.exit_code


def _run(arguments: Sequence[str]) -> int:
    if not arguments and os.environ.get("GITHUB_ACTIONS") == "true":
        from servegate.cli.action import arguments_of

        arguments = arguments_of(os.environ)
    options = parser().parse_args(arguments)
    if options.command is None:
        parser().print_help(sys.stderr)
        raise WrongUse([Mistake(message="no command was given")])
    return _command(options.command)(options)


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """The command's function; each module is imported for its own command alone."""
    if name == "gate":
        from servegate.cli.gate import gate

        return gate
    if name == "prefetch":
        from servegate.cli.prefetch import prefetch

        return prefetch
    if name == "install":
        from servegate.cli.install import install

        return install
    if name == "plan":
        from servegate.cli.plan import plan

        return plan
    if name == "merge":
        from servegate.cli.merge import merge

        return merge
    if name == "inspect":
        from servegate.cli.inspect import inspect

        return inspect
    from servegate.cli.checks import checks

    return checks


def _complain(error: ServegateError) -> None:
    from servegate.report.safe import log

    if isinstance(error, WrongUse):
        lines = [str(mistake) for mistake in error.mistakes]
    elif isinstance(error, Interrupted):
        lines = ["Interrupted."]
    else:
        lines = [str(error)]
    print(log("\n".join(f"servegate: {line}" for line in lines)), file=sys.stderr)  # noqa: T201
    if isinstance(error, WrongUse) and os.environ.get("GITHUB_ACTIONS") == "true":
        from servegate.report.github_annotations import of_mistakes

        sys.stdout.write(of_mistakes(error.mistakes))
