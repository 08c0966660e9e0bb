"""How evidence is provided: named like a parameter, computed once, absent in three ways."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)
Function = TypeVar("Function", bound=Callable[..., object])


class Stage(IntEnum):
    """When evidence can be had. What is known from files is known before a server starts."""

    CHANGES = 1
    FILES = 2
    PREPROCESSING = 3
    SERVER = 4


class Absent(Exception):
    """Evidence that is not there; one of the three classes below."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotApplicable(Absent):
    """There is nothing of the kind here: the check is skipped and the verdict unaffected.

    `enable` says what makes it examinable; the report lists both under "not examined" unless it
    is empty (nothing could, or nothing should).
    """

    def __init__(self, reason: str, *, enable: str = "") -> None:
        super().__init__(reason)
        self.enable = enable


class Broken(Absent):
    """The gate could not obtain it: the check that asked first is errored, the others skipped."""

    def __init__(self, reason: str, *, remedy: str = "") -> None:
        super().__init__(reason)
        self.remedy = remedy


class Blocked(Absent):
    """Another check, `by`, has already said why it cannot be had: the check is skipped."""

    def __init__(self, reason: str, *, by: str) -> None:
        super().__init__(reason)
        self.by = by


class Later(Protocol[T_co]):
    """Evidence that a check asks for only if it turns out to need it.

    A parameter annotated `Later[X]` is a function without parameters; calling it computes the
    evidence or raises `Absent`.
    """

    def __call__(self) -> T_co:
        """The evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One parameter of a check or provider: the evidence it names, and whether it is lazy."""

    name: str
    later: bool


def needs_of(function: Callable[..., object]) -> tuple[Need, ...]:
    """The evidence that a function's parameters name."""
    return tuple(
        Need(name=name, later=str(parameter.annotation).startswith("Later["))
        for name, parameter in inspect.signature(function).parameters.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A function that makes one piece of evidence, named as the function is.

    A generator function yields the evidence once and cleans up after the last check. Evidence is
    not sought when one of the checks in `blocked_by` has rejected the candidate or could not tell.
    """

    name: str
    stage: Stage
    function: Callable[..., object]
    needs: tuple[Need, ...]
    blocked_by: tuple[str, ...]


def provides(*, stage: Stage, blocked_by: tuple[str, ...] = ()) -> Callable[[Function], Function]:
    """Declares a function as the provider of the evidence that bears its name."""

    def declare(function: Function) -> Function:
        provider = Provider(
            name=function.__name__,
            stage=stage,
            function=function,
            needs=needs_of(function),
            blocked_by=blocked_by,
        )
        function.__dict__["provider"] = provider
        return function

    return declare
