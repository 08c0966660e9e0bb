"""Reading SavedModels, and the sentence for each file that is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import text_format

from servegate.savedmodel.protos import AssetFileDef, MetaGraphDef, SavedModel
from servegate.savedmodel.reader import Asset, read
from servegate.savedmodel.unreadable import Fault, Unreadable
from tests.conftest import PROJECT
from tests.support.graph_text import meta_graph
from tests.support.tinymodels import write_model

POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    "size 12345\n"
)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "1")


def refused(directory: Path) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(directory)
    return caught.value


def test_a_model(model: Path) -> None:
    found = read(model)
    assert found.file == "saved_model.pb"
    assert found.tag_sets == (("serve",),)
    assert found.tensorflow_version == "2.20.0"
    assert [one.name for one in found.signatures] == ["serving_default"]
    assert found.ops() == {"Placeholder": 1, "Const": 2, "Mul": 1, "AddV2": 1}
    assert found.shadowed is None


def test_text_format(model: Path) -> None:
    message = SavedModel.FromString((model / "saved_model.pb").read_bytes())
    (model / "saved_model.pbtxt").write_text(text_format.MessageToString(message))
    assert read(model).shadowed == "saved_model.pbtxt"
    (model / "saved_model.pb").unlink()
    found = read(model)
    assert (found.file, found.shadowed) == ("saved_model.pbtxt", None)
    assert [one.name for one in found.signatures] == ["serving_default"]


def test_initialisers_are_no_signatures(tmp_path: Path) -> None:
    message = meta_graph("x = Placeholder\ny = Neg x\ninit = NoOp", init="init")
    model = SavedModel(meta_graphs=[message])
    (tmp_path / "saved_model.pb").write_bytes(model.SerializeToString())
    found = read(tmp_path)
    assert [one.name for one in found.signatures] == ["serving_default"]
    assert [one.name for one in found.initializers] == ["__saved_model_init_op"]


def test_assets_of_both_generations(tmp_path: Path) -> None:
    definition = AssetFileDef(filename="vocab.txt")
    definition.tensor_info.name = "Const:0"
    old, new = meta_graph("x = Placeholder\ny = Neg x"), meta_graph("x = Placeholder\ny = Neg x")
    old.collection_def["saved_model_assets"].any_list.value.add().Pack(definition)
    new.asset_file_def.append(definition)
    for message in (old, new):
        model = SavedModel(meta_graphs=[message])
        (tmp_path / "saved_model.pb").write_bytes(model.SerializeToString())
        assert read(tmp_path).assets == (Asset(filename="vocab.txt", tensor="Const:0"),)


def test_the_tag_set_must_be_exactly_serve(tmp_path: Path) -> None:
    directory = write_model(tmp_path / "1", tags=("serve", "gpu"))
    problem = refused(directory)
    assert problem.fault is Fault.TAGS
    assert "{gpu, serve}" in problem.sentence
    message = SavedModel.FromString((directory / "saved_model.pb").read_bytes())
    message.meta_graphs.append(MetaGraphDef())
    message.meta_graphs[1].meta_info_def.tags.append("serve")
    (directory / "saved_model.pb").write_bytes(message.SerializeToString())
    assert read(directory).tag_sets == (("gpu", "serve"), ("serve",))


def test_missing(tmp_path: Path) -> None:
    problem = refused(tmp_path)
    assert problem.sentence == "saved_model.pb is missing."
    assert problem.fault is Fault.MISSING
    assert refused(tmp_path / "absent").fault is Fault.MISSING


def test_zero_bytes(model: Path) -> None:
    (model / "saved_model.pb").write_bytes(b"")
    assert refused(model).sentence == "saved_model.pb is empty (0 bytes)."


def test_truncated_anywhere(model: Path) -> None:
    whole = (model / "saved_model.pb").read_bytes()
    for size in range(1, len(whole)):
        (model / "saved_model.pb").write_bytes(whole[:size])
        problem = refused(model)
        # Two bytes are the schema's version, and a whole message as far as anybody can tell.
        expected = Fault.MALFORMED if size == 2 else Fault.TRUNCATED
        assert problem.fault is expected, size


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)),
        b"\x89HDF\r\n\x1a\n" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        b"<html><body>404</body></html>",
        b"\x12\x04\xff\xff\xff\xff",
        b"\x1a\x03abc",
        b"\xff" * 1000,
    ],
)
def test_other_bytes(model: Path, content: bytes) -> None:
    (model / "saved_model.pb").write_bytes(content)
    assert refused(model).fault is Fault.MALFORMED


def test_random_bytes_never_crash(model: Path) -> None:
    for size in range(1, 300):
        (model / "saved_model.pb").write_bytes(os.urandom(size))
        assert refused(model).fault in {Fault.MALFORMED, Fault.TRUNCATED, Fault.TAGS}


def test_two_gigabytes_are_not_even_read(model: Path) -> None:
    with (model / "saved_model.pb").open("wb") as stream:
        stream.truncate(2**31)
    problem = refused(model)
    assert problem.fault is Fault.TOO_LARGE
    assert "2,147,483,648 bytes" in problem.sentence


def test_a_git_lfs_pointer(model: Path) -> None:
    (model / "saved_model.pb").write_text(POINTER)
    problem = refused(model)
    assert problem.fault is Fault.POINTER
    assert problem.pointer is not None
    assert problem.pointer.size == 12345
    assert "git lfs pull" in problem.remedy


def test_a_label_map(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pbtxt").write_text("item {\n  id: 1\n  name: 'cat'\n}\n")
    assert "is a label map" in refused(tmp_path).sentence


@pytest.mark.parametrize("content", [b"meta_graphs { nonsense", b"\xff\xfe", b"{" * 5000])
def test_text_that_is_no_model(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "saved_model.pbtxt").write_bytes(content)
    problem = refused(tmp_path)
    assert problem.fault is Fault.MALFORMED
    assert "\n" not in problem.sentence


def test_chunks(tmp_path: Path) -> None:
    (tmp_path / "saved_model.cpb").write_bytes(b"x")
    assert "in chunks" in refused(tmp_path).sentence


def test_a_directory_and_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "1" / "saved_model.pb").mkdir(parents=True)
    assert refused(tmp_path / "1").fault is Fault.NOT_A_FILE
    (tmp_path / "2").mkdir()
    os.mkfifo(tmp_path / "2" / "saved_model.pb")
    assert refused(tmp_path / "2").fault is Fault.NOT_A_FILE


UNPRIVILEGED = """
import os, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from servegate.savedmodel.reader import read
from servegate.savedmodel.unreadable import Unreadable
if os.geteuid() == 0:  # who may read everything
    os.seteuid(65534)
try:
    read(Path(sys.argv[2]))
except Unreadable as problem:
    print(problem.fault.name)
"""


def test_no_permission(model: Path) -> None:
    for denied in (model / "saved_model.pb", model):
        mode = denied.stat().st_mode
        denied.chmod(0)
        command = [sys.executable, "-c", UNPRIVILEGED, str(PROJECT), str(model)]
        printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        denied.chmod(mode)
        assert printed == "DENIED\n"


def test_links(model: Path, tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere.pb"
    (model / "saved_model.pb").rename(secret)
    (model / "saved_model.pb").symlink_to(secret)
    assert refused(model).fault is Fault.LINK
    assert read(model, within=tmp_path).file == "saved_model.pb"
    (model / "saved_model.pb").unlink()
    (model / "saved_model.pb").symlink_to("saved_model.pb")
    assert refused(model).fault is Fault.LINK
    (model / "saved_model.pb").unlink()
    (model / "saved_model.pb").symlink_to("nowhere.pb")
    assert refused(model).fault is Fault.MISSING


def test_a_version_directory_may_be_a_link_itself(model: Path, tmp_path: Path) -> None:
    (tmp_path / "2").symlink_to(model)
    assert read(tmp_path / "2").file == "saved_model.pb"


def test_real_models(shared_models: Path) -> None:
    read_ones = [read(path.parent) for path in shared_models.glob("*/*/saved_model.pb*")]
    assert len(read_ones) == 14
    assert all(one.signatures for one in read_ones)
