"""Dependence through functions: calls, branches, loops, and ops that call in unknown ways."""

from __future__ import annotations

import pytest

from servegate.graph.dependence import Influence
from tests.support.graph_text import dependence, influence

SWAP = """
        fn swap(a, b) -> first=n:y:0 second=a
        n = Neg b
"""


@pytest.mark.parametrize("call", ["PartitionedCall", "StatefulPartitionedCall"])
def test_calls_keep_ports_apart(call: str) -> None:
    text = f"""
        x = Placeholder
        z = Placeholder
        c = {call} x z {{f=swap}}
{SWAP}
    """
    found = dependence(text, inputs="x z", outputs="first=c:0 second=c:1")
    assert found.matrix["first"] == {"x": Influence.NONE, "z": Influence.VALUE}
    assert found.matrix["second"] == {"x": Influence.VALUE, "z": Influence.NONE}
    assert found.outputs[1].identical_to == ("x",)


def test_the_first_version_of_calls_names_the_function_as_op() -> None:
    text = f"""
        x = Placeholder
        z = Placeholder
        s = swap x z
        y = Neg s:1
{SWAP}
    """
    assert influence(text, "x z") == {"x": "value", "z": "none"}


def test_calls_within_functions_refer_to_outputs_by_name() -> None:
    text = f"""
        x = Placeholder
        z = Placeholder
        y = PartitionedCall x z {{f=outer}}

        fn outer(a, b) -> out=k:second:0
        k = swap a b
{SWAP}
    """
    assert influence(text, "x z") == {"x": "value", "z": "none"}


def test_one_function_called_twice_is_kept_apart() -> None:
    text = """
        x = Placeholder
        z = Placeholder
        p = PartitionedCall x {f=f}
        q = PartitionedCall z {f=f}

        fn f(a) -> out=n:y:0
        n = Neg a
    """
    found = dependence(text, inputs="x z", outputs="p q")
    assert found.matrix["p"] == {"x": Influence.VALUE, "z": Influence.NONE}
    assert found.matrix["q"] == {"x": Influence.NONE, "z": Influence.VALUE}


def test_shapes_flow_through_calls() -> None:
    text = """
        x = Placeholder
        y = PartitionedCall x {f=zeros}

        fn zeros(a) -> out=z:y:0
        z = ZerosLike a
    """
    assert influence(text) == {"x": "shape"}


def test_what_the_condition_says_affects_the_result() -> None:
    text = """
        p = Placeholder
        x = Placeholder
        i = If p x {then_branch=one other=two else_branch=two}
        y = Shape i

        fn one(a) -> out=c:output:0
        c = Const

        fn two(a) -> out=c:output:0
        c = Const
    """
    assert influence(text, "p x") == {"p": "value", "x": "none"}


def test_an_input_that_every_branch_returns_is_a_copy() -> None:
    text = """
        p = Placeholder
        x = Placeholder
        y = Case p x {branches=same,same}

        fn same(a) -> out=i:output:0
        i = Identity a
    """
    assert dependence(text, inputs="p x").outputs[0].identical_to == ("x",)


LOOP = """
        n = Placeholder
        x = Placeholder
        w = Placeholder
        k = Const
        l = While n x w k {cond=less body=step}

        fn less(i, a, b, c) -> go=g:z:0
        g = Less i i

        fn step(i, a, b, c) -> i2=m:z:0 a2=s:z:0 b2=b c2=c
        m = Sub i i
        s = AddV2 a b
"""


def test_a_loop_mixes_only_what_its_body_mixes() -> None:
    found = dependence(LOOP, inputs="n x w", outputs="i=l:0 a=l:1 b=l:2")
    value, none = Influence.VALUE, Influence.NONE
    assert found.matrix["i"] == {"n": value, "x": none, "w": none}
    assert found.matrix["a"] == {"n": value, "x": value, "w": value}
    assert found.matrix["b"] == {"n": value, "x": none, "w": value}


def test_a_loop_variable_that_no_round_changes_is_a_copy() -> None:
    found = dependence(LOOP, inputs="n x w", outputs="b=l:2")
    assert found.outputs[0].identical_to == ("w",)


def test_what_goes_round_a_loop_one_place_at_a_time_arrives() -> None:
    count = 30
    inputs = " ".join(["x"] + ["c"] * count)
    parameters = ", ".join(f"p{i}" for i in range(count + 1))
    results = " ".join(["r0=p0"] + [f"r{i}=p{i - 1}" for i in range(1, count + 1)])
    text = f"""
        x = Placeholder
        c = Const
        l = While {inputs} {{cond=go body=shift}}

        fn go({parameters}) -> g=c:output:0
        c = Const

        fn shift({parameters}) -> {results}
    """
    assert influence(text, output=f"y=l:{count}") == {"x": "value"}


def test_more_rounds_than_are_followed_count_as_mixed() -> None:
    count = 90
    inputs = " ".join(["c"] * count + ["x"])
    parameters = ", ".join(f"p{i}" for i in range(count + 1))
    results = " ".join([f"r{i}=p{i + 1}" for i in range(count)] + [f"r{count}=p{count}"])
    text = f"""
        x = Placeholder
        c = Const
        l = While {inputs} {{cond=go body=shift}}

        fn go({parameters}) -> g=c:output:0
        c = Const

        fn shift({parameters}) -> {results}
    """
    assert influence(text, output="y=l:0") == {"x": "value"}


def test_ops_that_call_in_unknown_ways_depend_on_all_they_are_given() -> None:
    text = """
        x = Placeholder
        y = MapDefun x {f=constant}

        fn constant(a) -> out=c:output:0
        c = Const
    """
    assert influence(text) == {"x": "value"}


def test_a_function_that_calls_itself_may_do_anything() -> None:
    text = """
        x = Placeholder
        z = Placeholder
        y = PartitionedCall x z {f=forever}

        fn forever(a, b) -> out=k:output:0
        k = PartitionedCall a b {f=forever}
    """
    assert influence(text, "x z") == {"x": "value", "z": "value"}


def test_calls_nested_deeper_than_the_stack() -> None:
    depth = 3000
    blocks = ["x = Placeholder\ny = PartitionedCall x {f=f0}"]
    blocks += [
        f"fn f{i}(a) -> o=c:output:0\nc = PartitionedCall a {{f=f{i + 1}}}" for i in range(depth)
    ]
    blocks.append(f"fn f{depth}(a) -> o=z:y:0\nz = ZerosLike a")
    found = dependence("\n\n".join(blocks))
    assert found.matrix == {"y": {"x": Influence.SHAPE}}
    assert found.outputs[0].cut[0].op == "ZerosLike"
