"""What TensorFlow's own registry says of its ops, in the form of `servegate/graph/ops.txt`.

Run in a process of its own, which it fills with TensorFlow:
`python tests/support/op_registry.py > servegate/graph/ops.txt`
"""

from __future__ import annotations

import sys

from tensorflow.core.framework.op_def_pb2 import OpDef, OpList
from tensorflow.python.client import pywrap_tf_session  # type: ignore[attr-defined]

_DT_RESOURCE = 20
_READ_FILES = frozenset({"ReadFile", "MatchingFiles"})  # not stateful for TensorFlow


def kind(definition: OpDef) -> str:
    """The line's first word; the words are explained in `servegate.graph.ops`."""
    if any(one.type in {"func", "list(func)"} for one in definition.attr):
        return "world"
    if any(one.is_ref or one.type == _DT_RESOURCE for one in definition.input_arg):
        return "handle"
    if definition.is_stateful or definition.name in _READ_FILES:
        return "world"
    return "pure"


def main() -> None:
    buffer = pywrap_tf_session.TF_GetAllOpList()
    sys.stdout.write(f"TensorFlow {pywrap_tf_session.get_version()}\n")
    registry = OpList.FromString(pywrap_tf_session.TF_GetBuffer(buffer))
    for definition in sorted(registry.op, key=lambda one: one.name):
        if not definition.name.startswith("_"):  # internal: the runtime refuses them in a model
            sys.stdout.write(f"{kind(definition)} {definition.name}\n")


if __name__ == "__main__":
    main()
