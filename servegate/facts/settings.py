"""What the configuration says of one model, in the form that evidence and checks use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from servegate.facts.expectations import Expectation
from servegate.findings import Location


class Rollout(StrEnum):
    """How a new version reaches production."""

    VOLUME = "volume"
    """A running server watches the directory and picks up higher numbers."""

    IMAGE = "image"
    """Every deployment starts a fresh container."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far two numbers may be apart: `absolute + relative * range of the expected values`."""

    relative: float
    absolute: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Callables:
    """The project's own preprocessing, as `module:function`.

    `training` None means that the recorded inputs are what training made, `serving` None that
    clients send the raw example as it is. `python` is the interpreter
    that has the project's packages, None for the gate's own.
    """

    training: str | None
    serving: str | None
    python: Path | None
    location: Location | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Something that is declared of an input or an output under `sensitivity`, and why."""

    name: str
    reason: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFlag:
    """One of production's flags as the configuration has it, and where it stands."""

    text: str
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The configuration of one model. Paths are relative to the repository.

    `flags` are production's for a server to be started with: the files that they name are
    absolute. `written_flags` are the same flags as somebody wrote them.

    `tolerance` is None where nobody set one: it then follows from the dtype. `agree_within` is how
    far the candidate may answer from the base version, None: as far as it likes. `location` is the
    model's entry in `servegate.yml`, None when the model was discovered. `user` is the uid of
    production's server, None where nobody said; `own_image` tells that production's image is not
    the gate's but one that the project builds. Seconds throughout.
    """

    rollout: Rollout = Rollout.VOLUME
    staged: bool = False
    model_config: str | None = None
    flags: tuple[str, ...] = ()
    written_flags: tuple[WrittenFlag, ...] = ()
    load_timeout: float = 120.0
    request_timeout: float = 30.0
    callables_timeout: float = 120.0
    examples: str | None = None
    tolerance: Tolerance | None = None
    callables: Callables | None = None
    ignores: tuple[Declared, ...] = ()
    constant_outputs: tuple[Declared, ...] = ()
    stochastic: tuple[Declared, ...] = ()
    stateful: tuple[Declared, ...] = ()
    agree_within: Tolerance | None = None
    expectations: tuple[Expectation, ...] = ()
    user: int | None = None
    own_image: bool = False
    location: Location | None = None
    config_file: str = "servegate.yml"
