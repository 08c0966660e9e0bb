from __future__ import annotations

from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.facts.reading import GraphReading, Reading
from servegate.findings import Severity
from servegate.graph.dependence import ModelGraph
from servegate.providers import NotApplicable
from servegate.savedmodel.protos import SavedModel
from servegate.savedmodel.reader import read
from tests.support.evidence import FIRST_VERSION, candidate, finding, later, remarks
from tests.support.graph_text import meta_graph, reading_of
from tests.support.tinymodels import write_model
from validators.input_sensitivity.reads_only_its_input import reads_only_its_input

_PLAIN = "x = Placeholder\ny = Neg x\n"
_ITERATOR = """
    x = Placeholder
    rows = OneShotIterator
    row = IteratorGetNext rows
    y = AddV2 x row
    """
_FILE = """
    x = Placeholder
    name = Const {value=/data/row}
    content = ReadFile name
    y = AddV2 x content
    """


def _check(folder: Path, text: str, before: str | None = _PLAIN, *, asset: str = "") -> Outcome:
    message = meta_graph(text)
    if asset:
        message.asset_file_def.add(filename="words").tensor_info.name = asset
    proto = SavedModel(saved_model_schema_version=1, meta_graphs=[message])
    (folder / "saved_model.pb").write_bytes(proto.SerializeToString())
    model = read(folder)
    reading = Reading(model=model, graph=ModelGraph(model.meta_graph))
    base = reading_of(before) if before else FIRST_VERSION
    return reads_only_its_input(candidate(), reading, model, reading_of(text), later(base))


def test_request_and_weights_alone(tmp_path: Path) -> None:
    assert remarks(_check(tmp_path, _PLAIN)) == ["1 output made of requests and weights alone."]


@pytest.mark.parametrize(
    ("text", "words", "op"),
    [(_ITERATOR, "data set", "IteratorGetNext"), (_FILE, "reads files", "ReadFile")],
)
def test_other_data(tmp_path: Path, text: str, words: str, op: str) -> None:
    found = finding(_check(tmp_path, text))
    assert found.severity is None
    assert words in found.message
    assert op in found.message


@pytest.mark.parametrize(
    ("before", "severity"),
    [(_ITERATOR, Severity.ADVISORY), (None, Severity.ADVISORY), (_FILE, None)],
)
def test_what_the_base_version_reads(
    tmp_path: Path, before: str | None, severity: Severity | None
) -> None:
    assert finding(_check(tmp_path, _ITERATOR, before)).severity is severity


@pytest.mark.parametrize("op", ["RandomUniform x", "Timestamp"])
def test_what_other_checks_tell(tmp_path: Path, op: str) -> None:
    assert remarks(_check(tmp_path, f"x = Placeholder\nn = {op}\ny = AddV2 x n\n"))


def test_a_file_that_is_an_asset_is_the_models_own(tmp_path: Path) -> None:
    assert remarks(_check(tmp_path, _FILE, asset="name:0"))


def test_nothing_could_be_read(tmp_path: Path) -> None:
    model = read(write_model(tmp_path / "1"))
    nothing = GraphReading(dependences=())
    with pytest.raises(NotApplicable):
        list(reads_only_its_input(candidate(), Reading(), model, nothing, later(FIRST_VERSION)))
