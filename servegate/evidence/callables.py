"""What the project's own preprocessing makes of the examples: training's way and the client's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from servegate.deadline import Deadline
from servegate.evidence.arrays import NotAnArray, to_tensors
from servegate.facts.change import ModelChange
from servegate.facts.examples import CallableError, Example, Prepared
from servegate.facts.serving import Tensors
from servegate.facts.settings import Callables, Settings
from servegate.providers import Broken, NotApplicable, Stage, provides
from servegate.usercode.outcome import (
    CallableOutcome,
    Died,
    ExampleResult,
    Failure,
    ImportFailed,
    Made,
    TimedOut,
    UserError,
    WrongResult,
)
from servegate.usercode.run import call

ENABLE_TRAINING = (
    "give `preprocessing: {training: module:function}` for this model, or record `inputs` in the "
    "examples"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """The outcomes of the callables that are configured, by role."""

    training: CallableOutcome | None
    serving: CallableOutcome | None
    asked: tuple[Example, ...]


@provides(stage=Stage.PREPROCESSING)
def called(
    examples: tuple[Example, ...],
    change: ModelChange,
    settings: Settings,
    workspace: Path,
    deadline: Deadline,
) -> Called:
    """Runs both callables on all raw examples, in one process of the project's interpreter."""
    asked = tuple(one for one in examples if one.has_raw)
    names = _names(settings.callables)
    if not asked or not any(names):
        return Called(training=None, serving=None, asked=asked)
    outcome = call(
        [name for name in names if name],
        [one.raw for one in asked],
        repository=change.root,
        workspace=workspace,
        deadline=deadline.within(settings.callables_timeout),
        python=settings.callables.python if settings.callables else None,
    )
    outcomes = iter(outcome.callables)
    training = next(outcomes) if names[0] else None
    return Called(training=training, serving=next(outcomes, None), asked=asked)


def _names(callables: Callables | None) -> tuple[str | None, str | None]:
    return (callables.training, callables.serving) if callables else (None, None)


@provides(stage=Stage.PREPROCESSING)
def training(examples: tuple[Example, ...], called: Called, settings: Settings) -> Prepared:
    """Training's tensors: made by the callable, or recorded as `inputs`."""
    if called.training is not None:
        return _prepared(called.training, called.asked, settings)
    recorded = {one.number: one.inputs for one in examples if one.inputs is not None}
    if not recorded:
        raise NotApplicable("what training makes of the examples", enable=ENABLE_TRAINING)
    first = next(one for one in examples if one.inputs is not None)
    return Prepared(name="the recorded inputs", location=first.location, tensors=recorded)


@provides(stage=Stage.PREPROCESSING)
def serving(called: Called, settings: Settings) -> Prepared:
    """What clients send: made by the callable, or the raw example as it is."""
    if called.serving is not None:
        return _prepared(called.serving, called.asked, settings)
    if not called.asked:
        raise NotApplicable(
            "what clients send",
            enable="give the examples a `raw` part, and `preprocessing: {serving: …}`",
        )
    return Prepared(
        name="the raw example",
        location=called.asked[0].location,
        tensors={one.number: _raw(one) for one in called.asked},
    )


def _raw(example: Example) -> Tensors | CallableError:
    try:
        return to_tensors(example.raw)
    except NotAnArray as error:
        return CallableError(text=f"The raw example cannot be sent as it is: {error}.")


def _prepared(outcome: CallableOutcome, asked: Sequence[Example], settings: Settings) -> Prepared:
    if outcome.failure is not None:
        raise Broken(_sentence(outcome, asked, settings), remedy=_remedy(outcome.failure))
    return Prepared(
        name=outcome.name,
        location=outcome.location,
        tensors={
            asked[number - 1].number: _tensors(result) for number, result in outcome.results.items()
        },
    )


def _tensors(result: ExampleResult) -> Tensors | CallableError:
    if isinstance(result, Made):
        return {name: value.array for name, value in result.tensors.items()}
    if isinstance(result, UserError):
        return CallableError(text=result.traceback)
    return CallableError(text=f"What it returned is unusable: {_wrong(result)}.")


def _wrong(result: WrongResult) -> str:
    return f"{result.what}; {result.expected} was expected"


def _sentence(outcome: CallableOutcome, asked: Sequence[Example], settings: Settings) -> str:
    failure = outcome.failure
    if isinstance(failure, ImportFailed):
        return f"{outcome.name} cannot be imported.\n{failure.traceback}"
    if isinstance(failure, TimedOut):
        seconds = f"{settings.callables_timeout:g}"
        return f"{outcome.name} did not end within {seconds} s{_at(failure.example, asked)}."
    if isinstance(failure, Died):
        return f"{outcome.name} ended its process ({failure.how}){_at(failure.example, asked)}."
    if isinstance(failure, UserError):
        return f"{outcome.name} raised.\n{failure.traceback}"
    what = _wrong(failure) if failure else "nothing"
    return f"What {outcome.name} returned is unusable: {what}."


def _at(example: int | None, asked: Sequence[Example]) -> str:
    if example is None:
        return ", while it was imported"
    return f" at example {asked[example - 1].number}" if example else ", with all examples at once"


def _remedy(failure: Failure) -> str:
    if isinstance(failure, ImportFailed):
        return (
            "Install what it imports, or name the interpreter that has it: "
            "`preprocessing: {python: .venv/bin/python}`."
        )
    return "Run it on the same example in the project's own environment."
