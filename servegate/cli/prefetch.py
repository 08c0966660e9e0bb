"""`prefetch`: starts pulling the serving image while the action still sets itself up.

It runs before anything is installed, so it needs the standard library alone, and reads no YAML: it
looks for the line that names the image. All of it is a head start and no more: the gate pulls what
it needs itself, and says why when it cannot.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from servegate.report.safe import log
from servegate.serving.docker.settings import DEFAULT_IMAGE

CONFIGURATION = Path("servegate.yml")
LOG = "servegate-pull.log"
# `built_image:` is another key; a name that begins with a dash would be an option of docker's.
_IMAGE = re.compile(
    r"""^serving:.*?(?<![\w-])image:\s*["']?(\w[\w./:@-]*)""", re.DOTALL | re.MULTILINE
)
_OWN = re.compile(r"(?<![\w-])(?:dockerfile|built_image):")
_NAME = re.compile(r"\w[\w./:@-]*\Z", re.ASCII)
# An image that is there already is not asked for again, as the gate does not.
_PULL = 'docker image inspect "$0" >/dev/null 2>&1 || exec docker pull --quiet "$0"'


def prefetch(arguments: argparse.Namespace) -> int:
    """Never fails: what hinders it here, the gate reports."""
    image = arguments.serving_image or _configured(arguments.config or CONFIGURATION)
    print(log(_started(image)))  # noqa: T201
    return 0


def _configured(file: Path) -> str:
    """The image that the file names; "" where production builds its own, from who knows what."""
    try:
        text = file.read_text("utf-8", errors="replace")
    except OSError:
        return DEFAULT_IMAGE
    match = _IMAGE.search(text)
    if match:
        return match[1]
    return "" if _OWN.search(text) else DEFAULT_IMAGE


def _started(image: str) -> str:
    """Starts the pull in a session of its own, which outlives the step; what to tell of it."""
    if not _NAME.match(image):
        return "No serving image is pulled ahead: none is named."
    if shutil.which("docker") is None:
        return "No serving image is pulled ahead: there is no docker command."
    folder = Path(os.environ.get("RUNNER_TEMP") or tempfile.gettempdir())
    try:
        with (folder / LOG).open("ab") as output:
            subprocess.Popen(
                ["sh", "-c", _PULL, image],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
    except OSError as error:
        return f"No serving image is pulled ahead: {error.strerror}."
    return f"Pulling {image} in the background."
