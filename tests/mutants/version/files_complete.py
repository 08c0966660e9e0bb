"""Version directories from which something is missing."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.changes import pointer_to
from tests.support.checkpoints import write_checkpoint, write_linear_model
from tests.support.scenes import BASE_PATH, Scene
from tests.support.tinymodels import Graph, Signature, saved_model, write_model

_INDEX = "variables/variables.index"
_FIRST_SHARD = "variables/variables.data-00000-of-00002"


def _released(scene: Scene) -> Path:
    """Production has version 1; the change adds a whole version 2, whose place is returned."""
    write_linear_model(scene.version("1"))
    scene.branch_off()
    return write_linear_model(scene.version("2"), weight=7.0, shards=2)


def _with_vocabulary(directory: Path, content: str | None) -> Path:
    """A model that reads `assets/vocabulary.txt` when it is loaded."""
    graph = Graph()
    given = graph.placeholder("given")
    path = graph.const("path", "", "string")
    answer = graph.multiply(given, graph.const("weight", 2.0), name="answer")
    message = saved_model(graph, [Signature(inputs={"x": given}, outputs={"y": answer})])
    asset = message.meta_graphs[0].asset_file_def.add(filename="vocabulary.txt")
    asset.tensor_info.name = path.name
    (directory / "assets").mkdir(parents=True)
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())
    if content is not None:
        (directory / "assets" / "vocabulary.txt").write_text(content, "utf-8")
    return directory


def _to_pointer(file: Path) -> None:
    file.write_text(pointer_to(file.read_bytes()), "utf-8")


def mutant_p01_pointer_for_the_graph(scene: Scene) -> str:
    _to_pointer(_released(scene) / "saved_model.pb")
    return f"{BASE_PATH}/2/saved_model.pb"


def mutant_p01_pointer_for_a_shard(scene: Scene) -> str:
    _to_pointer(_released(scene) / _FIRST_SHARD)
    return f"{BASE_PATH}/2/{_FIRST_SHARD}"


def mutant_p01_pointer_for_the_vocabulary(scene: Scene) -> str:
    scene.released("1")
    _with_vocabulary(scene.version("2"), pointer_to(b"good\nbad\n"))
    return f"{BASE_PATH}/2/assets/vocabulary.txt"


def mutant_p01_pointer_that_a_merge_has_mangled(scene: Scene) -> str:
    pointer = pointer_to(b"weights").replace("oid", "<<<<<<< HEAD\noid")
    (_released(scene) / _FIRST_SHARD).write_text(pointer, "utf-8")
    return f"{BASE_PATH}/2/{_FIRST_SHARD}"


def twin_p01_content(scene: Scene) -> None:
    _released(scene)


def twin_p01_text_about_pointers(scene: Scene) -> None:
    version = _released(scene)
    (version / "README.md").write_text(f"What LFS writes:\n\n{pointer_to(b'weights')}", "utf-8")


def twin_p01_content_of_a_declared_file(scene: Scene) -> None:
    _released(scene)
    scene.write(".gitattributes", "*.md filter=lfs\n")


def mutant_p02_index_missing(scene: Scene) -> str:
    (_released(scene) / _INDEX).unlink()
    return f"{BASE_PATH}/2/{_INDEX}"


def mutant_p02_variables_never_committed(scene: Scene) -> str:
    scene.write(".gitignore", "variables/\n")
    version = _released(scene)
    for file in (version / "variables").iterdir():
        file.unlink()
    return f"{BASE_PATH}/2/{_INDEX}"


def mutant_p02_shard_missing(scene: Scene) -> str:
    (_released(scene) / _FIRST_SHARD).unlink()
    return f"{BASE_PATH}/2/{_FIRST_SHARD}"


def mutant_p02_wrong_number_of_shards(scene: Scene) -> str:
    version = _released(scene)
    one_shard = write_linear_model(scene.repo.file("export"), weight=7.0)
    (one_shard / _INDEX).replace(version / _INDEX)
    return "variables.data-00000-of-00001"


def twin_p02_two_shards(scene: Scene) -> None:
    _released(scene)


def twin_p02_frozen_model_without_variables(scene: Scene) -> None:
    scene.released("1")
    scene.model("2")


def twin_p02_shard_in_which_no_tensor_lies(scene: Scene) -> None:
    version = _released(scene)
    write_checkpoint(version, {"bias": 1.0, "weight": 7.0}, shards=3)
    (version / "variables" / "variables.data-00002-of-00003").unlink()


def mutant_p03_shard_cut_short(scene: Scene) -> str:
    os.truncate(_released(scene) / _FIRST_SHARD, 3)
    return f"{BASE_PATH}/2/{_FIRST_SHARD}"


def mutant_p03_index_cut_short(scene: Scene) -> str:
    os.truncate(_released(scene) / _INDEX, 60)
    return f"{BASE_PATH}/2/{_INDEX}"


def mutant_p03_index_with_a_flipped_bit(scene: Scene) -> str:
    index = _released(scene) / _INDEX
    content = bytearray(index.read_bytes())
    content[12] ^= 1
    index.write_bytes(content)
    return f"{BASE_PATH}/2/{_INDEX}"


def mutant_p03_graph_cut_short(scene: Scene) -> str:
    os.truncate(_released(scene) / "saved_model.pb", 200)
    return f"{BASE_PATH}/2/saved_model.pb"


def twin_p03_shard_with_room_at_its_end(scene: Scene) -> None:
    with (_released(scene) / _FIRST_SHARD).open("ab") as shard:
        shard.write(b"\0" * 64)


def mutant_p04_vocabulary_missing(scene: Scene) -> str:
    scene.released("1")
    _with_vocabulary(scene.version("2"), None)
    return f"{BASE_PATH}/2/assets/vocabulary.txt"


def mutant_p04_vocabulary_under_another_name(scene: Scene) -> str:
    scene.released("1")
    assets = _with_vocabulary(scene.version("2"), "good\nbad\n") / "assets"
    (assets / "vocabulary.txt").rename(assets / "vocab.txt")
    return f"{BASE_PATH}/2/assets/vocabulary.txt"


def twin_p04_vocabulary(scene: Scene) -> None:
    scene.released("1")
    _with_vocabulary(scene.version("2"), "good\nbad\n")


def twin_p04_empty_vocabulary(scene: Scene) -> None:
    scene.released("1")
    _with_vocabulary(scene.version("2"), "")


def mutant_p07_link_that_leads_nowhere(scene: Scene) -> str:
    shard = _released(scene) / _FIRST_SHARD
    shard.unlink()
    shard.symlink_to("../../weights/gone")
    return f"{BASE_PATH}/2/{_FIRST_SHARD}"


def mutant_p07_link_out_of_the_tree(scene: Scene) -> str:
    scene.write("training/vocabulary.txt", "good\nbad\n")
    scene.released("1")
    assets = _with_vocabulary(scene.version("2"), None) / "assets"
    (assets / "vocabulary.txt").symlink_to("../../../../training/vocabulary.txt")
    return f"{BASE_PATH}/2/assets/vocabulary.txt"


def mutant_p07_absolute_link(scene: Scene) -> str:
    version = _released(scene)
    (version / "assets").mkdir()
    (version / "assets" / "passwords").symlink_to("/etc/passwd")
    return f"{BASE_PATH}/2/assets/passwords"


def twin_p07_link_to_the_version_before(scene: Scene) -> None:
    _with_vocabulary(scene.version("1"), "good\nbad\n")
    scene.branch_off()
    assets = _with_vocabulary(scene.version("2"), None) / "assets"
    (assets / "vocabulary.txt").symlink_to("../../1/assets/vocabulary.txt")


def mutant_p08_tags_of_training(scene: Scene) -> str:
    scene.released("1")
    write_model(scene.version("2"), tags=("train",))
    return f"{BASE_PATH}/2/saved_model.pb"


def mutant_p08_tags_with_gpu(scene: Scene) -> str:
    scene.released("1")
    write_model(scene.version("2"), tags=("serve", "gpu"))
    return "{gpu, serve}"


def twin_p08_a_graph_for_training_too(scene: Scene) -> None:
    scene.released("1")
    version = scene.model("2")
    model = (version / "saved_model.pb").read_bytes()
    training = (
        write_model(scene.repo.file("export"), tags=("train",)) / "saved_model.pb"
    ).read_bytes()
    # Serialized messages that stand one after the other are one message with the parts of both.
    (version / "saved_model.pb").write_bytes(training + model)
