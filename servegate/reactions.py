"""Whether answers moved when an input was exchanged, above what moves by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from servegate.comparison import default_tolerance, is_finite, moved, noise
from servegate.facts.probes import Repeat, Reply
from servegate.facts.serving import Array
from servegate.facts.settings import Tolerance
from servegate.facts.swaps import Reactions, SwapReply


def restless(repeats: Iterable[Repeat]) -> frozenset[str]:
    """The outputs that differ between two answers to one request: a sampler's, a counter's."""
    return frozenset(
        name
        for one in repeats
        if one.first.answered and one.second.answered
        for name in moved(_outputs(one.first), _outputs(one.second), default_tolerance)
    )


def steady(found: Reactions) -> frozenset[str]:
    """The outputs of which a difference means something."""
    names = {name for one in found.repeats for name in _outputs(one.first)}
    return frozenset(names) - restless(found.repeats)


def answered(found: Reactions, name: str) -> Sequence[SwapReply]:
    """The swaps of an input that there are two answers to compare of."""
    return [one for one in found.by_input.get(name, ()) if one.answered]


def effects(found: Reactions, name: str, tolerance: Callable[[Array], Tolerance] = noise) -> int:
    """How many of the swaps of an input moved a steady output."""
    return _count(found, answered(found, name), tolerance)


def clear_effects(found: Reactions, name: str) -> int:
    """How many did as a healthy model's do: clearly, from numbers to numbers, on moderate inputs.

    Made-up swaps that are answered so are taken for plausible ones.
    """
    clear = [
        one
        for one in answered(found, name)
        if one.swap.probe.moderate and _is_finite(one.before) and _is_finite(one.after)
    ]
    return _count(found, clear, default_tolerance)


def without_effect(found: Reactions) -> tuple[str, ...]:
    """The inputs that were exchanged, and never moved a steady output."""
    return tuple(
        name for name in found.by_input if answered(found, name) and not effects(found, name)
    )


def surely_without_effect(found: Reactions) -> tuple[str, ...]:
    """Not where an effect may hide in what moves by itself, nor where nothing moves at all."""
    return () if deaf(found) or restless(found.repeats) else without_effect(found)


def deaf(found: Reactions) -> bool:
    """Whether no input has an effect, and the originals all have one answer."""
    first, *others = [_outputs(one.first) for one in found.repeats if one.first.answered] or [{}]
    but = restless(found.repeats)
    return len(without_effect(found)) == len(found.by_input) and not any(
        moved(first, other, but=but) for other in others
    )


def _count(
    found: Reactions, swaps: Sequence[SwapReply], tolerance: Callable[[Array], Tolerance]
) -> int:
    but = restless(found.repeats)
    return sum(
        bool(moved(_outputs(one.before), _outputs(one.after), tolerance, but=but)) for one in swaps
    )


def _is_finite(reply: Reply) -> bool:
    return all(is_finite(value) for value in _outputs(reply).values())


def _outputs(reply: Reply) -> dict[str, Array]:
    return dict(reply.outputs or {})
