"""Which variables must come from a checkpoint."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.graph.dependence import ModelGraph
from servegate.graph.weights import needed_variables
from servegate.savedmodel.protos import SavedModel
from servegate.savedmodel.reader import read
from tests.support.graph_text import meta_graph


def needed(directory: Path, text: str, init: str = "") -> list[str]:
    message = SavedModel(saved_model_schema_version=1, meta_graphs=[meta_graph(text, init=init)])
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())
    model = read(directory)
    return [one.name for one in needed_variables(ModelGraph(model.meta_graph), model)]


USES = """
        x = Placeholder
        v = VarHandleOp {shared_name=kernel}
        slot = VarHandleOp {shared_name=adam/kernel}
        table = HashTableV2 {shared_name=table}
        f = LookupTableFindV2 table x x
        r = ReadVariableOp v
        y = MatMul f r
        c = Const
"""


def test_variables_that_a_signature_uses_are_needed(tmp_path: Path) -> None:
    assert needed(tmp_path, USES) == ["kernel"]


def test_a_variable_that_an_initialiser_sets_is_not(tmp_path: Path) -> None:
    text = USES + "        a = AssignVariableOp v c\n        init = NoOp ^a"
    assert needed(tmp_path, text, init="init") == []


def test_an_initialiser_may_set_it_in_a_function(tmp_path: Path) -> None:
    text = f"""{USES}        init = StatefulPartitionedCall v {{f=setup}}

        fn setup(h:resource) ->
        c = Const
        a = AssignVariableOp h c:output:0
    """
    assert needed(tmp_path, text, init="init") == []


def test_a_frozen_model_needs_none(tmp_path: Path) -> None:
    assert needed(tmp_path, "x = Placeholder\nc = Const\ny = MatMul x c") == []


@pytest.mark.parametrize(
    ("model", "count"),
    [("SciSharp__TensorFlow.NET__example1", 10), ("onnx__tensorflow-onnx__redundant_inputs", 0)],
)
def test_real_models_without_variables(shared_models: Path, model: str, count: int) -> None:
    found = read(shared_models / model / "1")
    assert len(needed_variables(ModelGraph(found.meta_graph), found)) == count
