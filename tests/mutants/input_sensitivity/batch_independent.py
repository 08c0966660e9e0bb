"""Models that mix the rows of a batch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support.oddmodels import linear, write_batch_sensitive
from tests.support.scenes import Scene, advisory, column
from tests.support.tinymodels import Graph, Signature, Tensor, write_saved_model

_Layer = Callable[[Graph, Tensor], Tensor]


def _over_the_batch(graph: Graph, op: str, given: Tensor) -> Tensor:
    """One number for the whole batch, or a mean of it."""
    axis = graph.const(f"{op}/axis", 0, "int32")
    return graph.op(
        op, f"{op}/all", [given, axis], dtype="float32", shape=(1,), T="float32", Tidx="int32"
    )


def _normalised(graph: Graph, given: Tensor) -> Tensor:
    return column(graph, "Sub", "centred", given, _over_the_batch(graph, "Mean", given))


def _shared(graph: Graph, given: Tensor) -> Tensor:
    """A softmax over the batch."""
    shifted = column(graph, "Sub", "shifted", given, _over_the_batch(graph, "Max", given))
    powers = column(graph, "Exp", "powers", shifted)
    return column(graph, "RealDiv", "shares", powers, _over_the_batch(graph, "Sum", powers))


def _squeezed(graph: Graph, given: Tensor) -> Tensor:
    return graph.op("Squeeze", "squeezed", [given], dtype="float32", shape=None, T="float32")


def _write(directory: Path, layer: _Layer) -> Path:
    graph = Graph()
    given = graph.placeholder("given")
    answer = layer(graph, linear(graph, given, 2.0, name="scaled"))
    write_saved_model(directory, graph, [Signature(inputs={"x": given}, outputs={"y": answer})])
    return directory


def _candidate(scene: Scene, layer: _Layer) -> None:
    scene.released("1")
    _write(scene.version("2"), layer)


def mutant_n03_normalised_by_the_batch(scene: Scene) -> str:
    _candidate(scene, _normalised)
    return "output 'y' is"


def mutant_n03_softmax_over_the_batch(scene: Scene) -> str:
    _candidate(scene, _shared)
    return "output 'y' is"


def mutant_n03_a_batch_of_one_is_squeezed(scene: Scene) -> str:
    _candidate(scene, _squeezed)
    return "shape"


@advisory
def mutant_n03_normalised_by_the_batch_in_the_first_version(scene: Scene) -> str:
    scene.branch_off()
    _write(scene.version("1"), _normalised)
    return "first version"


@advisory
def mutant_n03_the_base_version_is_normalised_so_too(scene: Scene) -> str:
    _write(scene.version("1"), _normalised)
    scene.branch_off()
    _write(scene.version("2"), _shared)
    return "The base version does so too."


def mutant_n04_batches_of_strangers(scene: Scene) -> str:
    scene.configure(serving={"flags": ["--enable_batching=true"]})
    _candidate(scene, _normalised)
    return "output 'y' is"


def twin_n03_normalised_by_a_constant(scene: Scene) -> None:
    _candidate(
        scene, lambda graph, given: column(graph, "Sub", "c", given, graph.const("mean", 0.25))
    )


def twin_n03_another_order_of_summation(scene: Scene) -> None:
    scene.released("1")
    write_batch_sensitive(scene.version("2"), weight=2.0, step=1e-7)


def twin_n03_a_list_beside_the_scores(scene: Scene) -> None:
    """Names of classes, as many as a batch has rows."""
    scene.released("1")
    graph = Graph()
    given = graph.placeholder("given")
    outputs = {
        "y": linear(graph, given, 2.0, name="scaled"),
        "labels": graph.const("labels", [b"a", b"b", b"c", b"d"], "string"),
    }
    write_saved_model(scene.version("2"), graph, [Signature(inputs={"x": given}, outputs=outputs)])


def twin_n04_batches_of_independent_rows(scene: Scene) -> None:
    scene.configure(serving={"flags": ["--enable_batching=true"]})
    scene.released("1")
    scene.model("2")
