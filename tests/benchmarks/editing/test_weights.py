"""Checkpoints that the bench has written: the gate's reader and TensorFlow's own agree."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.detection.editing.table import table
from benchmarks.detection.editing.weights import change_floats, weights
from benchmarks.detection.fit import DoesNotFit
from servegate.savedmodel.bundle import read_bundle, shard_name, shard_problems
from servegate.savedmodel.crc32c import masked_crc32c
from servegate.savedmodel.sstable import read_table
from tests.support.checkpoints import write_linear_model
from tests.support.tinymodels import write_model

# Reads every tensor, checksums included, as restoring does.
_READ = """
import json, sys
import tensorflow as tf
reader = tf.train.load_checkpoint(sys.argv[1])
names = reader.get_variable_to_shape_map()
json.dump({name: reader.get_tensor(name).tolist() for name in names}, sys.stdout)
"""


def tensorflow_reads(version: Path) -> dict[str, object]:
    prefix = str(version / "variables" / "variables")
    done = subprocess.run(
        [sys.executable, "-c", _READ, prefix], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    read: dict[str, object] = json.loads(done.stdout)
    return read


@pytest.mark.parametrize("count", [1, 2, 200])
def test_a_table_is_read_as_it_was_written(count: int) -> None:
    entries = {f"key {number}".encode(): bytes(number) for number in range(count)}
    assert dict(read_table(table(entries))) == entries
    assert [key for key, _ in read_table(table(entries))] == sorted(entries)


def test_tensorflow_reads_changed_weights(tmp_path: Path) -> None:
    version = write_linear_model(tmp_path / "1", weight=[3.0, 5.0], bias=1.0, shards=2)
    assert tensorflow_reads(version) == {"weight": [3.0, 5.0], "bias": 1.0}
    change_floats(version, lambda values: values * 2)
    assert tensorflow_reads(version) == {"weight": [6.0, 10.0], "bias": 2.0}


def test_checksums_are_those_of_the_new_weights(tmp_path: Path) -> None:
    version = write_linear_model(tmp_path / "1", weight=[3.0, 5.0], shards=2)
    change_floats(version, lambda values: values + 1)
    bundle = read_bundle(version)
    assert shard_problems(bundle, version) == ()
    for entry in bundle.entries:
        shard = (version / shard_name(entry.shard, bundle.shards)).read_bytes()
        stored = shard[entry.offset : entry.offset + entry.size]
        assert masked_crc32c(stored) == entry.crc32c


def test_one_weight_may_be_changed_alone(tmp_path: Path) -> None:
    version = write_linear_model(tmp_path / "1", weight=3.0, bias=1.0)
    with weights(version) as held:
        assert [(one.name, one.floating) for one in held] == [("bias", True), ("weight", True)]
        held[0].values = np.full_like(held[0].values, np.nan)
    with weights(version) as held:
        assert np.isnan(held[0].values)
        assert held[1].values == 3.0


def test_what_has_no_weights_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(DoesNotFit, match="no variables"):
        change_floats(write_model(tmp_path / "1"), np.negative)


def test_a_change_that_moves_nothing_does_not_fit(tmp_path: Path) -> None:
    version = write_linear_model(tmp_path / "1", weight=0.0, bias=0.0)
    with pytest.raises(DoesNotFit, match="would move"):
        change_floats(version, lambda values: values * 2)


def test_public_models_stay_what_they_are(shared_models: Path, tmp_path: Path) -> None:
    indices = sorted(shared_models.glob("*/*/variables/variables.index"))
    for number, index in enumerate(indices):
        version = tmp_path / str(number)
        (version / "variables").mkdir(parents=True)
        for file in index.parent.iterdir():
            (version / "variables" / file.name).write_bytes(file.read_bytes())
        before = read_bundle(version)
        with weights(version) as held:
            assert held
        assert read_bundle(version) == before
        for file in index.parent.glob("variables.data-*"):
            assert (version / "variables" / file.name).read_bytes() == file.read_bytes()
