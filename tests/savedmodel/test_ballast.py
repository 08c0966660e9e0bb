"""Which files of a version directory no server reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.savedmodel.ballast import ballast
from servegate.savedmodel.bundle import Bundle
from servegate.savedmodel.files import FileKind, ModelFile, VersionFiles


def kinds(*names: str, shards: int | None = None) -> set[str]:
    held = (ModelFile(relpath=name, size=1, kind=FileKind.REGULAR) for name in names)
    bundle = Bundle(shards=shards, big_endian=False, entries=()) if shards else None
    return set(ballast(VersionFiles(directory=Path(), files=tuple(held)), bundle))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("checkpoints/epoch-1/variables.index", "checkpoints of training"),
        ("model.ckpt-1000.meta", "checkpoints of training"),
        ("variables/checkpoint", "checkpoints of training"),
        ("train/events.out.tfevents.17.host", "event files of TensorBoard"),
        ("best.h5", "the model in another format"),
        (".ipynb_checkpoints/a.txt", "notebooks"),
        ("train.tfrecord.gz", "data sets"),
        ("export.tar.gz", "archives"),
        ("__pycache__/a.py", "caches"),
        ("assets_backup/.DS_Store", "caches"),
    ],
)
def test_ballast(name: str, kind: str) -> None:
    assert kinds(name) == {kind}


@pytest.mark.parametrize(
    "name",
    [
        "saved_model.pb",
        "keras_metadata.pb",
        "fingerprint.pb",
        "variables/variables.index",
        "variables/variables.data-00000-of-00001",
        "assets/words.csv",
        "assets.extra/tf_serving_warmup_requests",
        "assets.extra/examples.tfrecord",
        "debug/saved_model_debug_info.pb",
        "model.tflite",
        "README.md",
        "MODEL_CARD.md",
        "training.json",
        "batching_params.pbtxt",
    ],
)
def test_what_belongs_to_a_model(name: str) -> None:
    assert not kinds(name)


def test_shards_that_the_index_does_not_know() -> None:
    two = [f"variables/variables.data-0000{one}-of-00002" for one in range(2)]
    one = "variables/variables.data-00000-of-00001"

    assert not kinds(*two, shards=2)
    assert kinds(one, *two, shards=2) == {"shards of another export"}
    assert kinds(one, *two, shards=1) == {"shards of another export"}
    assert not kinds(one, *two)
