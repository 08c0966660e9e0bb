"""Graphs that no server would take, and signatures that are gone."""

from __future__ import annotations

from tests.support.scenes import BASE_PATH, Scene, column
from tests.support.tinymodels import Graph, Signature, write_model, write_saved_model


def mutant_p08_tags_of_training(scene: Scene) -> str:
    scene.released("1")
    write_model(scene.version("2"), tags=("train",))
    return f"{BASE_PATH}/2/saved_model.pb"


def mutant_p08_tags_with_gpu(scene: Scene) -> str:
    scene.released("1")
    write_model(scene.version("2"), tags=("serve", "gpu"))
    return "{gpu, serve}"


def mutant_p08_production_asks_for_another_graph(scene: Scene) -> str:
    scene.configure(serving={"flags": ["--saved_model_tags=serve,gpu"]})
    write_model(scene.version("1"), tags=("serve", "gpu"))
    scene.branch_off()
    scene.model("2")
    return "--saved_model_tags in servegate.yml"


def twin_p08_a_graph_for_training_too(scene: Scene) -> None:
    scene.released("1")
    version = scene.model("2")
    model = (version / "saved_model.pb").read_bytes()
    training = (
        write_model(scene.repo.file("export"), tags=("train",)) / "saved_model.pb"
    ).read_bytes()
    # Serialized messages that stand one after the other are one message with the parts of both.
    (version / "saved_model.pb").write_bytes(training + model)


def twin_p08_the_graph_that_production_asks_for(scene: Scene) -> None:
    scene.configure(serving={"flags": ["--saved_model_tags=serve,gpu"]})
    for version in ("1", "2"):
        write_model(scene.version(version), weight=float(version), tags=("gpu", "serve"))
        if version == "1":
            scene.branch_off()


def _write(scene: Scene, version: str, *keys: str) -> None:
    graph = Graph()
    x = graph.placeholder("x")
    outputs = {"y": column(graph, "Neg", "negative", x)}
    signatures = [Signature(key=key, inputs={"x": x}, outputs=outputs) for key in keys]
    write_saved_model(scene.version(version), graph, signatures)


def mutant_c01_default_signature_renamed(scene: Scene) -> str:
    scene.released("1")
    write_model(scene.version("2"), signature="scores")
    return "'serving_default' is now called 'scores'"


def mutant_c01_one_of_two_signatures_missing(scene: Scene) -> str:
    _write(scene, "1", "serving_default", "explain")
    scene.branch_off()
    _write(scene, "2", "serving_default")
    return "'explain' is missing"


def mutant_c01_no_signature_at_all(scene: Scene) -> str:
    scene.branch_off()
    _write(scene, "1")
    return "refuse every request"


def twin_c01_a_signature_more(scene: Scene) -> None:
    scene.released("1")
    _write(scene, "2", "scores", "serving_default")


def twin_c01_no_signature_has_the_usual_name(scene: Scene) -> None:
    _write(scene, "1", "explain", "scores")
    scene.branch_off()
    _write(scene, "2", "explain", "scores")
