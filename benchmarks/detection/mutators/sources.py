"""Graphs that read something else than the request."""

from __future__ import annotations

import numpy as np

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import (
    Port,
    inputs,
    outputs,
    replace_input,
    shapes,
    types,
)
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.dtypes import dtype_number
from servegate.savedmodel.protos import AttrValue
from servegate.savedmodel.tensors import from_numpy

_CHANGES = (Part.MODEL, Part.EXAMPLES)
_FACTORY = "changed_one_row_for_ever"


@mutator("G03", changes=_CHANGES, effect=Effect.CONSTANT)
def the_graph_reads_its_own_iterator(change: Change) -> None:
    """The graph reads the iterator of the training script, not the request."""
    change.forget_recordings()
    with model(change.new) as served:
        port = _only_input(served)
        replace_input(served, port, _own_rows(served, port))


@the_graph_reads_its_own_iterator.twin(effect=Effect.AS_BEFORE)
def an_iterator_is_left_unused(change: Change) -> None:
    """The iterator of the training script is in the graph, which reads the request."""
    change.forget_recordings()
    with model(change.new) as served:
        _own_rows(served, _only_input(served))


def _only_input(served: Model) -> Port:
    outputs(served)
    port = inputs(served)[0]
    names = {spec.tensor for one in served.signatures for spec in one.inputs}
    if len(names) > 1 or port.spec.shape is None:
        raise DoesNotFit("there are several inputs, or one of no known rank")
    return port


def _own_rows(served: Model, port: Port) -> str:
    """The next element of a data set that repeats one row."""
    shape = tuple(1 if size is None else size for size in port.spec.shape or ())
    kinds = {"output_types": types(port.dtype), "output_shapes": shapes(shape)}
    _define_rows(served, np.full(shape, 0.5, port.dtype), kinds)
    factory = AttrValue()
    factory.func.name = _FACTORY
    iterator = served.node("OneShotIterator", dataset_factory=factory, **kinds)
    return served.node("IteratorGetNext", iterator, **kinds)


def _define_rows(served: Model, row: np.ndarray, kinds: dict[str, AttrValue]) -> None:
    """A function without parameters that returns the data set."""
    function = served.meta_graph.graph_def.library.function.add()
    function.signature.name = _FACTORY
    function.signature.is_stateful = True
    result = function.signature.output_arg.add(name="rows")
    result.type = dtype_number("variant")  # type: ignore[assignment]
    for name, value in (("row", row), ("count", np.array(-1))):
        constant = function.node_def.add(name=name, op="Const")
        constant.attr["value"].tensor.CopyFrom(from_numpy(value))
        constant.attr["dtype"].type = constant.attr["value"].tensor.dtype
    once = function.node_def.add(name="once", op="TensorDataset", input=["row:output:0"])
    once.attr["Toutput_types"].CopyFrom(kinds["output_types"])
    once.attr["output_shapes"].CopyFrom(kinds["output_shapes"])
    ever = function.node_def.add(name="ever", op="RepeatDataset")
    ever.input.extend(["once:handle:0", "count:output:0"])
    for name, kind in kinds.items():
        ever.attr[name].CopyFrom(kind)
    function.ret["rows"] = "ever:handle:0"
