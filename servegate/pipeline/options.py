"""What a run was asked for, whatever asked: arguments or the action's inputs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from servegate.shards import Shard


class FailOn(StrEnum):
    """What turns the exit code red."""

    BLOCKING = "blocking"
    ADVISORY = "advisory"
    NEVER = "never"


class RuntimeName(StrEnum):
    """The runtimes that there are."""

    EMBEDDED = "embedded"
    BINARY = "binary"
    DOCKER = "docker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One run. `models` are the only ones to validate, all changed ones when it is empty.

    `config` None means the repository's `servegate.yml`; `jobs` is how many models are validated
    at once. `serving_image` is used in place of the configuration's, "" for that one. `shard` is
    the part of the work to do, None for all of it.
    """

    repository: Path
    config: Path | None = None
    base: str = ""
    everything: bool = False
    models: tuple[str, ...] = ()
    runtime: RuntimeName = RuntimeName.EMBEDDED
    serving_image: str = ""
    output: Path = Path("servegate-report")
    fail_on: FailOn = FailOn.BLOCKING
    jobs: int = 1
    shard: Shard | None = None
