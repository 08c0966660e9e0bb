"""TensorFlow 1's control flow: Switch, Merge and loops of Enter, Exit and NextIteration."""

from __future__ import annotations

from tests.support.graph_text import dependence, influence

COND = """
        p = Placeholder
        x = Placeholder
        z = Placeholder
        s = Switch x p
        t = Switch z p
        left = Neg s:1
        right = Neg t:0
        y = Merge left right
"""


def test_a_merge_depends_on_both_sides_and_on_the_predicate() -> None:
    assert influence(COND, "p x z") == {"p": "value", "x": "value", "z": "value"}


def test_the_predicate_reaches_branches_that_are_constants_over_control_edges() -> None:
    text = """
        p = Placeholder
        s = Switch p p
        t = Identity s:1
        f = Identity s:0
        one = Const ^t
        two = Const ^f
        y = Merge one two
    """
    assert influence(text, "p") == {"p": "value"}


def test_what_both_sides_of_a_merge_pass_on_is_a_copy_but_not_which_side_it_was() -> None:
    text = """
        p = Placeholder
        x = Placeholder
        s = Switch x p
        m = Merge s:0 s:1
    """
    both = dependence(text, inputs="p x", outputs="same=m:0 side=m:1")
    assert [one.identical_to for one in both.outputs] == [("x",), ()]
    assert both.matrix["side"]["p"] == "value"


LOOP = """
        n = Placeholder
        x = Placeholder
        w = Placeholder
        ni = Enter n
        xi = Enter x
        wi = Enter w
        mn = Merge ni nn
        mx = Merge xi nx
        mw = Merge wi nw
        less = Less mn mn
        go = LoopCond less
        sn = Switch mn go
        sx = Switch mx go
        sw = Switch mw go
        dn = Sub sn:1 sn:1
        dx = AddV2 sx:1 sw:1
        nn = NextIteration dn
        nx = NextIteration dx
        nw = NextIteration sw:1
        en = Exit sn
        ex = Exit sx
        ew = Exit sw
"""


def test_loops_carry_values_round_to_a_fixed_point() -> None:
    found = dependence(LOOP, inputs="n x w", outputs="en ex ew").matrix
    reached = {name: [one for one in row if row[one] == "value"] for name, row in found.items()}
    assert reached == {"en": ["n"], "ew": ["n", "w"], "ex": ["n", "w", "x"]}


def test_tensor_arrays_carry_values_into_and_out_of_loops() -> None:
    text = """
        x = Placeholder
        c = Const
        ta = TensorArrayV3 c
        w = TensorArrayWriteV3 ta c x ta:1
        y = TensorArrayReadV3 ta c w
        other = TensorArrayV3 c
        z = TensorArrayReadV3 other c other:1
    """
    found = dependence(text, outputs="y z")
    assert found.matrix == {"y": {"x": "value"}, "z": {"x": "none"}}
    assert found.outputs[0].state == ()
