"""What is known of ops: whether they keep state, and what the shapes of their outputs follow.

`ops.txt` names a TensorFlow and lists the ops of its registry: those that touch nothing but their
inputs (`pure`), nothing but their inputs and the resources whose handles they are given (`handle`),
and those that may do anything (`world`); `tests/support/op_registry.py` writes it. For other ops,
the definitions that the exporter put into the model are believed: who lies there only gains a
dependence the less, and with it a rejection.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorflow.core.framework.op_def_pb2 import OpDef

_DT_RESOURCE = 20


class Touches(StrEnum):
    """What an op can read and write apart from its inputs and outputs."""

    NOTHING = "pure"
    HANDLES = "handle"
    WORLD = "world"


class Source(StrEnum):
    """Kinds of ops whose outputs come from elsewhere than from the request and the weights."""

    RANDOM = "random numbers"
    ITERATOR = "an iterator of its own"
    FILE = "files"
    CLOCK = "the clock"
    HOST_CODE = "code outside the graph"
    QUEUE = "a queue"


_SOURCES = (
    (Source.CLOCK, re.compile(r"Timestamp$")),
    (Source.HOST_CODE, re.compile(r"(Eager)?PyFunc(Stateless)?$")),
    (Source.ITERATOR, re.compile(r"(MultiDevice)?Iterator(Get|From)|OneShotIterator$")),
    (Source.QUEUE, re.compile(r"Queue(Dequeue|Size)|(Map|OrderedMap)?(Unstage|Peek)|StagePeek$")),
    (
        Source.FILE,
        re.compile(r"(ReadFile|MatchingFiles|Restore.*|Reader(Read|Num).*|LoadDataset)$"),
    ),
    (
        Source.RANDOM,
        re.compile(
            r"Random[A-Z]|Multinomial$|TruncatedNormal$|ParameterizedTruncatedNormal$"
            r"|StatefulRandom|Stateful(Standard|Truncated|Uniform)|RngReadAndSkip$"
            r"|NonDeterministicInts$|SampleDistortedBoundingBox|.*CandidateSampler$|Skipgram$"
        ),
    ),
)

# Registered as stateful because they must not be folded or merged, not because they keep anything.
_HARMLESS = re.compile(
    r"(Assert|Print|PrintV2|Timestamp|CheckNumerics(V2)?|GuaranteeConst|Empty|DeviceIndex"
    r"|IsTensorFloat32Enabled|StatelessRandomGetAlg)$"
)

_HANDLE_MAKER = re.compile(
    r"(VarHandleOp|Variable(V2)?|AutoReloadVariable|TemporaryVariable|TensorArray(V2|V3)?|Stack(V2)?"
    r"|(Mutable(Dense)?|Anonymous(Mutable(Dense)?)?)?HashTable(OfTensors)?(V2)?"
    r"|(FIFO|PaddingFIFO|Priority|RandomShuffle)Queue(V2)?"
    r"|(Anonymous)?(MultiDevice)?Iterator(V[23])?"
    r"|BoostedTrees(Ensemble|QuantileStream)ResourceHandleOp|MutexV2|Barrier|SummaryWriter)$"
)
_OF_ONE_REQUEST = re.compile(r"(TensorArray|Stack|TemporaryVariable)")
_VARIABLES = frozenset({"VarHandleOp", "Variable", "VariableV2", "AutoReloadVariable"})

_READER = re.compile(
    r"(ReadVariableOp|_ReadVariablesOp|ResourceGather(Nd)?|VariableShape|VarIsInitializedOp"
    r"|IsVariableInitialized|LookupTable(Find|Size|Export)(V2)?"
    r"|TensorArray(Read|Gather|Concat|Size|Pack)(V[23])?|Queue(Size|IsClosed)(V2)?"
    r"|BoostedTrees(Predict|GetEnsembleStates|ExampleDebugOutputs)|IteratorToStringHandle"
    r"|IsBoostedTreesEnsembleInitialized)$"
)

SAME = frozenset(
    {"Identity", "StopGradient", "PreventGradient", "Snapshot", "RefIdentity", "LoopCond"}
    | {"DebugGradientIdentity", "CheckNumerics", "CheckNumericsV2", "EnsureShape", "GuaranteeConst"}
    | {"PlaceholderWithDefault", "Enter", "RefEnter", "Exit", "RefExit"}
    | {"NextIteration", "RefNextIteration"}
)
"""Ops whose first output is their first input."""

CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
CONDITIONALS = frozenset({"If", "StatelessIf"})
CASES = frozenset({"Case", "StatelessCase"})
LOOPS = frozenset({"While", "StatelessWhile"})
MERGES = frozenset({"Merge", "RefMerge"})
SWITCHES = frozenset({"Switch", "RefSwitch", "_SwitchN"})
NEXT_ITERATIONS = frozenset({"NextIteration", "RefNextIteration"})
PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2"})
SHAPE_TAKERS = frozenset({"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"})
"""Ops whose outputs follow from the shapes of their inputs alone."""


@functools.cache
def _table() -> list[str]:
    return files("servegate.graph").joinpath("ops.txt").read_text("utf-8").splitlines()


@functools.cache
def _registry() -> dict[str, Touches]:
    pairs = (line.split() for line in _table()[1:])
    return {name: Touches(kind) for kind, name in pairs}


def registry_version() -> str:
    """The version of the TensorFlow whose ops are known here ("2.21.0")."""
    return _table()[0].partition(" ")[2]


def is_registered(op: str) -> bool:
    """Whether an op is one of TensorFlow's own."""
    return op in _registry()


class OpTable:
    """What is known of the ops of one model: the registry's knowledge and the model's own."""

    def __init__(self, definitions: Iterable[OpDef] = ()) -> None:
        self._own = {one.name: _touches(one) for one in definitions}
        self._answers: dict[str, Touches] = {}

    def touches(self, op: str) -> Touches:
        """What an op can reach; an unknown one can reach anything."""
        answer = self._answers.get(op)
        if answer is None:
            answer = self._answers[op] = self._look_up(op)
        return answer

    def _look_up(self, op: str) -> Touches:
        known = _registry().get(op, Touches.WORLD)
        if known is not Touches.WORLD:
            return known
        if _HARMLESS.match(op) or source_of(op) is Source.RANDOM:
            return Touches.NOTHING
        return Touches.WORLD if is_registered(op) else self._own.get(op, Touches.WORLD)


def _touches(definition: OpDef) -> Touches:
    if any(one.type in {"func", "list(func)"} for one in definition.attr):
        return Touches.WORLD
    if definition.is_stateful or any(
        one.is_ref or one.type == _DT_RESOURCE for one in definition.input_arg
    ):
        return Touches.WORLD
    return Touches.NOTHING


@functools.cache
def source_of(op: str) -> Source | None:
    """Where else an op's outputs come from, None for most."""
    return next((source for source, pattern in _SOURCES if pattern.match(op)), None)


@functools.cache
def makes_handle(op: str) -> bool:
    """Whether an op makes the handle of (or is) something that keeps a value between requests."""
    return _HANDLE_MAKER.match(op) is not None


def is_variable(op: str) -> bool:
    """Whether an op is a variable, whose value comes from a checkpoint or an initialiser."""
    return op in _VARIABLES


def outlives_request(op: str) -> bool:
    """Whether what a handle-making op makes is still there when the next request comes."""
    return _OF_ONE_REQUEST.match(op) is None


@functools.cache
def only_reads(op: str) -> bool:
    """Whether an op that is given a handle leaves the resource as it is."""
    return _READER.match(op) is not None
