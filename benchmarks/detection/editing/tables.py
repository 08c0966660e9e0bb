"""The lookup tables of a graph: what fills them, and what they answer to unknown words.

The constants that fill a table stand in the main graph (TensorFlow 1), or are handed to the
function that fills it (TensorFlow 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.detection.editing.model import Model
from benchmarks.detection.fit import DoesNotFit
from servegate.savedmodel.protos import FunctionDef, NodeDef
from servegate.savedmodel.tensors import from_numpy, to_numpy

Array = npt.NDArray[np.generic]

_FILLING = frozenset({"LookupTableImportV2", "LookupTableImport", "InitializeTableV2"})
_ASKING = frozenset({"LookupTableFindV2", "LookupTableFind"})
_PASSING = frozenset({"Identity", "StopGradient"})
_KEYS, _VALUES, _DEFAULT = 1, 2, 2  # places among the inputs of these ops


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a table is filled with: the node that does it, and its two constants."""

    filled_by: NodeDef
    keys: NodeDef
    values: NodeDef


@dataclass(frozen=True, slots=True)
class _Scope:
    """The main graph, or a function: its nodes, and the names of its arguments."""

    nodes: dict[str, NodeDef]
    function: FunctionDef | None = None

    @property
    def arguments(self) -> list[str]:
        return [one.name for one in self.function.signature.input_arg] if self.function else []


def lookup_tables(served: Model) -> tuple[Table, ...]:
    """The tables of two and more words that constants fill. Raises `DoesNotFit` without any."""
    scopes = _scopes(served)
    found = [
        Table(filled_by=node, keys=keys, values=values)
        for scope, node in _nodes(scopes, _FILLING)
        if (keys := _constant(scopes, scope, node.input[_KEYS])) is not None
        and (values := _constant(scopes, scope, node.input[_VALUES])) is not None
        and value(keys).size > 1
    ]
    if not found:
        raise DoesNotFit("no constants fill a table")
    return tuple(found)


def defaults(served: Model) -> Iterator[NodeDef]:
    """The constants that tables answer to words which they do not know."""
    scopes = _scopes(served)
    seen: set[str] = set()
    for scope, node in _nodes(scopes, _ASKING):
        default = _constant(scopes, scope, node.input[_DEFAULT])
        if default is not None and default.name not in seen:
            seen.add(default.name)
            yield default


def value(constant: NodeDef) -> Array:
    """What a constant holds."""
    return to_numpy(constant.attr["value"].tensor)


def assign(constant: NodeDef, array: Array) -> None:
    """Has a constant hold something else."""
    constant.attr["value"].tensor.CopyFrom(from_numpy(array))
    # Shapes that were inferred for the old value.
    constant.attr.pop("_output_shapes", None)


def reorder(constant: NodeDef) -> None:
    """Reverses a constant of one axis."""
    assign(constant, value(constant)[::-1].copy())


def _scopes(served: Model) -> list[_Scope]:
    graph = served.meta_graph.graph_def
    main = _Scope({node.name: node for node in graph.node})
    functions = (
        _Scope({node.name: node for node in function.node_def}, function)
        for function in graph.library.function
    )
    return [main, *functions]


def _nodes(scopes: Iterable[_Scope], ops: frozenset[str]) -> Iterator[tuple[_Scope, NodeDef]]:
    return ((scope, node) for scope in scopes for node in scope.nodes.values() if node.op in ops)


def _constant(scopes: list[_Scope], scope: _Scope, tensor: str) -> NodeDef | None:
    """The constant that a tensor is, through functions' arguments."""
    name = tensor.partition(":")[0]
    if name in scope.arguments:
        return _argument(scopes, scope, name)
    node = scope.nodes.get(name)
    if node is not None and node.op in _PASSING:
        return _constant(scopes, scope, node.input[0])
    return node if node is not None and node.op == "Const" else None


def _argument(scopes: list[_Scope], scope: _Scope, name: str) -> NodeDef | None:
    """What the function's callers hand it under this name."""
    if scope.function is None:
        return None
    place = scope.arguments.index(name)
    for caller in scopes:
        for node in caller.nodes.values():
            if "f" in node.attr and node.attr["f"].func.name == scope.function.signature.name:
                found = _constant(scopes, caller, node.input[place])
                if found is not None:
                    return found
    return None
