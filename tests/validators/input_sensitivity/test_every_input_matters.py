from __future__ import annotations

from pathlib import Path

import pytest

from servegate.checks import Outcome
from servegate.facts.reading import GraphReading
from servegate.findings import Location, Severity
from servegate.graph.dependence import ModelGraph
from servegate.providers import Absent, NotApplicable
from servegate.savedmodel.reader import read
from tests.support.evidence import FIRST_VERSION, candidate, finding, findings, later
from tests.support.graph_text import meta_graph, signature
from validators.input_sensitivity.every_input_matters import every_input_matters

_USED = """
    x = Placeholder
    z = Placeholder
    y = AddV2 x z
    """
_UNUSED = """
    x = Placeholder
    z = Placeholder
    y = Neg x
    """
_SHAPE = """
    x = Placeholder
    z = Placeholder
    ones = OnesLike z
    y = AddV2 x ones
    """
_DEAF = """
    x = Placeholder
    z = Placeholder
    y = Const
    """


def _reading(text: str, inputs: str = "x z", outputs: str = "y") -> GraphReading:
    message = meta_graph(text, inputs, outputs)
    found = signature(message)
    return GraphReading(dependences=((found, ModelGraph(message).dependence(found)),))


def _check(text: str, base: str | GraphReading | Absent = FIRST_VERSION) -> Outcome:
    before = _reading(base) if isinstance(base, str) else base
    return every_input_matters(candidate(), _reading(text), later(before))


@pytest.mark.parametrize("text", [_UNUSED, _SHAPE])
def test_input_that_the_base_version_used_blocks(text: str) -> None:
    found = finding(_check(text, _USED))

    assert found.severity is None
    assert "no longer uses 'z'" in found.message
    assert "no path from the value of 'z' to 'y'" in found.observed
    assert 'version: "2"' in found.remedy
    assert found.location == Location(file="models/prices/2")
    assert found.evidence["inputs"] == ["z"]


def test_shape_that_is_read_is_told() -> None:
    assert "only the shape of 'z' is read" in finding(_check(_SHAPE, _USED)).observed
    assert "shape" not in finding(_check(_UNUSED, _USED)).observed


@pytest.mark.parametrize("base", [_UNUSED, _SHAPE, _DEAF])
def test_input_that_the_base_version_ignored_is_inherited(base: str) -> None:
    found = finding(_check(_UNUSED, base))

    assert found.severity is Severity.ADVISORY
    assert "Inherited" in found.message


@pytest.mark.parametrize(
    ("base", "why"),
    [
        (FIRST_VERSION, FIRST_VERSION.reason),
        (NotApplicable("It cannot be read."), "It cannot be read."),
        (GraphReading(dependences=()), "no such input"),
        (_reading("x = Placeholder\ny = Neg x", "x"), "no such input"),
    ],
    ids=["first", "unreadable", "signature", "input"],
)
def test_nothing_to_compare_with_informs(base: GraphReading | Absent, why: str) -> None:
    found = finding(_check(_UNUSED, base))

    assert found.severity is Severity.ADVISORY
    assert why in found.message
    assert "Inherited" not in found.message


def test_dropped_and_inherited_inputs_are_told_apart() -> None:
    parts = ("a = Placeholder", "b = Placeholder", "c = Placeholder", "x = Placeholder")
    inputs = "a b c x"
    now = _reading("\n".join([*parts, "y = Neg x"]), inputs)
    before = _reading("\n".join([*parts, "y = AddV2 x b"]), inputs)
    found = findings(every_input_matters(candidate(), now, later(before)))

    assert [(one.severity, one.evidence["inputs"]) for one in found] == [
        (None, ["b"]),
        (Severity.ADVISORY, ["a", "c"]),
    ]


def test_base_version_is_not_read_for_a_model_that_uses_everything() -> None:
    def unread() -> GraphReading:
        raise AssertionError

    assert not list(every_input_matters(candidate(), _reading(_USED), unread))


def test_effect_on_one_output_of_two_is_an_effect() -> None:
    text = _UNUSED + "echo = Identity z"

    assert not list(
        every_input_matters(candidate(), _reading(text, outputs="y echo"), later(FIRST_VERSION))
    )


def test_input_that_is_an_output_itself_has_an_effect() -> None:
    reading = _reading(_UNUSED, outputs="y key=z:0")

    assert not list(every_input_matters(candidate(), reading, later(FIRST_VERSION)))


def test_input_that_later_requests_feel_has_an_effect() -> None:
    text = """
        x = Placeholder
        z = Placeholder
        total = VarHandleOp
        add = AssignAddVariableOp total z
        sum = ReadVariableOp total ^add
        y = AddV2 x sum
        """

    assert not list(_check(text))


@pytest.mark.parametrize("text", [_DEAF, "x = Placeholder\nz = Placeholder\ny = Shape x"])
def test_signature_that_depends_on_nothing_is_left_to_another_check(text: str) -> None:
    with pytest.raises(NotApplicable):
        list(_check(text, _USED))


def test_redundant_input_of_a_real_model_informs(shared_models: Path) -> None:
    model = read(shared_models / "onnx__tensorflow-onnx__redundant_inputs" / "1")
    graph = ModelGraph(model.meta_graph)
    reading = GraphReading(
        dependences=tuple((one, graph.dependence(one)) for one in model.signatures)
    )
    found = finding(every_input_matters(candidate(), reading, later(FIRST_VERSION)))

    assert found.severity is Severity.ADVISORY
    assert found.evidence["inputs"] == ["y"]
    inherited = finding(every_input_matters(candidate(), reading, later(reading)))
    assert inherited.severity is Severity.ADVISORY
    assert "Inherited" in inherited.message
