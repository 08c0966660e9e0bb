"""What `gate` and `plan` have in common: which repository, and which of its models."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from servegate.pipeline.options import Options


def selection_options(arguments: argparse.Namespace) -> Options:
    """The options of a run that say what is validated; all others have their defaults."""
    return Options(
        repository=repository(),
        config=arguments.config,
        base=arguments.base,
        everything=arguments.everything,
        models=tuple(arguments.models),
    )


def repository() -> Path:
    """The top of the working tree: GITHUB_WORKSPACE, or what git says of this directory."""
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    if workspace and os.environ.get("GITHUB_ACTIONS") == "true":
        return Path(workspace).absolute()
    here = Path.cwd()
    tops = (folder for folder in (here, *here.parents) if (folder / ".git").exists())
    return next(tops, here)
