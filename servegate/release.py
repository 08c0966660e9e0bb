"""Which of the versions that a change adds is the one that is to answer."""

from __future__ import annotations

from servegate.facts.change import Candidate
from servegate.facts.production import Production
from servegate.providers import NotApplicable


def refuse_superseded(candidate: Candidate, production: Production) -> None:
    """Raises `NotApplicable` where another version of the same change is to answer.

    That is the highest of them, unless production's configuration lets this one answer.
    """
    other = candidate.superseded_by
    if other is not None and production.head.unversioned() != candidate.version:
        raise NotApplicable(f"The same change adds {other}, which is the one to answer.")
