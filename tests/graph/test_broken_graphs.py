"""Graphs that contradict themselves: a typed error that names the node, and no traceback."""

from __future__ import annotations

import pytest

from servegate.graph.body import MAX_PROBLEMS, BrokenGraph
from tests.support.graph_text import dependence


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("x = Placeholder\ny = Neg gone", "'gone'"),
        ("x = Placeholder\ny = Neg x ^gone", "'^gone'"),
        ("x = Placeholder\ny = Neg x:first", "'x:first'"),
        ("x = Placeholder\ny = Neg x:99999999999999999999", "x:9999"),
        ("x = Placeholder\nx = Const\ny = Neg x", "'x'"),
        ("x = Placeholder\ny = AddV2 x z\nz = Neg y", "depends on itself"),
        ("x = Placeholder\ny = PartitionedCall x {f=gone}", "'gone'"),
        ("x = Placeholder\ny = PartitionedCall x", "'y'"),
        ("x = Placeholder\ny = PartitionedCall x x {f=one}\n\nfn one(a) -> out=a", "takes 1"),
        ("x = Placeholder\ny = PartitionedCall x {f=one}\n\nfn one(a) -> out=gone:y:0", "'out'"),
        (
            "x = Placeholder\ny = PartitionedCall x {f=one}\n\nfn one(a) -> out=a\nn = Neg gone",
            "function 'one'",
        ),
        (
            "x = Placeholder\ny = If {then_branch=c else_branch=c}\n\nfn c() -> o=a\na = Const",
            "'y'",
        ),
        (
            "x = Placeholder\ny = While x {cond=c body=b}\n\nfn c(a) -> g=a\n\nfn b(a) -> p=a q=a",
            "do not fit",
        ),
    ],
)
def test_the_sentence_names_what_is_wrong(text: str, named: str) -> None:
    with pytest.raises(BrokenGraph) as caught:
        dependence(text)
    assert named in caught.value.problems[0]


@pytest.mark.parametrize(("inputs", "outputs"), [("gone", "y"), ("x", "gone"), ("x", "y=x:a")])
def test_signatures_that_name_no_node(inputs: str, outputs: str) -> None:
    with pytest.raises(BrokenGraph, match="does not exist"):
        dependence("x = Placeholder\ny = Neg x", inputs, outputs)


def test_no_more_problems_are_listed_than_anybody_reads() -> None:
    text = "x = Placeholder\n" + "\n".join(f"n{i} = Neg gone{i}" for i in range(1000))
    with pytest.raises(BrokenGraph) as caught:
        dependence(text, outputs="n0")
    assert len(caught.value.problems) == MAX_PROBLEMS


def test_a_fault_in_a_function_that_nothing_calls_does_not_matter() -> None:
    text = """
        x = Placeholder
        y = Neg x

        fn idle(a) -> out=gone:y:0
    """
    assert dependence(text).matrix == {"y": {"x": "value"}}
