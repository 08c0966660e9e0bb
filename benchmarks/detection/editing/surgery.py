"""Operations on the main graph: nodes put before a signature's inputs and behind its outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.detection.editing.model import Attribute, Model, attribute
from benchmarks.detection.fit import DoesNotFit
from servegate.savedmodel.dtypes import dtype_number
from servegate.savedmodel.protos import AttrValue, SignatureDef, TensorInfo, TensorShapeProto
from servegate.savedmodel.signatures import Shape, Signature, TensorSpec

FLOATS = ("float32", "float64")

# What the loader runs once the weights are restored, in its order of preference.
# Source: tensorflow/cc/saved_model/loader_util.cc, GetInitOp.
_INITIALISER = "__saved_model_init_op"
_LEGACY_INITIALISERS = ("saved_model_main_op", "legacy_init_op")


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """An input or an output of a signature: what clients see of it, and its message."""

    signature: Signature
    spec: TensorSpec
    info: TensorInfo

    @property
    def tensor(self) -> str:
        """The graph's tensor behind it."""
        return self.info.name

    @property
    def dtype(self) -> str:
        """Its dtype's name."""
        return self.spec.dtype


Wrap = Callable[[Port], str]
"""Makes the nodes that stand in for a port's tensor; returns their result."""


def outputs(served: Model, *dtypes: str) -> list[Port]:
    """The outputs of all signatures that have inputs, of these dtypes (floats when none is given).

    Those of the default signature come first. Raises `DoesNotFit` where there is none.
    """
    return _ports(served, dtypes or FLOATS, "outputs")


def inputs(served: Model, *dtypes: str) -> list[Port]:
    """The inputs of all signatures, as `outputs`."""
    return _ports(served, dtypes or FLOATS, "inputs")


def through_outputs(served: Model, wrap: Wrap, *dtypes: str) -> None:
    """Has every output of these dtypes pass the nodes that `wrap` makes."""
    made: dict[str, str] = {}
    for port in outputs(served, *dtypes):
        original = port.tensor
        if original not in made:
            made[original] = wrap(port)
        port.info.name = made[original]


def through_inputs(served: Model, wrap: Wrap, *dtypes: str) -> None:
    """Has the graph read what `wrap` makes of every input of these dtypes."""
    seen: set[str] = set()
    for port in inputs(served, *dtypes):
        if port.tensor not in seen:
            seen.add(port.tensor)
            replace_input(served, port, wrap(port))


def through_function(
    served: Model, port: Port, op: str, result: str, **attributes: Attribute
) -> str:
    """Calls a function that passes a port's tensor through one node.

    `result` is the name that the op's definition gives its output.
    """
    library = served.meta_graph.graph_def.library
    function = library.function.add()
    function.signature.name = f"changed_{op}_{len(library.function)}"
    function.signature.is_stateful = True
    for arguments, name in (
        (function.signature.input_arg, "x"),
        (function.signature.output_arg, "y"),
    ):
        arguments.add(name=name).type = dtype_number(port.dtype)  # type: ignore[assignment]
    node = function.node_def.add(name="body", op=op, input=["x"])
    for name, value in attributes.items():
        node.attr[name].CopyFrom(attribute(value))
    function.ret["y"] = f"body:{result}:0"
    called = AttrValue()
    called.func.name = function.signature.name
    kinds = {"Tin": types(port.dtype), "Tout": types(port.dtype)}
    return served.node("StatefulPartitionedCall", port.tensor, f=called, **kinds)


def replace_input(served: Model, port: Port, by: str) -> None:
    """Has the graph read something else in place of an input."""
    if not served.replace_uses(port.tensor, by):
        raise DoesNotFit(f"no node of the main graph reads {port.tensor}")


def scaled(served: Model, port: Port, factor: float) -> str:
    """A port's tensor times a number."""
    by = served.constant(factor, port.dtype)
    return served.node("Mul", port.tensor, by, T=port.dtype)


def chosen(served: Model, condition: str, yes: str, no: str, dtype: str) -> str:
    """`tf.where`: `condition` is a tensor of booleans."""
    return served.node("SelectV2", condition, yes, no, T=dtype)


def mean(served: Model, tensor: str, dtype: str, axis: int | None = None) -> str:
    """The mean over an axis, which is kept; over everything when none is given."""
    if axis is None:
        first, step = served.constant(0, "int32"), served.constant(1, "int32")
        rank = served.node("Rank", tensor, T=dtype)
        axes = served.node("Range", first, rank, step, Tidx="int32")
    else:
        axes = served.constant([axis], "int32")
    kept = axis is not None
    return served.node("Mean", tensor, axes, T=dtype, Tidx="int32", keep_dims=kept)


def like(served: Model, port: Port, value: ArrayLike) -> str:
    """A tensor of the port's shape, filled with one value."""
    shape = served.node("Shape", port.tensor, T=port.dtype, out_type="int32")
    filling = served.constant(value, port.dtype)
    return served.node("Fill", shape, filling, T=port.dtype, index_type="int32")


def after(served: Model, tensor: str, dtype: str, *nodes: str) -> str:
    """A tensor that is there once other nodes have run."""
    return served.node("Identity", tensor, *controls(nodes), T=dtype)


def controls(nodes: Sequence[str]) -> Iterator[str]:
    """The nodes of these tensors as what must run before."""
    return (f"^{one.partition(':')[0]}" for one in nodes)


def variable(served: Model, value: ArrayLike, dtype: str) -> str:
    """The handle of a variable that has this value once the model is loaded."""
    handle = handle_of(served, np.shape(value), dtype)
    at_start(served, assigned(served, handle, served.constant(value, dtype), dtype))
    return handle


def handle_of(served: Model, shape: Sequence[int], dtype: str) -> str:
    """The handle of a variable that nothing has a value for yet."""
    return served.node("VarHandleOp", dtype=dtype, shape=shape_attribute(shape))


def assigned(served: Model, handle: str, value: str, dtype: str, *before: str) -> str:
    """Writes to a variable once the nodes `before` have run."""
    return served.node("AssignVariableOp", handle, value, *controls(before), dtype=dtype)


def held_by(served: Model, handle: str, dtype: str) -> str:
    """What a variable holds."""
    return served.node("ReadVariableOp", handle, dtype=dtype)


def at_start(served: Model, *nodes: str) -> None:
    """Has the loader run these nodes after what it ran before, once the weights are restored."""
    before = _initialiser(served)
    both = served.node("NoOp", *controls([*nodes, *([before] if before else [])]))
    result = served.meta_graph.signature_def[_INITIALISER].outputs[_INITIALISER]
    result.name = both.partition(":")[0]
    result.tensor_shape.unknown_rank = True


def shape_attribute(shape: Shape | Sequence[int | None]) -> AttrValue:
    """A shape, of which dimensions may be open, as an attribute of a node."""
    return AttrValue(shape=shape_message(shape))


def shape_message(shape: Shape | Sequence[int | None]) -> TensorShapeProto:
    """A shape as signatures and attributes hold it; None is of unknown rank."""
    if shape is None:
        return TensorShapeProto(unknown_rank=True)
    sizes = (-1 if size is None else size for size in shape)
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])


def neighbours(served: Model) -> tuple[Port, Port]:
    """Two inputs of one signature that may stand in for one another."""
    ports = inputs(served)
    for one in ports:
        for other in ports:
            same = (one.signature.name, one.dtype, one.spec.shape) == (
                other.signature.name,
                other.dtype,
                other.spec.shape,
            )
            if same and one.spec.name < other.spec.name:
                return one, other
    raise DoesNotFit("no signature has two float inputs of one shape")


def one_of_several(served: Model) -> Port:
    """A float output of the default signature that is not alone there."""
    own = served.default
    for port in outputs(served):
        if port.signature.name == own.name and len(own.outputs) > 1:
            return port
    raise DoesNotFit("the default signature has no float output beside another one")


def need_scores_alone(served: Model) -> None:
    """Raises `DoesNotFit` where anything but floats is answered, which would go on to vary."""
    if any(one.dtype not in FLOATS for sig in served.signatures for one in sig.outputs):
        raise DoesNotFit("an output that is no float")


def need_floats_alone(served: Model) -> None:
    """Raises `DoesNotFit` where anything but floats is asked for, or no float is answered."""
    outputs(served)
    if any(one.dtype not in FLOATS for sig in served.signatures for one in sig.inputs):
        raise DoesNotFit("an input that is no float")


def own_input(served: Model, *dtypes: str) -> Port:
    """The first input of the default signature that is of one of these dtypes."""
    own = served.default.name
    for port in inputs(served, *dtypes):
        if port.signature.name == own:
            return port
    raise DoesNotFit(f"the signature has no input of {' or '.join(dtypes)}")


def is_placeholder(served: Model, tensor: str) -> bool:
    """Whether a tensor holds nothing but what requests put there."""
    name = tensor.partition(":")[0]
    nodes = served.meta_graph.graph_def.node
    return any(node.op.startswith("Placeholder") for node in nodes if node.name == name)


def offered_again(served: Model, signature: Signature) -> SignatureDef:
    """A second signature that is like this one."""
    added = served.meta_graph.signature_def[f"{signature.name}_v2"]
    added.CopyFrom(served.definition(signature))
    return added


def types(*dtypes: str) -> AttrValue:
    """Dtypes as an attribute of a node."""
    numbers = [dtype_number(one) for one in dtypes]
    return AttrValue(list=AttrValue.ListValue(type=numbers))  # type: ignore[arg-type]


def shapes(*sizes: Shape) -> AttrValue:
    """Shapes as an attribute of a node."""
    messages = [shape_message(one) for one in sizes]
    return AttrValue(list=AttrValue.ListValue(shape=messages))


def integers(*values: int) -> AttrValue:
    """Integers as an attribute of a node."""
    return AttrValue(list=AttrValue.ListValue(i=values))


def _initialiser(served: Model) -> str:
    graph = served.meta_graph
    if _INITIALISER in graph.signature_def:
        return graph.signature_def[_INITIALISER].outputs[_INITIALISER].name
    for name in _LEGACY_INITIALISERS:
        if name in graph.collection_def and graph.collection_def[name].node_list.value:
            return graph.collection_def[name].node_list.value[0]
    return ""


def _ports(served: Model, dtypes: tuple[str, ...], side: str) -> list[Port]:
    found = []
    first = served.default.name
    for signature in sorted(served.signatures, key=lambda one: one.name != first):
        specs = signature.inputs if side == "inputs" else signature.outputs
        definition = served.definition(signature)
        infos = definition.inputs if side == "inputs" else definition.outputs
        found += [
            Port(signature=signature, spec=spec, info=infos[spec.name])
            for spec in specs
            if signature.inputs and spec.dtype in dtypes and spec.tensor
        ]
    if not found:
        raise DoesNotFit(f"there are no {side} of {' or '.join(dtypes)}")
    return found
