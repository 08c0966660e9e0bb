"""How production runs the server, as far as containers are concerned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_IMAGE = "tensorflow/serving:latest"
"""Where neither the configuration nor the arguments name production's image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerSettings:
    """`files` is the repository: what flags name in it is carried along.

    Production's own image comes first where there is one: `dockerfile` (absolute) is built with
    `context`, `built_image` was built by an earlier step. `user` is production's uid, `memory` its
    limit in bytes; None where nobody has said. `revision` is the commit that is validated.
    """

    files: Path
    image: str = DEFAULT_IMAGE
    dockerfile: Path | None = None
    context: Path | None = None
    built_image: str = ""
    user: int | None = None
    memory: int | None = None
    revision: str = ""
