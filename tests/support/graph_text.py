"""Graphs written as text, for tests that are about graphs.

One node a line, `name = Op input other:1 ^control {attribute=value}`; a function begins with
`fn name(parameter, handle:resource) -> result=node:output:0` and ends with the next blank line::

    x = Placeholder
    y = PartitionedCall x {f=double}

    fn double(a) -> sum=s:z:0
    s = AddV2 a a

Values of attributes are functions for the attributes that name some, types for `T` and `dtypes`,
sizes for `shape`, strings for a constant's `value`, else text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import dedent

from servegate.facts.reading import GraphReading
from servegate.graph.dependence import Dependence, ModelGraph
from servegate.savedmodel.protos import (
    AttrValue,
    FunctionDef,
    GraphDef,
    MetaGraphDef,
    NodeDef,
    SignatureDef,
    TensorInfo,
)
from servegate.savedmodel.signatures import Signature, read_signatures
from tests.support.tinymodels import shape_proto, tensor_proto

_FUNCTIONS = frozenset({"f", "then_branch", "else_branch", "cond", "body", "branches", "other"})
_TYPES = {"float": 1, "resource": 20, "variant": 21}
_NODE = re.compile(r"(\S+) = (\S+)([^{]*)(?:\{(.*)\})?$")
_HEAD = re.compile(r"fn (\S+)\((.*)\) -> ?(.*)$")


def graph(text: str) -> GraphDef:
    """The graph that a text describes."""
    result = GraphDef()
    blocks = [block.strip().splitlines() for block in dedent(text).strip().split("\n\n")]
    for lines in blocks:
        head = _HEAD.match(lines[0])
        if head is None:
            result.node.extend(_node(line) for line in lines)
        else:
            result.library.function.append(_function(head, lines[1:]))
    return result


def meta_graph(text: str, inputs: str = "x", outputs: str = "y", init: str = "") -> MetaGraphDef:
    """A meta graph with one signature `serving_default`.

    Inputs and outputs are `name` or `name=tensor`, separated by blanks; `init` is a node that the
    loader runs.
    """
    message = MetaGraphDef(graph_def=graph(text))
    message.meta_info_def.tags.append("serve")
    message.signature_def["serving_default"].CopyFrom(
        SignatureDef(inputs=_infos(inputs), outputs=_infos(outputs))
    )
    if init:
        outputs_of_init = {"__saved_model_init_op": TensorInfo(name=init)}
        message.signature_def["__saved_model_init_op"].CopyFrom(
            SignatureDef(outputs=outputs_of_init)
        )
    return message


def signature(message: MetaGraphDef) -> Signature:
    """The signature `serving_default` of a meta graph."""
    return next(
        one for one in read_signatures(message.signature_def) if one.name == "serving_default"
    )


def dependence(text: str, inputs: str = "x", outputs: str = "y") -> Dependence:
    """What the outputs of a graph depend on."""
    message = meta_graph(text, inputs, outputs)
    return ModelGraph(message).dependence(signature(message))


def reading_of(text: str, inputs: str = "x", outputs: str = "y") -> GraphReading:
    """What is read of the graph of a version."""
    message = meta_graph(text, inputs, outputs)
    found = signature(message)
    return GraphReading(dependences=((found, ModelGraph(message).dependence(found)),))


def influence(text: str, inputs: str = "x", output: str = "y") -> dict[str, str]:
    """What each input does to one output: "none", "shape" or "value"."""
    found = dependence(text, inputs, output).outputs[0]
    return {name: one.value for name, one in found.inputs.items()}


def _infos(text: str) -> dict[str, TensorInfo]:
    pairs = [one.partition("=") for one in text.split()]
    return {name: TensorInfo(name=tensor or f"{name}:0", dtype=1) for name, _, tensor in pairs}  # type: ignore[arg-type]


def _node(line: str) -> NodeDef:
    match = _NODE.match(line.strip())
    assert match is not None, f"not a node: {line!r}"
    name, op, inputs, attributes = match.groups()
    node = NodeDef(name=name, op=op, input=inputs.split())
    for pair in (attributes or "").split():
        key, _, value = pair.partition("=")
        node.attr[key].CopyFrom(_attribute(key, value))
    return node


def _attribute(key: str, value: str) -> AttrValue:
    result = AttrValue()
    if key == "branches":
        for name in value.split(","):
            result.list.func.add(name=name)
    elif key in _FUNCTIONS:
        result.func.name = value
    elif key == "T":
        result.type = _TYPES[value]  # type: ignore[assignment]
    elif key == "dtypes":
        result.list.type.extend(_TYPES[one] for one in value.split(","))  # type: ignore[misc]
    elif key == "shape":
        result.shape.CopyFrom(shape_proto([int(one) for one in filter(None, value.split(","))]))
    elif key == "value":
        result.tensor.CopyFrom(tensor_proto(value.split(","), "string"))
    else:
        result.s = value.encode()
    return result


def _function(head: re.Match[str], lines: Iterable[str]) -> FunctionDef:
    name, parameters, results = head.groups()
    function = FunctionDef()
    function.signature.name = name
    for parameter in filter(None, re.split(r",\s*", parameters)):
        argument, _, kind = parameter.partition(":")
        function.signature.input_arg.add(name=argument, type=_TYPES[kind or "float"])
    for result in results.split():
        output, _, tensor = result.partition("=")
        function.signature.output_arg.add(name=output)
        function.ret[output] = tensor
    function.node_def.extend(_node(line) for line in lines)
    return function
