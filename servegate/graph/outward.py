"""Ops by which a graph reaches beyond itself: files, programs, the network."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Not those of every saver (SaveV2, RestoreV2, MergeV2Checkpoints, ShardedFilename), which no
# signature of a healthy model runs, nor MatchingFiles, which training's input leaves behind. The
# words of an asset are read by an op of its own.
# Source: the registry of TensorFlow 2.21 (`ops.txt`), and SECURITY.md in tensorflow/tensorflow.
_OUTWARD = re.compile(
    r"(WriteFile|ReadFile|FileSystemSetConfiguration|Save|SaveSlices"
    r"|(Eager)?PyFunc(Stateless)?|RemoteCall|_?(Host)?(Send|Recv)|Rpc[A-Z].*|TryRpc|CollectiveOp.*"
    r"|Debug(Identity|NanCount|NumericSummary)(V[23])?"
    r"|CreateSummary(File|Db)Writer|Write(Audio|Graph|Histogram|Image|RawProto|Scalar)?Summary"
    r"|ImportEvent|(DatasetToTFRecord|SaveDataset)(V2)?|(Experimental)?DatasetToTFRecord"
    r"|(DataService|RegisterDataset|Kafka|Bigtable|CloudBigtable|Ignite|Kinesis).*)$"
)


def outward_ops(ops: Iterable[str]) -> tuple[str, ...]:
    """Those of the ops that can read or write what is not the model's, sorted."""
    return tuple(sorted(op for op in ops if _OUTWARD.match(op)))
