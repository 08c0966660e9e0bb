"""Outputs that are another output, or an input, under their old name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.support.oddmodels import linear
from tests.support.scenes import Scene
from tests.support.tinymodels import Graph, Signature, Tensor, write_saved_model

_Outputs = Callable[[Graph, Tensor], Mapping[str, Tensor]]


def _write(scene: Scene, name: str, outputs: _Outputs) -> None:
    graph = Graph()
    given = graph.placeholder("given")
    signature = Signature(inputs={"x": given}, outputs=outputs(graph, given))
    write_saved_model(scene.version(name), graph, [signature])


def _two(graph: Graph, given: Tensor) -> Mapping[str, Tensor]:
    return {
        "price": linear(graph, given, 2.0, name="price"),
        "risk": linear(graph, given, 0.5, name="risk"),
    }


def _released(scene: Scene) -> None:
    _write(scene, "1", _two)
    scene.branch_off()


def mutant_c08_two_outputs_are_one(scene: Scene) -> str:
    def outputs(graph: Graph, given: Tensor) -> Mapping[str, Tensor]:
        found = _two(graph, given)
        return {**found, "risk": graph.identity(found["price"], name="copied")}

    _released(scene)
    _write(scene, "2", outputs)
    return "Output 'price' of signature 'serving_default' is output 'risk'"


def mutant_c08_an_output_is_an_input(scene: Scene) -> str:
    def outputs(graph: Graph, given: Tensor) -> Mapping[str, Tensor]:
        return {**_two(graph, given), "risk": graph.identity(given, name="copied")}

    _released(scene)
    _write(scene, "2", outputs)
    return "is input 'x' under another name"


def twin_c08_an_output_has_a_second_name(scene: Scene) -> None:
    def outputs(graph: Graph, given: Tensor) -> Mapping[str, Tensor]:
        found = _two(graph, given)
        return {**found, "risk_v2": graph.identity(found["risk"], name="again")}

    _released(scene)
    _write(scene, "2", outputs)


def twin_c08_an_input_is_passed_through(scene: Scene) -> None:
    def outputs(graph: Graph, given: Tensor) -> Mapping[str, Tensor]:
        return {**_two(graph, given), "x_echo": graph.identity(given, name="echo")}

    _released(scene)
    _write(scene, "2", outputs)


def twin_c08_two_names_of_one_tensor_as_before(scene: Scene) -> None:
    def outputs(graph: Graph, given: Tensor) -> Mapping[str, Tensor]:
        price = linear(graph, given, 2.0, name="price")
        return {"price": price, "risk": graph.identity(price, name="again")}

    _write(scene, "1", outputs)
    scene.branch_off()
    _write(scene, "2", outputs)
