"""Versions that answer rightly, and cost more than production has."""

from __future__ import annotations

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import (
    after,
    assigned,
    at_start,
    controls,
    handle_of,
    held_by,
    outputs,
    shape_message,
    shapes,
    through_outputs,
    types,
    variable,
)
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator

_LOAD_TIMEOUT = "10s"
_MEMORY = "1GiB"
_MOST_OF_THE_MEMORY = 400 * 2**20
_MILLISECOND = 1000


@mutator("R01", changes=(Part.MODEL, Part.CONFIGURATION), effect=Effect.AS_BEFORE)
def loading_takes_long(change: Change) -> None:
    """Loading takes twice as long as production waits."""
    change.configure(*change.trees, serving={"load_timeout": _LOAD_TIMEOUT})
    with model(change.new) as served:
        at_start(served, _pause(served, served.constant(20_000 * _MILLISECOND, "int64")))


@loading_takes_long.twin(effect=Effect.AS_BEFORE)
def loading_takes_a_moment(change: Change) -> None:
    """Loading takes a tenth of a second longer."""
    change.configure(*change.trees, serving={"load_timeout": _LOAD_TIMEOUT})
    with model(change.new) as served:
        at_start(served, _pause(served, served.constant(100 * _MILLISECOND, "int64")))


@mutator("R02", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def the_first_answer_takes_long(change: Change) -> None:
    """The first answer takes three seconds, and there is no warm-up."""
    with model(change.new) as served:
        _pause_once(served, 3000 * _MILLISECOND)


@the_first_answer_takes_long.twin(effect=Effect.AS_BEFORE)
def the_first_answer_takes_a_moment(change: Change) -> None:
    """The first answer takes ten milliseconds longer."""
    with model(change.new) as served:
        _pause_once(served, 10 * _MILLISECOND)


@mutator("R03", changes=(Part.MODEL, Part.CONFIGURATION), effect=Effect.AS_BEFORE, docker=True)
def two_versions_need_too_much_memory(change: Change) -> None:
    """One version fits into production's memory; the old and the new one together do not."""
    _hold_memory(change, _MOST_OF_THE_MEMORY)


@two_versions_need_too_much_memory.twin(effect=Effect.AS_BEFORE)
def two_versions_fit_into_the_memory(change: Change) -> None:
    """Both versions hold a megabyte more."""
    _hold_memory(change, 2**20)


# Not measured: so many large answers take a minute to read.
@mutator("R04", changes={Part.MODEL}, effect=Effect.ELSEWHERE)
def answers_are_larger_than_clients_take(change: Change) -> None:
    """A new output makes every answer larger than the 4 MiB that gRPC clients take."""
    with model(change.new) as served:
        _add_output(served, 9 * 2**19)


@answers_are_larger_than_clients_take.twin(effect=Effect.AS_BEFORE)
def answers_are_a_little_larger(change: Change) -> None:
    """A new output makes every answer 64 bytes larger."""
    with model(change.new) as served:
        _add_output(served, 64)


@mutator("R05", changes={Part.MODEL}, effect=Effect.AS_BEFORE)
def every_answer_takes_long(change: Change) -> None:
    """Every answer takes 100 ms longer."""
    with model(change.new) as served:
        _pause_always(served, 100 * _MILLISECOND)


@every_answer_takes_long.twin(effect=Effect.AS_BEFORE)
def every_answer_takes_a_moment(change: Change) -> None:
    """Every answer takes half a millisecond longer."""
    with model(change.new) as served:
        _pause_always(served, _MILLISECOND // 2)


@mutator("R06", changes={Part.MODEL}, effect=Effect.ELSEWHERE)
def functions_must_be_compiled(change: Change) -> None:
    """Exported with `jit_compile=True`: production's server has XLA switched off."""
    with model(change.new) as served:
        _mark_for_compilation(served, must=True)


@functions_must_be_compiled.twin(effect=Effect.AS_BEFORE)
def functions_need_not_be_compiled(change: Change) -> None:
    """Exported with `jit_compile=False`."""
    with model(change.new) as served:
        _mark_for_compilation(served, must=False)


def _pause(served: Model, microseconds: str, *before: str) -> str:
    """Sleeps without computing; the node ends when the time is over."""
    kind, scalar = types("int64"), shapes(())
    nothing = served.constant(0, "int64")
    one = served.node(
        "TensorDataset", nothing, *controls(before), Toutput_types=kind, output_shapes=scalar
    )
    kinds = {"output_types": kind, "output_shapes": scalar}
    slow = served.node("SleepDataset", one, microseconds, **kinds)
    return served.node("DatasetToSingleElement", slow, **kinds)


def _pause_always(served: Model, microseconds: int) -> None:
    pause = _pause(served, served.constant(microseconds, "int64"))
    through_outputs(served, lambda port: after(served, port.tensor, port.dtype, pause))


def _pause_once(served: Model, microseconds: int) -> None:
    """Sleeps as long as a variable says, which is zero after the first request."""
    left = variable(served, microseconds, "int64")
    now = held_by(served, left, "int64")
    nothing = served.constant(0, "int64")
    done = assigned(served, left, nothing, "int64", now)
    pause = _pause(served, now, done)
    through_outputs(served, lambda port: after(served, port.tensor, port.dtype, pause))


def _hold_memory(change: Change, size: int) -> None:
    change.configure(*change.trees, serving={"memory": _MEMORY})
    origin = change.origin
    for version in (change.version(origin.old, change.base), change.old, change.new):
        with model(version) as served:
            handle = handle_of(served, (size // 4,), "float32")
            shape = served.constant([size // 4], "int32")
            zero = served.constant(0.0, "float32")
            full = served.node("Fill", shape, zero, T="float32", index_type="int32")
            at_start(served, assigned(served, handle, full, "float32"))


def _add_output(served: Model, size: int) -> None:
    """A new output of so many bytes, beside the ones that are there."""
    port = outputs(served)[0]
    if len(port.spec.shape or ()) not in (1, 2) or (port.spec.shape or (1,))[0] is not None:
        raise DoesNotFit("an output without an open batch")
    count = size // np.dtype(port.dtype).itemsize
    column = served.constant([-1, 1], "int32")
    flat = served.node("Reshape", port.tensor, column, T=port.dtype, Tshape="int32")
    times = served.constant([1, count], "int32")
    added = served.definition(port.signature).outputs["trace"]
    added.CopyFrom(port.info)
    added.name = served.node("Tile", flat, times, T=port.dtype, Tmultiples="int32")
    added.tensor_shape.CopyFrom(shape_message((None, count)))


def _mark_for_compilation(served: Model, *, must: bool) -> None:
    calls = [
        node
        for node in served.meta_graph.graph_def.node
        if node.op in ("StatefulPartitionedCall", "PartitionedCall")
    ]
    if not calls:
        raise DoesNotFit("the main graph calls no function")
    for node in calls:
        node.attr["_XlaMustCompile"].b = must
