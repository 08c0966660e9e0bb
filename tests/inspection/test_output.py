"""An inspection as text and as JSON, harmless whatever the names are."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from servegate.inspection.document import to_json
from servegate.inspection.inspect import inspect
from servegate.inspection.model import Inspection
from servegate.inspection.render import render
from servegate.inspection.safe import encodable, printable
from servegate.savedmodel.protos import SavedModel
from tests.support.graph_text import meta_graph
from tests.support.tinymodels import write_model

HOSTILE = "<script>[red]::error::\x1b[31m\r\n##[add-path]\u202e\u2028\t" + "x" * 10_000


@pytest.fixture
def hostile(tmp_path: Path) -> Inspection:
    directory = write_model(
        tmp_path / "1", input_name=HOSTILE, output_name=HOSTILE, signature=HOSTILE
    )
    Path(os.fsdecode(os.fsencode(directory) + b"/\xff\n\x1b[2J")).symlink_to("/etc/passwd")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/v\xff\n1")).mkdir()
    return inspect(tmp_path)


def test_text_shows_what_there_is(tmp_path: Path) -> None:
    write_model(tmp_path / "1")
    write_model(tmp_path / "2", shape=(None, 784))
    text = render(inspect(tmp_path))
    assert "Version 2, served by default" in text
    assert "Version 1\n" in text
    assert "[?, 784]" in text
    assert "saved_model.pb, TensorFlow 2.20.0" in text
    assert "\x1b" not in text


def test_text_says_what_has_no_effect(tmp_path: Path) -> None:
    text = """
        x = Placeholder
        idle = Placeholder
        zeros = ZerosLike x
        noise = RandomUniform zeros
        v = VarHandleOp {shared_name=counter}
        a = AssignVariableOp v zeros
        r = ReadVariableOp v
        y = AddN noise r ^a
        copy = Identity x
        wanting = Placeholder
        z = Mul x wanting
    """
    message = SavedModel(meta_graphs=[meta_graph(text, "x idle", "y copy z")])
    (tmp_path / "saved_model.pb").write_bytes(message.SerializeToString())
    lines = " ".join(render(inspect(tmp_path), width=200).split())
    for expected in (
        "no output depends on the values of idle",
        "the shape of x",
        "copy is a copy of x",
        "y depends on random numbers (RandomUniform)",
        "y depends on what earlier requests left in counter",
        "y comes from zeros (only the shape is used), v (a variable)",
        "needs placeholders that no request fills: wanting",
    ):
        assert expected in lines


def test_text_is_harmless(hostile: Inspection) -> None:
    text = render(hostile, width=120)
    assert all(line.isprintable() for line in text.splitlines())
    assert not any(line.startswith(("::", "##[")) for line in text.splitlines())
    assert len(text) < 20_000
    assert text.encode("utf-8")
    assert "<script>" in text


def test_colour_is_asked_for(tmp_path: Path) -> None:
    write_model(tmp_path / "1")
    assert "\x1b[1m" in render(inspect(tmp_path), color=True)


def test_json_is_complete_and_the_same_for_every_model(tmp_path: Path) -> None:
    write_model(tmp_path / "1")
    (tmp_path / "2").mkdir()
    document = json.loads(to_json(inspect(tmp_path)))
    assert document["schema"] == 1
    empty, whole = document["versions"]
    assert empty.keys() == whole.keys()
    assert whole["version"] == "1"
    assert whole["signatures"] == [
        {
            "name": "serving_default",
            "method": "tensorflow/serving/predict",
            "inputs": [
                {
                    "name": "x",
                    "dtype": "float32",
                    "shape": [None, 1],
                    "encoding": "dense",
                    "tensors": ["given:0"],
                    "optional": False,
                }
            ],
            "outputs": [
                {
                    "name": "y",
                    "dtype": "float32",
                    "shape": [None, 1],
                    "encoding": "dense",
                    "tensors": ["answer:0"],
                }
            ],
            "dependence": [
                {
                    "output": "y",
                    "inputs": {"x": "value"},
                    "identical_to": [],
                    "sources": [],
                    "state": [],
                    "cut": [],
                }
            ],
            "unfed": [],
        }
    ]
    assert whole["problems"] == []
    assert empty["problems"] == [
        "saved_model.pb is missing. Export the model again and commit all of it."
    ]


def test_json_of_hostile_names(hostile: Inspection) -> None:
    text = to_json(hostile)
    text.encode("utf-8")
    assert json.loads(text)["versions"][0]["signatures"][0]["name"] == HOSTILE


def test_printable() -> None:
    assert printable("plain ö 漢") == "plain ö 漢"
    assert printable("a\x00\x1b\n\u202e\udcff") == "a\\x00\\x1b\\n\\u202e\\udcff"
    assert printable("x" * 100, 10) == "x" * 9 + "…"
    assert encodable("caf\udce9") == "caf\\udce9"
