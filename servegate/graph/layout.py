"""Which bit stands for what in the facts of one model; see `servegate.graph.facts`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from servegate.graph.ops import is_variable, makes_handle, outlives_request, source_of
from servegate.savedmodel.protos import GraphDef, NodeDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Something that keeps a value behind a handle, named as the runtime shares it."""

    name: str
    op: str

    @property
    def is_variable(self) -> bool:
        """Whether its value comes from a checkpoint (or an initialiser)."""
        return is_variable(self.op)

    @property
    def outlives_request(self) -> bool:
        """Whether the next request finds it as this one left it."""
        return outlives_request(self.op)


class Layout:
    """The bits of one model's resources and source ops; parameters begin at `base`."""

    def __init__(self, graph: GraphDef) -> None:
        self.resources: list[Resource] = []
        self._resource_bits: dict[str, int] = {}
        source_ops = set()
        for node in _all_nodes(graph):
            if makes_handle(node.op):
                self._enlist(node)
            if source_of(node.op) is not None:
                source_ops.add(node.op)
        self.source_ops = sorted(source_ops)
        self._first_source = 1 + len(self.resources)
        self._source_bits = {
            op: 1 << (self._first_source + number) for number, op in enumerate(self.source_ops)
        }
        self.base = self._first_source + len(self.source_ops)
        self.all_state = (1 << self._first_source) - 1

    def _enlist(self, node: NodeDef) -> None:
        key = shared_name(node)
        if key not in self._resource_bits:
            self._resource_bits[key] = 2 << len(self.resources)
            self.resources.append(Resource(name=key, op=node.op))

    def resource_bit(self, node: NodeDef) -> int:
        """The bit of the resource whose handle a node makes."""
        return self._resource_bits[shared_name(node)]

    def source_bit(self, op: str) -> int:
        """The bit of a source op, 0 for other ops."""
        return self._source_bits.get(op, 0)

    def resources_in(self, positions: Iterable[int]) -> list[Resource]:
        """The resources among bits (given by position)."""
        return [self.resources[one - 1] for one in positions if 1 <= one < self._first_source]

    def source_ops_in(self, mask: int) -> list[str]:
        """The source ops whose bits are set."""
        return [op for op in self.source_ops if mask & self._source_bits[op]]


def shared_name(node: NodeDef) -> str:
    """The name under which the runtime keeps what a node makes; nodes of one name share it.

    Names are compared across ops and functions: calling two things one can only add dependence.
    A VarHandleOp without a name is *not* named after its node (all of them share one variable).
    """
    name = _text(node, "shared_name") or ("" if node.op == "VarHandleOp" else node.name)
    container = _text(node, "container")
    return f"{container}/{name}" if container else name


def _text(node: NodeDef, attribute: str) -> str:
    # Asking a map of messages for a key that is not there would add it.
    if attribute not in node.attr:
        return ""
    return node.attr[attribute].s.decode("utf-8", "backslashreplace")


def _all_nodes(graph: GraphDef) -> Iterator[NodeDef]:
    yield from graph.node
    for function in graph.library.function:
        yield from function.node_def
