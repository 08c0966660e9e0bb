"""Finds checks and providers, and proves that they fit together before anything runs."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from servegate.checks import Check
from servegate.providers import Need, Provider, Stage


class Misfit(Exception):
    """A check or provider that cannot work as declared: a mistake in the project itself."""


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, prefix=f"{package.__name__}."):
        yield importlib.import_module(found.name)


def _declared(package: ModuleType, attribute: str) -> Iterator[object]:
    for module in _modules(package):
        for thing in vars(module).values():
            declared = getattr(thing, "__dict__", {}).get(attribute)
            if declared is not None and getattr(thing, "__module__", "") == module.__name__:
                yield declared


def find_checks(package: ModuleType) -> tuple[Check, ...]:
    """Every check declared below a package, in the order of their ids."""
    found = [one for one in _declared(package, "check") if isinstance(one, Check)]
    return tuple(sorted(found, key=lambda one: one.id))


def check_ids(package: ModuleType) -> tuple[str, ...]:
    """The ids of all checks by the names of their modules, without importing them."""
    validators = [one.name for one in pkgutil.iter_modules(package.__path__) if one.ispkg]
    return tuple(
        f"{validator}/{one.name.replace('_', '-')}"
        for validator in sorted(validators)
        for one in pkgutil.iter_modules([f"{path}/{validator}" for path in package.__path__])
    )


def find_providers(package: ModuleType) -> tuple[Provider, ...]:
    """Every provider declared below a package."""
    return tuple(one for one in _declared(package, "provider") if isinstance(one, Provider))


@dataclass(frozen=True, slots=True)
class Registry:
    """Checks and providers that fit together.

    `seeds` are the names of the evidence that the caller hands in.
    """

    checks: tuple[Check, ...]
    providers: Mapping[str, Provider]
    seeds: frozenset[str]

    def stage(self, check: Check) -> Stage:
        """The stage of the latest evidence that a check cannot do without."""
        return max((self._stage_of(need.name) for need in check.needs), default=Stage.CHANGES)

    def _stage_of(self, evidence: str) -> Stage:
        provider = self.providers.get(evidence)
        if provider is None:
            return Stage.CHANGES
        return max(
            [provider.stage, *(self._stage_of(need.name) for need in provider.needs)],
        )

    def ordered(self) -> tuple[Check, ...]:
        """All checks, those that need the least first."""
        return tuple(sorted(self.checks, key=lambda one: (self.stage(one), one.id)))

    def can_run(self, check: Check, seeds: Iterable[str]) -> bool:
        """Whether all that a check needs follows from these seeds."""
        return self._can_have(check.needs, frozenset(seeds))

    def _can_have(self, needs: tuple[Need, ...], seeds: frozenset[str]) -> bool:
        return all(
            need.name in seeds
            or (
                need.name in self.providers
                and self._can_have(self.providers[need.name].needs, seeds)
            )
            for need in needs
        )


def registry(
    checks: Iterable[Check], providers: Iterable[Provider], seeds: Iterable[str]
) -> Registry:
    """Puts them together. Raises `Misfit` on a name that nobody provides, or that two do."""
    by_name: dict[str, Provider] = {}
    known = frozenset(seeds)
    for provider in providers:
        if provider.name in by_name or provider.name in known:
            raise Misfit(f"the evidence {provider.name!r} is provided twice")
        by_name[provider.name] = provider
    found = Registry(tuple(checks), by_name, known)
    _prove_complete(found)
    return found


def _prove_complete(found: Registry) -> None:
    users = [(one.id, one.needs) for one in found.checks]
    users += [(one.name, one.needs) for one in found.providers.values()]
    for user, needs in users:
        for need in needs:
            if need.name not in found.seeds and need.name not in found.providers:
                raise Misfit(f"{user} needs the evidence {need.name!r}, which nobody provides")
    _prove_acyclic(found)


def _prove_acyclic(found: Registry) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise Misfit(f"evidence that needs itself: {' -> '.join([*path, name])}")
        if name in done or name not in found.providers:
            return
        for need in found.providers[name].needs:
            visit(need.name, (*path, name))
        done.add(name)

    for name in found.providers:
        visit(name, ())
