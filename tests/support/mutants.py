"""Finds mutants and their twins by name: `tests/mutants/<validator>/<check>.py`.

A mutant is `mutant_<fault>_<words>(scene) -> str`: it builds a scene with that fault and returns
what the finding has to name. A twin is `twin_<fault>_<words>(scene)`: the most similar scene in
which nothing is wrong.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.scenes import Scene, is_advisory

FOLDER = Path(__file__).resolve().parent.parent / "mutants"


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A change that is no fault, and the check that must say so."""

    check: str
    fault: str
    words: str
    build: Callable[[Scene], None]

    def __str__(self) -> str:
        return f"{self.check}-{self.fault}-{self.words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A change with a fault; `advisory` where the check says that it only informs."""

    check: str
    fault: str
    words: str
    build: Callable[[Scene], str]
    advisory: bool

    def __str__(self) -> str:
        return f"{self.check}-{self.fault}-{self.words}"


@cache
def all_mutants() -> tuple[Mutant, ...]:
    """Every mutant, by check and in the order of the file."""
    return tuple(
        Mutant(check=check, fault=fault, words=words, build=build, advisory=is_advisory(build))
        for check, fault, words, build in _found("mutant")
    )


@cache
def shown_mutants() -> dict[str, Mutant]:
    """The mutant by which `docs/checks.md` shows what a check says; one that blocks, if any."""
    first: dict[str, Mutant] = {}
    for mutant in sorted(all_mutants(), key=lambda one: one.advisory):
        first.setdefault(mutant.check, mutant)
    return first


@cache
def all_twins() -> tuple[Twin, ...]:
    """Every twin, likewise."""
    return tuple(
        Twin(check=check, fault=fault, words=words, build=build)
        for check, fault, words, build in _found("twin")
    )


def mutants_file(check: str) -> Path:
    """Where a check's mutants and twins are."""
    validator, _, name = check.partition("/")
    return FOLDER / validator / f"{name.replace('-', '_')}.py"


def checks_with_mutants() -> frozenset[str]:
    """The ids that the files' places imply."""
    return frozenset(f"{one.parent.name}/{_kebab(one)}" for one in FOLDER.glob("*/*.py"))


def _kebab(file: Path) -> str:
    return file.stem.replace("_", "-")


def _found(kind: str) -> Iterator[tuple[str, str, str, Callable[[Scene], Any]]]:
    for file in sorted(FOLDER.glob("*/*.py")):
        module = importlib.import_module(f"tests.mutants.{file.parent.name}.{file.stem}")
        for name, build in vars(module).items():
            if name.startswith(f"{kind}_"):
                _, fault, words = name.split("_", 2)
                yield f"{file.parent.name}/{_kebab(file)}", fault.upper(), words, build
