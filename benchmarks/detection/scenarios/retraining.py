"""Training again."""

from __future__ import annotations

from benchmarks.detection.change import Change
from benchmarks.detection.editing.weights import change_floats
from benchmarks.detection.registry import Effect, Part, scenario


@scenario("H01", changes={Part.WEIGHTS, Part.EXAMPLES}, effect=Effect.OTHERWISE)
def new_weights(change: Change) -> None:
    """Retrained: new weights, same everything; the recordings of the old version stay."""
    change.forget_recordings()
    change_floats(change.new, lambda values: values * 0.96875)
