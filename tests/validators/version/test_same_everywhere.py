"""What differs between two servers, and whether that is the change's doing."""

from __future__ import annotations

from pathlib import Path

from servegate.checks import Outcome
from servegate.facts.probes import Repeat
from servegate.facts.reading import GraphReading
from servegate.findings import Severity
from servegate.graph.dependence import ModelGraph
from servegate.providers import Later
from servegate.savedmodel.reader import SavedModel, read
from tests.support.evidence import (
    FIRST_VERSION,
    candidate,
    finding,
    findings,
    later,
    remarks,
    reply,
)
from tests.support.tinymodels import Graph, Signature, write_model, write_saved_model
from validators.version.same_everywhere import same_everywhere

_FIRST: Later[tuple[Repeat, ...]] = later(FIRST_VERSION)


def _twice(first: float, second: float) -> Later[tuple[Repeat, ...]]:
    return later((Repeat(first=reply("a", 1.0, first), second=reply("a", 1.0, second)),))


def _drawing(folder: Path) -> SavedModel:
    """A model that draws numbers and does nothing with them."""
    graph = Graph()
    given = graph.placeholder("given")
    graph.op("RandomUniform", "drawn", [graph.const("shape", [1], "int32")], dtype="float32")
    answer = graph.add(given, given, name="answer")
    signature = Signature(inputs={"x": given}, outputs={"y": answer})
    return read(write_saved_model(folder / "2", graph, [signature]))


def _said(
    model: SavedModel,
    repeats: Later[tuple[Repeat, ...]],
    second: Later[tuple[Repeat, ...]],
    before: Later[tuple[Repeat, ...]] = _FIRST,
) -> Outcome:
    graph = ModelGraph(model.meta_graph)
    dependences = tuple((one, graph.dependence(one)) for one in model.signatures)
    reading = GraphReading(dependences=dependences)
    return same_everywhere(candidate(), model, repeats, second, reading, before)


def test_a_graph_that_draws_nothing_is_the_same_without_asking(tmp_path: Path) -> None:
    model = read(write_model(tmp_path / "2"))
    (said,) = remarks(_said(model, _FIRST, _FIRST))
    assert "another server" in said


def test_equal_answers_are_no_finding(tmp_path: Path) -> None:
    assert not findings(_said(_drawing(tmp_path), _twice(1.0, 1.0), _twice(1.0, 1.0000001)))


def test_other_answers_of_a_second_server_block(tmp_path: Path) -> None:
    found = finding(_said(_drawing(tmp_path), _twice(1.0, 1.0), _twice(1.0, 2.0)))
    assert "Two servers with version 2" in found.message
    assert "'y' of 'serving_default'" in found.message
    assert "RandomUniform" in found.remedy
    assert found.severity is None


def test_what_moves_in_one_server_already_is_left_out(tmp_path: Path) -> None:
    assert not findings(_said(_drawing(tmp_path), _twice(1.0, 3.0), _twice(1.0, 2.0)))


def test_what_the_base_version_does_likewise_is_inherited(tmp_path: Path) -> None:
    found = finding(_said(_drawing(tmp_path), _twice(1.0, 1.0), _twice(1.0, 2.0), _twice(5.0, 6.0)))
    assert found.severity is Severity.ADVISORY
    assert "inherited" in found.message
