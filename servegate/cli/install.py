"""`install`: the gate's own environment, from the lock.

The action runs it with the Python that it has just set up, so it needs the standard library alone.
What fails here is told as everything else is: no environment is no verdict.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import uuid
from contextlib import suppress
from pathlib import Path

from servegate.cli.writing import append
from servegate.errors import CannotTell, Mistake
from servegate.findings import Report, Verdict
from servegate.report import github_annotations, summary
from servegate.report.outputs import output
from servegate.report.safe import log

LOCK = Path(__file__).resolve().parents[2] / "requirements" / "runtime.txt"
_TOLD_LINES = 15
_NO_SPACE = ("no space left on device", "disk quota exceeded")
_NETWORK = (
    "See whether the runner reaches its package index (PIP_INDEX_URL, PIP_CONFIG_FILE and "
    "HTTPS_PROXY are pip's own settings), and run the job again."
)
_DISK = "Make room on the disk of RUNNER_TEMP, and run the job again."


def install(arguments: argparse.Namespace) -> int:
    """Makes the environment in a directory; what was there is replaced."""
    try:
        _install(arguments.folder)
    except CannotTell as error:
        _tell(error)
        return error.exit_code
    return 0


def _install(folder: Path) -> None:
    python = folder / "bin" / "python"
    _run("The environment could not be made", sys.executable, "-I", "-m", "venv", "--clear", folder)
    _run(
        "The environment could not be installed",
        *(python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--no-input", "--no-deps", "--require-hashes", "--requirement", LOCK),
    )


def _run(trouble: str, *command: str | Path) -> None:
    """Runs a command to its end. Raises `CannotTell` with the end of what it said."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        status, said = done.returncode, done.stdout.decode("utf-8", "replace").strip()
    except OSError as error:
        status, said = error.errno or 1, str(error)
    if status:
        told = "\n".join(said.splitlines()[-_TOLD_LINES:])
        full = any(words in said.lower() for words in _NO_SPACE)
        raise CannotTell(f"{trouble}.\n{told}\n", remedy=_DISK if full else _NETWORK)


def _tell(error: CannotTell) -> None:
    """In the log, as an annotation, in the summary, and as the output `verdict`."""
    print(log(str(error)), file=sys.stderr)  # noqa: T201
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    sys.stdout.write(github_annotations.of_mistakes([Mistake(message=str(error))]))
    report = Report(
        verdict=Verdict.UNDECIDED,
        base=None,
        head=None,
        runtime="",
        seconds=0.0,
        models=(),
        notes=(str(error),),
    )
    texts = {
        "GITHUB_STEP_SUMMARY": summary.render(report),
        "GITHUB_OUTPUT": output("verdict", report.verdict.value, str(uuid.uuid4())),
    }
    for variable, text in texts.items():
        # A full disk has no room for them either, and the annotation has been made.
        if file := os.environ.get(variable):
            with suppress(OSError):
                append(Path(file), text)
