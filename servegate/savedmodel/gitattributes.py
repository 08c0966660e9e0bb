"""Whether the repository declares that a file is kept in Git LFS.

A pointer in the working tree that `.gitattributes` declares was not fetched: the checkout is at
fault. One that is not declared was committed in place of the content: the change is at fault.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from servegate.errors import CannotTell

_NO_REPOSITORY = 128
_SECONDS = 60


def declared_in_lfs(folder: Path, relpaths: Iterable[str]) -> frozenset[str]:
    """Those of `relpaths` (relative to `folder`) whose `filter` attribute is `lfs`.

    Git is asked, so the whole chain of `.gitattributes` counts, and `.git/info/attributes` too.
    Outside a repository nothing is declared. Raises `CannotTell` when git does not answer.
    """
    asked = b"".join(os.fsencode(one) + b"\0" for one in relpaths)
    if not asked:
        return frozenset()
    command = ["git", "-C", os.fspath(folder), "check-attr", "-z", "--stdin", "filter"]
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        answer = subprocess.run(
            command,
            input=asked,
            env=environment,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotTell(f"git could not be asked for attributes: {error}") from error
    if answer.returncode:
        return _unanswered(answer)
    # path NUL attribute NUL value NUL, over and over
    fields = answer.stdout.split(b"\0")
    return frozenset(
        os.fsdecode(path)
        for path, value in zip(fields[::3], fields[2::3], strict=False)
        if value == b"lfs"
    )


def _unanswered(answer: subprocess.CompletedProcess[bytes]) -> frozenset[str]:
    if answer.returncode == _NO_REPOSITORY and b"not a git repository" in answer.stderr:
        return frozenset()
    said = answer.stderr.decode("utf-8", "replace").strip()[:500]
    raise CannotTell(
        f"git could not be asked for attributes: {said}",
        remedy="Make `git check-attr` work in the checkout (`safe.directory` for another owner).",
    )
