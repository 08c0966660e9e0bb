"""What a team expects of the answers when one input changes."""

from __future__ import annotations

from collections.abc import Iterator

from servegate.checks import Outcome, check
from servegate.comparison import difference, noise, written
from servegate.declarations import slips
from servegate.facts.change import Candidate
from servegate.facts.expectations import Direction, Expectation
from servegate.facts.reading import GraphReading
from servegate.facts.serving import Array
from servegate.facts.settings import Declared
from servegate.facts.trials import Trial, Trials
from servegate.findings import Finding, Location, NotExamined, Remark
from servegate.wording import count


@check(claims=("G02",))
def moves_as_expected(
    candidate: Candidate, graph_reading: GraphReading, trials: tuple[Trials, ...]
) -> Outcome:
    """Answers move with an input as the team expects.

    What it checks:
        The expectations under `sensitivity: expectations:`. One input of an example, or one field
        of a raw example, is exchanged for another example's, up to 16 times, all others kept. An
        output that is `increasing` has to grow strictly whenever the input grows, and fall when
        it falls; `decreasing` is the reverse; `unchanged` has to stay, and `changes` has to move,
        above the noise of its dtype. One exception fails the candidate. An expectation of an
        input or an output that no signature has is advisory.

    Why it matters:
        A price that falls with the size of the flat, a score that depends on the name of the
        applicant: no test of accuracy shows it, and everybody knows that it is wrong.

    Remedy:
        Look at the example that the finding shows, with the people who know the subject.
    """
    examined = 0
    for one in trials:
        yield from _slips(one.expectation, graph_reading)
        judged = [(trial, _verdict(trial)) for trial in one.tried]
        known = [(trial, kept) for trial, kept in judged if kept is not None]
        if not known:
            yield _not_examined(one)
            continue
        examined += len(known)
        if wrong := [trial for trial, kept in known if not kept]:
            yield _finding(candidate, one.expectation, wrong, len(known))
    if examined:
        yield Remark(message=f"{count(examined, 'change')} of {count(len(trials), 'expectation')}.")


def _slips(expectation: Expectation, reading: GraphReading) -> Iterator[Finding]:
    output = Declared(name=expectation.output.name, location=expectation.location)
    yield from slips("expectations", "output", [output], reading)
    if expectation.input is not None:
        given = Declared(name=expectation.input.name, location=expectation.location)
        yield from slips("expectations", "input", [given], reading)


def _not_examined(one: Trials) -> NotExamined:
    expectation = one.expectation
    refused = next((trial.after.refusal or trial.before.refusal for trial in one.tried), "")
    why = one.missing or refused or f"no answer has a number {str(expectation.output)!r}"
    return NotExamined(
        what=f"whether {str(expectation.output)!r} is {expectation.direction} with "
        f"{expectation.changing}: {why}",
        enable="give `examples:` that differ in it, and name inputs and outputs of the model",
    )


def _verdict(trial: Trial) -> bool | None:
    """Whether the expectation was kept; None where nobody can say."""
    expectation = trial.expectation
    before, after = trial.answers
    if before is None or after is None:
        return None
    moved = difference(after, before, noise(before)) is not None
    if expectation.direction is Direction.UNCHANGED:
        return not moved
    if expectation.direction is Direction.CHANGES:
        return moved
    if trial.rises is None or before.size != 1 or before.dtype.kind not in "iuf":
        return None
    rose = float(after.item()) > float(before.item())
    return moved and rose is (trial.rises is (expectation.direction is Direction.INCREASING))


def _finding(
    candidate: Candidate, expectation: Expectation, wrong: list[Trial], tried: int
) -> Finding:
    trial = wrong[0]
    before, after = trial.answers
    seen = f"{_shown(before)} became {_shown(after)}"
    return Finding(
        message=f"{str(expectation.output)!r} is to be {expectation.direction} with "
        f"{expectation.changing}, and is not in {len(wrong)} of {count(tried, 'change')}: "
        f"{trial.was} became {trial.became}, and {seen} ({trial.after.probe.label}).",
        expected=_wish(expectation),
        observed=f"{trial.was} became {trial.became}: {seen}",
        remedy="Look at this example with the people who know the subject. If the model is "
        "right, change the expectation.",
        location=expectation.location or Location(file=candidate.place),
        evidence={
            "changing": expectation.field or str(expectation.input),
            "output": str(expectation.output),
            "direction": expectation.direction.value,
            "wrong": len(wrong),
            "tried": tried,
        },
    )


def _shown(value: Array | None) -> str:
    if value is None or not value.size:
        return "nothing"
    return written(value.ravel()[0]) + ("" if value.size == 1 else ", …")


def _wish(expectation: Expectation) -> str:
    match expectation.direction:
        case Direction.UNCHANGED:
            return "the same answer"
        case Direction.CHANGES:
            return "another answer"
        case _:
            return f"an output that is {expectation.direction}, strictly"
