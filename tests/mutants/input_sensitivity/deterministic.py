"""Models that answer the same request differently each time."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.checkpoints import variables, write_trained_model
from tests.support.oddmodels import write_sampler
from tests.support.scenes import Scene, advisory
from tests.support.tinymodels import Graph, Signature, Tensor, data_type, write_saved_model

_Layer = Callable[[Graph, Tensor], Tensor]

# Of so many, dropout does not drop the same ones twice.
_UNITS = (None, 64)


def _uniform(graph: Graph, given: Tensor) -> Tensor:
    """A random number from 0 to 1 for each of the given ones."""
    shape = graph.op("Shape", "shape", [given], dtype="int32", shape=(2,), T="float32")
    drawn = graph.op(
        "RandomUniform", "dropout/random", [shape], dtype="float32", shape=_UNITS, T="int32"
    )
    graph.definition.node[-1].attr["dtype"].type = data_type("float32")
    return drawn


def _kept(graph: Graph, given: Tensor, drawn: Tensor, rate: Tensor) -> Tensor:
    """The given numbers, and zeros for those whose random number is below the rate."""
    kept = graph.op("GreaterEqual", "kept", [drawn, rate], dtype="bool", T="float32")
    zeros = graph.const("zeros", 0.0)
    inputs = [kept, given, zeros]
    return graph.op("SelectV2", "dropped", inputs, dtype="float32", shape=_UNITS, T="float32")


def _candidate(scene: Scene, layer: _Layer) -> None:
    """Writes `y = layer(x) + 1`."""
    scene.released("1")
    graph = Graph()
    given = graph.placeholder("given", shape=_UNITS)
    answer = graph.add(layer(graph, given), graph.const("bias", 1.0), name="answer")
    write_saved_model(
        scene.version("2"), graph, [Signature(inputs={"x": given}, outputs={"y": answer})]
    )


@advisory
def mutant_n01_dropout_left_on(scene: Scene) -> str:
    def layer(graph: Graph, given: Tensor) -> Tensor:
        return _kept(graph, given, _uniform(graph, given), graph.const("rate", 0.5))

    _candidate(scene, layer)
    return "RandomUniform"


@advisory
def mutant_n01_noise_on_the_input(scene: Scene) -> str:
    def layer(graph: Graph, given: Tensor) -> Tensor:
        return graph.multiply(given, _uniform(graph, given), name="noisy")

    _candidate(scene, layer)
    return "'y'"


@advisory
def mutant_n01_sampler_in_the_first_version(scene: Scene) -> str:
    scene.branch_off()
    write_sampler(scene.version("1"), weight=2.0)
    return "RandomStandardNormal"


def twin_n01_counter_of_requests(scene: Scene) -> None:
    """What requests leave behind is told of by order-independent."""
    scene.released("1")
    graph = Graph()
    given = graph.placeholder("given")
    variables(graph, {"seen": 0.0})
    seen = Tensor(node="seen", dtype="resource", shape=())
    one = graph.const("one", 1.0)
    for op, inputs, after in (
        ("AssignAddVariableOp", [seen, one], []),
        ("ReadVariableOp", [seen], ["AssignAddVariableOp"]),
    ):
        total = graph.op(op, op, inputs, dtype="float32", shape=(), control=after)
        graph.definition.node[-1].attr["dtype"].type = data_type("float32")
    signature = Signature(
        inputs={"x": given}, outputs={"y": graph.add(given, total, name="answer")}
    )
    write_trained_model(scene.version("2"), graph, [signature], {"seen": 0.0})


@advisory
def mutant_n01_a_declaration_that_is_outlived(scene: Scene) -> str:
    scene.declare(stochastic={"y": "so it is meant"})
    scene.released("1")
    scene.model("2")
    return "it is not random"


def twin_n01_a_sampler_that_is_declared(scene: Scene) -> None:
    scene.declare(stochastic={"y": "so it is meant"})
    scene.released("1")
    write_sampler(scene.version("2"), weight=2.0)


def twin_n01_dropout_of_a_constant_draw(scene: Scene) -> None:
    def layer(graph: Graph, given: Tensor) -> Tensor:
        return _kept(graph, given, graph.const("draw", 0.75), graph.const("rate", 0.5))

    _candidate(scene, layer)


def twin_n01_dropout_in_a_branch_that_is_not_served(scene: Scene) -> None:
    def layer(graph: Graph, given: Tensor) -> Tensor:
        _kept(graph, given, _uniform(graph, given), graph.const("rate", 0.5))
        return graph.identity(given, name="inference")

    _candidate(scene, layer)


def twin_n01_dropout_at_a_rate_of_zero(scene: Scene) -> None:
    def layer(graph: Graph, given: Tensor) -> Tensor:
        return _kept(graph, given, _uniform(graph, given), graph.const("rate", 0.0))

    _candidate(scene, layer)
