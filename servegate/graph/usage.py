"""Where in a graph an op is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from servegate.graph.ops import is_registered, source_of
from servegate.savedmodel.protos import GraphDef, NodeDef

_MUST_COMPILE = "_XlaMustCompile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One node; `function` is empty for the graph itself."""

    op: str
    node: str
    function: str

    def __str__(self) -> str:
        return f"node {self.node}" + (f" of function {self.function}" if self.function else "")


def uses(graph: GraphDef, op: str) -> tuple[Use, ...]:
    """The nodes of an op, those of the graph itself first."""
    return tuple(_uses(graph, lambda node: node.op == op))


def compiled(graph: GraphDef) -> tuple[Use, ...]:
    """The nodes that only XLA runs: those exported with `jit_compile=True`, and XLA's own ops."""
    return tuple(_uses(graph, _is_compiled))


def unregistered(graph: GraphDef) -> tuple[str, ...]:
    """The ops of a graph that are neither TensorFlow's nor functions of its own, sorted.

    TensorFlow is the locked one, whose table `servegate.graph.ops` has.
    """
    functions = {one.signature.name for one in graph.library.function}
    ops = {use.op for use in _uses(graph, lambda node: not is_registered(node.op))}
    return tuple(sorted(op for op in ops - functions if not op.startswith("_")))


def unlike_elsewhere(graph: GraphDef) -> tuple[str, ...]:
    """The ops by which another server with the same files may answer otherwise, sorted.

    Those that draw numbers or read clocks, queues, files and code; ops of which nothing is known
    count too. What the saver restores is the same everywhere.
    """
    found = {use.op for use in _uses(graph, lambda node: source_of(node.op) is not None)}
    restored = {op for op in found if op.startswith("Restore")}
    return tuple(sorted({*(found - restored), *unregistered(graph)}))


def _uses(graph: GraphDef, wanted: Callable[[NodeDef], bool]) -> Iterator[Use]:
    for node in graph.node:
        if wanted(node):
            yield Use(op=node.op, node=node.name, function="")
    for function in graph.library.function:
        for node in function.node_def:
            if wanted(node):
                yield Use(op=node.op, node=node.name, function=function.signature.name)


def _is_compiled(node: NodeDef) -> bool:
    marked = _MUST_COMPILE in node.attr and node.attr[_MUST_COMPILE].b
    return marked or (node.op.startswith("Xla") and is_registered(node.op))
