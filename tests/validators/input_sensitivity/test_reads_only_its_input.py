from __future__ import annotations

import pytest

from servegate.checks import Outcome
from servegate.facts.reading import GraphReading
from servegate.findings import Severity
from servegate.graph.dependence import ModelGraph
from servegate.providers import NotApplicable
from tests.support.evidence import FIRST_VERSION, candidate, finding, later, remarks
from tests.support.graph_text import meta_graph, signature
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
    name = Const
    content = ReadFile name
    y = AddV2 x content
    """


def _reading(text: str) -> GraphReading:
    message = meta_graph(text, outputs="y")
    found = signature(message)
    return GraphReading(dependences=((found, ModelGraph(message).dependence(found)),))


def _check(text: str, before: str | None = _PLAIN) -> Outcome:
    return reads_only_its_input(
        candidate(), _reading(text), later(_reading(before) if before else FIRST_VERSION)
    )


def test_request_and_weights_alone() -> None:
    assert remarks(_check(_PLAIN)) == ["1 output depend on requests and weights alone."]


@pytest.mark.parametrize(
    ("text", "words", "op"),
    [(_ITERATOR, "data set", "IteratorGetNext"), (_FILE, "reads files", "ReadFile")],
)
def test_other_data(text: str, words: str, op: str) -> None:
    found = finding(_check(text))
    assert found.severity is None
    assert words in found.message
    assert op in found.message


@pytest.mark.parametrize(
    ("before", "severity"),
    [(_ITERATOR, Severity.ADVISORY), (None, Severity.ADVISORY), (_FILE, None)],
)
def test_what_the_base_version_reads(before: str | None, severity: Severity | None) -> None:
    assert finding(_check(_ITERATOR, before)).severity is severity


@pytest.mark.parametrize("op", ["RandomUniform x", "Timestamp"])
def test_what_other_checks_tell(op: str) -> None:
    assert remarks(_check(f"x = Placeholder\nn = {op}\ny = AddV2 x n\n"))


def test_nothing_could_be_read() -> None:
    with pytest.raises(NotApplicable):
        list(reads_only_its_input(candidate(), GraphReading(dependences=()), later(FIRST_VERSION)))
