"""Graphs that were exported for another server, or on a machine that leaves its traces."""

from __future__ import annotations

from benchmarks.detection.change import Change
from benchmarks.detection.editing.model import Model, model, saved_model
from benchmarks.detection.editing.starting import make_sure_at_start
from benchmarks.detection.editing.surgery import at_start, shape_attribute, through_outputs
from benchmarks.detection.fit import DoesNotFit
from benchmarks.detection.registry import Effect, Part, mutator
from servegate.savedmodel.dtypes import dtype_number
from servegate.savedmodel.protos import AttrValue

_GRAPH = frozenset({Part.MODEL})
_HOME = "/home/ci/workspace/export/rates.csv"
_LATER = 100_000
"""A GraphDef version of years to come; TensorFlow 2.20 has 2290."""
_DTYPE_OF_THE_FUTURE = 99


@mutator("P05", changes=_GRAPH, effect=Effect.DOES_NOT_LOAD)
def the_initialiser_reads_a_file_of_the_trainer(change: Change) -> None:
    """The graph reads a file of the training machine when it is loaded."""
    with model(change.new) as served:
        path = served.constant(_HOME, "string")
        make_sure_at_start(served, served.node("ReadFile", path))


@the_initialiser_reads_a_file_of_the_trainer.twin(effect=Effect.AS_BEFORE)
def the_graph_names_a_file_of_the_trainer(change: Change) -> None:
    """The graph holds the path of a file of the training machine, and nothing opens it."""
    with model(change.new) as served:
        make_sure_at_start(served, served.constant(_HOME, "string"))


@mutator("P05", changes=_GRAPH, effect=Effect.DOES_NOT_LOAD)
def the_table_is_filled_from_the_trainer_s_path(change: Change) -> None:
    """The vocabulary's table is filled from a path of the training machine, not from assets/."""
    with model(change.new) as served:
        name = _asset_tensor(served)
        del served.meta_graph.asset_file_def[:]
        _hold_the_trainer_s_path(served, name)


@the_table_is_filled_from_the_trainer_s_path.twin(effect=Effect.AS_BEFORE)
def the_table_s_default_is_the_trainer_s_path(change: Change) -> None:
    """The graph's constant holds the training machine's path, and the loader feeds the asset's."""
    with model(change.new) as served:
        _hold_the_trainer_s_path(served, _asset_tensor(served))


def _hold_the_trainer_s_path(served: Model, tensor: str) -> None:
    """Makes a constant of the tensor; Keras leaves a placeholder there, for the loader to feed."""
    for node in served.meta_graph.graph_def.node:
        if node.name == tensor.partition(":")[0]:
            node.op = "Const"
            del node.input[:]
            node.attr.clear()
            node.attr["dtype"].type = dtype_number("string")  # type: ignore[assignment]
            value = node.attr["value"].tensor
            value.dtype = dtype_number("string")  # type: ignore[assignment]
            value.tensor_shape.SetInParent()
            value.string_val.append(_HOME.encode())


def _asset_tensor(served: Model) -> str:
    """The tensor that the loader feeds an asset's path to, where a table is filled from it."""
    assets = served.meta_graph.asset_file_def
    if not assets:
        raise DoesNotFit("the model has no assets")
    if not any(one.op == "InitializeTableFromTextFileV2" for one in served.nodes()):
        raise DoesNotFit("no table is filled from an asset")
    return str(assets[0].tensor_info.name)


@mutator("P08", changes=_GRAPH, effect=Effect.DOES_NOT_LOAD)
def the_graph_is_tagged_for_a_gpu_too(change: Change) -> None:
    """The graph is tagged `serve` and `gpu`, and the server asks for `serve` alone."""
    with model(change.new) as served:
        served.meta_graph.meta_info_def.tags.append("gpu")


@the_graph_is_tagged_for_a_gpu_too.twin(effect=Effect.AS_BEFORE)
def a_second_graph_is_tagged_for_a_gpu(change: Change) -> None:
    """A second graph is tagged `serve` and `gpu`, beside the one that is tagged `serve`."""
    _second_graph(change, "serve", "gpu")


@mutator("P08", changes=_GRAPH, effect=Effect.DOES_NOT_LOAD)
def the_graph_is_tagged_for_training(change: Change) -> None:
    """The only graph is tagged `train`."""
    with model(change.new) as served:
        served.meta_graph.meta_info_def.tags[:] = ["train"]


@the_graph_is_tagged_for_training.twin(effect=Effect.AS_BEFORE)
def a_second_graph_is_tagged_for_training(change: Change) -> None:
    """A second graph is tagged `train`, beside the one that is tagged `serve`."""
    _second_graph(change, "train")


def _second_graph(change: Change, *tags: str) -> None:
    with saved_model(change.new) as message:
        second = message.meta_graphs.add()
        second.CopyFrom(message.meta_graphs[0])
        second.meta_info_def.tags[:] = tags


@mutator("P09", changes=_GRAPH, effect=Effect.DOES_NOT_LOAD)
def an_output_passes_a_custom_op(change: Change) -> None:
    """The outputs pass an op of the team's own, which the server does not have."""
    with model(change.new) as served:
        through_outputs(served, lambda port: served.node("FusedCalibrationV2", port.tensor))


@an_output_passes_a_custom_op.twin(effect=Effect.AS_BEFORE)
def an_output_passes_a_rare_op(change: Change) -> None:
    """The outputs pass an op that few models use and every server has."""
    with model(change.new) as served:
        through_outputs(served, lambda port: served.node("Snapshot", port.tensor, T=port.dtype))


@mutator("P09", changes=_GRAPH, effect=Effect.DOES_NOT_LOAD)
def the_initialiser_runs_a_custom_op(change: Change) -> None:
    """The initialiser runs an op of a library that the server does not have."""
    with model(change.new) as served:
        at_start(served, served.node("Addons>LoadLexicon"))


@the_initialiser_runs_a_custom_op.twin(effect=Effect.AS_BEFORE)
def the_initialiser_runs_an_op_of_tensorflow(change: Change) -> None:
    """The initialiser runs an op that TensorFlow has always had."""
    with model(change.new) as served:
        at_start(served, served.node("NoOp"))


@mutator("P10", changes=_GRAPH, effect=Effect.DOES_NOT_LOAD)
def the_graph_asks_for_a_newer_consumer(change: Change) -> None:
    """The exporter's TensorFlow says that older ones must not read the graph."""
    with model(change.new) as served:
        _exported_by_a_newer(served)
        served.meta_graph.graph_def.versions.min_consumer = _LATER


@the_graph_asks_for_a_newer_consumer.twin(effect=Effect.AS_BEFORE)
def the_exporter_was_newer(change: Change) -> None:
    """The exporter's TensorFlow was newer, and wrote nothing that older ones cannot read."""
    with model(change.new) as served:
        _exported_by_a_newer(served)


@mutator("P10", changes=_GRAPH, effect=Effect.DOES_NOT_LOAD)
def a_variable_has_a_dtype_of_the_future(change: Change) -> None:
    """A variable has a dtype that the server's TensorFlow does not know."""
    _keep_a_variable(change, _DTYPE_OF_THE_FUTURE)


@a_variable_has_a_dtype_of_the_future.twin(effect=Effect.AS_BEFORE)
def a_variable_has_a_rare_dtype(change: Change) -> None:
    """A variable has a dtype that few models use and every server has."""
    _keep_a_variable(change, dtype_number("bfloat16"))


def _keep_a_variable(change: Change, dtype: int) -> None:
    with model(change.new) as served:
        _exported_by_a_newer(served)
        kept = AttrValue(type=dtype)  # type: ignore[arg-type]
        at_start(served, served.node("VarHandleOp", dtype=kept, shape=shape_attribute((1,))))


def _exported_by_a_newer(served: Model) -> None:
    served.meta_graph.meta_info_def.tensorflow_version = "2.99.0"
