from __future__ import annotations

from pathlib import Path

import pytest

from servegate.graph.ops import is_registered
from servegate.graph.outward import outward_ops
from servegate.savedmodel.reader import read

_OUTWARD = ("WriteFile", "ReadFile", "PyFunc", "EagerPyFunc", "PyFuncStateless", "SaveDatasetV2")


def test_ops_that_reach_beyond_the_graph() -> None:
    assert all(is_registered(op) for op in _OUTWARD)
    assert outward_ops(["Add", *_OUTWARD]) == tuple(sorted(_OUTWARD))


def test_ops_of_every_saved_model_are_not_among_them() -> None:
    savers = ["SaveV2", "RestoreV2", "MergeV2Checkpoints", "ShardedFilename", "ReadVariableOp"]

    assert all(is_registered(op) for op in savers)
    assert not outward_ops([*savers, "InitializeTableFromTextFileV2", "LookupTableFindV2"])


def test_no_public_model_has_any(shared_models: Path) -> None:
    versions = [file.parent for file in shared_models.glob("*/*/saved_model.pb*")]
    if not versions:
        pytest.skip("no public models here")
    assert not {op for version in versions for op in outward_ops(read(version).ops())}
