"""The files that a graph names by itself and opens, while it is loaded or asked.

A path that is only compared, looked up or printed is none of them, and neither is an asset's: the
loader feeds that one. What is put together from anything but constants is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from servegate.graph.body import Port
from servegate.graph.constants import strings_of
from servegate.graph.dependence import ModelGraph
from servegate.graph.frames import Execution, Frame, Origin
from servegate.graph.layout import shared_name
from servegate.savedmodel.protos import MetaGraphDef
from servegate.savedmodel.reader import SavedModel

# Where the ops that open files have the paths. Source: TensorFlow's registry, and that of
# tensorflow-decision-forests.
_PATHS = {
    **dict.fromkeys(("ReadFile", "LoadDataset", "RestoreV2", "Restore", "RestoreSlice"), 0),
    **dict.fromkeys(("TFRecordDataset", "TFRecordDatasetV2", "TextLineDataset"), 0),
    **dict.fromkeys(("FixedLengthRecordDataset", "FixedLengthRecordDatasetV2"), 0),
    **dict.fromkeys(("CSVDataset", "CSVDatasetV2", "ExperimentalCSVDataset"), 0),
    **dict.fromkeys(("LMDBDataset", "ExperimentalLMDBDataset"), 0),
    **dict.fromkeys(("InitializeTableFromTextFile", "InitializeTableFromTextFileV2"), 1),
    **dict.fromkeys(("SimpleMLLoadModelFromPath", "SimpleMLLoadModelFromPathWithHandle"), 1),
    **dict.fromkeys(("SqlDataset", "ExperimentalSqlDataset"), 1),
}
_INIT_OP = "__saved_model_init_op"
_COLLECTIONS = ("saved_model_main_op", "legacy_init_op")
_MOST_JOINED = 100

_Texts = tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPath:
    """One path, and the node that opens it, named after the calls that lead to it.

    `signature` is the one whose requests open it, "" for what is opened while loading.
    """

    path: str
    op: str
    node: str
    signature: str = ""


def opened_paths(graph: ModelGraph, model: SavedModel) -> tuple[OpenedPath, ...]:
    """Every path once, those first that loading opens. Raises `BrokenGraph`."""
    found: dict[str, OpenedPath] = {}
    for one in _Search(graph, model).opened():
        found.setdefault(one.path, one)
    return tuple(found.values())


def _initialiser(meta_graph: MetaGraphDef) -> list[str]:
    """What the loader runs: the first of three places that says anything.

    Source: `GetInitOp` in tensorflow/cc/saved_model/loader_util.cc.
    """
    if _INIT_OP in meta_graph.signature_def:
        return [one.name for one in meta_graph.signature_def[_INIT_OP].outputs.values()]
    for key in _COLLECTIONS:
        if key in meta_graph.collection_def:
            return list(meta_graph.collection_def[key].node_list.value)
    return []


class _Search:
    """Follows what the loader and the signatures run to the files that it opens."""

    def __init__(self, graph: ModelGraph, model: SavedModel) -> None:
        self._graph = graph
        self._model = model
        self._assets = {one.tensor.partition(":")[0] for one in model.assets}
        # Keras puts an asset's path into a variable when it is loaded, and reads it from there.
        self._assigned: dict[str, _Texts] = {}

    def opened(self) -> Iterator[OpenedPath]:
        """What the loader opens, then what each signature does."""
        loading = self._execution(_initialiser(self._model.meta_graph))
        self._assigned = dict(self._assignments(loading))
        yield from self._opened_by(loading, "")
        for signature in self._model.signatures:
            tensors = [part for spec in signature.outputs for part in spec.components]
            yield from self._opened_by(self._execution(tensors), signature.name)

    def _execution(self, tensors: Iterable[str]) -> Execution:
        ports = [self._graph.port(name) for name in tensors]
        wanted = [port.node for port in ports if port is not None]
        return Execution(self._graph.library, self._graph.body, wanted)

    def _assignments(self, execution: Execution) -> Iterator[tuple[str, _Texts]]:
        """The variables that are given constants, by their names."""
        for one in execution.nodes():
            if one.node.op == "AssignVariableOp" and len(one.node.inputs) > 1:
                name = _variable(execution.origin(one.frame, one.node.inputs[0]))
                if name is not None:
                    yield name, self._texts(execution, one.frame, one.node.inputs[1])

    def _opened_by(self, execution: Execution, signature: str) -> Iterator[OpenedPath]:
        for one in execution.nodes():
            position = _PATHS.get(one.node.op)
            if position is None or position >= len(one.node.inputs):
                continue
            for path in self._texts(execution, one.frame, one.node.inputs[position]):
                yield OpenedPath(
                    path=path.decode("utf-8", "backslashreplace"),
                    op=one.node.op,
                    node=one.path,
                    signature=signature,
                )

    def _texts(self, execution: Execution, frame: Frame, port: Port) -> _Texts:
        """The values of a tensor, none where they are not constants or an asset's path."""
        origin = execution.origin(frame, port)
        if origin.node.op == "StringJoin":
            return self._joined(execution, origin)
        if origin.node.op == "ReadVariableOp" and origin.node.inputs:
            handle = execution.origin(origin.frame, origin.node.inputs[0])
            return self._assigned.get(_variable(handle) or "", ())
        if origin.frame.above is None and origin.node.name in self._assets:
            return ()
        return strings_of(origin.node) or ()

    def _joined(self, execution: Execution, join: Origin) -> _Texts:
        inputs = join.node.inputs[:_MOST_JOINED]
        parts = [self._texts(execution, join.frame, port) for port in inputs]
        proto = join.node.proto
        separator = proto.attr["separator"].s if proto and "separator" in proto.attr else b""
        if any(len(one) != 1 for one in parts):
            return ()
        return (separator.join(one[0] for one in parts),)


def _variable(handle: Origin) -> str | None:
    """The name of the variable that a handle is of, None where it is something else's."""
    if handle.node.op != "VarHandleOp" or handle.node.proto is None:
        return None
    return shared_name(handle.node.proto)
