"""What differs between two servers, and whether that is the change's doing."""

from __future__ import annotations

from pathlib import Path

from servegate.facts.probes import Repeat
from servegate.facts.reading import GraphReading
from servegate.findings import Severity
from servegate.graph.dependence import ModelGraph
from servegate.providers import Later
from servegate.savedmodel.reader import read
from tests.support.evidence import FIRST_VERSION, candidate, finding, findings, later, reply
from tests.support.tinymodels import write_model
from validators.version.same_everywhere import same_everywhere

_FIRST: Later[tuple[Repeat, ...]] = later(FIRST_VERSION)


def _twice(first: float, second: float) -> tuple[Repeat, ...]:
    return (Repeat(first=reply("a", 1.0, first), second=reply("a", 1.0, second)),)


def _reading(folder: Path) -> GraphReading:
    model = read(write_model(folder / "2"))
    graph = ModelGraph(model.meta_graph)
    dependences = tuple((one, graph.dependence(one)) for one in model.signatures)
    return GraphReading(dependences=dependences)


def test_equal_answers_are_no_finding(tmp_path: Path) -> None:
    assert not findings(
        same_everywhere(
            candidate(),
            _twice(1.0, 1.0),
            _twice(1.0, 1.0000001),
            _reading(tmp_path),
            _FIRST,
        )
    )


def test_other_answers_of_a_second_server_block(tmp_path: Path) -> None:
    found = finding(
        same_everywhere(candidate(), _twice(1.0, 1.0), _twice(1.0, 2.0), _reading(tmp_path), _FIRST)
    )
    assert "Two servers with version 2" in found.message
    assert "'y' of 'serving_default'" in found.message
    assert found.severity is None


def test_what_moves_in_one_server_already_is_left_out(tmp_path: Path) -> None:
    assert not findings(
        same_everywhere(candidate(), _twice(1.0, 3.0), _twice(1.0, 2.0), _reading(tmp_path), _FIRST)
    )


def test_what_the_base_version_does_likewise_is_inherited(tmp_path: Path) -> None:
    found = finding(
        same_everywhere(
            candidate(),
            _twice(1.0, 1.0),
            _twice(1.0, 2.0),
            _reading(tmp_path),
            later(_twice(5.0, 6.0)),
        )
    )
    assert found.severity is Severity.ADVISORY
    assert "inherited" in found.message
