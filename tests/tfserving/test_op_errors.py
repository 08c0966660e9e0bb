"""Servers' own words about ops."""

from __future__ import annotations

import pytest

from servegate.tfserving.op_errors import OpError, Trouble, op_error

_NO_KERNEL = (
    "INVALID_ARGUMENT: No OpKernel was registered to support Op 'CudnnRNN' used by {{node rnn/c}}"
    " with these attrs: [T=DT_FLOAT]\nRegistered devices: [CPU]"
)
_NOT_IN_OP = (
    "INVALID_ARGUMENT: NodeDef mentions attr 'shiny' not in Op<name=Neg; signature=x:T -> y:T>; "
    "NodeDef: {{node y}}. (Check whether your GraphDef-interpreting binary is up to date with your "
    "GraphDef-generating binary.)."
)


_NEWER_CONSUMER = (
    "INVALID_ARGUMENT: GraphDef min consumer version 9999 above current version 2474 for "
    "TensorFlow 2.21.0.  Please upgrade TensorFlow."
)
_NEWER_DTYPE = (
    "INVALID_ARGUMENT: AttrValue has invalid DataType enum: 99\n\t for attr 'dtype'\n\t; NodeDef: "
    "{{node v}}; Op<name=VarHandleOp; signature= -> resource:resource>"
)
_XLA = (
    "INTERNAL: XLA compilation disabled\n\t [[{{function_node __inference_f_1}}"
    "{{node StatefulPartitionedCall}}]]"
)
_UNREGISTERED = "NOT_FOUND: Op type not registered 'CaseFoldUTF8' in binary running on host. Make"


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        (_UNREGISTERED, OpError(trouble=Trouble.UNREGISTERED, op="CaseFoldUTF8")),
        (_NO_KERNEL, OpError(trouble=Trouble.NO_KERNEL, op="CudnnRNN", node="rnn/c")),
        (_NEWER_CONSUMER, OpError(trouble=Trouble.NEWER)),
        (_NOT_IN_OP, OpError(trouble=Trouble.NEWER, node="y")),
        (_NEWER_DTYPE, OpError(trouble=Trouble.NEWER, node="v")),
        (_XLA, OpError(trouble=Trouble.XLA, node="StatefulPartitionedCall")),
        ("DATA_LOSS: truncated record at 0", None),
        ("INVALID_ARGUMENT: indices[0] = 7 is not in [0, 3)\n\t [[{{node gather}}]]", None),
        ("", None),
    ],
)
def test_reasons(reason: str, found: OpError | None) -> None:
    assert op_error(reason) == found
