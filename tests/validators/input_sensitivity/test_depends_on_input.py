from __future__ import annotations

import pytest

from servegate.checks import Outcome
from servegate.facts.reading import GraphReading
from servegate.facts.settings import Settings
from servegate.findings import Location, Severity
from servegate.graph.dependence import ModelGraph
from servegate.providers import NotApplicable
from tests.support.evidence import candidate, finding, findings
from tests.support.graph_text import meta_graph, signature
from validators.input_sensitivity.depends_on_input import depends_on_input

_INT64 = 9
_CLASSIFY = "tensorflow/serving/classify"


def _check(
    text: str,
    inputs: str = "x",
    outputs: str = "y",
    *,
    shape: list[int] | None = None,
    method: str = "tensorflow/serving/predict",
) -> Outcome:
    message = meta_graph(text, inputs, outputs)
    described = message.signature_def["serving_default"]
    described.method_name = method
    for name, info in described.outputs.items():
        if name in {"labels", "classes"}:
            info.dtype = _INT64  # type: ignore[assignment]
    for info in described.inputs.values():
        if shape is None:
            info.tensor_shape.unknown_rank = True
        else:
            info.tensor_shape.dim.extend(type(info.tensor_shape).Dim(size=size) for size in shape)
    found = signature(message)
    dependence = ModelGraph(message).dependence(found)
    return depends_on_input(
        candidate(), Settings(), GraphReading(dependences=((found, dependence),))
    )


def test_names_where_the_paths_end() -> None:
    found = finding(
        _check("""
        x = Placeholder
        debug = Const
        y = Identity debug
        """)
    )

    assert found.severity is None
    assert found.expected == "a path from 'x' to 'y'"
    assert "debug" in found.observed
    assert found.location == Location(file="models/prices/2")


def test_labels_beside_living_scores_inform() -> None:
    found = finding(
        _check(
            """
            x = Placeholder
            y = Neg x
            labels = Const
            """,
            outputs="y labels",
        )
    )

    assert found.severity is Severity.ADVISORY
    assert "'labels'" in found.message


_CLASSIFIER = """
    x = Placeholder
    scores = {scores}
    classes = Const
"""


def test_classes_of_a_classify_signature_are_a_list_of_labels() -> None:
    text = _CLASSIFIER.format(scores="Neg x")

    assert not findings(_check(text, outputs="scores classes", method=_CLASSIFY))
    assert findings(_check(text, outputs="scores classes"))


def test_dead_scores_of_a_classify_signature_block() -> None:
    text = _CLASSIFIER.format(scores="Const")
    found = finding(_check(text, outputs="scores classes", method=_CLASSIFY))

    assert found.severity is None
    assert "'scores'" in found.message


def test_labels_alone_block() -> None:
    text = """
        x = Placeholder
        labels = Const
        """

    assert finding(_check(text, outputs="labels")).severity is None


def test_dead_score_beside_labels_is_what_is_named() -> None:
    found = finding(
        _check(
            """
            x = Placeholder
            y = Neg x
            z = Const
            labels = Const
            """,
            outputs="y z labels",
        )
    )

    assert found.severity is None
    assert "'z'" in found.message
    assert "'labels'" not in found.message


_SHAPED = """
    x = Placeholder
    y = Shape x
    """


def test_shape_that_tells_only_of_the_batch_is_no_input() -> None:
    assert findings(_check(_SHAPED, shape=[-1, 3]))


@pytest.mark.parametrize("shape", [[-1, -1], None])
def test_shape_that_may_tell_of_a_row_is_an_input(shape: list[int] | None) -> None:
    assert not findings(_check(_SHAPED, shape=shape))


def test_counter_is_moved_by_requests() -> None:
    text = """
        x = Placeholder
        count = VarHandleOp
        step = Const
        y = ReadVariableOp count ^add
        add = AssignAddVariableOp count step
        """

    assert not findings(_check(text))


def test_iterator_moves_on_by_itself() -> None:
    text = """
        x = Placeholder
        source = IteratorV2
        y = IteratorGetNext source
        """

    assert "source" in finding(_check(text)).observed


def test_signature_of_what_is_not_in_the_graph() -> None:
    broken = GraphReading(dependences=(), broken=(("predict", "no node 'gone'"),))
    found = finding(depends_on_input(candidate(), Settings(), broken))

    assert "'predict'" in found.message
    assert found.observed == "no node 'gone'"
    assert found.severity is None


def test_signature_without_inputs() -> None:
    with pytest.raises(NotApplicable):
        list(_check("y = Const", inputs=""))
