"""Graphs that are deaf, in whole or in part."""

from __future__ import annotations

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import model
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

_FLOATS = ("float32", "float64")


@mutator("G01", changes={Part.MODEL}, effect=Effect.CONSTANT)
def every_output_is_a_constant(change: Change) -> None:
    """The outputs are constants left in from debugging."""
    with model(change.new) as served:
        for signature in served.signatures:
            for name, info in served.definition(signature).outputs.items():
                spec = signature.output(name)
                if spec is None or spec.dtype not in _FLOATS or spec.shape is None:
                    raise DoesNotFit("an output that is no float of a known rank")
                shape = [1 if one is None else one for one in spec.shape]
                info.name = served.constant(np.full(shape, 0.5), spec.dtype)


@every_output_is_a_constant.twin(effect=Effect.AS_BEFORE)
def every_output_passes_an_identity(change: Change) -> None:
    """The outputs have got new names in the graph."""
    with model(change.new) as served:
        for signature in served.signatures:
            for name, info in served.definition(signature).outputs.items():
                spec = signature.output(name)
                if spec is None or spec.dtype not in _FLOATS or spec.shape is None:
                    raise DoesNotFit("an output that is no float of a known rank")
                info.name = served.node("Identity", info.name, T=spec.dtype)
