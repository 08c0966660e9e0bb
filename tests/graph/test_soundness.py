"""On random graphs, executed: what is said to have no influence has none.

The interpreter gives every op a meaning in opaque numbers: a tensor is a pair of shape and value,
and what an op computes is a hash of what it may look at. Three requests are made in a row, so
that what one leaves in a variable shows in the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from servegate.graph.dependence import Influence, OutputDependence
from tests.support.graph_text import dependence

INPUTS = ("i0", "i1", "i2")
FUNCTIONS = """

fn swap(a, b) -> first=n:y:0 second=z:y:0
n = Neg b
z = ZerosLike a

fn left(a, b) -> out=n:y:0
n = Neg a

fn right(a, b) -> out=c:output:0
c = Const

fn write(h:resource, a) -> out=a
s = AssignVariableOp h a

fn leave(h:resource, a) -> out=a
"""


@dataclass(frozen=True)
class Tensor:
    shape: int
    value: int


Operation = tuple[str, int, int, int]
Request = tuple[tuple[int, int], ...]

ZERO = Tensor(0, 0)
ONE = Tensor(0, 1)  # what every Const is


@dataclass
class Memory:
    """What stays from one request to the next."""

    variables: dict[str, Tensor] = field(default_factory=dict)
    world: int = 0

    def assign(self, variable: str, tensor: Tensor) -> None:
        self.variables[variable] = tensor

    def meddle(self, tensor: Tensor) -> Tensor:
        self.world = hash((self.world, tensor))
        return Tensor(self.world, self.world)


@dataclass(frozen=True)
class Kind:
    """One kind of operation: its nodes, the last of which is `{o}`, and what it computes."""

    nodes: str
    compute: Callable[[Memory, Tensor, Tensor, Tensor], Tensor]


def negated(tensor: Tensor) -> Tensor:
    return Tensor(tensor.shape, hash(("neg", tensor)))


def assigned(memory: Memory, variable: str, tensor: Tensor, result: Tensor) -> Tensor:
    memory.assign(variable, tensor)
    return result


KINDS = {
    "neg": Kind("{o} = Neg {a}", lambda _m, a, _b, _c: negated(a)),
    "add": Kind(
        "{o} = AddV2 {a} {b}",
        lambda _m, a, b, _c: Tensor(hash((a.shape, b.shape)), hash((a, b))),
    ),
    "zeros": Kind("{o} = ZerosLike {a}", lambda _m, a, _b, _c: Tensor(a.shape, 0)),
    "shape": Kind("{o} = Shape {a}", lambda _m, a, _b, _c: Tensor(1, a.shape)),
    "where": Kind(
        "{o} = Where {a}", lambda _m, a, _b, _c: Tensor(hash(("where", a)), hash(("found", a)))
    ),
    "reshape": Kind("{o} = Reshape {a} {b}", lambda _m, a, b, _c: Tensor(hash(b), a.value)),
    "const": Kind("{o} = Const", lambda _m, _a, _b, _c: ONE),
    "read v": Kind(
        "{o} = ReadVariableOp v0 ^{a}", lambda m, _a, _b, _c: m.variables.get("v", ZERO)
    ),
    "read w": Kind(
        "{o} = ReadVariableOp v1 ^{a}", lambda m, _a, _b, _c: m.variables.get("w", ZERO)
    ),
    "assign v": Kind(
        "{o}w = AssignVariableOp v0 {a}\n{o} = Identity {b} ^{o}w",
        lambda m, a, b, _c: assigned(m, "v", a, b),
    ),
    "assign w": Kind(
        "{o} = StatefulPartitionedCall v1 {a} {{f=write}}",
        lambda m, a, _b, _c: assigned(m, "w", a, a),
    ),
    "assign w perhaps": Kind(
        "{o} = If {a} v1 {b} {{then_branch=write else_branch=leave}}",
        lambda m, a, b, _c: assigned(m, "w", b, b) if a.value % 2 else b,
    ),
    "first": Kind(
        "{o}r = PartitionedCall {a} {b} {{f=swap}}\n{o} = Identity {o}r:0",
        lambda _m, _a, b, _c: negated(b),
    ),
    "second": Kind(
        "{o}r = PartitionedCall {a} {b} {{f=swap}}\n{o} = Identity {o}r:1",
        lambda _m, a, _b, _c: Tensor(a.shape, 0),
    ),
    "if": Kind(
        "{o} = If {a} {b} {c} {{then_branch=left else_branch=right}}",
        lambda _m, a, b, _c: negated(b) if a.value % 2 else ONE,
    ),
    "merge": Kind(
        "{o}s = Switch {b} {a}\n{o}t = Switch {c} {a}\n{o}p = Neg {o}s:1\n"
        "{o}r = Merge {o}p {o}t:0\n{o} = Identity {o}r",
        lambda _m, a, b, c: negated(b) if a.value % 2 else c,
    ),
    "choose": Kind(  # values that only control edges tie to the predicate
        "{o}s = Switch {a} {a}\n{o}f = Identity {o}s:0\n{o}t = Identity {o}s:1\n"
        "{o}p = Neg {b} ^{o}f\n{o}q = Identity {c} ^{o}t\n"
        "{o}r = Merge {o}p {o}q\n{o} = Identity {o}r",
        lambda _m, a, b, c: c if a.value % 2 else negated(b),
    ),
    "unknown": Kind("{o} = SomebodysOp {a}", lambda m, a, _b, _c: m.meddle(a)),
}

places = st.integers(0, 99)
programs = st.lists(
    st.tuples(st.sampled_from(sorted(KINDS)), places, places, places), min_size=1, max_size=12
)
requests = st.lists(
    st.tuples(*(st.tuples(st.integers(0, 2), st.integers(0, 5)) for _ in INPUTS)),
    min_size=3,
    max_size=3,
)


def nodes(number: int, operation: Operation) -> str:
    """The nodes of one operation, whose result is `o<number>`; those before it are its inputs."""
    kind, *chosen = operation
    a, b, c = (f"o{one % number}" for one in chosen)
    return KINDS[kind].nodes.format(o=f"o{number}", a=a, b=b, c=c)


def run(program: list[Operation], asked: list[Request]) -> list[list[Tensor]]:
    """For each operation its results in some requests, made one after the other."""
    memory = Memory()
    answers: list[list[Tensor]] = [[] for _ in program]
    for inputs in asked:
        tensors = [fed(one) for one in inputs]
        for number, (kind, *chosen) in enumerate(program):
            a, b, c = (tensors[one % len(tensors)] for one in chosen)
            tensors.append(KINDS[kind].compute(memory, a, b, c))
            answers[number].append(tensors[-1])
    return answers


def fed(given_input: tuple[int, int]) -> Tensor:
    shape, value = given_input
    return Tensor(shape, hash((shape, value)))


def influences(program: list[Operation]) -> tuple[OutputDependence, ...]:
    """What the analysis says of every operation; all of them are fetched, so all of them run."""
    lines = [f"i{i} = Placeholder\no{i} = Identity i{i}" for i in range(len(INPUTS))]
    lines += [f"v{i} = VarHandleOp {{shared_name=v{i}}}" for i in range(2)]
    lines += [nodes(number, one) for number, one in enumerate(program, len(INPUTS))]
    outputs = [f"o{number:02}=o{number}" for number in range(3, len(program) + 3)]
    text = "\n".join(lines) + FUNCTIONS
    return dependence(text, " ".join(INPUTS), " ".join(outputs)).outputs


def exchange(
    asked: list[Request],
    other: list[Request],
    position: int,
    *,
    shape: bool,
) -> list[Request]:
    """The same requests with other values (and shapes) for the input at one position."""
    return [
        tuple(
            (theirs[0] if shape else ours[0], theirs[1]) if number == position else ours
            for number, (ours, theirs) in enumerate(zip(one, two, strict=True))
        )
        for one, two in zip(asked, other, strict=True)
    ]


@settings(max_examples=300, deadline=None)
@given(programs, requests, requests)
def test_what_is_said_to_have_no_influence_has_none(
    program: list[Operation],
    asked: list[Request],
    other: list[Request],
) -> None:
    expected = run(program, asked)
    changed = {
        (position, shape): run(program, exchange(asked, other, position, shape=shape))
        for position in range(len(INPUTS))
        for shape in (False, True)
    }
    for number, found in enumerate(influences(program)):
        for position, name in enumerate(INPUTS):
            if found.inputs[name] is not Influence.VALUE:
                shape = found.inputs[name] is Influence.NONE
                assert changed[position, shape][number] == expected[number]
            if name in found.identical_to:
                assert expected[number] == [fed(one[position]) for one in asked]


def test_the_graphs_are_worth_asking_about() -> None:
    """All three answers come up, else the property above would say nothing."""
    chosen: list[list[Operation]] = [
        [("neg", 0, 0, 0)],
        [("zeros", 0, 0, 0)],
        [("assign v", 0, 1, 0), ("read v", 0, 0, 0)],
        [("const", 0, 0, 0), ("choose", 2, 3, 3)],
    ]
    found = [influences(one)[-1].inputs for one in chosen]
    assert [list(row.values()) for row in found] == [
        ["value", "none", "none"],
        ["shape", "none", "none"],
        ["value", "none", "none"],
        ["none", "none", "value"],
    ]
