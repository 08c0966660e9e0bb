"""Where the paths of an output end that no input reaches."""

from __future__ import annotations

from servegate.graph.cut import MAX_SHOWN, CutKind
from tests.support.graph_text import dependence


def ends(text: str) -> list[tuple[str, CutKind]]:
    return [(one.node, one.kind) for one in dependence(text).outputs[0].cut]


def test_an_output_that_an_input_reaches_has_no_cut() -> None:
    assert ends("x = Placeholder\nc = Const\ny = Mul x c") == []


def test_constants_variables_and_shapes_are_told_apart() -> None:
    text = """
        x = Placeholder
        half = Const
        kernel = VarHandleOp {shared_name=kernel}
        read = ReadVariableOp kernel
        zeros = ZerosLike x
        noise = RandomUniform half
        table = HashTableV2
        found = LookupTableFindV2 table half half
        sum = AddN half read zeros noise found
        y = Softmax sum
    """
    assert ends(text) == [
        ("zeros", CutKind.SHAPE),
        ("half", CutKind.CONSTANT),
        ("kernel", CutKind.VARIABLE),
        ("table", CutKind.STATE),
    ]


def test_names_lead_through_calls() -> None:
    text = """
        x = Placeholder
        call = PartitionedCall x {f=outer}
        y = Identity call

        fn outer(a) -> out=inner:output:0
        inner = PartitionedCall a {f=inner_function}

        fn inner_function(a) -> out=debug:output:0
        debug = Const
    """
    assert ends(text) == [("call/inner/debug", CutKind.CONSTANT)]


def test_loops_and_branches_are_entered() -> None:
    text = """
        x = Placeholder
        p = Const
        start = Const
        i = If p x {then_branch=one else_branch=zeros}
        y = While i start {cond=go body=step}

        fn one(a) -> out=c:output:0
        c = Const

        fn zeros(a) -> out=z:y:0
        z = ZerosLike a

        fn go(a, b) -> g=c:output:0
        c = Const

        fn step(a, b) -> a2=b b2=b
    """
    assert ends(text) == [
        ("i/z", CutKind.SHAPE),
        ("i/c", CutKind.CONSTANT),
        ("p", CutKind.CONSTANT),
        ("start", CutKind.CONSTANT),
        ("y/c", CutKind.CONSTANT),
    ]


def test_a_placeholder_that_nobody_feeds_is_an_end() -> None:
    assert ends("x = Placeholder\np = Placeholder\ny = Neg p") == [("p", CutKind.UNFED)]


def test_no_more_ends_than_anybody_reads() -> None:
    constants = [f"c{i} = Const" for i in range(500)]
    names = " ".join(f"c{i}" for i in range(500))
    text = "\n".join(["x = Placeholder", *constants, f"y = AddN {names}"])
    assert len(ends(text)) == MAX_SHOWN
