"""What ops of every kind pass on, written down one by one."""

from __future__ import annotations

import pytest

from servegate.graph.dependence import Influence
from tests.support.graph_text import dependence, influence


def test_a_value_flows_through_ordinary_ops() -> None:
    text = """
        x = Placeholder
        c = Const
        m = MatMul x c
        y = Softmax m
    """
    assert influence(text) == {"x": "value"}


def test_a_constant_depends_on_nothing() -> None:
    text = """
        x = Placeholder
        y = Const
    """
    found = dependence(text)
    assert found.matrix == {"y": {"x": Influence.NONE}}
    assert found.outputs_without_input == ("y",)
    assert found.inputs_without_influence == ("x",)


@pytest.mark.parametrize("op", ["Shape", "Size", "Rank", "ZerosLike", "OnesLike", "ShapeN"])
def test_shape_takers_pass_on_the_shape_alone(op: str) -> None:
    text = f"""
        x = Placeholder
        t = {op} x
        y = AddV2 t t
    """
    assert influence(text) == {"x": "shape"}


def test_shape_survives_ops_whose_shape_follows_their_inputs() -> None:
    text = """
        x = Placeholder
        c = Const
        r = Relu x
        b = BiasAdd r c
        m = Sum b c
        y = ZerosLike m
    """
    assert influence(text) == {"x": "shape"}


def test_the_shape_of_an_unlisted_op_may_follow_from_values() -> None:
    text = """
        x = Placeholder
        w = Where x
        y = Shape w
    """
    assert influence(text) == {"x": "value"}


@pytest.mark.parametrize(
    ("op", "operands", "expected"),
    [
        ("Reshape", "c x", {"x": "value"}),
        ("Reshape", "x c", {"x": "shape"}),
        ("Fill", "x c", {"x": "value"}),
        ("Fill", "c x", {"x": "shape"}),
        ("ConcatV2", "c c x", {"x": "value"}),
        ("ConcatV2", "c x c", {"x": "shape"}),
        ("StridedSlice", "c c x c", {"x": "value"}),
        ("Multinomial", "c x", {"x": "value"}),
        ("TopKV2", "x c", {"x": "shape"}),
    ],
)
def test_operands_whose_values_make_a_shape(
    op: str, operands: str, expected: dict[str, str]
) -> None:
    text = f"""
        x = Placeholder
        c = Const
        o = {op} {operands}
        y = Shape o
    """
    assert influence(text) == expected


def test_a_control_edge_alone_is_no_influence() -> None:
    text = """
        x = Placeholder
        n = Neg x
        y = Const ^n
    """
    assert influence(text) == {"x": "none"}


def test_identity_n_keeps_its_ports_apart() -> None:
    text = """
        x = Placeholder
        c = Const
        i = IdentityN x c
    """
    found = dependence(text, outputs="first=i:0 second=i:1")
    assert found.matrix["first"] == {"x": Influence.VALUE}
    assert found.matrix["second"] == {"x": Influence.NONE}


def test_copies_of_an_input_are_proven() -> None:
    text = """
        x = Placeholder
        z = Placeholder
        i = Identity x
        n = IdentityN z i
        s = StopGradient n:1
        a = AddV2 z z
    """
    found = dependence(text, inputs="x z", outputs="copy=s:0 sum=a:0 fed=x:0")
    assert [(one.name, one.identical_to) for one in found.outputs] == [
        ("copy", ("x",)),
        ("fed", ("x",)),
        ("sum", ()),
    ]


def test_two_inputs_may_share_a_tensor() -> None:
    text = """
        p = Placeholder
        y = Neg p
    """
    assert influence(text, "one=p:0 two=p:0") == {"one": "value", "two": "value"}


def test_what_lies_before_a_fed_tensor_does_not_run() -> None:
    text = """
        p = Placeholder
        r = RandomUniform p
        m = Mul p r
        y = Neg m
    """
    found = dependence(text, inputs="x=m:0")
    assert found.matrix == {"y": {"x": Influence.VALUE}}
    assert found.unfed == ()
    assert found.outputs[0].sources == ()


def test_a_placeholder_that_nobody_feeds_is_named() -> None:
    text = """
        x = Placeholder
        training = Placeholder
        default = PlaceholderWithDefault x
        y = Mul default training
    """
    assert dependence(text).unfed == ("training",)


def test_random_numbers_and_files_are_named_where_they_matter() -> None:
    text = """
        x = Placeholder
        c = Const
        r = RandomStandardNormal c
        f = ReadFile c
        idle = Multinomial c c
        n = AddV2 r f
        y = AddV2 x n
        z = Neg x
    """
    noisy, clean = dependence(text, outputs="y z").outputs
    assert [(one.op, one.source.value) for one in noisy.sources] == [
        ("RandomStandardNormal", "random numbers"),
        ("ReadFile", "files"),
    ]
    assert clean.sources == ()


def test_several_inputs_and_outputs_are_kept_apart() -> None:
    text = """
        a = Placeholder
        b = Placeholder
        c = Placeholder
        ab = Mul a b
        bc = Mul b c
    """
    found = dependence(text, inputs="a b c", outputs="ab bc").matrix
    reached = {name: [one for one in row if row[one] == "value"] for name, row in found.items()}
    assert reached == {
        "ab": ["a", "b"],
        "bc": ["b", "c"],
    }


def test_an_unknown_op_passes_everything_on() -> None:
    text = """
        x = Placeholder
        c = Const
        y = SomebodysOp c x
    """
    assert influence(text) == {"x": "value"}


def test_unknown_ops_may_talk_to_each_other() -> None:
    text = """
        x = Placeholder
        c = Const
        put = SomebodysPut x
        y = SomebodysGet c ^put
    """
    assert influence(text) == {"x": "value"}


def test_very_deep_graphs_need_no_stack() -> None:
    lines = ["x = Placeholder", "n0 = Neg x"]
    lines += [f"n{i} = Neg n{i - 1}" for i in range(1, 20_000)]
    assert influence("\n".join(lines), output="y=n19999:0") == {"x": "value"}
