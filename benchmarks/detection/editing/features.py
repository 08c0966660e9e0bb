"""Signatures with one input or one output more."""

from __future__ import annotations

from benchmarks.detection.editing.model import Model
from benchmarks.detection.editing.surgery import (
    FLOATS,
    Port,
    outputs,
    shape_attribute,
    shape_message,
)
from benchmarks.detection.fit import DoesNotFit
from servegate.savedmodel.dtypes import dtype_number
from servegate.savedmodel.signatures import Shape


def add_input(served: Model, name: str, dtype: str, shape: Shape = (None,)) -> str:
    """Gives the default signature an input that nothing reads; returns its tensor.

    By default it is one value a row.
    """
    tensor = served.node("Placeholder", dtype=dtype, shape=shape_attribute(shape))
    _describe(served, "inputs", name, tensor, dtype, shape)
    return tensor


def add_output(served: Model, name: str, tensor: str, dtype: str, shape: Shape) -> None:
    """Gives the default signature an output."""
    _describe(served, "outputs", name, tensor, dtype, shape)


def _describe(served: Model, side: str, name: str, tensor: str, dtype: str, shape: Shape) -> None:
    definition = served.definition(served.default)
    infos = definition.inputs if side == "inputs" else definition.outputs
    if name in infos:
        raise DoesNotFit(f"there is a {name} among the {side} already")
    infos[name].name = tensor
    infos[name].dtype = dtype_number(dtype)  # type: ignore[assignment]
    infos[name].tensor_shape.CopyFrom(shape_message(shape))


def rowwise(served: Model) -> list[Port]:
    """The default signature's outputs of floats that have one row for each row of the inputs.

    Raises `DoesNotFit` where there is none.
    """
    signature = served.default
    found = [
        port
        for port in outputs(served, *FLOATS)
        if port.signature.name == signature.name and port.spec.shape and port.spec.shape[0] is None
    ]
    if not found or any(not spec.shape or spec.shape[0] is not None for spec in signature.inputs):
        raise DoesNotFit("the rows of its answers are not those of its inputs")
    return found


def add_to_rows(served: Model, addend: str, dtype: str) -> None:
    """Adds one number a row to every output of floats; `addend` has one axis."""
    for port in rowwise(served):
        shape = [-1] + [1] * (len(port.spec.shape or ()) - 1)
        column = served.node(
            "Reshape", addend, served.constant(shape, "int32"), T=dtype, Tshape="int32"
        )
        same = served.node("Cast", column, SrcT=dtype, DstT=port.dtype)
        port.info.name = served.node("AddV2", port.tensor, same, T=port.dtype)
