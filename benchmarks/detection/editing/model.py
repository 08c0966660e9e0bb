"""Changing the graph and the signatures of a SavedModel, as protocol buffers.

Nodes can be put around a signature's tensors in the main graph, in models of TensorFlow 1 and 2
alike: TF Serving runs the main graph, whatever functions it calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from google.protobuf import text_format
from numpy.typing import ArrayLike

from benchmarks.detection.fit import DoesNotFit
from servegate.savedmodel.dtypes import dtype_name, dtype_number
from servegate.savedmodel.protos import (
    AttrValue,
    MetaGraphDef,
    NodeDef,
    SavedModel,
    SignatureDef,
    TensorInfo,
)
from servegate.savedmodel.reader import BINARY, TEXT
from servegate.savedmodel.signatures import Signature, read_signatures
from servegate.savedmodel.tensors import from_numpy

SERVING_DEFAULT = "serving_default"

Attribute = AttrValue | bool | int | float | bytes | str | np.ndarray
"""A `str` is a dtype's name, `bytes` a string, an array a tensor."""


@dataclass(slots=True)
class Model:
    """The meta graph that is served, open for changes. Tensors are named as in signatures."""

    meta_graph: MetaGraphDef
    _made: int = field(default=0)

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """What clients may call."""
        found = read_signatures(self.meta_graph.signature_def)
        return tuple(one for one in found if not one.run_by_the_loader)

    @property
    def default(self) -> Signature:
        """`serving_default`, else the first signature that has inputs and outputs."""
        whole = [one for one in self.signatures if one.inputs and one.outputs]
        if not whole:
            raise DoesNotFit("no signature has inputs and outputs")
        return next((one for one in whole if one.name == SERVING_DEFAULT), whole[0])

    def definition(self, signature: Signature) -> SignatureDef:
        """The message behind a signature."""
        return self.meta_graph.signature_def[signature.name]

    def output(self, signature: Signature, *dtypes: str) -> tuple[str, TensorInfo]:
        """An output of one of the dtypes (any when none is given), by name, and its message."""
        return self._tensor("output", self.definition(signature).outputs.items(), dtypes)

    def input(self, signature: Signature, *dtypes: str) -> tuple[str, TensorInfo]:
        """An input of one of the dtypes (any when none is given), by name, and its message."""
        return self._tensor("input", self.definition(signature).inputs.items(), dtypes)

    def _tensor(self, what: str, infos: object, dtypes: tuple[str, ...]) -> tuple[str, TensorInfo]:
        pairs: list[tuple[str, TensorInfo]] = sorted(infos, key=lambda pair: pair[0])  # type: ignore[call-overload]
        for name, info in pairs:
            if info.name and (not dtypes or dtype_name(info.dtype) in dtypes):
                return name, info
        raise DoesNotFit(f"no {what} of {' or '.join(dtypes) or 'any dtype'}")

    def node(self, op: str, *inputs: str, **attributes: Attribute) -> str:
        """Adds a node to the main graph; returns its first output."""
        self._made += 1
        name = f"changed/{op}_{self._made}"
        self.meta_graph.graph_def.node.add(
            name=name,
            op=op,
            input=inputs,
            attr={key: attribute(value) for key, value in attributes.items()},
        )
        return f"{name}:0"

    def constant(self, value: ArrayLike, dtype: str) -> str:
        """Adds a constant to the main graph."""
        array = np.asarray(value, dtype=object if dtype == "string" else dtype)
        return self.node("Const", dtype=dtype, value=array)

    def replace_uses(self, tensor: str, by: str) -> int:
        """Has every other node read `by` where it read `tensor`; returns how many did.

        Nodes that `node` and `constant` have added keep reading the original.
        """
        uses = 0
        for node in self.meta_graph.graph_def.node:
            if node.name.startswith("changed/"):
                continue
            for place, name in enumerate(node.input):
                if _canonical(name) == _canonical(tensor):
                    node.input[place] = by
                    uses += 1
        return uses

    def nodes(self) -> Iterator[NodeDef]:
        """Every node, those of functions included."""
        yield from self.meta_graph.graph_def.node
        for function in self.meta_graph.graph_def.library.function:
            yield from function.node_def


@contextmanager
def saved_model(version: Path) -> Iterator[SavedModel]:
    """The whole message of a version directory; what changes is written back in the same form."""
    file = version / BINARY
    binary = file.is_file()
    if not binary:
        file = version / TEXT
    message = SavedModel()
    if binary:
        message.ParseFromString(file.read_bytes())
    else:
        text_format.Parse(file.read_bytes(), message)
    before = message.SerializeToString(deterministic=True)
    yield message
    after = message.SerializeToString(deterministic=True)
    if after != before:
        file.write_bytes(after if binary else text_format.MessageToString(message).encode())


@contextmanager
def model(version: Path) -> Iterator[Model]:
    """The model that is served from a version directory, written back at the end."""
    with saved_model(version) as message:
        served = [one for one in message.meta_graphs if list(one.meta_info_def.tags) == ["serve"]]
        if not served:
            raise DoesNotFit("no meta graph is tagged `serve` alone")
        yield Model(served[0])


def set_dtype(info: TensorInfo, dtype: str) -> None:
    """Has a signature promise another dtype."""
    info.dtype = dtype_number(dtype)  # type: ignore[assignment]


def _canonical(name: str) -> str:
    if name.startswith("^"):
        return name
    return name if ":" in name else f"{name}:0"


def attribute(value: Attribute) -> AttrValue:
    """The message for a node's attribute."""
    match value:
        case AttrValue():
            return value
        case bool():
            return AttrValue(b=value)
        case int():
            return AttrValue(i=value)
        case float():
            return AttrValue(f=value)
        case bytes():
            return AttrValue(s=value)
        case str():
            return AttrValue(type=dtype_number(value))  # type: ignore[arg-type]
        case np.ndarray():
            return AttrValue(tensor=from_numpy(value))
