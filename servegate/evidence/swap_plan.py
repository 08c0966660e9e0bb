"""Which value of which input is exchanged for another's.

Values come from examples and warm-up records: random ones leave the vocabulary of a model or miss
its scale, and then healthy inputs look dead. Made-up ones are exchanged where there are no others,
and only to be held against what the base version makes of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from servegate.evidence.probes import ProbePlan
from servegate.facts.examples import FittedExamples
from servegate.facts.probes import Probe, Replies
from servegate.facts.reading import GraphReading
from servegate.facts.serving import Array
from servegate.facts.settings import Settings
from servegate.facts.swaps import SignatureSwaps, Swap
from servegate.graph.dependence import Dependence
from servegate.providers import Blocked, Later, NotApplicable, Stage, provides

MOST_SWAPS = 32
"""So many of one input. One that matters on every tenth request is then missed by 3 in 100."""

_MOST_ORIGINALS = 32


@provides(stage=Stage.PREPROCESSING)
def swap_plan(
    probes: ProbePlan,
    graph_reading: GraphReading,
    settings: Settings,
    example_tensors: Later[FittedExamples],
) -> tuple[SignatureSwaps, ...]:
    """The swaps of every input that can have an effect and is not declared to have none.

    Signatures with one input are left out: to exchange it is to ask another example. A serialized
    `tf.Example` is one input.
    """
    wanted = _in_question(graph_reading, settings)
    if not wanted:
        raise NotApplicable("No signature has several inputs that could have an effect.")
    if not any(probes.plausible.get(name) for name in wanted):
        example_tensors()  # says why there are none
        raise Blocked(
            "no example fits a signature", by="preprocessing/signature-accepts-training-tensors"
        )
    return tuple(
        _of_signature(name, inputs, _spread(probes.plausible[name]))
        for name, inputs in wanted.items()
        if probes.plausible.get(name)
    )


@provides(stage=Stage.SERVER)
def made_up_swap_plan(
    probes: ProbePlan,
    replies: Replies,
    graph_reading: GraphReading,
    baseline_graph_reading: GraphReading,
    settings: Settings,
) -> tuple[SignatureSwaps, ...]:
    """Swaps on the made-up inputs that the candidate has answered, of any size.

    Of inputs that no plausible ones differ in, and that the base version's graph reads too:
    without a base version they would say nothing.
    """
    before = _in_question(baseline_graph_reading, settings)
    plans = []
    for name, inputs in _in_question(graph_reading, settings).items():
        plausible = _of_signature(name, inputs, _spread(probes.plausible.get(name, ())))
        both = [one for one in plausible.alike if one in before.get(name, ())]
        answered = [one.probe for one in replies.answered(name) if not one.probe.plausible]
        plans.append(_of_signature(name, both, answered))
    return tuple(plan for plan in plans if plan.by_input)


def _in_question(reading: GraphReading, settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """By signature, the inputs of which the graph alone does not say that they have no effect."""
    declared = {one.name for one in settings.ignores}
    found = {
        signature.name: _not_known(dependence, declared)
        for signature, dependence in reading.dependences
        if len(signature.inputs) > 1
    }
    return {name: inputs for name, inputs in found.items() if inputs}


def _not_known(dependence: Dependence, declared: set[str]) -> tuple[str, ...]:
    names = dependence.outputs[0].inputs if dependence.outputs else ()
    known = declared.union(dependence.inputs_without_influence)
    return tuple(name for name in names if name not in known)


def _spread(probes: Sequence[Probe]) -> Sequence[Probe]:
    """Some from everywhere: examples are often written in the order of a value."""
    step = max(1, -(-len(probes) // _MOST_ORIGINALS))
    return probes[::step]


def _of_signature(signature: str, inputs: Sequence[str], probes: Sequence[Probe]) -> SignatureSwaps:
    found = {name: tuple(_of_input(name, probes)) for name in inputs}
    return SignatureSwaps(
        signature=signature,
        by_input={name: swaps for name, swaps in found.items() if swaps},
        alike=tuple(name for name, swaps in found.items() if not swaps),
    )


def _of_input(name: str, probes: Sequence[Probe]) -> Iterator[Swap]:
    """Every probe gets its neighbour's value, then the next but one's; no question comes twice."""
    having = [one for one in probes if name in one.inputs]
    seen: set[object] = set()
    for distance, (place, original) in product(range(1, len(having)), enumerate(having)):
        donor = having[(place + distance) % len(having)]
        if not _differs_in_value(original.inputs[name], donor.inputs[name]):
            continue
        swap = _swap(name, original, donor)
        if (question := _question(swap.probe)) not in seen:
            seen.add(question)
            yield swap
        if len(seen) == MOST_SWAPS:
            return


def _swap(name: str, original: Probe, donor: Probe) -> Swap:
    return Swap(
        name=name,
        original=original,
        probe=Probe(
            label=f"{original.label} with {name!r} of {donor.label}",
            signature=original.signature,
            inputs={**original.inputs, name: donor.inputs[name]},
            provenance=original.provenance,
            moderate=original.moderate and donor.moderate,
        ),
    )


def _differs_in_value(one: Array, other: Array) -> bool:
    """And in nothing else: the lengths of ragged rows often have to agree with another input's."""
    kind = (one.shape, one.dtype) == (other.shape, other.dtype)
    return kind and _content(one) != _content(other)


def _question(probe: Probe) -> tuple[object, ...]:
    return tuple((name, _content(value)) for name, value in sorted(probe.inputs.items()))


def _content(array: Array) -> object:
    """What an array holds, to be compared and hashed."""
    return str(array.tolist()) if array.dtype == object else array.tobytes()
