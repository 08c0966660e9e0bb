"""Two versions' graphs: what is wrong with the base's is no fault of the candidate's."""

from __future__ import annotations

from pathlib import Path

import pytest

from servegate.evidence.graph_reading import baseline_graph_reading
from servegate.evidence.saved_model import baseline_saved_model
from servegate.facts.change import Baseline
from servegate.facts.reading import GraphReading
from servegate.facts.settings import Settings
from servegate.graph.dependence import Influence
from servegate.providers import NotApplicable
from servegate.tfserving.versions import Version
from tests.support.tinymodels import Graph, Signature, Tensor, write_model, write_saved_model


def _baseline(root: Path) -> Baseline:
    return Baseline(version=Version(1), directory="1", root=root)


def _graph_reading(root: Path) -> GraphReading:
    baseline = _baseline(root)
    return baseline_graph_reading(baseline, baseline_saved_model(baseline, Settings()))


def test_the_base_versions_dependences(tmp_path: Path) -> None:
    ((signature, dependence),) = _graph_reading(write_model(tmp_path / "1")).dependences

    assert signature.name == dependence.signature == "serving_default"
    assert dependence.matrix == {"y": {"x": Influence.VALUE}}


@pytest.mark.parametrize(
    "content",
    [b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", b"\xff" * 40, b""],
    ids=["pointer", "garbage", "empty"],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "saved_model.pb").write_bytes(content)

    with pytest.raises(NotApplicable) as absent:
        _graph_reading(tmp_path)
    assert "base version 1 cannot be read: saved_model.pb" in absent.value.reason


def test_graph_that_contradicts_itself(tmp_path: Path) -> None:
    graph = Graph()
    given = graph.placeholder("given")
    graph.identity(Tensor(node="gone", dtype="float32", shape=(None, 1)), name="answer")
    write_saved_model(tmp_path, graph, [Signature(inputs={"x": given}, outputs={"y": given})])

    with pytest.raises(NotApplicable, match="gone"):
        _graph_reading(tmp_path)


def test_signature_of_what_is_not_there_does_not_hide_the_others(tmp_path: Path) -> None:
    graph = Graph()
    given = graph.placeholder("given")
    gone = Tensor(node="gone", dtype="float32", shape=(None, 1))
    signatures = [
        Signature(key="good", inputs={"x": given}, outputs={"y": given}),
        Signature(key="bad", inputs={"x": given}, outputs={"y": gone}),
    ]
    write_saved_model(tmp_path, graph, signatures)
    found = _graph_reading(tmp_path)

    assert [one.name for one, _ in found.dependences] == ["good"]
    assert [name for name, _ in found.broken] == ["bad"]
