"""What a fault and a scenario are, and where they are found.

    @mutator("G01", changes={Part.MODEL}, effect=Effect.CONSTANT)
    def output_is_a_constant(change: Change) -> None:
        \"\"\"An output is a constant left in from debugging.\"\"\"
        ...

    @output_is_a_constant.twin(effect=Effect.AS_BEFORE)
    def output_passes_an_identity(change: Change) -> None:
        ...

A function changes the pull request that it is given, or raises `DoesNotFit`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import TypeVar

from benchmarks.detection.change import Change

Builder = Callable[[Change], None]


class Part(StrEnum):
    """What of a pull request differs from the healthy one."""

    LAYOUT = "version directories"
    MODEL = "saved_model.pb"
    WEIGHTS = "variables/"
    ASSETS = "assets/"
    FILES = "other files of the version"
    CONFIGURATION = "configuration"
    CODE = "code"
    EXAMPLES = "examples"
    DEPLOYMENT = "Dockerfile and modes"
    OTHER = "other files"


class Effect(StrEnum):
    """What the candidate does when it is served by itself, measured before the gate sees it.

    It is asked what the healthy candidate answers, one input at a time.
    """

    AS_BEFORE = "answers as the healthy candidate does, to the last digit that counts"
    ANSWERS = "loads and answers"
    OTHERWISE = "answers, and not as the healthy candidate does"
    CONSTANT = "gives the same answer to different inputs"
    PARTLY_CONSTANT = "one output is the same for different inputs"
    CONSTANT_SCORES = "gives the same scores to different inputs, whatever else it answers"
    UNSTABLE = "answers the same input differently"
    NOT_FINITE = "answers NaN or infinity"
    REFUSES = "loads and refuses every input"
    REFUSES_SOME = "loads and refuses some of the inputs"
    DOES_NOT_LOAD = "does not load"
    NOT_SERVED = "has no directory that a server would load as the candidate"
    FED_AS_TRAINED = "its client sends what training makes of the same examples"
    FED_OTHERWISE = "its client sends something else than training makes of an example"
    ELSEWHERE = "shows in something else than the candidate's own answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A change that was built: the fault, its clean twin, or a healthy scenario."""

    name: str
    build: Builder
    effect: Effect
    changes: frozenset[Part]

    @property
    def title(self) -> str:
        """The first line of its docstring, else its name in words."""
        return (self.build.__doc__ or self.name.replace("_", " ")).strip().partition("\n")[0]


class Mutator:
    """A fault and its clean twin. `advisory`: the gate is to say it, and not to block.

    `docker`: shows only with the runtime `docker`. `rollout` is how production is deployed.
    """

    def __init__(
        self,
        fault: str,
        module: str,
        mutant: Variant,
        *,
        advisory: bool,
        docker: bool,
        rollout: str,
    ) -> None:
        self.fault = fault
        self.module = module
        self.mutant = mutant
        self.advisory = advisory
        self.docker = docker
        self.rollout = rollout
        self.clean: Variant | None = None

    @property
    def id(self) -> str:
        """Stable and unique: "graph/output_is_a_constant"."""
        return f"{self.module}/{self.mutant.name}"

    def twin(
        self, *, effect: Effect = Effect.ANSWERS, changes: Iterable[Part] | None = None
    ) -> Callable[[Builder], Builder]:
        """Marks the most similar change that is not a fault; every mutator has one."""

        def mark(build: Builder) -> Builder:
            parts = self.mutant.changes if changes is None else frozenset(changes)
            self.clean = Variant(name=build.__name__, build=build, effect=effect, changes=parts)
            return build

        return mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A change that must pass, under each of its rollouts.

    `advisory` are checks that may say a word.
    """

    row: str
    module: str
    variant: Variant
    rollouts: tuple[str, ...]
    advisory: frozenset[str]

    @property
    def id(self) -> str:
        """Stable and unique: "retraining/new_weights"."""
        return f"{self.module}/{self.variant.name}"


def mutator(
    fault: str,
    *,
    changes: Iterable[Part],
    effect: Effect,
    advisory: bool = False,
    docker: bool = False,
    rollout: str = "volume",
) -> Callable[[Builder], Mutator]:
    """Makes a fault of a function."""

    def make(build: Builder) -> Mutator:
        variant = Variant(
            name=build.__name__, build=build, effect=effect, changes=frozenset(changes)
        )
        return Mutator(
            fault,
            _module(build),
            variant,
            advisory=advisory,
            docker=docker,
            rollout=rollout,
        )

    return make


def scenario(
    row: str,
    *,
    changes: Iterable[Part],
    effect: Effect = Effect.ANSWERS,
    rollouts: Iterable[str] = ("volume", "image"),
    advisory: Iterable[str] = (),
) -> Callable[[Builder], Scenario]:
    """Makes a healthy scenario of a function."""

    def make(build: Builder) -> Scenario:
        return Scenario(
            row=row,
            module=_module(build),
            variant=Variant(
                name=build.__name__, build=build, effect=effect, changes=frozenset(changes)
            ),
            rollouts=tuple(rollouts),
            advisory=frozenset(advisory),
        )

    return make


def all_mutators() -> tuple[Mutator, ...]:
    """Every fault, by id. Raises `ValueError` for one without a twin."""
    from benchmarks.detection import mutators

    found = sorted(_members(mutators, Mutator), key=lambda one: (one.fault, one.id))
    if bare := [one.id for one in found if one.clean is None]:
        raise ValueError(f"without a clean twin: {', '.join(bare)}")
    return tuple(found)


def all_scenarios() -> tuple[Scenario, ...]:
    """Every healthy scenario, by row."""
    from benchmarks.detection import scenarios

    return tuple(sorted(_members(scenarios, Scenario), key=lambda one: (one.row, one.id)))


_T = TypeVar("_T", Mutator, Scenario)


def _members(package: ModuleType, kind: type[_T]) -> Iterable[_T]:
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        yield from (one for one in vars(module).values() if isinstance(one, kind))


def _module(build: Builder) -> str:
    return build.__module__.rpartition(".")[2]
