"""Answers that are not the ones recorded for the version."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.support.checkpoints import variables, write_trained_model
from tests.support.scenes import BASE_PATH, Scene
from tests.support.tinymodels import Graph, Signature, write_saved_model

_ROWS = ((1.0, 1.5), (3.0, -1.0), (0.0, 0.5))
_WEIGHTS = np.array([[0.5, -1.0], [0.25, 1.0]])
_FIRST = "data/examples.jsonl:1"


def _write_classifier(
    directory: Path, weights: np.ndarray = _WEIGHTS, *, op: str = "Softmax"
) -> Path:
    """Probabilities of two classes, from two numbers."""
    graph = Graph()
    given = graph.placeholder("given", shape=(None, 2))
    trained = {"weights": weights}
    (matrix,) = variables(graph, trained)
    logits = graph.op("MatMul", "logits", [given, matrix], dtype="float32", T="float32")
    answer = graph.op(op, "answer", [logits], dtype="float32", shape=(None, 2), T="float32")
    signature = Signature(inputs={"numbers": given}, outputs={"classes": answer})
    return write_trained_model(directory, graph, [signature], trained)


def _recordings(version: str, weights: np.ndarray = _WEIGHTS) -> list[dict[str, object]]:
    """What the model said when it was trained."""
    logits = np.array(_ROWS) @ weights
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    classes = powers / powers.sum(axis=1, keepdims=True)
    return [
        {"inputs": {"numbers": row}, "outputs": {"classes": said.tolist()}, "for_version": version}
        for row, said in zip(_ROWS, classes, strict=True)
    ]


def _released(scene: Scene) -> None:
    _write_classifier(scene.version("1"), _WEIGHTS * 0.9)
    scene.examples(_recordings("1", _WEIGHTS * 0.9))
    scene.branch_off()
    scene.examples(_recordings("2"))


def mutant_c07_classes_swapped(scene: Scene) -> str:
    _released(scene)
    _write_classifier(scene.version("2"), _WEIGHTS[:, ::-1])
    return _FIRST


def mutant_c07_logits_for_probabilities(scene: Scene) -> str:
    _released(scene)
    _write_classifier(scene.version("2"), op="Identity")
    return _FIRST


def mutant_c07_logarithms_for_probabilities(scene: Scene) -> str:
    _released(scene)
    _write_classifier(scene.version("2"), op="LogSoftmax")
    return "example 1"


def mutant_c07_recorded_beside_the_model(scene: Scene) -> str:
    _released(scene)
    recorded = scene.repo.file("data/examples.jsonl").read_text("utf-8").replace('"2"', '"9"')
    _write_classifier(scene.version("2"), _WEIGHTS[:, ::-1])
    beside = f"{BASE_PATH}/2/assets.extra/servegate_examples.jsonl"
    scene.write(beside, recorded)
    return f"{beside}:1"


def twin_c07_classes_in_their_order(scene: Scene) -> None:
    _released(scene)
    _write_classifier(scene.version("2"))


def mutant_g12_checkpoint_of_an_earlier_epoch(scene: Scene) -> str:
    _released(scene)
    _write_classifier(scene.version("2"), _WEIGHTS * 0.98)
    return _FIRST


def mutant_g12_checkpoint_of_the_version_before(scene: Scene) -> str:
    _released(scene)
    _write_classifier(scene.version("2"), _WEIGHTS * 0.9)
    return "Version 2"


def twin_g12_rounded_in_another_place(scene: Scene) -> None:
    _released(scene)
    _write_classifier(scene.version("2"), _WEIGHTS * (1 + 1e-7))


def twin_g12_recordings_of_the_version_before_are_kept(scene: Scene) -> None:
    _released(scene)
    scene.examples([*_recordings("1", _WEIGHTS * 0.9), *_recordings("2")])
    _write_classifier(scene.version("2"))


def mutant_g05_weights_of_zero(scene: Scene) -> str:
    _released(scene)
    _write_classifier(scene.version("2"), _WEIGHTS * 0.0)
    return _FIRST


def mutant_g05_weights_of_the_initialiser(scene: Scene) -> str:
    _released(scene)
    _write_classifier(scene.version("2"), np.full_like(_WEIGHTS, 0.1))
    return _FIRST


def twin_g05_weights_that_pruning_set_to_zero(scene: Scene) -> None:
    pruned = np.where(np.abs(_WEIGHTS) < 0.3, 0.0, _WEIGHTS)
    _released(scene)
    scene.examples(_recordings("2", pruned))
    _write_classifier(scene.version("2"), pruned)


_THIRDS = _WEIGHTS / 3


def _half(weights: np.ndarray) -> np.ndarray:
    """As bfloat16 holds them: the upper half of a float32."""
    return (weights.astype("f4").view("u4") & np.uint32(0xFFFF0000)).view("f4")


def _recorded_in_full(scene: Scene, **model: object) -> None:
    _write_classifier(scene.version("1"), _WEIGHTS * 0.9)
    scene.branch_off()
    scene.examples(_recordings("2", _THIRDS), **model)


def mutant_f02_weights_of_half_precision(scene: Scene) -> str:
    _recorded_in_full(scene)
    _write_classifier(scene.version("2"), _half(_THIRDS))
    return _FIRST


def twin_f02_weights_of_full_precision(scene: Scene) -> None:
    _recorded_in_full(scene)
    _write_classifier(scene.version("2"), _THIRDS)


def twin_f02_half_precision_within_the_tolerance_that_is_set(scene: Scene) -> None:
    _recorded_in_full(scene, tolerance={"relative": 0.01})
    _write_classifier(scene.version("2"), _half(_THIRDS))


_VOCABULARY = ("good", "bad", "fair")
_SCORES = [[0.9], [-0.8], [0.2]]


def _write_lexicon(directory: Path, words: tuple[str, ...]) -> Path:
    """The score of one word, which the graph numbers by its own vocabulary."""
    graph = Graph()
    given = graph.placeholder("given", "string", (None, 1))
    known = graph.const("vocabulary", list(words), "string")
    number = graph.op("Equal", "number", [given, known], dtype="bool", shape=(None, 3), T="string")
    one_hot = graph.op(
        "Cast", "one_hot", [number], dtype="float32", shape=(None, 3), SrcT="bool", DstT="float32"
    )
    scores = graph.const("scores", _SCORES)
    inputs = [one_hot, scores]
    answer = graph.op("MatMul", "score", inputs, dtype="float32", shape=(None, 1), T="float32")
    signature = Signature(inputs={"word": given}, outputs={"score": answer})
    return write_saved_model(directory, graph, [signature])


def _lexicon(scene: Scene, words: tuple[str, ...]) -> str:
    """Version 1 and the recordings have the vocabulary that training has."""
    _write_lexicon(scene.version("1"), _VOCABULARY)
    scene.branch_off()
    scene.examples(
        {"inputs": {"word": [word]}, "outputs": {"score": score}, "for_version": "2"}
        for word, score in zip(_VOCABULARY, _SCORES, strict=True)
    )
    _write_lexicon(scene.version("2"), words)
    # Without it the version would be a copy of the one before.
    scene.write(f"{BASE_PATH}/2/assets.extra/notes.txt", "the second export")
    return _FIRST


def mutant_s02_vocabulary_of_the_graph_in_another_order(scene: Scene) -> str:
    return _lexicon(scene, ("bad", "fair", "good"))


def twin_s02_vocabulary_of_the_graph_exported_again(scene: Scene) -> None:
    _lexicon(scene, _VOCABULARY)


def mutant_s03_vocabulary_of_the_graph_is_empty(scene: Scene) -> str:
    return _lexicon(scene, ("[UNK]", "[UNK]", "[UNK]"))


def twin_s03_vocabulary_of_the_graph_is_whole(scene: Scene) -> None:
    _lexicon(scene, _VOCABULARY)
