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
    for one in _opened(graph, model):
        found.setdefault(one.path, one)
    return tuple(found.values())


def _opened(graph: ModelGraph, model: SavedModel) -> Iterator[OpenedPath]:
    assets = {one.tensor.partition(":")[0] for one in model.assets}
    yield from _opened_by(graph, _initialiser(model.meta_graph), assets, "")
    for signature in model.signatures:
        tensors = [part for spec in signature.outputs for part in spec.components]
        yield from _opened_by(graph, tensors, assets, signature.name)


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


def _opened_by(
    graph: ModelGraph, tensors: Iterable[str], assets: set[str], signature: str
) -> Iterator[OpenedPath]:
    ports = [graph.port(name) for name in tensors]
    execution = Execution(graph.library, graph.body, [one.node for one in ports if one])
    for one in execution.nodes():
        position = _PATHS.get(one.node.op)
        if position is None or position >= len(one.node.inputs):
            continue
        for path in _texts(execution, one.frame, one.node.inputs[position], assets):
            yield OpenedPath(
                path=path.decode("utf-8", "backslashreplace"),
                op=one.node.op,
                node=one.path,
                signature=signature,
            )


def _texts(execution: Execution, frame: Frame, port: Port, assets: set[str]) -> tuple[bytes, ...]:
    """The values of a tensor, none where they are not constants or an asset's path."""
    origin = execution.origin(frame, port)
    if origin.node.op == "StringJoin":
        return _joined(execution, origin, assets)
    if origin.frame.above is None and origin.node.name in assets:
        return ()
    return strings_of(origin.node) or ()


def _joined(execution: Execution, join: Origin, assets: set[str]) -> tuple[bytes, ...]:
    parts = [_texts(execution, join.frame, port, assets) for port in join.node.inputs]
    proto = join.node.proto
    separator = proto.attr["separator"].s if proto and "separator" in proto.attr else b""
    if len(parts) > _MOST_JOINED or any(len(one) != 1 for one in parts):
        return ()
    return (separator.join(one[0] for one in parts),)
