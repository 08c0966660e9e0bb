"""Weights that training never touched, or that loading writes over."""

from __future__ import annotations

import numpy as np

from benchmarks.detection.editing.model import Model, model
from benchmarks.detection.editing.surgery import (
    assigned,
    at_start,
    handle_of,
    held_by,
    outputs,
    types,
)
from tests.support.dense import KERNEL, write_layer
from tests.support.scenes import Scene, advisory

_MEAN, _VARIANCE = "norm/moving_mean", "norm/moving_variance"
_INITIAL = {_MEAN: (0.0, 0.0), _VARIANCE: (1.0, 1.0)}
_MOVED = {_MEAN: (0.25, -0.5), _VARIANCE: (0.5, 2.0)}


def _released(scene: Scene) -> None:
    write_layer(scene.version("1"), kernel=np.multiply(KERNEL, 0.5))
    scene.branch_off()


def mutant_g05_weights_of_zero(scene: Scene) -> str:
    _released(scene)
    write_layer(scene.version("2"), kernel=np.zeros((3, 2)))
    return "kernel is 0 throughout"


def mutant_g05_weights_all_alike(scene: Scene) -> str:
    _released(scene)
    write_layer(scene.version("2"), kernel=np.full((3, 2), 0.1))
    return "kernel is 0.1 throughout"


def mutant_g05_weights_all_alike_in_the_first_version(scene: Scene) -> str:
    scene.branch_off()
    write_layer(scene.version("1"), kernel=np.full((3, 2), 0.1))
    return "kernel is 0.1 throughout"


@advisory
def mutant_g05_weights_all_alike_in_the_base_version_too(scene: Scene) -> str:
    write_layer(scene.version("1"), kernel=np.full((3, 2), 0.2))
    scene.branch_off()
    write_layer(scene.version("2"), kernel=np.full((3, 2), 0.1))
    return "The base version's are the same."


def mutant_g05_weights_are_not_numbers(scene: Scene) -> str:
    _released(scene)
    write_layer(scene.version("2"), kernel=np.full((3, 2), np.nan))
    return "kernel is nan throughout"


@advisory
def mutant_g05_one_weight_is_not_a_number(scene: Scene) -> str:
    _released(scene)
    write_layer(scene.version("2"), kernel=[[0.5, 1.0], [np.nan, 2.0], [3.0, 1.0]])
    return "kernel holds NaN or infinity"


def mutant_g06_initialised_after_the_restore(scene: Scene) -> str:
    _released(scene)
    write_layer(scene.version("2"))
    with model(scene.version("2")) as served:
        drawn = served.constant(np.full((3, 2), 0.5), "float32")
        again = served.node("AssignVariableOp", "kernel:0", drawn, dtype="float32")
        at_start(served, again)
    return "'kernel': restored from the checkpoint, and then written again"


def mutant_g09_statistics_are_initial(scene: Scene) -> str:
    write_layer(scene.version("1"), statistics=_MOVED)
    scene.branch_off()
    write_layer(scene.version("2"), kernel=np.multiply(KERNEL, 0.5), statistics=_INITIAL)
    return "the base version's had moved"


@advisory
def mutant_g09_statistics_are_initial_in_the_first_version(scene: Scene) -> str:
    scene.branch_off()
    write_layer(scene.version("1"), statistics=_INITIAL)
    return "mean 0 and variance 1"


def twin_g05_biases_of_zero(scene: Scene) -> None:
    _released(scene)
    write_layer(scene.version("2"))


def twin_g05_a_pruned_layer(scene: Scene) -> None:
    _released(scene)
    write_layer(scene.version("2"), kernel=[[0.0, 0.0], [0.0, 0.25], [0.0, 0.0]])


def twin_g06_weights_are_read_after_the_restore(scene: Scene) -> None:
    _released(scene)
    write_layer(scene.version("2"))
    with model(scene.version("2")) as served:
        at_start(served, served.node("ReadVariableOp", "kernel:0", dtype="float32"))


def twin_g06_a_further_variable_is_set_at_the_start(scene: Scene) -> None:
    _released(scene)
    write_layer(scene.version("2"))
    with model(scene.version("2")) as served:
        port = outputs(served)[0]
        handle = handle_of(served, (), port.dtype)
        start = served.constant(0.0, port.dtype)
        at_start(served, assigned(served, handle, start, port.dtype))
        held = held_by(served, handle, port.dtype)
        _restore_into_nothing(served)
        port.info.name = served.node("AddV2", port.tensor, held, T=port.dtype)


def _restore_into_nothing(served: Model) -> None:
    """Reads a tensor once more and assigns it to no variable, as TensorFlow 2 reads its objects."""
    names, slices = served.constant([b"kernel"], "string"), served.constant([b""], "string")
    read = served.node("RestoreV2", "save/prefix:0", names, slices, dtypes=types("float32"))
    (restore,) = (one for one in served.meta_graph.graph_def.node if one.name == "save/restore_all")
    restore.input.append(f"^{read.partition(':')[0]}")


def twin_g09_statistics_have_moved(scene: Scene) -> None:
    write_layer(scene.version("1"), statistics=_INITIAL)
    scene.branch_off()
    write_layer(scene.version("2"), statistics=_MOVED)
