"""Dependence through what a model keeps: variables, tables, queues."""

from __future__ import annotations

from servegate.graph.dependence import ModelGraph
from tests.support.graph_text import dependence, influence, meta_graph, signature


def test_a_variable_that_is_only_read_carries_nothing() -> None:
    text = """
        x = Placeholder
        v = VarHandleOp {shared_name=v}
        r = ReadVariableOp v
        y = MatMul r r
    """
    found = dependence(text)
    assert found.matrix == {"y": {"x": "none"}}
    assert found.outputs[0].state == ()


def test_an_assignment_reaches_later_reads_and_requests() -> None:
    text = """
        x = Placeholder
        v = VarHandleOp {shared_name=v}
        a = AssignVariableOp v x
        y = ReadVariableOp v
        z = Identity y ^a
    """
    found = dependence(text, outputs="y z").outputs
    assert [one.inputs for one in found] == [{"x": "value"}, {"x": "value"}]
    assert [one.state for one in found] == [("v",), ("v",)]


def test_only_what_the_signature_runs_can_write() -> None:
    text = """
        x = Placeholder
        v = VarHandleOp {shared_name=v}
        a = AssignVariableOp v x
        y = ReadVariableOp v
    """
    assert influence(text) == {"x": "none"}


def test_two_handles_of_one_shared_name_are_one_variable() -> None:
    text = """
        x = Placeholder
        v = VarHandleOp {shared_name=v}
        w = VarHandleOp {shared_name=v}
        a = AssignVariableOp v x
        r = ReadVariableOp w
        y = Identity r ^a
    """
    assert influence(text) == {"x": "value"}
    assert influence(
        text.replace("w = VarHandleOp {shared_name=v}", "w = VarHandleOp {shared_name=w}")
    ) == {"x": "none"}


def test_writing_through_a_function_argument() -> None:
    text = """
        x = Placeholder
        v = VarHandleOp {shared_name=v}
        w = VarHandleOp {shared_name=w}
        a = StatefulPartitionedCall v x {f=write}
        r = StatefulPartitionedCall v {f=read}
        y = Identity r ^a
        z = StatefulPartitionedCall w {f=read}

        fn write(h:resource, value) ->
        s = AssignVariableOp h value

        fn read(h:resource) -> out=r:value:0
        r = ReadVariableOp h
    """
    found = dependence(text, outputs="y z")
    assert found.matrix == {"y": {"x": "value"}, "z": {"x": "none"}}


def test_a_variable_made_within_a_function() -> None:
    text = """
        x = Placeholder
        v = VarHandleOp {shared_name=v}
        a = StatefulPartitionedCall x {f=write}
        r = ReadVariableOp v
        y = Identity r ^a

        fn write(value) ->
        h = VarHandleOp {shared_name=v}
        s = AssignVariableOp h:resource:0 value
    """
    assert influence(text) == {"x": "value"}


def test_whether_something_is_written_counts_too() -> None:
    text = """
        p = Placeholder
        v = VarHandleOp {shared_name=v}
        i = If p v {then_branch=write else_branch=leave}
        r = ReadVariableOp v
        y = Identity r ^i

        fn write(h:resource) ->
        c = Const
        s = AssignVariableOp h c:output:0

        fn leave(h:resource) ->
        c = Const
    """
    assert influence(text, "p") == {"p": "value"}


def test_reference_variables_of_tensorflow_1() -> None:
    text = """
        x = Placeholder
        v = VariableV2
        w = VariableV2
        a = AssignAdd v x
        read = Identity v {T=float}
        y = Mul read read ^a
        z = Identity w {T=float}
    """
    found = dependence(text, outputs="a y z")
    assert found.matrix == {"a": {"x": "value"}, "y": {"x": "value"}, "z": {"x": "none"}}


def test_tables_that_are_filled_while_answering() -> None:
    text = """
        x = Placeholder
        c = Const
        t = MutableHashTableV2 {shared_name=t}
        i = LookupTableInsertV2 t x x
        f = LookupTableFindV2 t c c
        y = Identity f ^i
    """
    assert influence(text) == {"x": "value"}


def test_a_lookup_leaves_the_table_as_it_is() -> None:
    text = """
        x = Placeholder
        c = Const
        t = HashTableV2 {shared_name=t}
        f = LookupTableFindV2 t x c
        y = LookupTableFindV2 t c c
        z = ZerosLike f
    """
    found = dependence(text, outputs="f y z")
    assert found.matrix == {"f": {"x": "value"}, "y": {"x": "none"}, "z": {"x": "shape"}}


def test_from_one_resource_to_the_next() -> None:
    text = """
        x = Placeholder
        a = VarHandleOp {shared_name=a}
        b = VarHandleOp {shared_name=b}
        wa = AssignVariableOp a x
        ra = ReadVariableOp a
        wb = AssignVariableOp b ra
        rb = ReadVariableOp b
        y = Identity rb ^wa ^wb
    """
    found = dependence(text)
    assert found.matrix == {"y": {"x": "value"}}
    assert found.outputs[0].state == ("a", "b")


def test_an_unknown_op_with_a_handle_may_write_to_it() -> None:
    text = """
        x = Placeholder
        v = VarHandleOp {shared_name=v}
        o = SomebodysOp v x
        r = ReadVariableOp v
        y = Identity r ^o
    """
    assert influence(text) == {"x": "value"}


def test_what_the_model_says_of_a_foreign_op_is_believed() -> None:
    text = """
        x = Placeholder
        c = Const
        o = SomebodysOp x
        y = SomebodysOp c ^o
    """
    message = meta_graph(text)
    message.meta_info_def.stripped_op_list.op.add(name="SomebodysOp")
    assert ModelGraph(message).dependence(signature(message)).matrix == {"y": {"x": "none"}}
    message.meta_info_def.stripped_op_list.op[0].is_stateful = True
    assert ModelGraph(message).dependence(signature(message)).matrix == {"y": {"x": "value"}}


def test_a_queue_between_two_outputs() -> None:
    text = """
        x = Placeholder
        q = FIFOQueueV2 {shared_name=q}
        e = QueueEnqueueV2 q x
        d = QueueDequeueV2 q
        y = Identity d ^e
    """
    found = dependence(text)
    assert found.matrix == {"y": {"x": "value"}}
    assert [one.op for one in found.outputs[0].sources] == ["QueueDequeueV2"]
