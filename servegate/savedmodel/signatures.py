"""What a model promises: its signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from servegate.savedmodel.dtypes import dtype_name, numpy_dtype
from servegate.savedmodel.protos import SignatureDef, TensorInfo, TensorProto, TensorShapeProto

if TYPE_CHECKING:
    import numpy as np

Shape = tuple[int | None, ...] | None
"""A dimension None is open; a shape None is of unknown rank."""

# Names that the loader runs by itself. Source: tensorflow/cc/saved_model/constants.h.
_RUN_BY_THE_LOADER = frozenset({"__saved_model_init_op", "__saved_model_train_op"})


class Encoding(StrEnum):
    """How a tensor is put together; TF Serving can be asked for dense ones alone."""

    DENSE = "dense"
    SPARSE = "sparse"
    COMPOSITE = "composite"


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorSpec:
    """One input or output.

    `tensor` is the graph's tensor ("node:0"), empty when the encoding is not dense; `components`
    are the graph's tensors in any case.
    """

    name: str
    dtype: str
    shape: Shape
    tensor: str
    encoding: Encoding = Encoding.DENSE
    components: tuple[str, ...] = ()

    @property
    def numpy_dtype(self) -> np.dtype[np.generic] | None:
        """What holds its values, None where nothing can (resources, variants)."""
        return numpy_dtype(self.dtype)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature. `defaults` holds the values of inputs that a request may leave out."""

    name: str
    method: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    defaults: Mapping[str, TensorProto] = field(default_factory=dict)

    def input(self, name: str) -> TensorSpec | None:
        """The input of this name."""
        return next((one for one in self.inputs if one.name == name), None)

    def output(self, name: str) -> TensorSpec | None:
        """The output of this name."""
        return next((one for one in self.outputs if one.name == name), None)

    @property
    def run_by_the_loader(self) -> bool:
        """Whether this is no promise to clients but an initialiser written as a signature."""
        return self.name in _RUN_BY_THE_LOADER


def read_signatures(definitions: Mapping[str, SignatureDef]) -> tuple[Signature, ...]:
    """All signatures, those that the loader runs included, sorted by name."""
    return tuple(
        Signature(
            name=name,
            method=definition.method_name,
            inputs=_specs(definition.inputs),
            outputs=_specs(definition.outputs),
            defaults=dict(definition.defaults),
        )
        for name, definition in sorted(definitions.items())
    )


def _specs(infos: Mapping[str, TensorInfo]) -> tuple[TensorSpec, ...]:
    return tuple(_spec(name, info) for name, info in sorted(infos.items()))


def _spec(name: str, info: TensorInfo) -> TensorSpec:
    encoding, components = _components(info)
    return TensorSpec(
        name=name,
        dtype=dtype_name(info.dtype),
        shape=shape_of_proto(info.tensor_shape) if info.HasField("tensor_shape") else None,
        tensor=info.name,
        encoding=encoding,
        components=components,
    )


def _components(info: TensorInfo) -> tuple[Encoding, tuple[str, ...]]:
    if info.HasField("coo_sparse"):
        sparse = info.coo_sparse
        names = (
            sparse.values_tensor_name,
            sparse.indices_tensor_name,
            sparse.dense_shape_tensor_name,
        )
        return Encoding.SPARSE, names
    if info.HasField("composite_tensor"):
        parts = info.composite_tensor.components
        return Encoding.COMPOSITE, tuple(part.name for part in parts)
    return Encoding.DENSE, (info.name,)


def shape_of_proto(proto: TensorShapeProto) -> Shape:
    """The shape that a message describes."""
    if proto.unknown_rank:
        return None
    return tuple(None if dim.size < 0 else dim.size for dim in proto.dim)


def shape_in_words(shape: Shape) -> str:
    """`[?, 3]`, where an open dimension is a question mark."""
    if shape is None:
        return "unknown rank"
    return f"[{', '.join('?' if one is None else str(one) for one in shape)}]"
