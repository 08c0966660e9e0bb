"""All checks and all evidence: the one place that knows both."""

from __future__ import annotations

from collections.abc import Collection

import servegate.evidence
import validators
from servegate.checks import Check
from servegate.engine.registry import (
    Registry,
    check_ids,
    find_checks,
    find_providers,
    registry,
)

SEEDS = (
    "base_tree",
    "candidate",
    "change",
    "deadline",
    "production_image",
    "repository",
    "runtime",
    "settings",
    "settings_before",
    "workspace",
)


def full_registry() -> Registry:
    """The registry of a run."""
    return registry(find_checks(validators), find_providers(servegate.evidence), SEEDS)


def known_checks() -> Collection[str]:
    """The ids that a configuration may name."""
    return check_ids(validators)


def all_checks() -> tuple[Check, ...]:
    """Every check, by id."""
    return find_checks(validators)
