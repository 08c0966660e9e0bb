"""Graphs that the bench has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf import text_format

from benchmarks.detection.editing.model import model, set_dtype
from benchmarks.detection.fit import DoesNotFit
from servegate.savedmodel.protos import SavedModel
from tests.support.tinymodels import write_model


def read(version: Path) -> SavedModel:
    return SavedModel.FromString((version / "saved_model.pb").read_bytes())


def test_nothing_changes_by_itself(tmp_path: Path) -> None:
    version = write_model(tmp_path / "1")
    before = read(version)
    with model(version):
        pass
    assert read(version) == before


def test_nodes_are_put_around_an_output(tmp_path: Path) -> None:
    version = write_model(tmp_path / "1")
    with model(version) as served:
        name, info = served.output(served.default, "float32")
        info.name = served.node("Mul", info.name, served.constant(0.0, "float32"), T="float32")
    assert name == "y"
    graph = read(version).meta_graphs[0]
    assert graph.signature_def["serving_default"].outputs["y"].name == "changed/Mul_2:0"
    added = {node.name: list(node.input) for node in graph.graph_def.node}
    assert added["changed/Mul_2"] == ["answer:0", "changed/Const_1:0"]


def test_every_other_node_reads_the_replacement(tmp_path: Path) -> None:
    version = write_model(tmp_path / "1")
    with model(version) as served:
        _, info = served.input(served.default)
        kept = served.node("Identity", info.name, T="float32")
        assert served.replace_uses(info.name, kept) == 1
        assert served.replace_uses("nobody:0", kept) == 0
    nodes = {node.name: list(node.input) for node in read(version).meta_graphs[0].graph_def.node}
    assert nodes["changed/Identity_1"] == ["given:0"]
    assert nodes["scaled"][0] == "changed/Identity_1:0"


def test_text_stays_text(tmp_path: Path) -> None:
    version = write_model(tmp_path / "1")
    message = read(version)
    (version / "saved_model.pb").unlink()
    file = version / "saved_model.pbtxt"
    file.write_text(text_format.MessageToString(message))
    with model(version) as served:
        set_dtype(served.output(served.default)[1], "float64")
    changed = text_format.Parse(file.read_text(), SavedModel())
    assert changed != message
    assert not (version / "saved_model.pb").exists()


def test_what_is_not_there_does_not_fit(tmp_path: Path) -> None:
    with (
        pytest.raises(DoesNotFit, match="no input of string"),
        model(write_model(tmp_path / "1")) as served,
    ):
        served.input(served.default, "string")
    with (
        pytest.raises(DoesNotFit, match="tagged"),
        model(write_model(tmp_path / "2", tags=("train",))),
    ):
        pass


def add_and_give_up(version: Path) -> None:
    with model(version) as served:
        served.constant(1.0, "float32")
        served.output(served.default, "string")


def test_a_change_that_does_not_fit_is_not_written(tmp_path: Path) -> None:
    version = write_model(tmp_path / "1")
    before = read(version)
    with pytest.raises(DoesNotFit):
        add_and_give_up(version)
    assert read(version) == before
