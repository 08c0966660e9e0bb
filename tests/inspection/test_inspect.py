"""What an inspection finds, on models that are whole and on models that are not."""

from __future__ import annotations

import os
from pathlib import Path

from servegate.inspection.inspect import MAX_VERSIONS, inspect
from servegate.savedmodel.protos import SavedModel
from tests.support.graph_text import meta_graph
from tests.support.tinymodels import write_model, write_warmup


def write_graph(directory: Path, text: str) -> Path:
    directory.mkdir(parents=True)
    message = SavedModel(meta_graphs=[meta_graph(text)])
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())
    return directory


def test_a_base_path(tmp_path: Path) -> None:
    for name in ("1", "01", "7", "00010"):
        write_model(tmp_path / name)
    (tmp_path / "README.md").write_text("")
    found = inspect(tmp_path)
    assert [(one.directory, one.version, one.served) for one in found.versions] == [
        ("00010", 10, True),
        ("7", 7, False),
        ("1", 1, False),
    ]
    assert found.ignored == ("README.md",)
    assert found.problems == ("Version 1 is there more than once: 1 is loaded, 01 not.",)


def test_a_version_directory(tmp_path: Path) -> None:
    directory = write_model(tmp_path / "7")
    write_warmup(directory, [b"", b""])
    found = inspect(directory)
    assert [(one.directory, one.version, one.served) for one in found.versions] == [("7", 7, None)]
    one = found.versions[0]
    assert one.problems == ()
    assert one.warmup == (("nothing", 2),)
    assert (one.ops[0].op, one.ops[0].count) == ("Const", 2)
    assert one.files == 2
    assert one.contracts[0].dependence is not None
    assert one.contracts[0].dependence.matrix == {"y": {"x": "value"}}


def test_only_the_highest_versions_are_read(tmp_path: Path) -> None:
    for number in range(1, MAX_VERSIONS + 3):
        write_model(tmp_path / str(number))
    found = inspect(tmp_path)
    assert len(found.versions) == MAX_VERSIONS
    assert found.not_read == ("2", "1")


def test_nothing_there(tmp_path: Path) -> None:
    assert "no version directory" in inspect(tmp_path).problems[0]
    assert "cannot be listed" in inspect(tmp_path / "absent").problems[0]


def test_unreadable_models_are_entries(tmp_path: Path) -> None:
    write_model(tmp_path / "1")
    broken = write_model(tmp_path / "2")
    (broken / "saved_model.pb").write_bytes(b"")
    (broken / "link").symlink_to("/etc/passwd")
    (tmp_path / "3").write_text("a file")
    (tmp_path / "4").symlink_to("nowhere")
    found = {one.directory: one.problems for one in inspect(tmp_path).versions}
    assert "is a file" in found["3"][0]
    assert "is missing" in found["4"][0]
    assert any("saved_model.pb is empty" in one for one in found["2"])
    assert any("link is a symbolic link out of the tree" in one for one in found["2"])
    assert found["1"] == ()


def test_broken_graphs_are_entries(tmp_path: Path) -> None:
    directory = write_graph(tmp_path / "1", "x = Placeholder\ny = Neg gone")
    found = inspect(directory).versions[0]
    assert any("'gone'" in one for one in found.problems)
    assert found.contracts[0].dependence is None
    assert found.file == "saved_model.pb"


def test_weights_that_are_not_there(tmp_path: Path) -> None:
    text = "x = Placeholder\nv = VarHandleOp {shared_name=w}\nr = ReadVariableOp v\ny = Mul x r"
    found = inspect(write_graph(tmp_path / "1", text)).versions[0]
    assert found.problems == (
        "variables/variables.index is missing. The graph needs 1 variables from it: w.",
    )
    frozen = inspect(write_model(tmp_path / "2")).versions[0]
    assert frozen.problems == ()
    assert frozen.weights is None


def test_foreign_ops_and_sources_are_remarked_on(tmp_path: Path) -> None:
    text = "x = Placeholder\nr = RandomUniform x\no = SomebodysOp r\ny = Neg o\nidle = PyFunc x"
    found = inspect(write_graph(tmp_path / "1", text)).versions[0]
    assert {one.op: one.remark for one in found.ops if one.remark} == {
        "RandomUniform": "random numbers",
        "SomebodysOp": "not an op of TensorFlow itself",
    }


def test_both_files_and_an_absent_asset(tmp_path: Path) -> None:
    directory = write_model(tmp_path / "1")
    (directory / "saved_model.pbtxt").write_text("")
    (directory / "assets").mkdir()
    (directory / "assets" / "idle.txt").write_text("words")
    message = SavedModel.FromString((directory / "saved_model.pb").read_bytes())
    message.meta_graphs[0].asset_file_def.add(filename="gone.txt")
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())
    found = inspect(directory).versions[0]
    assert any("saved_model.pbtxt is not read" in one for one in found.problems)
    assert any("assets/gone.txt is missing" in one for one in found.problems)
    assert [(one.name, one.size, one.named) for one in found.assets] == [
        ("gone.txt", None, True),
        ("idle.txt", 5, False),
    ]


def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    base = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    write_model(base / "1")
    assert inspect(base).versions[0].problems == ()


def test_real_models(shared_models: Path) -> None:
    for base in sorted(path for path in shared_models.iterdir() if path.is_dir()):
        found = inspect(base)
        weightless = base.name == "SciSharp__TensorFlow.NET__example1"
        for version in found.versions:
            assert bool(version.problems) == weightless, (base.name, version.problems)
            assert version.contracts
            assert all(one.dependence is not None for one in version.contracts)
