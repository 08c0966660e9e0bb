"""New versions that cannot replace the old one."""

from __future__ import annotations

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import model
from benchmarks.detection.editing.starting import asserted_at_start
from benchmarks.detection.registry import Effect, Part, mutator

_BOTH = frozenset({Part.MODEL, Part.CONFIGURATION})


def _asserts(change: Change, *, holds: bool) -> None:
    """Has the graph make sure of something when it is loaded."""
    with model(change.new) as served:
        condition = served.constant(holds, "bool")
        asserted_at_start(served, condition, "the table of rates is empty")


@mutator("V10", changes={Part.MODEL}, effect=Effect.DOES_NOT_LOAD)
def the_new_version_fails_when_it_is_swapped_in(change: Change) -> None:
    """The new version fails in its initialiser, and the old one stays up."""
    _asserts(change, holds=False)


@the_new_version_fails_when_it_is_swapped_in.twin(effect=Effect.AS_BEFORE)
def the_new_version_makes_sure_and_loads(change: Change) -> None:
    """The new version makes sure of something in its initialiser, and it holds."""
    _asserts(change, holds=True)


@mutator("V18", changes=_BOTH, effect=Effect.DOES_NOT_LOAD)
def all_versions_are_served_and_the_newest_fails(change: Change) -> None:
    """Production serves all versions, and opens on the old one when the newest fails."""
    change.production(policy="all { }")
    _asserts(change, holds=False)


@all_versions_are_served_and_the_newest_fails.twin(effect=Effect.AS_BEFORE)
def all_versions_are_served_and_load(change: Change) -> None:
    """Production serves all versions, and the newest loads."""
    change.production(policy="all { }")
    _asserts(change, holds=True)


@mutator("V18", changes=_BOTH, effect=Effect.DOES_NOT_LOAD, rollout="image")
def two_versions_are_served_and_the_newest_fails(change: Change) -> None:
    """A fresh server loads two versions, and opens on the old one when the newest fails."""
    change.production(policy="latest { num_versions: 2 }")
    _asserts(change, holds=False)


@two_versions_are_served_and_the_newest_fails.twin(effect=Effect.AS_BEFORE)
def two_versions_are_served_and_load(change: Change) -> None:
    """A fresh server loads two versions, the newest too."""
    change.production(policy="latest { num_versions: 2 }")
    _asserts(change, holds=True)
