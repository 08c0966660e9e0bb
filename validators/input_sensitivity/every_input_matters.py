"""Does each input have an effect on any output: by the graph, and by the answers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from servegate.checks import Outcome, check
from servegate.comparison import default_tolerance
from servegate.declarations import inputs_of, slips
from servegate.facts.change import Candidate
from servegate.facts.reading import GraphReading
from servegate.facts.settings import Settings
from servegate.facts.swaps import Reactions
from servegate.findings import Finding, Location, NotExamined, Remark, Severity
from servegate.graph.dependence import Dependence, Influence
from servegate.providers import Absent, Blocked, Later, NotApplicable
from servegate.reactions import (
    answered,
    clear_effects,
    deaf,
    effects,
    restless,
    steady,
    surely_without_effect,
    without_effect,
)
from servegate.wording import count, listed

# A candidate as sensitive as a base version that reacts so often stays silent once in e^8, that
# is 3,000 times. Fewer reactions may be the luck of the examples, with boosted trees above all.
_ENOUGH = 8


@check(claims=("G02",))
def every_input_matters(
    candidate: Candidate,
    settings: Settings,
    graph_reading: GraphReading,
    baseline_graph_reading: Later[GraphReading],
    swaps: Later[tuple[Reactions, ...]],
    baseline_swaps: Later[tuple[Reactions, ...]],
    made_up_swaps: Later[tuple[Reactions, ...]],
    baseline_made_up_swaps: Later[tuple[Reactions, ...]],
) -> Outcome:
    """Every input has an effect on an output.

    What it checks:
        The graph of every signature: whether a path leads from the value of each input to any
        output. A key that is passed through has an effect; an input of which only the shape is
        read has none. Where there are examples or warm-up records, the answers too: one input of
        an example is exchanged for the value that it has in another, all others kept, up to 32
        times, and all outputs are watched together; what moves by itself (samplers, counters)
        does not count. An input without effect fails the candidate when the same input of the
        base version has one: a path in its graph, or other answers to at least 8 of the very same
        exchanges. It is advisory when the base version ignores it too (a policy's step type, a
        mask that only training reads), and where there is nothing to compare with. Where no
        examples differ in an input, made-up ones are exchanged: these fail the candidate when the
        base version reacts to them as a healthy model does (clearly, with finite numbers, again
        in the same way), and are not worth a word otherwise. An input that is declared under
        `sensitivity: ignores:` passes. Signatures that depend on no input at all are left to
        depends-on-input and answers-vary.

    Why it matters:
        A feature that was forgotten in the export, or multiplied by zero, changes no score and
        raises no error. Clients go on computing and sending it, and the model is worse than the
        one that was evaluated.

    Remedy:
        Connect the input and export again. An input that was dropped on purpose should leave the
        signature as well; if clients must go on sending it, declare it in `servegate.yml` with
        the line that the finding names.
    """
    alive = [one for _, one in graph_reading.dependences if _depends(one)]
    if not alive:
        raise NotApplicable("No output of any signature depends on the value of an input.")
    place = _Place(candidate=candidate, settings=settings)
    said: list[Finding | Remark | NotExamined] = [*_declarations(settings, graph_reading)]
    for one in alive:
        said += _by_graph(place.at(one.signature), one, baseline_graph_reading)
    try:
        said += _by_examples(place, swaps, baseline_swaps)
        said += _by_made_up_inputs(place, made_up_swaps, baseline_made_up_swaps)
    except Absent:
        # What was found stands; other checks tell why nothing could be asked.
        if not any(isinstance(one, Finding) for one in said):
            raise
    yield from said


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The signature of which something is said."""

    candidate: Candidate
    settings: Settings
    signature: str = ""

    def at(self, signature: str) -> _Place:
        """The same of another signature."""
        return replace(self, signature=signature)

    def finding(
        self,
        names: Sequence[str],
        *,
        message: str,
        observed: str,
        severity: Severity | None = Severity.ADVISORY,
    ) -> Finding:
        """Inputs without effect; `severity` None for those that the base version reacts to."""
        return Finding(
            message=f"Signature {self.signature!r} {message}",
            expected=f"an effect of {_quoted(names)} on an output"
            + (", as in the base version" if severity is None else ""),
            observed=observed,
            remedy="Find where the export loses it (not connected, overwritten, multiplied by "
            "zero) and export again, or take it out of the signature. If clients send it and it "
            f"has no effect on purpose, {self._declaration(names)}",
            location=Location(file=self.candidate.place),
            severity=severity,
            evidence={"signature": self.signature, "inputs": list(names)},
        )

    def _declaration(self, names: Sequence[str]) -> str:
        """What to write into `servegate.yml`; quoted, since names are anybody's."""
        ignores = json.dumps(dict.fromkeys(names, "why"), ensure_ascii=False)
        line = f"sensitivity: {{ignores: {ignores}}}"
        if self.settings.location is not None:
            return f"add to the model at {self.settings.location}: {line}."
        model = f"name: {json.dumps(self.candidate.model)}, path: {json.dumps(self.candidate.path)}"
        return (
            f"add to {self.settings.config_file}, with the repository's other models in the list, "
            f"models: [{{{model}, {line}}}]."
        )


def _depends(dependence: Dependence) -> bool:
    return any(one.strongest is Influence.VALUE for one in dependence.outputs)


def _declarations(settings: Settings, graph_reading: GraphReading) -> Iterator[Finding | Remark]:
    """What is declared to have no effect."""
    known = inputs_of(graph_reading)
    yield from slips("ignores", "input", settings.ignores, graph_reading)
    for one in settings.ignores:
        if one.name in known:
            yield Remark(message=f"{one.name!r} may go without effect, as declared: {one.reason}")


def _by_graph(
    place: _Place, dependence: Dependence, baseline: Later[GraphReading]
) -> Iterator[Finding | Remark]:
    declared = {one.name for one in place.settings.ignores}
    unused = [name for name in dependence.inputs_without_influence if name not in declared]
    if not unused:
        return
    try:
        before = _effects(baseline(), place.signature)
        unknown = "The base version has no such input that could be compared."
    except Absent as absent:
        before, unknown = {}, absent.reason
    if dropped := [name for name in unused if before.get(name) is True]:
        yield place.finding(
            dropped,
            message=f"no longer uses {_quoted(dropped)}, which an output of the base version "
            "depends on.",
            observed=_paths(dependence, dropped),
            severity=None,
        )
    inherited = [name for name in unused if before.get(name) is False]
    first = [name for name in unused if name not in before]
    for names, why in ((inherited, "Inherited from the base version."), (first, unknown)):
        if names:
            yield place.finding(
                names,
                message=f"ignores {_quoted(names)}, which no output depends on. {why}",
                observed=_paths(dependence, names),
            )


def _effects(base: GraphReading, signature: str) -> Mapping[str, bool]:
    """Whether each input of the base version's signature of this name has an effect."""
    found = (one for _, one in base.dependences if one.signature == signature and one.outputs)
    dependence = next(found, None)
    if dependence is None:
        return {}
    unused = dependence.inputs_without_influence
    return {name: name not in unused for name in dependence.outputs[0].inputs}


def _paths(dependence: Dependence, names: Sequence[str]) -> str:
    """Between which inputs and outputs no path leads, and of which inputs the shape is read."""
    outputs = _quoted(one.name for one in dependence.outputs)
    shaping = [
        name
        for name in names
        if any(one.inputs[name] is Influence.SHAPE for one in dependence.outputs)
    ]
    shapes = f"; only the shape of {_quoted(shaping)} is read" if shaping else ""
    return f"no path from the value of {_quoted(names)} to {outputs}{shapes}"


def _by_examples(
    place: _Place,
    swaps: Later[tuple[Reactions, ...]],
    baseline: Later[tuple[Reactions, ...]],
) -> Outcome:
    try:
        reactions = swaps()
    except NotApplicable as absent:
        if absent.enable:
            yield NotExamined(what=absent.reason, enable=absent.enable)
        return
    for one in reactions:
        yield from _by_answers(place.at(one.signature), one, baseline)


def _by_made_up_inputs(
    place: _Place,
    swaps: Later[tuple[Reactions, ...]],
    baseline: Later[tuple[Reactions, ...]],
) -> Outcome:
    """Accuses or says nothing: many a healthy input moves nothing on made-up ones."""
    try:
        silent = [(one, name) for one in swaps() for name in surely_without_effect(one)]
        base = {one.signature: one for one in baseline()} if silent else {}
    except (NotApplicable, Blocked):
        return
    for found, name in silent:
        reactions = clear_effects(base[found.signature], name)
        if reactions >= _ENOUGH:
            yield _lost(place.at(found.signature), name, found, reactions)


def _by_answers(place: _Place, found: Reactions, baseline: Later[tuple[Reactions, ...]]) -> Outcome:
    untold = [*found.alike, *(name for name in found.by_input if not answered(found, name))]
    if untold:
        yield NotExamined(
            what=f"whether {_quoted(untold)} of {place.signature!r} moves an answer: no two "
            "examples differ in it alone and are answered",
            enable="give `examples:` that differ in every input",
        )
    silent = without_effect(found)
    if silent and not steady(found):
        yield Remark(message=_hidden(silent, found))
    elif not deaf(found):
        for name in silent:
            yield _silent(place, name, found, baseline)


def _silent(
    place: _Place, name: str, found: Reactions, baseline: Later[tuple[Reactions, ...]]
) -> Finding | Remark:
    """An input that was exchanged in vain. The base version is judged by a coarser measure."""
    try:
        base = next((one for one in baseline() if one.signature == place.signature), None)
        why = "The base version does not answer these requests."
    except Absent as absent:
        base, why = None, absent.reason
    reactions = effects(base, name, default_tolerance) if base else 0
    hidden = restless(found.repeats)
    if hidden and reactions < _ENOUGH:
        return Remark(message=_hidden([name], found))
    if reactions >= _ENOUGH and not hidden:
        return _lost(place, name, found, reactions)
    if hidden:
        why = f"{_hidden([name], found)} The base version reacts to it {reactions} times."
    elif reactions:
        why = f"The base version reacts {count(reactions, 'time')}, too seldom to be sure."
    elif base and answered(base, name):
        why = "Inherited: the base version does not react to it either."
    return place.finding(
        [name],
        message=f"does not react to {name!r}: {_vainly(name, found)} {why}",
        observed=_unmoved(name, found),
    )


def _lost(place: _Place, name: str, found: Reactions, reactions: int) -> Finding:
    return place.finding(
        [name],
        message=f"no longer reacts to {name!r}: {_vainly(name, found)} The base version answers "
        f"{reactions} of these requests differently.",
        observed=_unmoved(name, found),
        severity=None,
    )


def _vainly(name: str, found: Reactions) -> str:
    asked = answered(found, name)
    kind = "examples" if asked[0].swap.probe.plausible else "made-up inputs"
    return (
        f"{name!r} was exchanged between {kind} {count(len(asked), 'time')}, and all answers "
        "stayed as they were."
    )


def _unmoved(name: str, found: Reactions) -> str:
    return f"no output moved, for instance by {answered(found, name)[0].swap.probe.label}"


def _hidden(names: Sequence[str], found: Reactions) -> str:
    moving = _quoted(sorted(restless(found.repeats)))
    return (
        f"An effect of {_quoted(names)} on {moving} could not be seen: what differs by itself "
        "shows none."
    )


def _quoted(names: Iterable[str]) -> str:
    return listed(repr(one) for one in names)
