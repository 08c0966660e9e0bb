"""What is said of ops, against TensorFlow itself (in a process of its own)."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files

from servegate.graph.ops import OpTable, Touches, is_registered, makes_handle, only_reads
from servegate.graph.shapes import SHAPE_OPERANDS
from tests.conftest import PROJECT


def test_the_table_is_what_the_installed_tensorflow_registers() -> None:
    printed = subprocess.run(
        [sys.executable, PROJECT / "tests" / "support" / "op_registry.py"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    kept = files("servegate.graph").joinpath("ops.txt").read_text("utf-8")
    assert printed == kept, "regenerate servegate/graph/ops.txt with tests/support/op_registry.py"


def test_ops_whose_shapes_are_known_exist_and_touch_nothing_else() -> None:
    table = OpTable()
    gone = {"Conv", "BiasAddV1", "FFT", "IFFT"}  # newer or older than the installed one
    for op in SHAPE_OPERANDS.keys() - gone:
        assert is_registered(op), op
        assert table.touches(op) is Touches.NOTHING or only_reads(op), op


def test_ops_that_are_given_handles_and_are_not_known_to_read_write() -> None:
    table = OpTable()
    for op in ("AssignVariableOp", "ScatterUpdate", "LookupTableInsertV2", "QueueDequeueV2"):
        assert table.touches(op) is Touches.HANDLES
        assert not only_reads(op)
    for op in ("Stage", "WriteFile", "ReadFile", "PyFunc", "SomebodysOp"):
        assert table.touches(op) is Touches.WORLD
    for op in ("RandomUniform", "Assert", "MatMul"):
        assert table.touches(op) is Touches.NOTHING


def test_handle_makers() -> None:
    for op in ("VarHandleOp", "VariableV2", "MutableDenseHashTableV2", "AnonymousHashTable"):
        assert makes_handle(op)
    assert not makes_handle("ReadVariableOp")
