"""Which inputs of a signature can have an effect on which of its outputs, by the graph alone.

Sound in one direction: where `Influence.NONE` is said, no value of the input changes the output,
in this request or a later one. `VALUE` means only that there is a path. Out of account are
failures (an input can make every request fail, by an assertion say) and the random numbers that a
request leaves for the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from servegate.graph.body import BrokenGraph, Port, closure, graph_body
from servegate.graph.cut import Cut, find_cut
from servegate.graph.facts import Fact, bits, parameter, union
from servegate.graph.frames import Execution, Frame
from servegate.graph.library import Library
from servegate.graph.ops import PLACEHOLDERS, OpTable, Source, source_of
from servegate.graph.state import State
from servegate.graph.walk import Walk, prepare
from servegate.savedmodel.protos import MetaGraphDef
from servegate.savedmodel.signatures import Encoding, Signature, TensorSpec

_MAX_DIGITS = 6


class Influence(StrEnum):
    """What of an input can have an effect on an output; a value's effect includes its shape's."""

    NONE = "none"
    SHAPE = "shape"
    VALUE = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOp:
    """An op whose result comes from elsewhere than the request and the weights."""

    op: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputDependence:
    """One output.

    `identical_to` are inputs that it is proven to be a copy of, `same_as` other outputs of the
    signature that are the very same tensor, under names of their own. `sources` and `state` (the
    names of variables, tables, … that this signature's own requests may write) are what else it
    depends on. `cut` says where its paths end when no input's value reaches it, and is empty
    otherwise.
    """

    name: str
    inputs: Mapping[str, Influence]
    identical_to: tuple[str, ...]
    same_as: tuple[str, ...]
    sources: tuple[SourceOp, ...]
    state: tuple[str, ...]
    cut: tuple[Cut, ...]

    @property
    def strongest(self) -> Influence:
        """The most that any input can do."""
        found = set(self.inputs.values())
        order = (Influence.VALUE, Influence.SHAPE)
        return next((one for one in order if one in found), Influence.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """One signature. `unfed` are placeholders that it needs and no request can fill."""

    signature: str
    outputs: tuple[OutputDependence, ...]
    unfed: tuple[str, ...]

    @property
    def matrix(self) -> Mapping[str, Mapping[str, Influence]]:
        """By output, then by input."""
        return {one.name: one.inputs for one in self.outputs}

    @property
    def inputs_without_influence(self) -> tuple[str, ...]:
        """The inputs whose value reaches no output."""
        names = self.outputs[0].inputs if self.outputs else ()
        return tuple(
            name
            for name in names
            if all(one.inputs[name] is not Influence.VALUE for one in self.outputs)
        )

    @property
    def outputs_without_input(self) -> tuple[str, ...]:
        """The outputs that no input's value reaches."""
        return tuple(one.name for one in self.outputs if one.strongest is not Influence.VALUE)


class ModelGraph:
    """The graph of a model, resolved once; what is found out about its functions is kept.

    Raises `BrokenGraph` when nodes are named twice or refer to nodes that do not exist.
    """

    def __init__(self, meta_graph: MetaGraphDef) -> None:
        graph = meta_graph.graph_def
        table = OpTable(meta_graph.meta_info_def.stripped_op_list.op)
        self.library = Library(graph, table)
        self.body = graph_body(graph, self.library.outputs)

    def dependence(self, signature: Signature) -> Dependence:
        """What the outputs of a signature depend on. Raises `BrokenGraph`."""
        fed = self._fed(signature.inputs)
        outputs = {one.name: self._ports(one, "output") for one in signature.outputs}
        wanted = [port.node for ports in outputs.values() for port in ports if port not in fed]
        chosen = closure(self.body, wanted, frozenset(fed))
        walk = self.walk(chosen, fed, len(signature.inputs))
        state = State(self.library.layout, walk.writes())
        aliases = self._aliases(signature, outputs)
        return Dependence(
            signature=signature.name,
            outputs=tuple(
                replace(
                    self._output(
                        one, [walk.fact(port) for port in outputs[one.name]], state, signature
                    ),
                    same_as=aliases.get(one.name, ()),
                )
                for one in signature.outputs
            ),
            unfed=self._unfed(chosen, frozenset(fed)),
        )

    def walk(self, chosen: Sequence[int], fed: Mapping[Port, Fact], parameters: int) -> Walk:
        """The facts of some top-level nodes when some tensors are fed. Raises `BrokenGraph`."""
        prepare(self.library, (self.body.nodes[number] for number in chosen))
        return Walk(self.library, self.body, chosen, fed, parameters)

    def port(self, tensor: str) -> Port | None:
        """The tensor of a name such as "node:0", None where no node has the name."""
        name, _, output = tensor.partition(":")
        node = self.body.index.get(name)
        if node is None or not (output or "0").isascii() or not (output or "0").isdigit():
            return None
        return Port(node, int((output or "0")[:_MAX_DIGITS]))

    def _ports(self, spec: TensorSpec, role: str) -> tuple[Port, ...]:
        ports = [(name, self.port(name)) for name in spec.components]
        absent = next((name for name, port in ports if port is None), None)
        if absent is not None or not ports:
            raise BrokenGraph(
                [f"The {role} {spec.name!r} is the tensor {absent or ''!r}, which does not exist."]
            )
        return tuple(port for _, port in ports if port is not None)

    def _fed(self, inputs: Sequence[TensorSpec]) -> dict[Port, Fact]:
        """What is known of the tensors that a request fills; two inputs may share one."""
        fed: dict[Port, Fact] = {}
        for position, spec in enumerate(inputs):
            fact = parameter(self.library.layout.base, position, handle=False)
            if spec.encoding is not Encoding.DENSE:  # how long the parts are follows from values
                fact = fact._replace(shape=fact.value, same=0)
            for port in self._ports(spec, "input"):
                other = fed.get(port, Fact())
                fed[port] = Fact(*(one | two for one, two in zip(fact, other, strict=True)))
        return fed

    def _output(
        self, spec: TensorSpec, facts: Sequence[Fact], state: State, signature: Signature
    ) -> OutputDependence:
        mask = state.resolve(union(facts).value | union(facts).holds)
        same = facts[0].same if spec.encoding is Encoding.DENSE else 0
        names = [one.name for one in signature.inputs]
        influences = {name: self._influence(mask, position) for position, name in enumerate(names)}
        ops = self.library.layout.source_ops_in(mask)
        cut: tuple[Cut, ...] = ()
        if Influence.VALUE not in influences.values():
            ports = self._ports(spec, "output")
            cut = find_cut(self.library, self.body, ports, frozenset(self._fed(signature.inputs)))
        return OutputDependence(
            name=spec.name,
            inputs=influences,
            identical_to=tuple(names[position] for position in bits(same)),
            same_as=(),
            sources=tuple(SourceOp(op=op, source=source_of(op) or Source.HOST_CODE) for op in ops),
            state=state.written_in(mask),
            cut=cut,
        )

    def _aliases(
        self, signature: Signature, outputs: Mapping[str, Sequence[Port]]
    ) -> Mapping[str, tuple[str, ...]]:
        """The outputs that are one tensor, once what only passes it on is left out."""
        execution, top = Execution(self.library, self.body, ()), Frame(self.body)
        by_tensor: dict[object, list[str]] = defaultdict(list)
        for one in signature.outputs:
            if one.encoding is Encoding.DENSE:
                origin = execution.origin(top, outputs[one.name][0])
                by_tensor[origin.place, origin.output].append(one.name)
        return {
            name: tuple(other for other in names if other != name)
            for names in by_tensor.values()
            for name in names
        }

    def _influence(self, mask: int, position: int) -> Influence:
        both = mask >> (self.library.layout.base + 3 * position)
        if both & 1:
            return Influence.VALUE
        return Influence.SHAPE if both & 2 else Influence.NONE

    def _unfed(self, chosen: Sequence[int], fed: frozenset[Port]) -> tuple[str, ...]:
        filled = {port.node for port in fed}
        nodes = self.body.nodes
        return tuple(
            nodes[one].name for one in chosen if nodes[one].op in PLACEHOLDERS and one not in filled
        )
