"""What the candidate is asked: best first, each with its provenance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from servegate.evidence.records import string_records
from servegate.evidence.saved_model import HOPELESS
from servegate.evidence.synthesis import can_be_asked, variants
from servegate.evidence.vocabulary import word_lists
from servegate.facts.examples import FittedExamples
from servegate.facts.probes import Probe, Provenance
from servegate.providers import Absent, Later, Stage, provides
from servegate.savedmodel.reader import SavedModel
from servegate.savedmodel.unreadable import Unreadable
from servegate.savedmodel.warmup import read_warmup

_MAX_WARM_UP = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbePlan:
    """The probes of each signature.

    `plausible` are all asked. Of the `made_up` variants the next is asked only when the ones
    before it were refused.
    """

    plausible: Mapping[str, tuple[Probe, ...]]
    made_up: Mapping[str, tuple[tuple[Probe, ...], ...]]

    def signatures(self) -> tuple[str, ...]:
        """The signatures that there is something to ask."""
        return tuple(sorted(self.plausible.keys() | self.made_up.keys()))


@provides(stage=Stage.PREPROCESSING, blocked_by=HOPELESS)
def probes(saved_model: SavedModel, example_tensors: Later[FittedExamples]) -> ProbePlan:
    """Examples, warm-up records, and inputs made from the signature."""
    plausible: dict[str, list[Probe]] = defaultdict(list)
    for probe in (*_examples(example_tensors), *_warm_up(saved_model)):
        plausible[probe.signature].append(probe)
    return ProbePlan(
        plausible={name: tuple(asked) for name, asked in plausible.items()},
        made_up=made_up(saved_model),
    )


def made_up(model: SavedModel) -> Mapping[str, tuple[tuple[Probe, ...], ...]]:
    """The variants of each signature that a request can carry."""
    words = word_lists(model)
    records = string_records(model, words)
    return {
        signature.name: tuple(variants(signature, words, records))
        for signature in model.signatures
        if can_be_asked(signature)
    }


def _examples(example_tensors: Later[FittedExamples]) -> Iterator[Probe]:
    try:
        fitted = example_tensors().fitted
    except Absent:
        return  # the checks that need examples say why there are none
    yield from (one.probe for one in fitted if one.probe is not None)


def _warm_up(model: SavedModel) -> Iterator[Probe]:
    try:
        recorded = read_warmup(model.directory)
        for request in (recorded.requests if recorded else ())[:_MAX_WARM_UP]:
            yield Probe(
                label=f"warm-up record {request.record}",
                signature=request.signature,
                inputs=request.inputs(),
                provenance=Provenance.WARM_UP,
            )
    except Unreadable:
        return  # version/warm-up-replays tells why
