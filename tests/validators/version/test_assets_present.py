from __future__ import annotations

from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.facts.reading import Reading
from servegate.findings import Finding, NotExamined, Severity
from servegate.graph.dependence import ModelGraph
from servegate.providers import Absent
from servegate.savedmodel.protos import SavedModel as SavedModelProto
from servegate.savedmodel.reader import SavedModel, read
from tests.support.evidence import FIRST_VERSION, candidate, change, findings, later, production
from tests.support.graph_text import meta_graph
from tests.support.tinymodels import tensor_proto
from validators.version.assets_present import assets_present

_READS = """
    x = Placeholder
    path = Const
    words = ReadFile path
    y = Neg x
"""


def _model(root: Path, path: str, text: str = _READS, *, asset: bool = False) -> SavedModel:
    """A model whose constant `path` has a value, and which runs `words` when it is loaded."""
    message = meta_graph(text, init="words")
    for node in message.graph_def.node:
        if node.name == "path":
            node.attr["value"].tensor.CopyFrom(tensor_proto(path, "string"))
    if asset:
        message.asset_file_def.add(filename="words.txt").tensor_info.name = "path:0"
    root.mkdir(parents=True, exist_ok=True)
    proto = SavedModelProto(saved_model_schema_version=1, meta_graphs=[message])
    (root / "saved_model.pb").write_bytes(proto.SerializeToString())
    return read(root)


def _check(model: SavedModel, before: SavedModel | Absent = FIRST_VERSION) -> Outcome:
    root = model.directory
    return assets_present(
        candidate(root=root),
        change(path=".", root=root),
        production(),
        Reading(model=model, graph=ModelGraph(model.meta_graph)),
        model,
        later(before),
    )


def _told(model: SavedModel, before: SavedModel | Absent = FIRST_VERSION) -> list[Finding]:
    return findings(_check(model, before))


@pytest.mark.parametrize(
    "path", ["/home/ci/words.txt", "file:///home/ci/words.txt", "C:\\data\\words.txt", "~/words"]
)
def test_paths_of_a_machine(tmp_path: Path, path: str) -> None:
    (found,) = _told(_model(tmp_path / "2", path))

    assert found.severity is None
    assert f"opens {path} while it is loaded" in found.message


@pytest.mark.parametrize("path", ["", "/dev/null", "/proc/cpuinfo"])
def test_paths_that_every_system_has(tmp_path: Path, path: str) -> None:
    assert not _told(_model(tmp_path / "2", path))


def test_an_asset_s_constant_may_hold_anything(tmp_path: Path) -> None:
    model = _model(tmp_path / "2", "/home/ci/words.txt", asset=True)
    (tmp_path / "2" / "assets").mkdir()
    (tmp_path / "2" / "assets" / "words.txt").write_text("good\n", "utf-8")

    assert not _told(model)


def test_an_object_store_is_not_examined(tmp_path: Path) -> None:
    (said,) = _check(_model(tmp_path / "2", "s3://bucket/words.txt"))

    assert isinstance(said, NotExamined)
    assert "s3://bucket/words.txt" in said.what


def test_what_the_base_version_opens_too(tmp_path: Path) -> None:
    before = _model(tmp_path / "1", "/mnt/words.txt")
    (found,) = _told(_model(tmp_path / "2", "/mnt/words.txt"), before)
    (other,) = _told(_model(tmp_path / "2", "/mnt/new/words.txt"), before)

    assert (found.severity, other.severity) == (Severity.ADVISORY, None)


@pytest.mark.parametrize("path", ["/models/prices/2/gone.txt", "/models/prices/2/../1/words.txt"])
def test_a_place_of_the_version_where_nothing_lies(tmp_path: Path, path: str) -> None:
    assert _told(_model(tmp_path / "2", path))
