"""What a server says of ops that it does not have, cannot run, or will not compile.

Sources: `OpRegistry::LookUp` in tensorflow/core/framework/op.cc, `NodePropertiesFromNodeDef` and
`ValidateNodeDef` in node_def_util.cc, `CheckVersions` in versions.cc, `FindKernelDef` in
op_kernel.cc, and `FailOnXlaCompilation` in tensorflow/compiler/jit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from servegate.tfserving.image_ops import OFFICIAL_IMAGE

_EMBEDDED = "embedded"


class Trouble(StrEnum):
    """Why an op is not run."""

    UNREGISTERED = "the server does not know the op"
    NO_KERNEL = "the server has nothing that runs the op on its devices"
    NEWER = "the graph was written by a newer TensorFlow"
    XLA = "the server has XLA switched off"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpError:
    """One such reason. `op` and `node` are empty where the server does not say which."""

    trouble: Trouble
    op: str = ""
    node: str = ""


_UNREGISTERED = re.compile(r"Op type not registered '([^']{1,200})'")
_NO_KERNEL = re.compile(
    r"No OpKernel was registered to support Op '([^']{1,200})'(?: used by \{\{node ([^}]+)\}\})?"
)
_NEWER = re.compile(
    r"GraphDef min consumer version \d+ above current version"
    r"|GraphDef-interpreting binary is up to date with your GraphDef-generating binary"
    r"|NodeDef mentions attr '[^']+' not in Op"
    r"|AttrValue has invalid DataType enum"
)
_XLA = "XLA compilation disabled"
_NODE = re.compile(r"\{\{node ([^}]+)\}\}")


def op_error(reason: str) -> OpError | None:
    """What a server's own words say of ops; None when it failed for something else."""
    if match := _UNREGISTERED.search(reason):
        return OpError(trouble=Trouble.UNREGISTERED, op=match[1])
    if match := _NO_KERNEL.search(reason):
        return OpError(trouble=Trouble.NO_KERNEL, op=match[1], node=match[2] or "")
    node = _NODE.search(reason)
    if _XLA in reason:
        return OpError(trouble=Trouble.XLA, node=node[1] if node else "")
    if _NEWER.search(reason):
        return OpError(trouble=Trouble.NEWER, node=node[1] if node else "")
    return None


def lacked_by(runtime: str, reason: str) -> str | None:
    """The op that keeps a model from being loaded only because of the runtime that was chosen.

    The embedded server lacks what the official image has; None where that is not the reason.
    """
    error = op_error(reason)
    return error.op if runtime == _EMBEDDED and error and error.op in OFFICIAL_IMAGE else None
