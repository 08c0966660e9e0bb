"""Version directories that hold too much."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from servegate.savedmodel.reader import MAX_BYTES
from tests.support.checkpoints import write_checkpoint
from tests.support.scenes import BASE_PATH, Scene, advisory
from tests.support.wholeversions import released_with_weights

_SLOT = "weight/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE"
_BYTES_OF_NOTHING = bytes((0xC2, 0x3E))  # the key of a field that nobody knows


def _grow(graph: Path, *, to: int) -> None:
    """Adds a field that no reader knows, as a hole in the file."""
    length = to - graph.stat().st_size - len(_BYTES_OF_NOTHING) - 5
    digits = bytes((length >> 7 * place & 0x7F) | 0x80 for place in range(4)) + bytes(
        [length >> 28]
    )
    with graph.open("r+b") as stream:
        stream.seek(0, os.SEEK_END)
        stream.write(_BYTES_OF_NOTHING + bytes(digits))
        stream.truncate(to)


def mutant_p12_graph_beyond_what_a_message_may_be(scene: Scene) -> str:
    _grow(scene.fetched("2") / "saved_model.pb", to=MAX_BYTES + 1)
    return f"{BASE_PATH}/2/saved_model.pb has 2.1 GB"


def twin_p12_large_graph(scene: Scene) -> None:
    _grow(scene.fetched("2") / "saved_model.pb", to=2**24)


@advisory
def mutant_p13_checkpoints_of_training(scene: Scene) -> str:
    version = released_with_weights(scene)
    for epoch in range(3):
        file = version / "checkpoints" / f"epoch-{epoch}.data-00000-of-00001"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(np.random.default_rng(epoch).bytes(2**19))
    return "checkpoints of training (3 files, 1.6 MB: checkpoints/epoch-0.data-00000-of-00001"


@advisory
def mutant_p13_slots_of_the_optimizer(scene: Scene) -> str:
    version = released_with_weights(scene)
    slot = np.random.default_rng(13).random(2**19, np.float32)
    write_checkpoint(version, {"bias": 1.0, "weight": 7.0, _SLOT: slot}, shards=2)
    return "Export without the optimizer"


@advisory
def mutant_p13_shards_of_the_export_before(scene: Scene) -> str:
    version = released_with_weights(scene)
    left = version / "variables" / "variables.data-00000-of-00001"
    left.write_bytes(np.random.default_rng(13).bytes(2**21))
    return "shards of another export (1 file, 2.1 MB: variables/variables.data-00000-of-00001"


def twin_p13_a_few_little_things(scene: Scene) -> None:
    version = released_with_weights(scene)
    (version / "Untitled.ipynb").write_bytes(b"{}" * 30_000)
    (version / ".DS_Store").write_bytes(bytes(10_000))


def twin_p13_settings_of_training(scene: Scene) -> None:
    version = released_with_weights(scene)
    (version / "training.json").write_text('{"epochs": 8}\n', "utf-8")
    (version / "events.out.tfevents.1700000000").write_bytes(bytes(500))


def twin_p13_large_table_among_the_assets(scene: Scene) -> None:
    version = released_with_weights(scene)
    (version / "assets").mkdir()
    (version / "assets" / "embeddings.csv").write_bytes(b"0.5,0.25\n" * 200_000)


def twin_p13_step_of_the_optimizer(scene: Scene) -> None:
    version = released_with_weights(scene)
    write_checkpoint(version, {"bias": 1.0, "optimizer/iter": 1200.0, "weight": 7.0}, shards=2)


@advisory
def mutant_p15_graph_as_text_beside_it(scene: Scene) -> str:
    version = released_with_weights(scene)
    (version / "saved_model.pbtxt").write_text("saved_model_schema_version: 1\n", "utf-8")
    return "TF Serving reads saved_model.pb"


def _with_tflite(scene: Scene, *, preferred: bool) -> None:
    scene.configure(serving={"flags": [f"--prefer_tflite_model={str(preferred).lower()}"]})
    version = released_with_weights(scene)
    (version / "model.tflite").write_bytes(b"\x1c\0\0\0TFL3" + bytes(64))


def mutant_p15_tflite_that_production_prefers(scene: Scene) -> str:
    _with_tflite(scene, preferred=True)
    return "--prefer_tflite_model in servegate.yml"


@advisory
def mutant_p15_tflite_that_was_preferred_before(scene: Scene) -> str:
    (scene.version("1")).mkdir(parents=True)
    (scene.version("1") / "model.tflite").write_bytes(b"\x1c\0\0\0TFL3")
    _with_tflite(scene, preferred=True)
    return "model.tflite is not examined"


def twin_p15_tflite_for_telephones(scene: Scene) -> None:
    _with_tflite(scene, preferred=False)


def twin_p15_graph_for_reading(scene: Scene) -> None:
    version = released_with_weights(scene)
    (version / "graph.pbtxt").write_text("saved_model_schema_version: 1\n", "utf-8")
