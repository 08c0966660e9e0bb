"""What the candidate, and the base version after it, make of exchanged inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from servegate.evidence.asking import Interview
from servegate.evidence.interviews import excused
from servegate.evidence.swap_plan import MOST_SWAPS
from servegate.facts.probes import Probe, Repeat
from servegate.facts.swaps import Reactions, SignatureSwaps, Swap, SwapReply
from servegate.providers import NotApplicable, Stage, provides
from servegate.reactions import effects, steady, without_effect

# Nearly every input of a healthy model shows itself at once, so few questions are asked first.
_ROUNDS = (2, 8, MOST_SWAPS)

_Asked = Mapping[str, Sequence[Swap]]


@provides(stage=Stage.SERVER)
def swaps(swap_plan: tuple[SignatureSwaps, ...], interview: Interview) -> tuple[Reactions, ...]:
    """Goes on exchanging an input until an answer moves."""
    return tuple(_of_signature(interview, one) for one in swap_plan)


@provides(stage=Stage.SERVER)
def baseline_swaps(
    swaps: tuple[Reactions, ...], baseline_interview: Interview
) -> tuple[Reactions, ...]:
    """Puts the very same swaps to the base version, of those inputs that moved no answer."""
    return _put_to_base(swaps, baseline_interview)


@provides(stage=Stage.SERVER)
def made_up_swaps(
    made_up_swap_plan: tuple[SignatureSwaps, ...], interview: Interview
) -> tuple[Reactions, ...]:
    """Goes on exchanging an input of made-up ones, likewise."""
    return tuple(_of_signature(interview, one) for one in made_up_swap_plan)


@provides(stage=Stage.SERVER)
def baseline_made_up_swaps(
    made_up_swaps: tuple[Reactions, ...], baseline_interview: Interview
) -> tuple[Reactions, ...]:
    """Puts the very same to the base version, likewise."""
    return _put_to_base(made_up_swaps, baseline_interview)


def _put_to_base(said: Sequence[Reactions], interview: Interview) -> tuple[Reactions, ...]:
    unmoved = {one.signature: _unmoved(one) for one in said}
    if not any(unmoved.values()):
        raise NotApplicable("Every input that was exchanged moved an answer.")
    with excused(interview.version):
        return tuple(_reactions(interview, name, asked) for name, asked in unmoved.items() if asked)


def _unmoved(found: Reactions) -> _Asked:
    if not steady(found):
        return {}
    return {name: [one.swap for one in found.by_input[name]] for name in without_effect(found)}


def _of_signature(interview: Interview, plan: SignatureSwaps) -> Reactions:
    found = Reactions(
        signature=plan.signature,
        repeats=(),
        by_input=dict.fromkeys(plan.by_input, ()),
        alike=plan.alike,
    )
    for limit in _ROUNDS:
        asked = {
            name: swaps[len(found.by_input[name]) : limit]
            for name, swaps in plan.by_input.items()
            if not effects(found, name)
        }
        found = _joined(found, _reactions(interview, plan.signature, asked))
    return found


def _joined(found: Reactions, said: Reactions) -> Reactions:
    return replace(
        found,
        repeats=found.repeats + said.repeats,
        by_input={
            name: replies + said.by_input.get(name, ()) for name, replies in found.by_input.items()
        },
    )


def _reactions(interview: Interview, signature: str, asked: _Asked) -> Reactions:
    """Asks the originals alone, then again together with the swaps.

    Answers before and after a swap then come from one request: how large a batch is may rightly
    move an answer a little.
    """
    swaps = tuple(chain.from_iterable(asked.values()))
    originals = _distinct(one.original for one in swaps)
    first = tuple(interview.ask(originals))
    said = {
        reply.probe.label: reply
        for reply in interview.ask([*originals, *(one.probe for one in swaps)])
    }
    return Reactions(
        signature=signature,
        repeats=tuple(Repeat(first=one, second=said[one.probe.label]) for one in first),
        by_input={
            name: tuple(
                SwapReply(swap=one, before=said[one.original.label], after=said[one.probe.label])
                for one in swapped
            )
            for name, swapped in asked.items()
        },
    )


def _distinct(probes: Iterator[Probe]) -> list[Probe]:
    return list({one.label: one for one in probes}.values())
