"""Paths in a graph, and whether anything opens them."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.graph.dependence import ModelGraph
from servegate.graph.opened import opened_paths
from servegate.savedmodel.protos import SavedModel
from servegate.savedmodel.reader import read
from tests.support.graph_text import meta_graph


def opened(
    directory: Path, text: str, init: str = "", *, asset: str = ""
) -> list[tuple[str, str, str]]:
    message = meta_graph(f"x = Placeholder\npath = Const {{value=/a/b}}\n{text.strip()}", init=init)
    if asset:
        message.asset_file_def.add(filename="b").tensor_info.name = asset
    proto = SavedModel(saved_model_schema_version=1, meta_graphs=[message])
    (directory / "saved_model.pb").write_bytes(proto.SerializeToString())
    model = read(directory)
    found = opened_paths(ModelGraph(model.meta_graph), model)
    return [(one.path, one.node, one.signature) for one in found]


TABLE = """
table = HashTableV2
y = LookupTableFindV2 table x x
init = StatefulPartitionedCall table path {f=setup}

fn setup(table:resource, path) ->
named = Identity path
filled = InitializeTableFromTextFileV2 table named:output:0
"""


def test_a_table_s_initialiser_in_a_function(tmp_path: Path) -> None:
    assert opened(tmp_path, TABLE, "init") == [("/a/b", "init/filled", "")]


def test_an_asset_s_path_is_fed_by_the_loader(tmp_path: Path) -> None:
    assert not opened(tmp_path, TABLE, "init", asset="path:0")


def test_what_nobody_runs_opens_nothing(tmp_path: Path) -> None:
    assert not opened(tmp_path, TABLE)
    assert not opened(tmp_path, "y = Neg x\nr = ReadFile path")


def test_a_request_opens_it(tmp_path: Path) -> None:
    assert opened(tmp_path, "r = ReadFile path\ny = StringJoin x r") == [
        ("/a/b", "r", "serving_default")
    ]


def test_what_a_function_does_not_need_is_pruned(tmp_path: Path) -> None:
    text = """
y = PartitionedCall x path {f=answer}

fn answer(x, path) -> y=n:y:0
n = Neg x
r = ReadFile path
"""
    assert not opened(tmp_path, text)
    assert opened(tmp_path, text.replace("n = Neg x", "n = StringJoin x r:contents:0"))


@pytest.mark.parametrize(
    "op", ["StringLower", "LookupTableFindV2", "PrintV2", "StringJoin", "RegexReplace"]
)
def test_a_path_that_is_not_opened(tmp_path: Path, op: str) -> None:
    assert not opened(tmp_path, f"y = {op} x path")


def test_a_path_that_is_put_together(tmp_path: Path) -> None:
    join = "more = Const {value=c}\nj = StringJoin path more {separator=/}\nr = ReadFile j\n"

    assert opened(tmp_path, f"{join}y = StringJoin x r")[0][0] == "/a/b/c"
    assert not opened(
        tmp_path, join.replace("more = Const {value=c}", "more = Neg x") + "y = Neg r"
    )


def test_several_files_of_one_data_set(tmp_path: Path) -> None:
    text = "files = Const {value=/a,/b}\nd = TextLineDataset files\ny = DatasetToSingleElement d"
    assert [path for path, _, _ in opened(tmp_path, text)] == ["/a", "/b"]


def test_in_a_loop_nothing_is_known_of_what_goes_round(tmp_path: Path) -> None:
    text = """
y = While path {cond=goes_on body=reads}

fn goes_on(path) -> more=path
none = NoOp

fn reads(path) -> path=r:contents:0
r = ReadFile path
"""
    assert not opened(tmp_path, text)


def test_branches_are_given_their_arguments_after_the_choice(tmp_path: Path) -> None:
    text = """
y = If x path {then_branch=reads else_branch=reads}

fn reads(path) -> words=r:contents:0
r = ReadFile path
"""
    assert [path for path, _, _ in opened(tmp_path, text)] == ["/a/b"]


def test_a_function_that_calls_itself_ends(tmp_path: Path) -> None:
    text = """
y = StatefulPartitionedCall path {f=again}

fn again(path) -> words=r:contents:0
r = ReadFile path
a = StatefulPartitionedCall path {f=again}
"""
    assert [path for path, _, _ in opened(tmp_path, text)] == ["/a/b"]


def test_real_models_open_nothing_of_their_trainers(shared_models: Path) -> None:
    for file in sorted(shared_models.glob("*/*/saved_model.pb*")):
        model = read(file.parent)
        assert not opened_paths(ModelGraph(model.meta_graph), model), file


KERAS = """
held = VarHandleOp {shared_name=held}
set = AssignVariableOp held path
read = ReadVariableOp held ^set
table = HashTableV2
y = LookupTableFindV2 table x x
init = StatefulPartitionedCall table read {f=setup}

fn setup(table:resource, path) ->
filled = InitializeTableFromTextFileV2 table path
"""


def test_a_path_that_goes_through_a_variable(tmp_path: Path) -> None:
    assert opened(tmp_path, KERAS, "init") == [("/a/b", "init/filled", "")]
    assert not opened(tmp_path, KERAS, "init", asset="path:0")
    assert not opened(tmp_path, KERAS.replace("held path", "held x"), "init")
