"""What the loader asks a checkpoint for."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.graph.dependence import ModelGraph
from servegate.graph.restoring import Wanted, wanted_tensors
from servegate.savedmodel.bundle import read_bundle
from servegate.savedmodel.protos import SavedModel
from servegate.savedmodel.reader import read
from tests.support.graph_text import meta_graph


def wanted(directory: Path, text: str, restore: str = "restore") -> tuple[Wanted, ...]:
    message = meta_graph(f"x = Placeholder\ny = Neg x\n{text}")
    message.saver_def.restore_op_name = restore
    proto = SavedModel(saved_model_schema_version=1, meta_graphs=[message])
    (directory / "saved_model.pb").write_bytes(proto.SerializeToString())
    model = read(directory)
    return wanted_tensors(ModelGraph(model.meta_graph), model)


IN_THE_GRAPH = """
prefix = Const {value=}
names = Const {value=bias,kernel}
slices = Const {value=,10 4 0,5:-}
asked = RestoreV2 prefix names slices {dtypes=float,float}
bias = VariableV2 {shape=4}
kernel = VarHandleOp {shared_name=dense/kernel shape=5,4}
same = Identity asked:1
one = Assign bias asked
two = AssignVariableOp kernel same
restore = NoOp ^one ^two
"""


def test_in_the_graph_itself(tmp_path: Path) -> None:
    text = IN_THE_GRAPH.replace("10 4 0,5:-", "10")  # blanks end an attribute here

    bias, kernel = wanted(tmp_path, text.strip())
    assert (bias.name, bias.variable, bias.shape, bias.slice) == ("bias", "bias", (4,), "")
    assert (kernel.name, kernel.variable, kernel.shape) == ("kernel", "dense/kernel", (5, 4))
    assert (kernel.dtype, kernel.slice, kernel.node) == ("float32", "10", "asked")


IN_A_FUNCTION = """
prefix = Const {value=}
kernel = VarHandleOp {shared_name=kernel shape=4}
restore = StatefulPartitionedCall prefix kernel {f=outer}

fn outer(prefix, kernel:resource) -> prefix=prefix
inner = StatefulPartitionedCall prefix kernel {f=inner}

fn inner(prefix, kernel:resource) -> prefix=prefix
names = Const {value=kernel,step}
slices = Const {value=,}
asked = RestoreV2 prefix names:output:0 slices:output:0 {dtypes=float,float}
same = Identity asked:tensors:0
set = AssignVariableOp kernel same:output:0
"""


def test_in_functions(tmp_path: Path) -> None:
    kernel, step = wanted(tmp_path, IN_A_FUNCTION.strip())

    assert (kernel.variable, kernel.shape, kernel.node) == ("kernel", (4,), "restore/inner/asked")
    assert (step.name, step.variable, step.shape) == ("step", "", None)


def test_a_tensor_that_is_made_into_something_else_has_no_variable(tmp_path: Path) -> None:
    text = IN_A_FUNCTION.replace("same = Identity", "same = Reshape")
    assert [one.variable for one in wanted(tmp_path, text.strip())] == ["", ""]


def test_names_that_are_computed_are_not_known(tmp_path: Path) -> None:
    text = IN_A_FUNCTION.replace("names = Const", "names = StringLower")
    assert wanted(tmp_path, text.strip()) == ()


@pytest.mark.parametrize("restore", ["", "nothing"])
def test_a_model_without_a_saver(tmp_path: Path, restore: str) -> None:
    assert wanted(tmp_path, IN_A_FUNCTION.strip(), restore) == ()


def test_real_models_want_what_they_have(shared_models: Path) -> None:
    found = 0
    for index in sorted(shared_models.glob("*/*/variables/variables.index")):
        model = read(index.parent.parent)
        asked = wanted_tensors(ModelGraph(model.meta_graph), model)
        held = {one.name: one for one in read_bundle(model.directory).tensors}
        assert {one.name for one in asked} == held.keys()
        assert all(one.dtype == held[one.name].dtype for one in asked)
        found += len(asked)
    assert found > 100
