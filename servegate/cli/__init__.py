"""The command line: the only part of the gate that writes."""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Runs one command and returns the exit code (the table is in the README)."""
    if arguments and arguments[0] == "serve":
        # The model server's process is TensorFlow's; nothing else of the gate belongs in it.
        from servegate.embedded.main import main as serve

        return serve(arguments[1:])
    from servegate.cli.commands import run

    return run(arguments)
