"""Raw examples of which one field is another example's, as what a client would send."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from servegate.deadline import Deadline
from servegate.evidence.arrays import NotAnArray, to_tensors
from servegate.evidence.example_tensors import fit
from servegate.facts.examples import Example
from servegate.facts.probes import Probe
from servegate.facts.serving import Tensors
from servegate.facts.settings import Settings
from servegate.savedmodel.reader import SavedModel
from servegate.usercode.outcome import Made
from servegate.usercode.run import call

_MOST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """An example before and after one value is exchanged."""

    was: object
    became: object
    before: Probe
    after: Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """Makes probes of raw examples, as a client does."""

    settings: Settings
    root: Path
    workspace: Path
    deadline: Deadline
    model: SavedModel

    def probes(self, raws: Sequence[Example]) -> Mapping[int, Probe]:
        """By number; what cannot be made or sent is left out."""
        found = {}
        made = self._tensors(raws)
        for example in raws:
            tensors = made.get(example.number)
            fitted = fit(example, tensors, self.model.signatures) if tensors is not None else None
            if fitted is not None and fitted.probe is not None:
                found[example.number] = fitted.probe
        return found

    def _tensors(self, raws: Sequence[Example]) -> Mapping[int, Tensors]:
        callables = self.settings.callables
        name = (callables.serving or callables.training) if callables else None
        if name is None:
            return dict(_as_they_are(raws))
        outcome = call(
            [name],
            [one.raw for one in raws],
            repository=self.root,
            workspace=self.workspace,
            deadline=self.deadline.within(self.settings.callables_timeout),
            python=callables.python if callables else None,
        )
        return {
            raws[number - 1].number: {key: value.array for key, value in result.tensors.items()}
            for number, result in outcome.callables[0].results.items()
            if isinstance(result, Made)
        }


def _as_they_are(raws: Sequence[Example]) -> Iterator[tuple[int, Tensors]]:
    for one in raws:
        try:
            yield one.number, to_tensors(one.raw)
        except NotAnArray:
            continue


def of_field(field: str, raws: Sequence[Example], calling: Calling) -> Iterator[Changed]:
    """Exchanges one field of raw examples ("a.b") for another example's, and makes probes of it."""
    path = field.split(".")
    having = [one for one in raws if _has(one.raw, path)][: 2 * _MOST]
    pairs = list(_pairs(having, path))
    made = calling.probes(
        [replace(one, number=number + 1) for number, one in enumerate(_both(pairs, path))]
    )
    for number, (original, donor) in enumerate(pairs):
        before, after = made.get(2 * number + 1), made.get(2 * number + 2)
        if before is not None and after is not None:
            yield Changed(
                was=_at(original.raw, path),
                became=_at(donor.raw, path),
                before=replace(before, label=f"example {original.number}, for {field}"),
                after=replace(
                    after, label=f"example {original.number} with {field} of {donor.number}"
                ),
            )


def _pairs(having: Sequence[Example], path: Sequence[str]) -> Iterator[tuple[Example, Example]]:
    for number, original in enumerate(having[:_MOST]):
        others = (*having[number + 1 :], *having[:number])
        was = _at(original.raw, path)
        donor = next((one for one in others if _at(one.raw, path) != was), None)
        if donor is not None:
            yield original, donor


def _both(pairs: Sequence[tuple[Example, Example]], path: Sequence[str]) -> Iterator[Example]:
    for original, donor in pairs:
        changed = copy.deepcopy(original.raw)
        holder = _at(changed, path[:-1])
        if isinstance(holder, dict):
            holder[path[-1]] = _at(donor.raw, path)
        yield original
        yield replace(original, raw=changed)


def _has(raw: object, path: Sequence[str]) -> bool:
    for name in path:
        if not isinstance(raw, dict) or name not in raw:
            return False
        raw = raw[name]
    return True


def _at(raw: object, path: Sequence[str]) -> object:
    for name in path:
        raw = raw[name] if isinstance(raw, dict) else None
    return raw
