"""Where ops are used."""

from __future__ import annotations

from servegate.graph.usage import compiled, unlike_elsewhere, unregistered, uses
from tests.support.graph_text import graph

_GRAPH = graph("""
    x = Placeholder
    a = RankPrices x
    call = StatefulPartitionedCall a {f=inner}
    old = inner x
    y = XlaSort call

    fn inner(x) -> y=b:y:0
    b = RankPrices x
    n = Neg b:y:0
    f = TFText>RoundRobinTrim n:y:0
""")


def test_nodes_of_an_op() -> None:
    assert [str(one) for one in uses(_GRAPH, "RankPrices")] == [
        "node a",
        "node b of function inner",
    ]
    assert uses(_GRAPH, "MatMul") == ()


def test_ops_that_are_nobody_s() -> None:
    assert unregistered(_GRAPH) == ("RankPrices", "TFText>RoundRobinTrim")


def test_what_only_xla_runs() -> None:
    marked = graph("x = Placeholder\ny = PartitionedCall x {f=inner}\nz = PartitionedCall x")
    marked.node[1].attr["_XlaMustCompile"].b = True
    marked.node[2].attr["_XlaMustCompile"].b = False

    assert [one.node for one in compiled(_GRAPH)] == ["y"]
    assert [one.node for one in compiled(marked)] == ["y"]


def test_what_another_server_may_make_otherwise() -> None:
    drawing = graph("""
        x = Placeholder
        saved = RestoreV2 x
        n = RandomUniform x

        fn inner(x) -> y=b:y:0
        b = ReadFile x
    """)
    assert unlike_elsewhere(drawing) == ("RandomUniform", "ReadFile")
    assert unlike_elsewhere(_GRAPH) == ("RankPrices", "TFText>RoundRobinTrim")
    assert unlike_elsewhere(graph("x = Placeholder\ny = Neg x")) == ()
