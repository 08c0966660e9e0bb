"""All checks and all evidence: the one place that knows both."""

from __future__ import annotations

import servegate.evidence
import validators
from servegate.checks import Check
from servegate.engine.registry import Registry, find_checks, find_providers, registry

SEEDS = (
    "base_tree",
    "candidate",
    "change",
    "deadline",
    "repository_models",
    "runtime",
    "settings",
    "workspace",
)


def full_registry() -> Registry:
    """The registry of a run."""
    return registry(find_checks(validators), find_providers(servegate.evidence), SEEDS)


def all_checks() -> tuple[Check, ...]:
    """Every check, by id."""
    return find_checks(validators)
