"""Weights that are damaged, missing, or not the graph's."""

from __future__ import annotations

import os
from pathlib import Path

from servegate.savedmodel.farmhash import fingerprint64
from servegate.savedmodel.protos import FingerprintDef, SavedModel
from tests.support.checkpoints import write_checkpoint, write_linear_model
from tests.support.scenes import BASE_PATH, Scene, advisory
from tests.support.wholeversions import FIRST_SHARD, INDEX, released_with_weights


def mutant_p02_index_missing(scene: Scene) -> str:
    (released_with_weights(scene) / INDEX).unlink()
    return f"{BASE_PATH}/2/{INDEX}"


def mutant_p02_variables_never_committed(scene: Scene) -> str:
    scene.write(".gitignore", "variables/\n")
    version = released_with_weights(scene)
    for file in (version / "variables").iterdir():
        file.unlink()
    return f"{BASE_PATH}/2/{INDEX}"


def mutant_p02_shard_missing(scene: Scene) -> str:
    (released_with_weights(scene) / FIRST_SHARD).unlink()
    return f"{BASE_PATH}/2/{FIRST_SHARD}"


def mutant_p02_wrong_number_of_shards(scene: Scene) -> str:
    version = released_with_weights(scene)
    one_shard = write_linear_model(scene.repo.file("export"), weight=7.0)
    (one_shard / INDEX).replace(version / INDEX)
    return "variables.data-00000-of-00001"


def twin_p02_two_shards(scene: Scene) -> None:
    released_with_weights(scene)


def twin_p02_frozen_model_without_variables(scene: Scene) -> None:
    scene.released("1")
    scene.model("2")


def twin_p02_shard_in_which_no_tensor_lies(scene: Scene) -> None:
    version = released_with_weights(scene)
    write_checkpoint(version, {"bias": 1.0, "weight": 7.0}, shards=3)
    (version / "variables" / "variables.data-00002-of-00003").unlink()


def mutant_p03_shard_cut_short(scene: Scene) -> str:
    os.truncate(released_with_weights(scene) / FIRST_SHARD, 3)
    return f"{BASE_PATH}/2/{FIRST_SHARD}"


def mutant_p03_index_cut_short(scene: Scene) -> str:
    os.truncate(released_with_weights(scene) / INDEX, 60)
    return f"{BASE_PATH}/2/{INDEX}"


def mutant_p03_index_with_a_flipped_bit(scene: Scene) -> str:
    _flip(released_with_weights(scene) / INDEX, at=12)
    return f"{BASE_PATH}/2/{INDEX}"


def mutant_p03_weights_with_a_flipped_bit(scene: Scene) -> str:
    _flip(released_with_weights(scene) / FIRST_SHARD, at=3)
    return "another one for bias"


@advisory
def mutant_p03_flipped_bit_in_what_nothing_restores(scene: Scene) -> str:
    version = released_with_weights(scene)
    write_checkpoint(version, {"a_slot": 5.0, "bias": 1.0, "weight": 7.0}, shards=2)
    _flip(version / FIRST_SHARD, at=1)
    return "another one for a_slot"


def _flip(file: Path, *, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


def twin_p03_shard_with_room_at_its_end(scene: Scene) -> None:
    with (released_with_weights(scene) / FIRST_SHARD).open("ab") as shard:
        shard.write(b"\0" * 64)


def twin_p03_weights_saved_anew(scene: Scene) -> None:
    write_checkpoint(released_with_weights(scene), {"bias": 1.5, "weight": 7.5}, shards=2)


def mutant_p14_weights_that_lack_a_variable(scene: Scene) -> str:
    write_checkpoint(released_with_weights(scene), {"bias": 1.0}, shards=2)
    return "weight is missing"


def mutant_p14_variable_of_another_shape(scene: Scene) -> str:
    version = released_with_weights(scene)
    write_checkpoint(version, {"bias": 1.0, "weight": [7.0, 8.0]}, shards=2)
    return "weight [2]"


def mutant_p14_variable_of_another_dtype(scene: Scene) -> str:
    version = released_with_weights(scene)
    message = SavedModel.FromString((version / "saved_model.pb").read_bytes())
    for node in message.meta_graphs[0].graph_def.node:
        if node.name == "save/restored":
            node.attr["dtypes"].list.type[0] = 2  # type: ignore[call-overload]  # DT_DOUBLE
    (version / "saved_model.pb").write_bytes(message.SerializeToString())
    return "bias float64"


@advisory
def mutant_p14_shape_that_the_base_version_has_too(scene: Scene) -> str:
    write_checkpoint(write_linear_model(scene.version("1")), {"bias": 1.0, "weight": [7.0]})
    scene.branch_off()
    write_checkpoint(write_linear_model(scene.version("2")), {"bias": 2.0, "weight": [7.0]})
    return "The base version is the same."


def mutant_g12_weights_of_the_version_before(scene: Scene) -> str:
    write_linear_model(scene.version("1"), weight=3.0)
    _write_fingerprint(scene.version("1"), of=scene.version("1"))
    scene.branch_off()
    version = write_linear_model(scene.version("2"), weight=3.0)
    _write_fingerprint(version, of=write_linear_model(scene.repo.file("export"), weight=9.0))
    return "has the weights of version 1"


def _write_fingerprint(version: Path, *, of: Path) -> None:
    """The fingerprint of an export, put beside the files of perhaps another one."""
    message = FingerprintDef(checkpoint_hash=fingerprint64((of / INDEX).read_bytes()))
    (version / "fingerprint.pb").write_bytes(message.SerializeToString())


def twin_p14_variables_that_nothing_restores(scene: Scene) -> None:
    version = released_with_weights(scene)
    write_checkpoint(version, {"bias": 1.0, "head/kernel": [1.0, 2.0], "weight": 7.0}, shards=2)


def twin_g12_same_weights_exported_again(scene: Scene) -> None:
    for name in ("1", "2"):
        version = write_linear_model(scene.version(name), weight=3.0)
        _write_fingerprint(version, of=version)
        if name == "1":
            scene.branch_off()
    (scene.version("2") / "README.md").write_text("With a card.\n", "utf-8")


def twin_p14_old_weights_without_a_fingerprint(scene: Scene) -> None:
    write_linear_model(scene.version("1"), weight=3.0)
    _write_fingerprint(scene.version("1"), of=scene.version("1"))
    scene.branch_off()
    write_linear_model(scene.version("2"), weight=3.0)


def twin_p14_weights_pruned_after_the_export(scene: Scene) -> None:
    version = released_with_weights(scene)
    _write_fingerprint(version, of=version)
    write_checkpoint(version, {"bias": 0.0, "weight": 7.0}, shards=2)
